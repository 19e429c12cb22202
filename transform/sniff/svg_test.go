package sniff

import (
	"strings"
	"testing"
)

func TestMayBeSVG(t *testing.T) {
	for start, want := range map[string]bool{
		"":                                  true,
		"  \n ":                             true,
		"\xef\xbb\xbf":                      true,
		"<svg xmlns=":                       true,
		"<x:svg ":                           true,
		"<sv":                               true,
		"<?xml version=\"1.0\"":             true,
		"<?xml version=\"1.0\"?>":           true,
		"<!-- a long comment":               true,
		"<?xml version=\"1.0\"?><!-- --> ":  true,
		"<!DOCTYPE":                         true,
		"<!DOCTYPE svg PUBLIC \"":           true,
		"<!DOCTYPE svg [ <!-- ":             true,
		"<!DOCTYPE html>":                   false,
		"<!-- --><!DOCTYPE html>":           false,
		"<!DOCTYPE svg><html>":              false,
		"<html>":                            false,
		"<?xml version=\"1.0\"?><urlset ":   false,
		"text <svg>":                        false,
		"%PDF-1.4":                          false,
		"\x00\x00\x00\x18ftypmp42":          false,
		"svg":                               false,
		"<" + strings.Repeat("s", 4096):     true,
		strings.Repeat(" ", 99) + "{ color": false,
	} {
		if got := MayBeSVG([]byte(start)); got != want {
			t.Errorf("%.40q: %t, want %t", start, got, want)
		}
	}
}
