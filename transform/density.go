package transform

// DefaultDensity is the density of files that declare none, and of a PDF,
// whose points are pixels at that density.
const DefaultDensity = 72

// SVGDensity is the density of an SVG, whose units are pixels at that density
// (CSS Values and Units Module Level 3, section 6.2).
const SVGDensity = 96

// DensityOf returns the density of files of the format that declare none.
func DensityOf(f Format) float64 {
	if f == SVG {
		return SVGDensity
	}
	return DefaultDensity
}

// MostDensity is the largest density that can be requested.
const MostDensity = 1200

// DensityFor returns the requested density for an original with these facts,
// in whole pixels per inch, 1 to MostDensity; 0 if none is requested.
func (o Output) DensityFor(f Facts) (int, error) {
	if !o.Density.IsSet() {
		return 0, nil
	}
	if err := o.Density.check("The density", f, 1, MostDensity); err != nil {
		return 0, err
	}
	return round(o.Density.In(f)), nil
}

// Enlarged returns the factor by which a density enlarges a drawing of the
// format, whose units are pixels at DensityOf it: 1 if no density is
// requested.
func (o Output) Enlarged(f Format) (float64, error) {
	dpi, err := o.DensityFor(Facts{Density: DensityOf(f)})
	if dpi == 0 {
		return 1, err
	}
	return float64(dpi) / DensityOf(f), err
}
