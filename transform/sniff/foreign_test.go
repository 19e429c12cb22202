package sniff

import "testing"

func TestForeign(t *testing.T) {
	for buf, want := range map[string]string{
		"":         "",
		"\xff\x0a": "JPEG XL",
		"\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl ": "JPEG XL",
		"\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 ": "JPEG 2000",
		"8BPS\x00\x01":             "Photoshop",
		"\x00\x00\x00\x18ftypcrx ": "the raw data of a camera",
		"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00": "BMP",
		"BM, and what else may begin so":                                     "",
		"P6\n# a comment\n":                                                  "PNM",
		"P6 10 10 255\n":                                                     "PNM",
		"P6, a camera":                                                       "",
		"Portable":                                                           "",
		"hello, world":                                                       "",
		"<!DOCTYPE html>":                                                    "",
		"%PDF-1.7":                                                           "",
		"\x00\x00\x00\x18ftypisom":                                           "",
	} {
		if got := Foreign([]byte(buf)); got != want {
			t.Errorf("%q is %q, want %q", buf, got, want)
		}
	}
	// What is read is not foreign.
	for _, s := range samples {
		if s.want != "" && Foreign([]byte(s.buf)) != "" {
			t.Errorf("%s is %q", s.name, Foreign([]byte(s.buf)))
		}
	}
}
