package corpus

import (
	"image"
	"math"
	"math/rand/v2"
)

// leaf is a disc in the image: photographs consist of objects of all sizes
// that occlude each other.
type leaf struct {
	x, y, radius float64
	y8, cb, cr   uint8
}

// leaves returns discs, from the lowest to the topmost, whose radii make an
// image look the same at any scale.
func leaves(rnd *rand.Rand, w, h, count int) []leaf {
	const smallest = 6
	largest := float64(min(w, h)) / 3
	all := make([]leaf, count)
	for i := range all {
		// The inverse of the distribution function of a density of r^-3.
		u := rnd.Float64()
		radius := 1 / math.Sqrt((1-u)/(smallest*smallest)+u/(largest*largest))
		all[i] = leaf{
			rnd.Float64() * float64(w), rnd.Float64() * float64(h), radius,
			uint8(40 + rnd.IntN(170)), uint8(128 + rnd.NormFloat64()*16), uint8(128 + rnd.NormFloat64()*16),
		}
	}
	return all
}

// rows calls f for each row of the disc within an image of w by h pixels,
// with the columns from left to before right.
func (l leaf) rows(w, h int, f func(y, left, right int)) {
	for y := max(0, int(l.y-l.radius)); y < min(h, int(l.y+l.radius)+1); y++ {
		dy := float64(y) - l.y
		if half := l.radius*l.radius - dy*dy; half > 0 {
			half = math.Sqrt(half)
			f(y, max(0, int(l.x-half)), min(w, int(l.x+half)+1))
		}
	}
}

// photo paints an image with the statistics of a photograph: occluding
// objects, soft shades, fine grain, and colours at half the resolution of the
// brightness.
func photo(seed uint64, w, h int) *image.YCbCr {
	rnd := rand.New(rand.NewPCG(seed, 1))
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = 110
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 124, 130
	}
	for _, l := range leaves(rnd, w, h, 200+w*h/3000) {
		l.rows(w, h, func(y, left, right int) {
			for x := left; x < right; x++ {
				img.Y[y*img.YStride+x] = l.y8
				c := y/2*img.CStride + x/2
				img.Cb[c], img.Cr[c] = l.cb, l.cr
			}
		})
	}
	for step := 64; step > 1; step /= 4 {
		shade(rnd, img.Y, w, h, img.YStride, step, 5)
	}
	soften(img.Y, w, h, img.YStride)
	grain(rnd, img.Y, 4)
	return img
}

// soften simulates the lens: a mean over neighbours, in place.
func soften(pix []uint8, w, h, stride int) {
	for y := range h - 1 {
		row, below := pix[y*stride:y*stride+w], pix[(y+1)*stride:(y+1)*stride+w]
		for x := range w - 1 {
			row[x] = uint8((int(row[x])*2 + int(row[x+1]) + int(below[x]) + 2) / 4)
		}
	}
}

// shade adds soft shades with the given wavelength in pixels.
func shade(rnd *rand.Rand, pix []uint8, w, h, stride, step int, height float64) {
	columns := w/step + 2
	at := make([]float32, columns*(h/step+2))
	for i := range at {
		at[i] = float32(rnd.NormFloat64() * height)
	}
	for y := range h {
		fy, above := float32(y%step)/float32(step), y/step*columns
		for left := 0; left < w; left += step {
			i := above + left/step
			from := at[i]*(1-fy) + at[i+columns]*fy
			slope := (at[i+1]*(1-fy) + at[i+columns+1]*fy - from) / float32(step)
			row := pix[y*stride+left : y*stride+min(left+step, w)]
			for x := range row {
				row[x] = uint8(max(0, min(255, float32(row[x])+from+slope*float32(x)+.5)))
			}
		}
	}
}

// grain adds sensor noise.
func grain(rnd *rand.Rand, pix []uint8, deviation float64) {
	// From a table: normally distributed numbers are expensive.
	var table [1 << 12]int
	for i := range table {
		table[i] = int(math.Round(rnd.NormFloat64() * deviation))
	}
	state := rnd.Uint32()
	for i := range pix {
		state = state*1664525 + 1013904223
		pix[i] = uint8(max(0, min(255, int(pix[i])+table[state>>20])))
	}
}

// cutout returns an image with alpha: leaves with soft edges on a transparent
// background.
func cutout(seed uint64, w, h int) *image.NRGBA {
	rnd := rand.New(rand.NewPCG(seed, 2))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for _, l := range leaves(rnd, w, h, 150) {
		l.rows(w, h, func(y, left, right int) {
			for x := left; x < right; x++ {
				depth := l.radius - math.Hypot(float64(x)-l.x, float64(y)-l.y)
				p := img.Pix[img.PixOffset(x, y):]
				light := uint8(depth / l.radius * 40)
				p[0], p[1], p[2] = l.y8+light/2, l.cb+light, l.cr
				p[3] = max(p[3], uint8(max(0, min(255, depth*64))))
			}
		})
	}
	return img
}
