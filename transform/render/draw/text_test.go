//go:build cgo

package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// text returns a text in black, 20 pixels high.
func text(content string, change func(*transform.Text)) transform.Layer {
	t := transform.Text{Content: content, Size: transform.Num(20), Color: transform.Black}
	if change != nil {
		change(&t)
	}
	return transform.Layer{Kind: transform.TextLayer, Text: t, Place: at(10, 10)}
}

// onWhite returns a layer on a white image of 300 by 200 pixels.
func onWhite(t *testing.T, l transform.Layer) *image.NRGBA {
	t.Helper()
	return laid(t, solid(300, 200, white), nil, l)
}

// inked returns the part of the image that is not white.
func inked(i *image.NRGBA) (r image.Rectangle) {
	for y := range i.Bounds().Dy() {
		for x := range i.Bounds().Dx() {
			if distance(i.NRGBAAt(x, y), white) > 40 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestTextHasInk(t *testing.T) {
	for name, content := range map[string]string{
		"letters": "Hello", "markup": "<b>&amp;</b> \"'", "unclosed": "<span size='9'", "hebrew": "שלום עולם", "arabic": "مرحبا بالعالم",
		"chinese": "你好世界", "hindi": "इमेजकिट", "emoji": "a😀", "control": "a\x00\x01\x7fb\ufffe", "lines": "one\ntwo", "combining": strings.Repeat("a\u0301", 5),
	} {
		t.Run(name, func(t *testing.T) {
			got := onWhite(t, text(content, nil))
			r := inked(got)
			if r.Dx() < 5 || r.Dy() < 5 || r.Min.X < 9 || r.Min.Y < 9 {
				t.Errorf("the ink is in %v", r)
			}
			if again := onWhite(t, text(content, nil)); !bytes.Equal(again.Pix, got.Pix) {
				t.Error("the same text looks different")
			}
		})
	}
}

// What looks like markup is text: it takes more room than what it would mean.
func TestTextIsNoMarkup(t *testing.T) {
	if plain, tagged := inked(onWhite(t, text("big", nil))), inked(onWhite(t, text("<b>big</b>", nil))); tagged.Dx() < 2*plain.Dx() {
		t.Errorf("%v and %v", plain, tagged)
	}
}

// The box ends where the letters do, padding goes around, the background fills it
// all.
func TestTextBox(t *testing.T) {
	plain := inked(onWhite(t, text("Hxg", nil)))
	if plain.Min.X > 11 || plain.Min.Y > 11 {
		t.Errorf("the ink is in %v", plain)
	}
	padded := text("Hxg", func(x *transform.Text) {
		x.Padding = transform.Padding{Top: transform.Num(1), Right: transform.Num(2), Bottom: transform.Num(3), Left: transform.Num(4)}
		x.Background = transform.Opaque(255, 0, 0)
	})
	got := onWhite(t, padded)
	r := inked(got)
	want := image.Rect(10, 10, plain.Max.X+6, plain.Max.Y+4)
	if d := r.Max.Sub(want.Max); r.Min != want.Min || max(d.X, -d.X, d.Y, -d.Y) > 1 {
		t.Errorf("the box is %v, want %v", r, want)
	}
	wantColor(t, got, 11, 10, pureRed, 0)
	padded.Steps = []transform.Step{{Corners: transform.Corners{TopLeft: transform.Radius{Px: transform.Num(8)}}}}
	wantColor(t, onWhite(t, padded), 10, 10, white, 2)
	padded.Steps = []transform.Step{{Opacity: transform.Num(50)}}
	wantColor(t, onWhite(t, padded), 11, 10, color.NRGBA{255, 127, 127, 255}, 2)
}

func TestTextLooks(t *testing.T) {
	size := func(change func(*transform.Text)) image.Rectangle {
		return inked(onWhite(t, text("Hello you there", change)))
	}
	plain := size(nil)
	if r := size(func(x *transform.Text) { x.Size = transform.Num(30) }); r.Dx() < plain.Dx()*13/10 {
		t.Errorf("larger: %v, before %v", r, plain)
	}
	wrapped := size(func(x *transform.Text) { x.Width = transform.Num(60) })
	if wrapped.Dx() > 60 || wrapped.Dy() < 2*plain.Dy() {
		t.Errorf("wrapped: %v, before %v", wrapped, plain)
	}
	if r := size(func(x *transform.Text) { x.Width, x.LineHeight = transform.Num(60), transform.Num(40) }); r.Dy() < wrapped.Dy()+20 {
		t.Errorf("with more between the lines: %v, before %v", r, wrapped)
	}
	if r := size(func(x *transform.Text) { x.Bold = true }); r.Dx() <= plain.Dx() {
		t.Errorf("bold: %v, before %v", r, plain)
	}
	ink := func(l transform.Layer) (sum int) {
		for _, v := range onWhite(t, l).Pix {
			sum += 255 - int(v)
		}
		return sum
	}
	if a, b := ink(text("aaaa", nil)), ink(text("aaaa", func(x *transform.Text) { x.Strikethrough = true })); b <= a {
		t.Errorf("struck through: %d, before %d", b, a)
	}
	// A word that is too long for a line is broken.
	if r := inked(onWhite(t, text(strings.Repeat("m", 40), func(x *transform.Text) { x.Width = transform.Num(80) }))); r.Dx() > 80 || r.Dy() < 100 {
		t.Errorf("a long word: %v", r)
	}
}

func TestTextColor(t *testing.T) {
	got := onWhite(t, text("\u2588\u2588", func(x *transform.Text) { x.Color = transform.Opaque(0, 0, 255) }))
	r := inked(got)
	wantColor(t, got, (r.Min.X+r.Max.X)/2-3, (r.Min.Y+r.Max.Y)/2, pureBlue, 2)
	got = onWhite(t, text("\u2588\u2588", func(x *transform.Text) { x.Color = transform.Color{B: 255, A: 102} }))
	wantColor(t, got, (r.Min.X+r.Max.X)/2-3, (r.Min.Y+r.Max.Y)/2, color.NRGBA{153, 153, 255, 255}, 3)
}

// Left is left, also where a text runs from right to left.
func TestTextAlign(t *testing.T) {
	for name, content := range map[string]string{"latin": "mmmmmm\nm", "hebrew": "שששששש\nש"} {
		last := func(a transform.Align) image.Rectangle {
			got := onWhite(t, text(content, func(x *transform.Text) { x.Align = a }))
			all := inked(got)
			lower := got.SubImage(image.Rect(0, all.Max.Y-8, 300, all.Max.Y)).(*image.NRGBA)
			moved := image.NewNRGBA(image.Rect(0, 0, 300, 8))
			for y := range 8 {
				for x := range 300 {
					moved.SetNRGBA(x, y, lower.NRGBAAt(x, all.Max.Y-8+y))
				}
			}
			return inked(moved)
		}
		left, middle, right := last(transform.AlignLeft), last(transform.AlignCenter), last(transform.AlignRight)
		if !(left.Min.X < middle.Min.X && middle.Min.X < right.Min.X) {
			t.Errorf("%s: the last line is in %v, %v and %v", name, left, middle, right)
		}
	}
}

// No text takes more memory than its box may have.
func TestTextLimits(t *testing.T) {
	long := strings.Repeat("m", 2000)
	base := asPNG(t, solid(30, 20, white))
	for name, l := range map[string]transform.Layer{
		"a huge font":      text("m", func(x *transform.Text) { x.Size = transform.Num(100000) }),
		"a large font":     text(long, func(x *transform.Text) { x.Size = transform.Num(16383) }),
		"an unbroken line": text(long, nil),
		"a tall column":    text(long, func(x *transform.Text) { x.Width = transform.Num(1) }),
		"too many pixels":  text(long, func(x *transform.Text) { x.Size, x.Width = transform.Num(300), transform.Num(15000) }),
		"a wide letter":    text(strings.Repeat("\ufdfd", 2000), func(x *transform.Text) { x.Size = transform.Num(2000) }),
		"a huge padding":   text("m", func(x *transform.Text) { x.Padding.Left = transform.Num(65535) }),
		"much padding": text("m", func(x *transform.Text) {
			x.Padding = transform.Padding{Left: transform.Num(9000), Right: transform.Num(9000)}
		}),
		"a huge width":       text("m", func(x *transform.Text) { x.Width = transform.Num(65535) }),
		"a huge line height": text("m\nm", func(x *transform.Text) { x.LineHeight = transform.Num(65535) }),
		"tall lines":         text(strings.Repeat("m\n", 900), func(x *transform.Text) { x.LineHeight = transform.Num(16383) }),
	} {
		t.Run(name, func(t *testing.T) {
			job := layered(base, nil, transform.Step{Layers: []transform.Layer{l}})
			if grown := peakOf(func() { failure(t, job, errors.Limit) }); grown > 200<<20 {
				t.Errorf("%d MB were taken", grown>>20)
			}
		})
	}
	for _, content := range []string{"", " \n\t ", "\x01"} {
		failure(t, layered(base, nil, transform.Step{Layers: []transform.Layer{text(content, nil)}}), errors.BadTransform)
	}
}
