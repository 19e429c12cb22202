package steps

import "github.com/caddy-images/caddy-images/transform"

// Rates of steps that change every pixel: by a curve for each channel, by a
// matrix, by a gradient or in CIELAB, and by its alpha.
const (
	curves = 0.03
	matrix = 0.035
	ramps  = 0.05
	faded  = 0.03
)

// colour: a file may have a profile.
func colour(r transform.Recipe, on Image) Cost {
	c := Cost{Pixel: SRGB(on.Alpha)}
	if on.Coloured {
		return c
	}
	rate := 0.015
	if on.HLG {
		rate = 0.06
	}
	c.Reads, c.Seconds = Once, on.seconds(rate, r.Crop.Size)
	return c
}

func whiteBalance(r transform.Recipe, on Image) Cost {
	return when(r.WhiteBalance, Cost{Reads: Twice, Rows: on.rows(fewRows), Seconds: on.seconds(on.multiplied(curves), on.Size)})
}

// tone: what white balance leaves is in memory, except for its curves.
func tone(r transform.Recipe, on Image) Cost {
	reads := Twice
	if r.WhiteBalance {
		reads = Once
	}
	return when(r.Tone, Cost{Reads: reads, Rows: on.rows(fewRows), Seconds: on.seconds(on.multiplied(curves), on.Size)})
}

func adjust(r transform.Recipe, on Image) Cost {
	c := Cost{Reads: Once, Rows: on.rows(fewRows)}
	if r.Adjust.Levels() {
		c.Seconds += on.seconds(curves, on.Size)
	}
	if r.Adjust.Mixes() {
		c.Seconds += on.seconds(matrix, on.Size)
	}
	return when(r.Adjust != (transform.Adjust{}), c)
}

func grayscale(r transform.Recipe, on Image) Cost {
	return when(r.Grayscale, Cost{Reads: Once, Rows: on.rows(fewRows), Seconds: on.seconds(matrix, on.Size)})
}

func contrast(r transform.Recipe, on Image) Cost {
	return when(r.Contrast, Cost{Reads: Twice, Rows: on.rows(fewRows), Seconds: on.seconds(curves, on.Size)})
}

// look: most are curves and a matrix. Dark corners are multiplied with an
// image of the light, and some looks depend on neighbouring pixels.
func look(r transform.Recipe, on Image) Cost {
	c := Cost{Reads: Once, Rows: on.rows(fewRows)}
	if r.Look == transform.Lomo || r.Look == transform.Vignette {
		c.Rows = on.rows(manyRows)
		c.Seconds += on.seconds(0.13, on.Size)
	}
	if r.Look.Neighbours() {
		c.Reads = Twice
		c.Seconds += on.seconds(0.12, on.Size)
	}
	if r.Look != transform.Pixelate {
		c.Seconds += on.seconds(matrix, on.Size)
	}
	return when(r.Look != transform.NoLook, c)
}

// replace: it has tables, whatever the size.
func replace(r transform.Recipe, on Image) Cost {
	return when(r.Replace.On, Cost{Reads: Twice, Held: 12 << 20, Rows: on.rows(manyRows), Seconds: on.seconds(0.12, on.Size)})
}

func colorize(r transform.Recipe, on Image) Cost {
	return when(r.Colorize.Intensity != 0, Cost{Reads: Once, Rows: on.rows(manyRows), Seconds: on.seconds(ramps, on.Size)})
}

func gradient(r transform.Recipe, on Image) Cost {
	return when(!r.Gradient.IsZero(), Cost{Reads: Once, Rows: on.rows(manyRows), Seconds: on.seconds(on.multiplied(ramps), on.Size)})
}

// findColours: pad reads the image of a blurred background, too.
func findColours(r transform.Recipe, _ Image) Cost {
	return when(r.Background.On && r.Background.Kind != transform.SolidBackground, Cost{Reads: Inspects})
}

func shadow(r transform.Recipe, on Image) Cost {
	return when(r.Shadow.On, Cost{Reads: Twice, Seconds: on.seconds(0.15, on.Size)})
}

func opacity(r transform.Recipe, on Image) Cost {
	return when(r.Opacity != 1, Cost{Reads: Once, Seconds: on.seconds(faded, on.Size)})
}

// background: the rate of opacity is that of both.
func background(r transform.Recipe, on Image) Cost {
	c := Cost{Reads: Once}
	if r.Opacity == 1 {
		c.Seconds = on.seconds(faded, on.Size)
	}
	return when(r.Background.On, c)
}
