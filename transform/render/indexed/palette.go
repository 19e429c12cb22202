// Package indexed makes PNGs of few colours: indexed ones, and gray ones. It
// handles their structure (PNG, third edition), and leaves compression to a
// PNG encoder, to which a row of packed indexes is a row of gray bytes.
package indexed

import (
	"cmp"
	"image/color"
	"slices"
)

// MostColours is the largest size of a palette.
const MostColours = 256

// Palette is a set of colours with indexes. Use [New].
type Palette struct {
	depth   int
	gray    bool
	colours []color.NRGBA // without duplicates, in the order of the file
	values  []byte        // of each colour, in its pixels
	slots   [slots]uint16 // the colour's place + 1, see find
}

const slots = 1024 // a power of two, larger than MostColours

// New returns a palette of up to [MostColours] colours, in any order, with
// the fewest bits per pixel. If gray is true and a gray PNG of that depth has
// all the colours, opaque, it uses no palette.
func New(colours []color.NRGBA, gray bool) *Palette {
	p := &Palette{colours: slices.Clone(colours), depth: 8}
	// A tRNS chunk ends with the last colour that is not opaque (section
	// 11.3.1.1); sorting puts similar colours, with small differences, next
	// to each other.
	slices.SortFunc(p.colours, func(a, b color.NRGBA) int {
		return cmp.Or(cmp.Compare(opaque(a), opaque(b)), cmp.Compare(light(a), light(b)), cmp.Compare(key(a), key(b)))
	})
	p.colours = slices.Compact(p.colours)
	for _, depth := range []int{4, 2, 1} {
		if len(p.colours) <= 1<<depth {
			p.depth = depth
		}
	}
	p.enter(gray)
	return p
}

// Unpacked returns the same palette with a byte per pixel. It may compress
// better, since repetitions are aligned to bytes.
func (p *Palette) Unpacked() *Palette {
	u := &Palette{colours: p.colours, depth: 8}
	u.enter(p.gray)
	return u
}

// enter assigns values to the colours.
func (p *Palette) enter(gray bool) {
	unit := 255 / (1<<p.depth - 1) // distance between grays (section 13.12)
	p.gray = gray && !slices.ContainsFunc(p.colours, func(c color.NRGBA) bool {
		return c.A != 255 || c.R != c.G || c.R != c.B || int(c.R)%unit != 0
	})
	p.values = make([]byte, len(p.colours))
	for n, c := range p.colours {
		p.values[n] = byte(n)
		if p.gray {
			p.values[n] = c.R / byte(unit)
		}
		slot := hash(key(c))
		for p.slots[slot] != 0 {
			slot = (slot + 1) % slots
		}
		p.slots[slot] = uint16(n + 1)
	}
}

// Depth is the number of bits per pixel: 1, 2, 4 or 8.
func (p *Palette) Depth() int { return p.depth }

// Stride returns the number of bytes in a row of pixels.
func (p *Palette) Stride(width int) int { return (width*p.depth + 7) / 8 }

// AppendRow appends a row of pixels, 8-bit samples in three or four bands, as
// the palette's values. ok is false if a colour is not in the palette.
func (p *Palette) AppendRow(row, samples []byte, bands int) ([]byte, bool) {
	var last uint32
	var value byte
	known := false
	bits, filled := byte(0), 0
	for ; len(samples) >= bands; samples = samples[bands:] {
		colour := uint32(samples[0]) | uint32(samples[1])<<8 | uint32(samples[2])<<16 | 255<<24
		if bands == 4 {
			colour = colour&^(255<<24) | uint32(samples[3])<<24
		}
		if !known || colour != last {
			if value, known = p.find(colour); !known {
				return row, false
			}
			last = colour
		}
		bits = bits<<p.depth | value
		if filled += p.depth; filled == 8 {
			row = append(row, bits)
			bits, filled = 0, 0
		}
	}
	if filled > 0 {
		row = append(row, bits<<(8-filled))
	}
	return row, true
}

func (p *Palette) find(colour uint32) (value byte, known bool) {
	for slot := hash(colour); p.slots[slot] != 0; slot = (slot + 1) % slots {
		n := p.slots[slot] - 1
		if key(p.colours[n]) == colour {
			return p.values[n], true
		}
	}
	return 0, false
}

func hash(colour uint32) uint32 { return colour * 0x9e3779b1 >> 22 % slots }

func key(c color.NRGBA) uint32 {
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24
}

func opaque(c color.NRGBA) int {
	if c.A == 255 {
		return 1
	}
	return 0
}

// light returns the approximate brightness of a colour.
func light(c color.NRGBA) int { return 2*int(c.R) + 5*int(c.G) + int(c.B) }
