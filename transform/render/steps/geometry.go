package steps

import "github.com/caddy-images/caddy-images/transform"

// turned is the rate of a rotation by a right angle, and of mirroring.
const turned = 0.015

// Trim returns the cost of finding the margin. How much of it is removed is
// not known.
func Trim(on Image) Cost {
	return Cost{Reads: Twice, Pixel: SRGB(on.Alpha), Seconds: on.seconds(0.25, on.Size)}
}

// scale: an image that its decoder scaled is scaled to where it belongs.
func scale(r transform.Recipe, on Image) (c Cost) {
	if r.Scale != on.Decoded {
		c.Seconds = on.seconds(on.multiplied(0.01), on.Decoded) + on.seconds(on.multiplied(0.03), r.Scale)
	}
	if r.Scale == on.Size {
		return c
	}
	if c.Reads = Once; !r.CropFirst {
		c.Size = r.Scale
	}
	// The more an image shrinks, the more rows make one; then it is shrunk in
	// two goes.
	const leastRows, rowsPerFactor, mostRows = 300, 250, 1500
	rows := min(on.Decoded.Height, leastRows+rowsPerFactor*on.Decoded.Height/max(r.Scale.Height, 1), mostRows)
	pixel := on.Pixel
	if on.Alpha {
		pixel = floats
	}
	c.Held = pixel * int64(on.Decoded.Width) * int64(rows)
	return c
}

func orient(r transform.Recipe, on Image) Cost {
	return when(on.Turned, Cost{Reads: Twice, Seconds: on.seconds(turned, r.Scale)})
}

// crop: a search takes a small image and what is known of its pixels. A file
// that is read from top to bottom keeps the rows above the crop.
func crop(r transform.Recipe, on Image) Cost {
	if r.Crop.Size == r.Scale {
		return Cost{}
	}
	if r.Seek {
		return Cost{Reads: Twice, Size: r.Crop.Size, Held: 14 << 20, Seconds: on.seconds(on.multiplied(0.02), r.Scale)}
	}
	c := Cost{Reads: Once, Size: r.Crop.Size}
	if !on.Read {
		above := min(on.Before.Height, int(int64(r.Crop.Y)*int64(on.Before.Height)/int64(max(r.Scale.Height, 1))))
		c.Held = on.Pixel * transform.Size{Width: on.Before.Width, Height: above}.Pixels()
	}
	return c
}

// pad: a blurred background may be made of a small image.
func pad(r transform.Recipe, on Image) Cost {
	if r.Canvas == on.Size {
		return Cost{}
	}
	c := Cost{Reads: Once, Size: r.Canvas, Seconds: on.seconds(0.01, r.Canvas)}
	if r.Background.On && r.Background.Kind == transform.BlurredBackground {
		c.Seconds += on.seconds(on.multiplied(0.1), r.Canvas)
		if small, _, copied := r.Background.Blurred.Small(r.Canvas); copied {
			c.Held = on.Pixel * small.Pixels()
		}
	}
	return c
}

// distort: a perspective is made of a smaller image. The result has alpha.
func distort(r transform.Recipe, on Image) Cost {
	if r.Distort.Kind == transform.NoDistort {
		return Cost{}
	}
	_, _, canvas := r.Distort.Canvas(on.Size)
	c := Cost{Reads: AtOnce, Size: canvas, Pixel: 4, Seconds: on.seconds(0.12, canvas)}
	if r.Distort.Kind == transform.Perspective {
		c.Held = c.Pixel * on.Size.Pixels()
	}
	return c
}

func rotate(r transform.Recipe, on Image) Cost {
	rate := turned
	if r.Tilts() {
		rate = on.multiplied(0.08)
	}
	return when(r.Rotate != 0, Cost{Reads: Twice, Seconds: on.seconds(rate, r.Drawn())})
}

func flip(r transform.Recipe, on Image) Cost {
	return when(r.Flip != (transform.Flip{}), Cost{Reads: Twice, Seconds: on.seconds(turned, r.Drawn())})
}

// border: a recipe has one size for what rotation and border make of an image.
func border(r transform.Recipe, on Image) Cost {
	return when(r.Drawn() != on.Size, Cost{Reads: Once, Size: r.Drawn()})
}

// corners: a mask is drawn.
func corners(r transform.Recipe, on Image) Cost {
	return when(r.Corners != [4]float64{}, Cost{Reads: Twice, Held: 4 * on.Size.Pixels(), Seconds: on.seconds(0.08, on.Size)})
}
