// Package saliency finds the part of an image that a person would look at. It
// is plain Go on the samples of a small image, and deterministic.
//
// It does not recognise content. It looks for what stands out from its
// surroundings in brightness, colour and detail, for rare colours, and for
// skin tones, and assumes that subjects are not at the very edge. The ideas
// are Itti's, Koch's and Niebur's ("A model of saliency-based visual
// attention", 1998) and Achanta's ("Frequency-tuned salient region
// detection", 2009).
package saliency

import "math"

// Map has the saliency of each pixel of an image, 0 or more.
type Map struct {
	width, height int
	sums          []float64 // summed-area table, with a row and a column of zeros
}

// New computes the map of an image with width pixels per row, and four
// samples per pixel: red, green, blue and alpha. Transparent pixels have no
// saliency.
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

// The size of the inner part of a window, and its weight: content at the rim
// of a window is as good as cut off.
const (
	innerSize  = 0.7
	innerShare = 0.5

	// centred is the fraction of its value that a window loses at the rim of
	// the image.
	centred = 0.15
)

// Best returns the position of the most salient window of size width by
// height, as fractions of the image from 0 to 1. The position is relative to
// the spare space beside and above the window, 0 to 1. Among equal windows it
// is the most central one.
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

// off returns the distance of a position from the middle of the spare space,
// -1 to 1.
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
		marginX = 0 // nothing is cut off there
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
