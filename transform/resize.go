package transform

// Resize asks for a size. It does nothing where neither Width nor Height is
// given.
type Resize struct {
	// Width and Height are the wanted size. Where one is missing it follows
	// from Aspect or, without one, from the image's own.
	Width, Height Length

	// Aspect is width divided by height. It counts only where exactly one of
	// Width and Height is given.
	Aspect Number

	// Fit says what happens where the image and the wanted size differ in
	// shape. Where the wanted size got its shape from the image, all fits
	// that scale are the same.
	Fit Fit

	// NoEnlarge leaves an image that is smaller than wanted as large as it
	// is.
	NoEnlarge bool

	// Focus is what to keep when something must be cut, and where to put the
	// image when it is padded.
	Focus Focus

	// X and Y are the top left corner of what Crop keeps, CenterX and CenterY
	// its middle, in pixels of the image that comes into the step. They take
	// precedence over Focus, each in its direction.
	X, Y, CenterX, CenterY Number

	// PointX and PointY are where FocusPoint is, as parts of the width and the
	// height from the top left corner, 0 to 1.
	PointX, PointY Number

	// DPR multiplies Width and Height. A product below 1 or above 5000 pixels
	// leaves both as they were.
	DPR Number

	// AutoWidth and AutoDPR leave Width and DPR to the client. Plan.Settle puts
	// in what it says; until then they are not given.
	AutoWidth, AutoDPR bool
}

// Fit is how an image gets into a box of another shape.
type Fit uint8

// The ways to fit.
const (
	// Cover scales until the box is covered and cuts what sticks out.
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
	// Crop cuts the box out of the image, without scaling.
	Crop
	// CropPad is Crop, and fills where the image is smaller than the box.
	CropPad
	// PadOnly neither scales nor cuts: it fills up to the box, and leaves an
	// image that is larger than the box as large as it is.
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
	// FocusAuto is whatever draws attention.
	FocusAuto
	// FocusArea is Facts.Area. An image that has none is not cut.
	FocusArea
	// FocusAreaOrAuto is FocusAuto where there is no Facts.Area.
	FocusAreaOrAuto
	// FocusPoint is PointX and PointY: what is kept has that point in its
	// middle, as far as the image's edges allow. Padding is as with
	// FocusCenter.
	FocusPoint
)

// place says how much of the spare room goes to the left of, and above, the
// part in focus: 0, a half or all of it.
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
