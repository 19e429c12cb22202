//go:build cgo

package vips

// Composite2 composes overlay over the image, with its top left corner at (x,
// y), which may be negative. The result has the size of the image, alpha, and
// is in sRGB.
func (i *Image) Composite2(overlay *Image, mode BlendMode, x, y int) (*Image, error) {
	return i.imageAs("base", "composite2", args{"overlay": overlay, "mode": int(mode), "x": x, "y": y})
}

// Ifthenelse takes each pixel from yes where the receiver is not 0, otherwise
// from no. With blend, values between 0 and 255 mix the two.
func (i *Image) Ifthenelse(yes, no *Image, blend bool) (*Image, error) {
	return i.imageAs("cond", "ifthenelse", args{"in1": yes, "in2": no, "blend": blend})
}
