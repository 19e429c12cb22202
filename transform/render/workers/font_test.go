//go:build linux && cgo

package workers

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/fonttest"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/font"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// lettered returns a job that writes a letter onto the icon, with a font.
func lettered(file []byte, t transform.Text) render.Job {
	j := job(icon(), 64)
	t.Content, t.Size, t.Color = "A", transform.Num(20), transform.Opaque(255, 0, 0)
	j.Plan.Steps[0].Layers = []transform.Layer{{Kind: transform.TextLayer, Text: t}}
	j.Plan.Output.Format = transform.PNG
	if file != nil {
		j.Files = [][]byte{file}
	}
	return j
}

// reds returns how many pixels of a job's image are red.
func reds(t *testing.T, p *Pool, j render.Job) (n int) {
	t.Helper()
	r, err := p.Render(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	for y := range r.Size.Height {
		for x := range r.Size.Width {
			if r, g, b, _ := picture.At(x, y).RGBA(); r == 0xffff && g == 0 && b == 0 {
				n++
			}
		}
	}
	return n
}

// A folder of the server's own is read by workers without rights, in every text,
// and no other one is.
func TestFontsOfTheServer(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "fonts of ours & more")
	if err := os.MkdirAll(filepath.Join(folder, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "below", "a.ttf"), fonttest.Squares("A"), 0o600); err != nil {
		t.Fatal(err)
	}
	byName := lettered(nil, transform.Text{Font: "Squares"})
	with := newPool(t, Config{Workers: 1, Fonts: folder})
	for range 2 {
		if n := reds(t, with, byName); n != 16*16 {
			t.Errorf("%d pixels are red", n)
		}
	}
	if n := reds(t, newPool(t, Config{Workers: 1}), byName); n == 16*16 {
		t.Error("it is found by who was not told of it")
	}
	// None that are there, and no folder, are no reason not to draw.
	wantPicture(t, newPool(t, Config{Workers: 1, Fonts: t.TempDir()}))
	wantPicture(t, newPool(t, Config{Workers: 1, Fonts: filepath.Join(folder, "none")}))
}

// Fonts are files in memory, of which a worker has a few and makes no more:
// an image that takes it over finds no memory there that no limit counts.
func TestFontFilesAreBounded(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	many := func(n int) render.Job {
		j := job(icon(), 64)
		for i := range n {
			j.Plan.Steps[0].Layers = append(j.Plan.Steps[0].Layers, transform.Layer{Kind: transform.TextLayer, Text: transform.Text{
				Content: "A", Size: transform.Num(20), File: origin.Ref{Path: fmt.Sprint(i)},
			}})
			j.Files = append(j.Files, fonttest.Squares(string(rune('A'+i))))
		}
		return j
	}
	if _, err := p.Render(t.Context(), many(draw.MaxFontFiles)); err != nil {
		t.Error(err)
	}
	wantFailure(t, p, many(draw.MaxFontFiles+1), errors.Limit, "more than 6 font files")
	large := many(1)
	large.Files[0] = append(large.Files[0], make([]byte, draw.MaxFontSize)...)
	wantFailure(t, p, large, errors.Limit, "The font has ")
	if e := wantFailure(t, p, fault("memfd", ""), errors.Internal, ""); !strings.Contains(e.Error(), "memfd -1, operation not permitted") {
		t.Error(e)
	}
}

// A font comes into a worker without rights. The worker that has it draws nothing
// else, by whatever name the font is asked for.
func TestFontStaysInItsJob(t *testing.T) {
	log, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: log})
	file := fonttest.Squares("A")
	byName := lettered(nil, transform.Text{Font: font.Family(file)})
	usual := reds(t, p, byName)
	for range 2 {
		if n := reds(t, p, lettered(file, transform.Text{File: origin.Ref{Path: "a.ttf"}})); n != 16*16 {
			t.Errorf("%d pixels are red", n)
		}
		if n := reds(t, p, byName); n != usual || n == 16*16 {
			t.Errorf("%d pixels are red in the next image, before %d", n, usual)
		}
	}
	if n := logs.FilterMessage("replacing a worker").Len(); n != 2 {
		t.Errorf("%d workers were replaced", n)
	}
	// A bad font is an image like any other, and breaks no worker.
	if _, err := p.Render(context.Background(), lettered(file[:50], transform.Text{File: origin.Ref{Path: "a.ttf"}})); err == nil {
		t.Error("half a font is a font")
	}
	wantPicture(t, p)
}
