//go:build cgo

package vips

// Resize multiplies width and height by the two positive scales; the result
// is rounded to whole pixels, at least 1.
func (i *Image) Resize(hscale, vscale float64, kernel Kernel) (*Image, error) {
	return i.image("resize", args{"scale": hscale, "vscale": vscale, "kernel": int(kernel)})
}

// Enlarge returns the part of the image, enlarged by the two factors, that
// begins at (x, y) of the enlarged image and has the size. Its pixels equal
// those cut out of the result of Resize, for each kernel that is bicubic when
// enlarging (cubic and Lanczos); the enlarged image itself may exceed
// libvips' limits. Each factor is at least 1. Alpha must be premultiplied.
func (i *Image) Enlarge(across, down float64, x, y, width, height int) (*Image, error) {
	left, columns, fromX, shiftX := partOf(i.Width(), across, x, width)
	top, rows, fromY, shiftY := partOf(i.Height(), down, y, height)
	if columns != i.Width() || rows != i.Height() {
		part, err := i.ExtractArea(left, top, columns, rows)
		if err != nil {
			return nil, err
		}
		i = part
	}
	return i.image("affine", args{
		"matrix":        []float64{across, 0, 0, down},
		"interpolate":   interpolator("bicubic"),
		"oarea":         []int{fromX, fromY, width, height},
		"idx":           shiftX,
		"idy":           shiftY,
		"extend":        int(ExtendCopy),
		"premultiplied": true,
	})
}

// partOf returns what Enlarge reads in one direction: the first pixel, their
// number, the start of the result among the enlarged pixels, and the
// displacement of the input, half a pixel so that centres coincide. It reads
// everything if libvips can count the pixels of the enlarged length, and
// otherwise what the result needs, with a margin for the kernel on either
// side.
func partOf(length int, factor float64, at, size int) (start, count, from int, shift float64) {
	const countable, room, centre = 10_000_000, 4, 0.5
	if float64(length)*factor < countable {
		return 0, length, at, centre
	}
	start = max(0, int(float64(at)/factor)-room)
	end := min(length, int(float64(at+size)/factor)+1+room)
	return start, end - start, 0, centre + float64(start) - float64(at)/factor
}

// ThumbnailImage resizes to fit into a box of width by height pixels, up or
// down, keeping the aspect ratio and handling transparency. It applies the EXIF
// orientation.
func (i *Image) ThumbnailImage(width, height int) (*Image, error) {
	return i.image("thumbnail_image", args{"width": width, "height": height})
}

// Rotate rotates the image clockwise by any angle, in degrees; the canvas
// grows, and its corners have the background, one value for each band.
func (i *Image) Rotate(degrees float64, background []float64) (*Image, error) {
	return i.image("rotate", args{
		"angle":       degrees,
		"interpolate": interpolator("bicubic"),
		"background":  background,
	})
}

// Bilinear stretches the image to a size by linear interpolation, with its
// outermost pixels at the centres of those of the result.
func (i *Image) Bilinear(width, height int) (*Image, error) {
	across := float64(width-1) / float64(max(i.Width()-1, 1))
	down := float64(height-1) / float64(max(i.Height()-1, 1))
	return i.image("affine", args{
		"matrix":      []float64{max(across, tiny), 0, 0, max(down, tiny)},
		"interpolate": interpolator("bilinear"),
		"oarea":       []int{0, 0, width, height},
		"extend":      int(ExtendCopy),
	})
}

// tiny is a nonzero scale.
const tiny = 1e-6

// Mapim takes each pixel of the result from the position in the receiver that
// the index image, two bands of x and y, has. Positions outside give the
// background.
func (i *Image) Mapim(index *Image, background []float64) (*Image, error) {
	return i.image("mapim", args{
		"index":       index,
		"interpolate": interpolator("bicubic"),
		"background":  background,
	})
}

// Shrink averages blocks of whole pixels, across by down. If the sides are
// not multiples of that, the number of blocks is rounded.
func (i *Image) Shrink(across, down int) (*Image, error) {
	return i.image("shrink", args{"hshrink": float64(across), "vshrink": float64(down)})
}

// Subsample keeps one pixel of every across by down.
func (i *Image) Subsample(across, down int) (*Image, error) {
	return i.imageAs("input", "subsample", args{"xfac": across, "yfac": down, "point": true})
}
