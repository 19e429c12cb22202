//go:build cgo

package vips

import (
	"context"
	"errors"
	"image"
	"image/color"
	"runtime"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// film returns an animation of frames of one colour each, whose red is 10
// times their number, and whose lower half is black.
func film(t testing.TB, format sniff.Format, frames, width, height int) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, width, height*frames))
	for y := range height * frames {
		for x := range width {
			c := color.NRGBA{A: 255}
			if y%height < height/2 {
				c.R = uint8(10 * (y / height))
			}
			picture.SetNRGBA(x, y, c)
		}
	}
	s := newScope(t)
	tall := must[*Image](t)(s.NewImageFromMemory(picture.Pix, width, height*frames, 4, InterpretationSRGB))
	tall.SetInt(FieldPageHeight, height)
	if format == sniff.WebP {
		return must[[]byte](t)(tall.ExportWebp(WebpOptions{Lossless: true}))
	}
	return must[[]byte](t)(tall.ExportGif(GifOptions{NoDither: true}))
}

func newReel(t testing.TB, s *Scope, file []byte, frames int) (*Reel, *Image) {
	t.Helper()
	reel, first, err := s.NewReel(open(t, s, file, LoadOptions{Pages: -1}), frames)
	if err != nil {
		t.Fatal(err)
	}
	return reel, first
}

// What is drawn of the first frame is drawn of all others: nothing that libvips has
// at hand of one is taken for the next, whether it was scaled, which keeps rows, or
// computed into memory in between, once or twice.
func TestReel(t *testing.T) {
	const frames, width, height = 20, 61, 50
	chains := map[string][]func(*Image) (*Image, error){
		"as it is":     {},
		"scaled":       {func(i *Image) (*Image, error) { return i.Resize(0.2, 0.2, KernelLanczos3) }},
		"turned":       {(*Image).CopyMemory, func(i *Image) (*Image, error) { return i.Flip(DirectionVertical) }},
		"scaled twice": {func(i *Image) (*Image, error) { return i.Resize(0.4, 0.4, KernelLanczos3) }, (*Image).CopyMemory, func(i *Image) (*Image, error) { return i.Resize(0.5, 0.5, KernelLanczos3) }},
		"turned twice": {(*Image).CopyMemory, func(i *Image) (*Image, error) { return i.Rot(Angle90) }, (*Image).CopyMemory, func(i *Image) (*Image, error) { return i.Rot(Angle270) }, (*Image).CopyMemory},
	}
	for _, format := range []sniff.Format{sniff.GIF, sniff.WebP} {
		file := film(t, format, frames, width, height)
		for name, chain := range chains {
			for _, threads := range []int{1, 3} {
				t.Run(string(format)+"/"+name, func(t *testing.T) {
					s := newScope(t)
					reel, i := newReel(t, s, file, frames)
					i.SetInt(FieldConcurrency, threads)
					for _, operation := range chain {
						i = must[*Image](t)(operation(i))
						s.CloseAllBut(i)
					}
					w, h := i.Width(), i.Height()
					tall := must[*Image](t)(reel.Join(i))
					wantSize(t, tall, w, frames*h)
					body := must[[]byte](t)(tall.ExportPng(PngOptions{Compression: 1}))
					got := open(t, newScope(t), body, LoadOptions{Access: Random})
					upper, lower := h/5, 4*h/5
					if name == "turned" {
						upper, lower = lower, upper
					}
					for n := range frames {
						want := []float64{float64(10 * n), 0, 0}
						black := []float64{0, 0, 0}
						if got.HasAlpha() {
							want, black = append(want, 255), append(black, 255)
						}
						for _, x := range []int{0, w - 1} {
							wantPixel(t, got, x, n*h+upper, 1, want...)
							wantPixel(t, got, x, n*h+lower, 1, black...)
						}
					}
				})
			}
		}
	}
}

func TestReelIsReadOnce(t *testing.T) {
	s := newScope(t)
	reel, i := newReel(t, s, film(t, sniff.GIF, 4, 20, 20), 4)
	tall := must[*Image](t)(reel.Join(i))
	if _, err := reel.Join(i); err == nil {
		t.Error("a reel was joined twice")
	}
	must[[]byte](t)(tall.ExportGif(GifOptions{}))
	if _, err := tall.ExportGif(GifOptions{}); err == nil {
		t.Error("a reel was read twice")
	}
}

func TestReelOfDamagedFilm(t *testing.T) {
	file := film(t, sniff.WebP, 12, 64, 64)
	for n := len(file) / 2; n < len(file)/2+100; n++ {
		file[n] ^= 0xa5
	}
	s := newScope(t)
	film, err := s.NewImageFromBuffer(file, sniff.WebP, LoadOptions{Pages: -1})
	if err != nil {
		return // found with the header is found as well
	}
	reel, i, err := s.NewReel(film, film.Height()/64)
	if err != nil {
		return
	}
	if _, err := must[*Image](t)(reel.Join(i)).ExportWebp(WebpOptions{}); err == nil {
		t.Error("a damaged frame was drawn")
	}
}

// A job that is stopped stops between, and within, frames; nothing of it stays.
func TestReelStops(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	file := film(t, sniff.GIF, 25, 400, 400)
	before := Tracked()
	for _, threads := range []int{1, 2} {
		ctx, cancel := context.WithCancel(context.Background())
		s := NewScope(ctx)
		reel, i := newReel(t, s, file, 25)
		i.SetInt(FieldConcurrency, threads)
		i = must[*Image](t)(i.GaussBlur(3))
		i = must[*Image](t)(i.CopyMemory())
		s.CloseAllBut(i)
		i = must[*Image](t)(i.GaussBlur(3))
		tall := must[*Image](t)(reel.Join(i))
		cancel()
		if _, err := tall.ExportWebp(WebpOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want it cancelled", err)
		}
		s.Close()
	}
	var after Stats // libvips' threads let go of what they hold a moment later
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		if after = Tracked(); after.Mem <= before.Mem && after.Files <= before.Files {
			return
		}
	}
	t.Errorf("tracked %+v, before %+v", after, before)
}
