package transform

// Resize requests a size. It has no effect if neither Width nor Height is
// given.
type Resize struct {
	// Width and Height are the requested size. A missing one follows from
	// Aspect or, without one, from the image's own.
	Width, Height Length

	// Aspect is width divided by height. It applies only if exactly one of
	// Width and Height is given.
	Aspect Number

	// Fit is what to do if the image and the requested size differ in shape.
	// If the requested size got its shape from the image, all fits that scale
	// are the same.
	Fit Fit

	// NoEnlarge keeps the size of an image that is smaller than requested.
	NoEnlarge bool

	// Focus is the part to keep when cropping, and the position of the image
	// when padding.
	Focus Focus

	// X and Y are the top left corner of Crop, CenterX and CenterY its
	// centre, in pixels of the step's input. They take precedence over Focus,
	// each in its direction.
	X, Y, CenterX, CenterY Number

	// PointX and PointY are the position of FocusPoint, as fractions of width
	// and height from the top left corner, 0 to 1.
	PointX, PointY Number

	// DPR multiplies Width and Height. If a product is below 1 or above 5000
	// pixels, both stay unchanged.
	DPR Number

	// AutoWidth and AutoDPR leave Width and DPR to the client. Plan.Settle
	// replaces them; until then they are not given.
	AutoWidth, AutoDPR bool
}

// Fit is how an image is fitted into a box of another shape.
type Fit uint8

// The fits.
const (
	// Cover scales until the box is covered and cuts off the rest.
	Cover Fit = iota
	// Stretch scales to exactly the box.
	Stretch
	// Inside scales until the whole image is in the box; the result may be
	// smaller than the box in one direction.
	Inside
	// Outside scales until the box is covered; the result may be larger than
	// the box in one direction.
	Outside
	// Pad scales until the whole image is in the box and fills the rest.
	Pad
	// Crop cuts the box out of the image without scaling.
	Crop
	// CropPad is Crop, and pads if the image is smaller than the box.
	CropPad
	// PadOnly only pads, without scaling or cropping: an image larger than
	// the box keeps its size.
	PadOnly
)

// scales reports whether the image is scaled to the box.
func (f Fit) scales() bool { return f != Crop && f != CropPad && f != PadOnly }

// Focus is a part of the image.
type Focus uint8

// The parts.
const (
	FocusCenter Focus = iota
	FocusTop
	FocusLeft
	FocusBottom
	FocusRight
	FocusTopLeft
	FocusTopRight
	FocusBottomLeft
	FocusBottomRight
	// FocusAuto is the most salient part.
	FocusAuto
	// FocusArea is Facts.Area. An image without one is not cropped.
	FocusArea
	// FocusAreaOrAuto is FocusArea, or FocusAuto if there is no Facts.Area.
	FocusAreaOrAuto
	// FocusPoint centres on PointX and PointY, as far as the image's edges
	// allow. Padding is as with FocusCenter.
	FocusPoint
)

// place returns the share of the spare space to the left of, and above, the
// part in focus: 0, 0.5 or 1.
func (f Focus) place() (x, y float64) {
	x, y = 0.5, 0.5
	switch f {
	case FocusLeft, FocusTopLeft, FocusBottomLeft:
		x = 0
	case FocusRight, FocusTopRight, FocusBottomRight:
		x = 1
	}
	switch f {
	case FocusTop, FocusTopLeft, FocusTopRight:
		y = 0
	case FocusBottom, FocusBottomLeft, FocusBottomRight:
		y = 1
	}
	return x, y
}
