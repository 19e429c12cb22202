//go:build cgo

package vips

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

func TestStartup(t *testing.T) {
	for range 2 {
		if err := Startup(Config{}); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(Version(), "8.") {
		t.Errorf("version %q", Version())
	}
	if !HasOperation("resize") || HasOperation("no_such_operation") {
		t.Error("HasOperation")
	}
	if !HasArgument("resize", "vscale") || HasArgument("resize", "no-such-argument") || HasArgument("no_such_operation", "in") {
		t.Error("HasArgument")
	}
}

func TestSupport(t *testing.T) {
	for format := range loaders {
		if format == sniff.PDF && !CanLoad(format) {
			t.Log("this libvips reads no PDF")
			continue
		}
		if !CanLoad(format) {
			t.Errorf("load %q: no", format)
		}
	}
	if CanLoad("") {
		t.Error("load nothing")
	}
}

func TestBlockedOperations(t *testing.T) {
	s := newScope(t)
	for _, name := range []string{
		"magickload", "magickload_buffer", "openslideload", "openslideload_source", "matload", "fitsload", "fitsload_source",
		"pdfload", "pdfload_source", "ppmload", "ppmload_source", "csvload", "csvload_source", "vipsload", "vipsload_source",
		"analyzeload", "radload", "radload_buffer", "openexrload", "jxlload", "jxlload_buffer", "jp2kload", "jp2kload_buffer",
		"niftiload", "matrixload", "rawload",
		"jpegload", "pngload", "webpload", "gifload", "heifload", "tiffload", "svgload",
		"jpegload_source", "pngload_source", "svgload_source",
		"thumbnail", "thumbnail_buffer", "thumbnail_source", "system",
		"jpegsave", "pngsave", "vipssave", "rawsave", "dzsave", "magicksave", "magicksave_buffer", "tiffsave",
	} {
		t.Run(name, func(t *testing.T) {
			if !HasOperation(name) {
				t.Skip("not in this build of libvips")
			}
			_, err := s.image(name, args{})
			if err == nil || !strings.Contains(err.Error(), "block") {
				t.Errorf("calling it: %v, want blocked", err)
			}
		})
	}
	for format, l := range loaders {
		if _, err := s.image(l.operation, args{"buffer": []byte("garbage")}); err == nil || strings.Contains(err.Error(), "block") {
			t.Errorf("%s: %v, want a failure to read", format, err)
		}
	}
}
