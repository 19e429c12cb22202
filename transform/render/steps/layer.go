package steps

import "github.com/caddy-images/caddy-images/transform"

// Layer returns the cost of laying a layer of a size on an image, without that
// of the layer's own image. One over the image is laid on what is under it, or
// on all of the image if it covers more than half.
func Layer(l transform.Layer, size transform.Size, on Image) Cost {
	// Rows are composed in floats, some at a time for each layer, and so are
	// those of the part that it covers. Measured: about 90 rows with libvips
	// 8.14, and 120 with 8.18.
	const composedRows = 144
	c := Cost{Reads: Once, Held: composedRows * floats * int64(on.Size.Width)}
	switch l.Blend {
	case transform.BlendOver:
		under := size
		if 2*size.Pixels() > on.Size.Pixels() {
			under = on.Size
		}
		c.Seconds = on.seconds(0.1, under)
	case transform.BlendDisplace:
		// The image twice, once as floats if it has alpha, and the position
		// that each pixel comes from.
		c.Reads = Twice
		copied := on.Pixel
		if on.Alpha {
			copied *= 4
		}
		c.Held += (16 + copied) * on.Size.Pixels()
		c.Seconds = on.seconds(0.15, on.Size)
	default:
		c.Seconds = on.seconds(0.25, on.Size)
	}
	if l.Kind == transform.TextLayer {
		c.Seconds += 0.02 * float64(size.Pixels()) / 1e6 // its letters, once for all frames
	}
	return c
}
