// Package saliency finds the part of an image that a person would look at. It
// is plain Go on the samples of a small image, and gives the same for the
// same samples.
//
// It knows nothing of what is in an image. It looks for what stands out from
// what is around it, in brightness, in colour and in detail, for colours that
// little of the image has, and for the colours of skin, and trusts that
// images are taken of things that are not at the very edge. The ideas are
// Itti's, Koch's and Niebur's ("A model of saliency-based visual attention",
// 1998) and Achanta's ("Frequency- tuned salient region detection", 2009).
package saliency

import "math"

// Map says of each pixel of an image how much it draws attention, 0 or more.
type Map struct {
	width, height int
	sums          []float64 // of all above and to the left, with a row and a column of zeros
}

// New looks at an image: width pixels a row, four samples a pixel: red,
// green, blue and alpha. What cannot be seen draws no attention.
func New(samples []byte, width int) *Map {
	width = max(width, 1)
	p := newPlanes(samples, width)
	m := &Map{width: width, height: p.height}
	m.sums = make([]float64, (width+1)*(p.height+1))
	for y := range p.height {
		row := 0.0
		for x := range width {
			row += p.attention(y*width + x)
			m.sums[(y+1)*(width+1)+x+1] = m.sums[y*(width+1)+x+1] + row
		}
	}
	return m
}

// The shares of the inner part of a window in its worth, and of its sides in its
// own: what is at the rim of a window is as good as cut.
const (
	innerSize  = 0.7
	innerShare = 0.5

	// centred is how much of its worth a window loses at the rim of the
	// image.
	centred = 0.15
)

// Best returns where the top left corner of a window belongs that is width by
// height, parts of the image's from 0 to 1, for the most to be in it: parts
// of what is left over beside and above it, from 0 to 1. Of windows that are
// worth the same it is the one nearest to the middle.
func (m *Map) Best(width, height float64) (x, y float64) {
	w := min(max(int(math.Round(width*float64(m.width))), 1), m.width)
	h := min(max(int(math.Round(height*float64(m.height))), 1), m.height)
	spareX, spareY := m.width-w, m.height-h
	x, y = 0.5, 0.5
	best := m.worth(spareX/2, spareY/2, w, h)
	for j := range spareY + 1 {
		for i := range spareX + 1 {
			dx, dy := off(i, spareX), off(j, spareY)
			worth := m.worth(i, j, w, h) * (1 - centred*(dx*dx+dy*dy)/2)
			if worth > best*(1+1e-9) {
				best = worth
				x, y = part(i, spareX), part(j, spareY)
			}
		}
	}
	return x, y
}

// off returns how far a place is from the middle of the spare room, -1 to 1.
func off(at, spare int) float64 { return 2*part(at, spare) - 1 }

func part(at, spare int) float64 {
	if spare == 0 {
		return 0.5
	}
	return float64(at) / float64(spare)
}

func (m *Map) worth(x, y, w, h int) float64 {
	marginX, marginY := int(float64(w)*(1-innerSize)/2), int(float64(h)*(1-innerSize)/2)
	if w == m.width {
		marginX = 0 // nothing is cut there
	}
	if h == m.height {
		marginY = 0
	}
	inner := m.sum(x+marginX, y+marginY, w-2*marginX, h-2*marginY)
	return m.sum(x, y, w, h)*(1-innerShare) + inner*innerShare
}

func (m *Map) sum(x, y, w, h int) float64 {
	row := m.width + 1
	return m.sums[(y+h)*row+x+w] - m.sums[y*row+x+w] - m.sums[(y+h)*row+x] + m.sums[y*row+x]
}
