package transform

// Colorize tints the image: each pixel keeps its lightness and takes the
// colour's hue and saturation. The zero value does nothing.
type Colorize struct {
	Color Color

	// Intensity is the strength in percent: 0 leaves the image unchanged, 100
	// leaves none of its own hues.
	Intensity int
}

func (c Colorize) canonical() Colorize {
	if c.Intensity <= 0 || c.Color.A == 0 {
		return Colorize{}
	}
	return c
}

func (c Colorize) write(k *keyWriter) {
	if c != (Colorize{}) {
		k.number("colorize", Num(float64(c.Intensity)))
		k.WriteString(c.Color.String())
	}
}

// Replace replaces a colour and similar ones by another. Shades are kept:
// what was a little darker than From becomes a little darker than To.
type Replace struct {
	On bool
	To Color

	// Tolerance is the largest difference from From, 0 to 100: 0 replaces
	// From alone.
	Tolerance int

	// From is the colour to replace; Dominant replaces the most common colour
	// of the image instead.
	From     Color
	Dominant bool
}

func (r Replace) canonical() Replace {
	if !r.On {
		return Replace{}
	}
	if r.Dominant {
		r.From = Color{}
	}
	return r
}

func (r Replace) write(k *keyWriter) {
	if r.On {
		k.number("replace", Num(float64(r.Tolerance)))
		k.WriteString(r.To.String())
		if !r.Dominant {
			k.WriteString(r.From.String())
		}
	}
}
