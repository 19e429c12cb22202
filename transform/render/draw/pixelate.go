//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// pixelate makes squares of a fiftieth of the longer side in the mean colour
// of their pixels. The last ones at the right and the bottom may be cut off.
func pixelate(image *vips.Image) (*vips.Image, error) {
	w, h := image.Width(), image.Height()
	side := max(int(math.Round(float64(max(w, h))/50)), 2)
	across, down := (w+side-1)/side, (h+side-1)/side
	return through(image,
		// The last squares are completed by repeating the edge.
		func(i *vips.Image) (*vips.Image, error) {
			return i.Embed(0, 0, across*side, down*side, vips.ExtendCopy, nil)
		},
		func(i *vips.Image) (*vips.Image, error) {
			return premultiplied(i, func(i *vips.Image) (*vips.Image, error) { return i.Shrink(side, side) })
		},
		(*vips.Image).CopyMemory, // few pixels, which are read often
		func(i *vips.Image) (*vips.Image, error) { return i.Zoom(side, side) },
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractArea(0, 0, w, h) },
	)
}
