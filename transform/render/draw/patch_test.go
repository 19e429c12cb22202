//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// An image's rows are there also far below a layer: libvips reads a file from
// top to bottom, once, and forgets what it read of it 1024 rows below what
// was inserted. With the tiles that it works in, of 128 by 128 pixels, that
// is at row 1280 here, after the first of several tiles.
func TestRowsBelowLayer(t *testing.T) {
	const w, h = 400, 1600
	onRed, onBlue := image.Rect(16, 0, 216, 160), image.Rect(116, 80, 316, 240)
	pictures := map[string][]byte{"red": asPNG(t, solid(onRed.Dx(), onRed.Dy(), pureRed))}
	layers := map[string][]transform.Layer{
		"blocks":  {block(transform.Opaque(255, 0, 0), onRed), block(transform.Color{B: 255, A: 51}, onBlue)},
		"picture": {overlay("red", at(16, 0)), block(transform.Color{B: 255, A: 51}, onBlue)},
	}

	// Eight rows of each grey: a JPEG of quality 100 stores them as they are.
	steps := paint(w, h, func(_, y int) color.NRGBA { return color.NRGBA{uint8(y / 8), uint8(y / 8), uint8(y / 8), 255} })
	// What has an alpha of 51 is a fifth of what is seen.
	fifth := func(above, below uint8) uint8 { return uint8((int(above) + 4*int(below) + 2) / 5) }
	want := paint(w, h, func(x, y int) color.NRGBA {
		here, c := image.Pt(x, y), steps.NRGBAAt(x, y)
		if here.In(onRed) {
			c = color.NRGBA{255, 0, 0, 255}
		}
		if here.In(onBlue) {
			c = color.NRGBA{fifth(0, c.R), fifth(0, c.G), fifth(255, c.B), 255}
		}
		return c
	})
	for kind, file := range map[string][]byte{
		"jpeg": greyJPEG(t, steps), "png": asPNG(t, steps), "tiff": asTIFF(steps), "webp": asWebP(t, steps),
		"interlaced": must(inVips(t, steps, 3).ExportPng(vips.PngOptions{Interlace: true}))(t),
	} {
		for name, layers := range layers {
			for _, threads := range []int{1, 4} {
				t.Run(fmt.Sprint(kind, " ", name, threads), func(t *testing.T) {
					job := layered(file, pictures, transform.Step{Layers: layers})
					job.Threads = threads
					wantLike(t, decode(t, result(t, job).Body), want, 0)
				})
			}
		}
	}
}

// Small layers are blended with what is under them alone, and give the image
// that layers give which are as large as the image, and transparent around
// them.
func TestPatchIsLikeWhole(t *testing.T) {
	const w, h = 150, 1500 // libvips keeps 1024 rows
	c := color.NRGBA{200, 30, 90, 77}
	grain := uint32(1)
	noisy := paint(w, h, func(x, y int) color.NRGBA {
		grain = grain*1664525 + 1013904223
		return color.NRGBA{uint8(grain >> 27), uint8(x), uint8(y), 255}
	})
	seen := paint(w, h, func(x, y int) color.NRGBA {
		c := noisy.NRGBAAt(x, y)
		return color.NRGBA{c.R, c.G, c.B, uint8(x * 3)}
	})
	files := map[string][]byte{"jpeg": asJPEG(t, noisy), "alpha": asPNG(t, seen)}
	steps := map[string]transform.Step{
		"as it is": {}, "scaled": sized(140, 1450, transform.Stretch, 0), "cut": sized(130, 1400, transform.Crop, transform.FocusBottom),
		"blurred": effect(transform.Effects{Blur: transform.Num(3)}), "tilted": rotated(3), "upside down": rotated(180),
	}
	for kind, file := range files {
		for name, step := range steps {
			end := drawn(t, file, step).Bounds().Max
			for place, rs := range map[string][]image.Rectangle{
				"corners": {image.Rect(0, 0, 1, 1), image.Rect(0, 0, 130, 129), image.Rectangle{end.Sub(image.Pt(50, 60)), end}, image.Rect(0, end.Y-1, 1, end.Y)},
				"stripes": {image.Rect(20, 0, 70, end.Y), image.Rect(0, 700, end.X, 800), image.Rect(-9, 790, end.X+9, 799), image.Rect(120, -9, 121, end.Y+9)},
			} {
				t.Run(fmt.Sprint(kind, " ", name, " ", place), func(t *testing.T) {
					small, large, covers := step, step, map[string][]byte{}
					for n, r := range rs {
						small.Layers = append(small.Layers, block(ink(c), r))
						large.Layers = append(large.Layers, overlay(fmt.Sprint(n), at(0, 0)))
						covers[fmt.Sprint(n)] = asPNG(t, box(end.X, end.Y, color.NRGBA{}, c, r.Intersect(image.Rectangle{Max: end})))
					}
					want := decode(t, result(t, layered(file, covers, large)).Body)
					wantLike(t, drawn(t, file, small), want, 0)
				})
			}
		}
	}
}

// Of a layer that is wider or higher than the image, what lies on it is its
// own part.
func TestPatchOfLargerLayer(t *testing.T) {
	const w, h, over = 40, 30, 9
	wide := paint(60, 4, func(x, _ int) color.NRGBA { return color.NRGBA{0, uint8(4 * x), 0, 255} })
	high := paint(4, 50, func(_, y int) color.NRGBA { return color.NRGBA{0, 0, uint8(5 * y), 255} })
	got := laid(t, solid(w, h, pureRed), map[string]image.Image{"wide": wide, "high": high},
		overlay("wide", at(-over, 20)), overlay("high", at(10, -over)))
	wantLike(t, got, paint(w, h, func(x, y int) color.NRGBA {
		switch {
		case x >= 10 && x < 14:
			return color.NRGBA{0, 0, uint8(5 * (y + over)), 255}
		case y >= 20 && y < 24:
			return color.NRGBA{0, uint8(4 * (x + over)), 0, 255}
		}
		return pureRed
	}), 0)
}

// Layers that lie on each other come in their order, also where there are
// more of them than are laid on an image that is not computed.
func TestManyPatches(t *testing.T) {
	const w, h, n = 400, 1600, 9
	ground := solid(w, h, color.NRGBA{255, 255, 255, 255})
	var layers []transform.Layer
	want := paint(w, h, func(_, _ int) color.NRGBA { return color.NRGBA{255, 255, 255, 255} })
	for k := range n {
		c := color.NRGBA{uint8(20 * k), uint8(250 - 20*k), 100, 255}
		r := image.Rect(100-10*k, 90+7*k, 250-3*k, 300-20*k)
		layers = append(layers, block(ink(c), r))
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				want.SetNRGBA(x, y, c)
			}
		}
	}
	for _, threads := range []int{1, 2} {
		job := newJob(greyJPEG(t, ground), transform.Output{Format: transform.PNG}, transform.Step{Layers: layers})
		job.Threads = threads
		wantLike(t, decode(t, result(t, job).Body), want, 0)
	}
}

// Before a fifth small layer, and not before a fourth, the image is computed,
// so that no number of layers has it computed over and over. It shows by what
// fails first, the image or the layer that comes next.
func TestPicturesAreComputedBetweenPatches(t *testing.T) {
	// The file says twice as many rows as its data have, which shows when they are read.
	cut := asPNG(t, coordinates(300, 100))
	const header, height, checksum = 12, 20, 29 // offsets, with the chunk's name
	binary.BigEndian.PutUint32(cut[height:], 200)
	binary.BigEndian.PutUint32(cut[checksum:], crc32.ChecksumIEEE(cut[header:checksum]))
	for small, layerFirst := range map[int]bool{1: true, 4: true, 5: false} {
		var layers []transform.Layer
		for range small {
			layers = append(layers, block(transform.Black, image.Rect(0, 0, 9, 9)))
		}
		layers = append(layers, overlay("cut", at(0, 0)))
		job := layered(cut, map[string][]byte{"cut": cut}, transform.Step{Layers: layers})
		e := failure(t, job, errors.BadImage)
		if got := bytes.Contains([]byte(e.Message), []byte(`In the layer "cut"`)); got != layerFirst {
			t.Errorf("with %d small layers: %s", small, e.Message)
		}
	}
}

// greyJPEG returns a JPEG of what is grey, as good as there is.
func greyJPEG(t *testing.T, i *image.NRGBA) []byte {
	t.Helper()
	grey := image.NewGray(i.Bounds())
	for p := range grey.Pix {
		grey.Pix[p] = i.Pix[4*p]
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, grey, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// block returns a layer of one colour.
func block(c transform.Color, r image.Rectangle) transform.Layer {
	return transform.Layer{
		Kind: transform.BlockLayer, Color: c, Place: at(float64(r.Min.X), float64(r.Min.Y)),
		Steps: []transform.Step{sized(r.Dx(), r.Dy(), transform.Stretch, 0)},
	}
}
