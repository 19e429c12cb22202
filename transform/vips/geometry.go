//go:build cgo

package vips

// ExtractArea cuts out a rectangle, in pixels from the top left, which must lie
// within the image.
func (i *Image) ExtractArea(x, y, width, height int) (*Image, error) {
	return i.imageAs("input", "extract_area", args{"left": x, "top": y, "width": width, "height": height})
}

// FindTrim returns the rectangle without the margin, which is everything that
// differs by at most threshold from the background. The background has a
// value for each band except alpha. Width and height are 0 if nothing is
// left.
func (i *Image) FindTrim(threshold float64, background []float64) (x, y, width, height int, err error) {
	err = i.call("find_trim", args{"threshold": threshold, "background": background}, func(op *operation) error {
		x, y = op.int("left"), op.int("top")
		width, height = op.int("width"), op.int("height")
		return nil
	})
	return x, y, width, height, err
}

// Embed places the image at (x, y) of a canvas of width by height pixels,
// clipped to it. The background, one value for each band, is for
// [ExtendBackground] only.
func (i *Image) Embed(x, y, width, height int, extend Extend, background []float64) (*Image, error) {
	in := args{"x": x, "y": y, "width": width, "height": height, "extend": int(extend)}
	if len(background) > 0 {
		in["background"] = background
	}
	return i.image("embed", in)
}

// Rot rotates the image clockwise by a multiple of 90 degrees.
func (i *Image) Rot(angle Angle) (*Image, error) {
	return i.image("rot", args{"angle": int(angle)})
}

// Flip mirrors the image.
func (i *Image) Flip(direction Direction) (*Image, error) {
	return i.image("flip", args{"direction": int(direction)})
}

// Autorot applies and removes the EXIF orientation.
func (i *Image) Autorot() (*Image, error) { return i.image("autorot", args{}) }

// Insert puts sub into the image at (x, y), opaque. The canvas keeps its
// size.
func (i *Image) Insert(sub *Image, x, y int) (*Image, error) {
	return i.imageAs("main", "insert", args{"sub": sub, "x": x, "y": y})
}

// ArrayJoin arranges images in rows of across images each, left to right. All
// cells have the size of the largest image; there must be at least one.
func (s *Scope) ArrayJoin(images []*Image, across int) (*Image, error) {
	return s.image("arrayjoin", args{"in": images, "across": across})
}

// Zoom repeats each pixel across times to the right and down times below.
func (i *Image) Zoom(across, down int) (*Image, error) {
	return i.imageAs("input", "zoom", args{"xfac": across, "yfac": down})
}
