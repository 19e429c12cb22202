package transform

// Adjust changes the colours by hand, in the order of its fields. The zero value
// does nothing.
type Adjust struct {
	// Brightness is added to each channel: -1 makes all black, 1 all white.
	Brightness float64

	// Contrast moves each channel away from the middle, or towards it: -1 makes
	// all grey, 1 leaves only black, white and pure colours.
	Contrast float64

	// Gamma, -1 to 1, lightens (above 0) or darkens what is between black and
	// white: a channel is raised to the power 4^-Gamma.
	Gamma float64

	// Saturation is 1 for twice the colour, and -1 for none.
	Saturation float64

	// Hue turns all colours around the wheel, in degrees, 0 to below 360.
	Hue float64
}

func (a Adjust) canonical() Adjust {
	for _, v := range []*float64{&a.Brightness, &a.Contrast, &a.Gamma, &a.Saturation} {
		*v = min(max(*v, -1), 1) + 0 // the sum has no negative zero
	}
	a.Hue = turn(a.Hue)
	return a
}

func (a Adjust) write(k *keyWriter) {
	k.number("brightness", Num(a.Brightness).unless(0))
	k.number("contrastby", Num(a.Contrast).unless(0))
	k.number("gamma", Num(a.Gamma).unless(0))
	k.number("saturation", Num(a.Saturation).unless(0))
	k.number("hue", Num(a.Hue).unless(0))
}
