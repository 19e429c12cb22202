//go:build cgo

package vips

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image/color"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

var brick = color.NRGBA{200, 100, 50, 255}

func TestLoadOptions(t *testing.T) {
	s := newScope(t)
	jpg := goJPEG(t, 64, 48, brick)
	for shrink, width := range map[int]int{0: 64, 1: 64, 2: 32, 4: 16, 8: 8} {
		i := open(t, s, jpg, LoadOptions{Shrink: shrink})
		wantSize(t, i, width, width*3/4)
	}
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"><rect width="10" height="20" fill="#c86432"/></svg>`)
	drawing := open(t, s, svg, LoadOptions{Scale: 2.5, Shrink: 2, Pages: -1})
	wantSize(t, drawing, 25, 50)
	wantPixel(t, drawing, 12, 25, 0, 200, 100, 50, 255)

	// Options that a format lacks are left out.
	wantSize(t, open(t, s, goPNG(t, 7, 5, brick), LoadOptions{Shrink: 4, Scale: 3, Page: 1, Pages: -1}), 7, 5)
}

func TestLoadPages(t *testing.T) {
	s := newScope(t)
	gif := animation(t, s)
	all := open(t, s, gif, LoadOptions{Pages: -1})
	wantSize(t, all, 16, 24)
	if all.PageHeight() != 8 || all.Pages() != 3 {
		t.Errorf("page height %d, pages %d, want 8 and 3", all.PageHeight(), all.Pages())
	}
	if delay, ok := all.GetIntArray(FieldDelay); !ok || len(delay) != 3 || delay[0] != 50 || delay[2] != 70 {
		t.Errorf("delay %v", delay)
	}
	second := must[*Image](t)(open(t, s, gif, LoadOptions{Page: 1}).CopyMemory())
	wantSize(t, second, 16, 8)
	if pixel := must[[]float64](t)(second.Getpoint(3, 3)); pixel[0] != 0 || pixel[1] != 255 || pixel[2] != 0 {
		t.Errorf("second frame %v, want green", pixel)
	}
}

// animation returns a GIF of three frames, red, green and blue, 16 by 8
// pixels.
func animation(t *testing.T, s *Scope) []byte {
	t.Helper()
	tall := must[*Image](t)(s.ArrayJoin([]*Image{
		solid(t, s, 16, 8, 255, 0, 0), solid(t, s, 16, 8, 0, 255, 0), solid(t, s, 16, 8, 0, 0, 255),
	}, 1))
	tall.SetInt(FieldPageHeight, 8)
	tall.SetIntArray(FieldDelay, []int{50, 60, 70})
	tall.SetInt(FieldLoop, 0)
	return must[[]byte](t)(tall.ExportGif(GifOptions{}))
}

func TestLoadFailures(t *testing.T) {
	s := newScope(t)
	whole := goPNG(t, 300, 300, brick)
	tests := map[string]struct {
		buf    []byte
		format sniff.Format
	}{
		"empty":          {nil, sniff.PNG},
		"no such format": {whole, ""},
		"wrong format":   {whole, sniff.JPEG},
		"garbage":        {bytes.Repeat([]byte("x"), 100), sniff.WebP},
		"header only":    {whole[:20], sniff.PNG},
	}
	for name, test := range tests {
		if _, err := s.NewImageFromBuffer(test.buf, test.format, LoadOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}

	jpg := goJPEG(t, 300, 300, brick)
	cut := jpg[:len(jpg)/2]
	if _, err := open(t, s, cut, LoadOptions{}).Average(); err == nil {
		t.Error("a truncated file must fail by default")
	}
	if _, err := open(t, s, cut, LoadOptions{FailOn: FailOnNone}).Average(); err != nil {
		t.Errorf("truncated, fail on none: %v", err)
	}
}

func TestClosedImage(t *testing.T) {
	s := newScope(t)
	i := solid(t, s, 8, 8, 1, 2, 3)
	half := must[*Image](t)(i.Resize(0.5, 0.5, KernelLinear))
	i.Close()
	i.Close()
	if _, err := i.Average(); !errors.Is(err, errClosed) {
		t.Errorf("average: %v", err)
	}
	if _, err := i.Pixels(); !errors.Is(err, errClosed) {
		t.Errorf("pixels: %v", err)
	}
	if _, err := half.Insert(i, 0, 0); !errors.Is(err, errClosed) {
		t.Errorf("insert: %v", err)
	}
	if i.Width() != 0 || i.FieldNames() != nil || i.HasProfile() {
		t.Error("facts of a closed image")
	}
	wantPixel(t, half, 1, 1, 0, 1, 2, 3) // derived before, lives on
	s.Close()
	s.Close()
	if _, err := half.Average(); !errors.Is(err, errClosed) {
		t.Errorf("average after the scope: %v", err)
	}
}

// An SVG is untrusted: files that it refers to must not be fetched, from the
// network or from the disk.
func TestSVGLoadsNothingExternal(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	dir := t.TempDir()
	write := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	red := goPNG(t, 10, 10, color.NRGBA{255, 0, 0, 255})
	picture := write("red.png", red)
	path := write("path.txt", []byte("M0 0h10v10H0z"))
	style := write("style.css", []byte("rect{fill:red}"))
	drawing := write("red.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><rect id="a" width="10" height="10" fill="red"/></svg>`))
	url := "http://" + listener.Addr().String()

	t.Chdir(dir)
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="10" height="10">%s</svg>`
	for _, body := range []string{
		`<image width="10" height="10" href="file://` + picture + `"/>`,
		`<image width="10" height="10" href="` + picture + `"/>`,
		`<image width="10" height="10" href="red.png"/>`,
		`<image width="10" height="10" xlink:href="` + url + `/red.png"/>`,
		`<use href="file://` + drawing + `#a"/>`,
		`<use href="` + url + `/red.svg#a"/>`,
		`<rect width="10" height="10" fill="url(` + url + `/red.svg#a)"/>`,
		`<style>@import url("file://` + style + `"); @import url("` + url + `/style.css");</style><rect width="10" height="10" fill="none"/>`,
		`<xi:include href="file://` + drawing + `"/>`,
		`<xi:include href="` + url + `/red.svg"/>`,
	} {
		wantBlank(t, fmt.Sprintf(svg, body))
	}
	wantBlank(t, `<!DOCTYPE svg [<!ENTITY x SYSTEM "file://`+path+`"><!ENTITY y SYSTEM "`+url+`/y">]>`+
		fmt.Sprintf(svg, `<path fill="red" d="&x;&y;"/>`))

	// The check sees something: an image inside of the document is drawn.
	inline := fmt.Sprintf(svg, `<image width="10" height="10" href="data:image/png;base64,`+base64.StdEncoding.EncodeToString(red)+`"/>`)
	wantPixel(t, open(t, newScope(t), []byte(inline), LoadOptions{}), 5, 5, 0, 255, 0, 0, 255)

	// Ours is the first connection that the listener ever got.
	own, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.RemoteAddr().String() != own.LocalAddr().String() {
		t.Error("an SVG made a connection")
	}
}

// wantBlank allows a refusal: what counts is that nothing was drawn.
func wantBlank(t *testing.T, svg string) {
	t.Helper()
	s := newScope(t)
	i, err := s.NewImageFromBuffer([]byte(svg), sniff.SVG, LoadOptions{})
	if err != nil {
		return
	}
	pixels, err := i.Pixels()
	if err == nil && !bytes.Equal(pixels, make([]byte, len(pixels))) {
		t.Errorf("drew something: %s", svg)
	}
}

// libvips would decode what takes more than 100 MB into a temporary file. A
// process that may not write one has to hold it in memory.
func TestLargeIsNotDecodedIntoFile(t *testing.T) {
	scope := newScope(t)
	file := must[[]byte](t)(solid(t, scope, 6000, 6000, 1, 2, 3).ExportPng(PngOptions{Compression: 1}))
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	picture := open(t, scope, file, LoadOptions{Access: Random})
	if mean := must[float64](t)(picture.Average()); mean != 2 {
		t.Errorf("the mean is %v", mean)
	}
}
