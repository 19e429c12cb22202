//go:build cgo

package vips

// GaussBlur blurs with a Gaussian of standard deviation sigma, in pixels.
func (i *Image) GaussBlur(sigma float64) (*Image, error) {
	return i.image("gaussblur", args{"sigma": sigma})
}

// SharpenOptions configure libvips' unsharp mask, in units of L* (0 to 100).
// Zeroes are libvips' defaults, except for M1, whose default is 0.
type SharpenOptions struct {
	Sigma float64 // radius of the mask, in pixels; 0.5
	X1    float64 // where flat ends and jaggy begins; 2
	Y2    float64 // how much brighter at most; 10
	Y3    float64 // how much darker at most; 20
	M1    float64 // slope in flat areas; 0
	M2    float64 // slope in jaggy areas; 3
}

// Sharpen sharpens the lightness of the image.
func (i *Image) Sharpen(opts SharpenOptions) (*Image, error) {
	in := args{"m1": opts.M1}
	for name, value := range map[string]float64{
		"sigma": opts.Sigma, "x1": opts.X1, "y2": opts.Y2, "y3": opts.Y3, "m2": opts.M2,
	} {
		if value != 0 {
			in[name] = value
		}
	}
	return i.image("sharpen", in)
}

// Conv convolves with a mask from [Scope.NewMatrix], in floats.
func (i *Image) Conv(mask *Image) (*Image, error) {
	return i.image("conv", args{"mask": mask})
}

// Convsep convolves with a mask of one row, across and then down.
func (i *Image) Convsep(mask *Image) (*Image, error) {
	return i.image("convsep", args{"mask": mask})
}
