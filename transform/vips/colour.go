//go:build cgo

package vips

// Colourspace converts to another colour space, without a profile.
func (i *Image) Colourspace(space Interpretation) (*Image, error) {
	return i.image("colourspace", args{"space": int(space)})
}

// Unpacked returns an image as loaded with samples that can be used in
// computations. An 8-bit CIELab TIFF is loaded with three colours in four
// bytes, which look like three and alpha; and one with alpha has that as a
// signed number although it uses all 16 bits.
func (i *Image) Unpacked() (*Image, error) {
	space := i.Interpretation()
	switch {
	case space == InterpretationLAB && i.BandFormat() == BandFormatUchar:
		return i.Colourspace(InterpretationLAB)
	case space == InterpretationLABS && i.HasAlpha():
		return i.unsignedAlpha()
	}
	return i, nil
}

// unsignedAlpha returns an image of signed samples as floats, with alpha from
// 0 to 255.
func (i *Image) unsignedAlpha() (*Image, error) {
	colours, err := i.ExtractBand(0, i.Bands()-1)
	if err != nil {
		return nil, err
	}
	if colours, err = colours.Colourspace(InterpretationLAB); err != nil {
		return nil, err
	}
	alpha, err := i.ExtractBand(i.Bands()-1, 1)
	if err != nil {
		return nil, err
	}
	negative, err := alpha.RelationalConst(RelationalLess, 0)
	if err != nil {
		return nil, err
	}
	if alpha, err = alpha.Linear([]float64{1.0 / 257}, []float64{0}, false); err != nil {
		return nil, err
	}
	if negative, err = negative.Linear([]float64{65536.0 / 257 / 255}, []float64{0}, false); err != nil {
		return nil, err
	}
	if alpha, err = alpha.Add(negative); err != nil {
		return nil, err
	}
	return colours.Bandjoin(alpha)
}

// ICCOptions configure the use of profiles.
type ICCOptions struct {
	// Input is the profile of an image without one: the name of one of
	// libvips' own ("srgb", "cmyk", "p3") or of a file. Default: by the
	// number of bands, or the call fails.
	Input string

	// Embedded prefers the image's own profile.
	Embedded bool

	// Intent defaults to perceptual.
	Intent Intent

	// BlackPoint enables black point compensation.
	BlackPoint bool

	// Depth is 8 or 16 bits a sample. Default: 8.
	Depth int
}

// IccTransform converts the colours to the output profile, named as in
// [ICCOptions.Input], and attaches it.
func (i *Image) IccTransform(output string, opts ICCOptions) (*Image, error) {
	in := args{
		"output-profile":           output,
		"embedded":                 opts.Embedded,
		"intent":                   int(opts.Intent),
		"black-point-compensation": opts.BlackPoint,
	}
	if opts.Input != "" {
		in["input-profile"] = opts.Input
	}
	if opts.Depth != 0 {
		in["depth"] = opts.Depth
	}
	return i.image("icc_transform", in)
}

// Cast converts the samples to another type, clipping them.
func (i *Image) Cast(format BandFormat) (*Image, error) {
	return i.image("cast", args{"format": int(format)})
}

// Premultiply multiplies the colours by the alpha; the samples become floats.
func (i *Image) Premultiply() (*Image, error) { return i.image("premultiply", args{}) }

// Unpremultiply undoes Premultiply; the samples stay floats.
func (i *Image) Unpremultiply() (*Image, error) { return i.image("unpremultiply", args{}) }

// Flatten composes the image over a background, one value for each colour
// band, and drops the alpha.
func (i *Image) Flatten(background []float64) (*Image, error) {
	return i.image("flatten", args{"background": background})
}

// AddAlpha appends an opaque alpha.
func (i *Image) AddAlpha() (*Image, error) {
	opaque := 255.0
	switch i.Interpretation() {
	case InterpretationRGB16, InterpretationGrey16:
		opaque = 65535
	case InterpretationScRGB:
		opaque = 1
	}
	return i.BandjoinConst(opaque)
}

// ExtractBand returns n bands from the first one given, counted from 0.
func (i *Image) ExtractBand(first, n int) (*Image, error) {
	return i.image("extract_band", args{"band": first, "n": n})
}

// Bandjoin appends the bands of the others to the image's.
func (i *Image) Bandjoin(others ...*Image) (*Image, error) {
	return i.scope.image("bandjoin", args{"in": append([]*Image{i}, others...)})
}

// BandjoinConst appends bands of one value each.
func (i *Image) BandjoinConst(values ...float64) (*Image, error) {
	return i.image("bandjoin_const", args{"c": values})
}

// Recomb multiplies the bands by a matrix from [Scope.NewMatrix].
func (i *Image) Recomb(matrix *Image) (*Image, error) {
	return i.image("recomb", args{"m": matrix})
}
