package transform

// DefaultDensity is that of what says none, and of drawings, whose points are
// pixels at that density.
const DefaultDensity = 72

// MostDensity is the largest density that can be asked for.
const MostDensity = 1200

// DensityFor is the density of an original with these facts, in whole pixels an
// inch, 1 to MostDensity; 0 where none is asked for.
func (o Output) DensityFor(f Facts) (int, error) {
	if !o.Density.IsSet() {
		return 0, nil
	}
	if err := o.Density.check("The density", f, 1, MostDensity); err != nil {
		return 0, err
	}
	return round(o.Density.In(f)), nil
}

// Enlarged is how many times its size a drawing has, since its points are pixels at
// DefaultDensity: 1 where no density is asked for.
func (o Output) Enlarged() (float64, error) {
	dpi, err := o.DensityFor(Facts{Density: DefaultDensity})
	if dpi == 0 {
		return 1, err
	}
	return float64(dpi) / DefaultDensity, err
}
