//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// sketch draws dark lines on white, by how dark a place is relative to its
// surroundings.
func sketch(image *vips.Image) (*vips.Image, error) {
	return withAlphaOf(image, 255, func(gray *vips.Image) (*vips.Image, error) {
		around, err := softened(gray, 0.01*float64(max(image.Width(), image.Height())))
		if err != nil {
			return nil, err
		}
		// Black among black is white, like every even area.
		lift := func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1}, []float64{1}, false) }
		if around, err = lift(around); err != nil {
			return nil, err
		}
		return through(gray,
			lift,
			func(i *vips.Image) (*vips.Image, error) { return i.Divide(around) },
			func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{255}, []float64{0.5}, true) },
		)
	})
}

// softened returns a blurred gray image. A wide blur is computed on a smaller
// image.
func softened(image *vips.Image, sigma float64) (*vips.Image, error) {
	const fine = 4.0 // pixels of the smaller image
	w, h := image.Width(), image.Height()
	factor := max(sigma/fine, 1)
	small := image
	var err error
	if factor > 1 {
		w, h := max(math.Round(float64(w)/factor), 1), max(math.Round(float64(h)/factor), 1)
		if small, err = image.Resize(w/float64(image.Width()), h/float64(image.Height()), vips.KernelLinear); err != nil {
			return nil, err
		}
	}
	if small, err = small.GaussBlur(min(sigma, fine)); err != nil || small == nil || factor == 1 {
		return small, err
	}
	return through(small,
		(*vips.Image).CopyMemory,
		func(i *vips.Image) (*vips.Image, error) {
			return i.Resize(float64(w)/float64(i.Width()), float64(h)/float64(i.Height()), vips.KernelCubic)
		},
	)
}
