package transform

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// some are details that make sense.
func some() Details {
	return Details{
		Format: JPEG, Size: Size{30, 40}, Stored: Size{40, 30}, Orientation: 6, Frames: 1, Pages: 1, Space: "srgb", Depth: 8, Density: 72,
		EXIF: map[string]Value{"Make": {Text: "Apple"}, "ISOSpeedRatings": {Text: "20", Number: true}, "Software": {Text: "10.3"}},
		ICC:  ICC{Description: "sRGB", Copyright: "© nobody"}, Sampling: "2x2,1x1,1x1",
	}
}

func TestDetailsCrossJSON(t *testing.T) {
	want := some()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"ISOSpeedRatings":20`, `"Software":"10.3"`, `"Make":"Apple"`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s lacks %s", text, part)
		}
	}
	var got Details
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
	if got, ok := want.Bounded(); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("bounded, %t: %+v", ok, got)
	}
}

// A text that claims to be a number is none in JSON, where it could be anything.
func TestValueIsNoJSON(t *testing.T) {
	for text, want := range map[string]string{
		`1,"admin":true`: `"1,\"admin\":true"`, "": `""`, "-": `"-"`, "007": `"007"`, "1e999": `"1e999"`, "0": "0", "-5": "-5",
		"9999999999999999": `"9999999999999999"`, // more than a double has
	} {
		if got, err := json.Marshal(Value{Text: text, Number: true}); err != nil || string(got) != want {
			t.Errorf("%q is %s, want %s (%v)", text, got, want, err)
		}
	}
}

func TestDetailsBounds(t *testing.T) {
	d := some()
	d.EXIF = map[string]Value{
		"Make":                  {Text: "  A\x00\x1b[31m\nB\u202e\xff "},
		"Long":                  {Text: strings.Repeat("ä", 1000)},
		"Empty":                 {Text: "\x00"},
		"Lie":                   {Text: "x", Number: true},
		"a/b":                   {Text: "no name"},
		"Ä":                     {Text: "no name"},
		strings.Repeat("A", 65): {Text: "no name"},
	}
	d.ICC.Model = "x\r\ny"
	got, ok := d.Bounded()
	want := map[string]Value{"Make": {Text: "A[31m B"}, "Long": {Text: strings.Repeat("ä", 256)}, "Lie": {Text: "x"}}
	if !ok || !reflect.DeepEqual(got.EXIF, want) || got.ICC.Model != "x  y" {
		t.Errorf("%t, %+v, %q", ok, got.EXIF, got.ICC.Model)
	}

	d.EXIF = map[string]Value{}
	for n := range 1000 {
		d.EXIF[fmt.Sprintf("Tag%03d", n)] = Value{Text: strings.Repeat("x", n%10)}
	}
	if got, _ := d.Bounded(); len(got.EXIF) != 256 {
		t.Errorf("%d tags", len(got.EXIF))
	}
	for n := range 1000 {
		d.EXIF[fmt.Sprintf("Tag%03d", n)] = Value{Text: strings.Repeat("x", 500)}
	}
	if got, _ := d.Bounded(); len(got.EXIF) != 32<<10/506 {
		t.Errorf("%d tags, want as many as 32 KiB have", len(got.EXIF))
	}
}

func TestDetailsNonsense(t *testing.T) {
	for name, change := range map[string]func(*Details){
		"no format":      func(d *Details) { d.Format = FormatOriginal },
		"another format": func(d *Details) { d.Format = 99 },
		"no width":       func(d *Details) { d.Size.Width = 0 },
		"no height":      func(d *Details) { d.Stored.Height = -1 },
		"no orientation": func(d *Details) { d.Orientation = 0 },
		"orientation 9":  func(d *Details) { d.Orientation = 9 },
		"no frames":      func(d *Details) { d.Frames = 0 },
		"no pages":       func(d *Details) { d.Pages = 0 },
		"no bits":        func(d *Details) { d.Depth = 0 },
		"many bits":      func(d *Details) { d.Depth = 65 },
		"density":        func(d *Details) { d.Density = -1 },
	} {
		d := some()
		change(&d)
		if _, ok := d.Bounded(); ok {
			t.Errorf("%s makes sense", name)
		}
	}
}

func FuzzDetailsBounded(f *testing.F) {
	f.Add("Make", "a\x00b\xff", true)
	f.Add("X", "12", true)
	f.Fuzz(func(t *testing.T, name, text string, number bool) {
		d := some()
		d.EXIF = map[string]Value{name: {text, number}}
		d.ICC.Description = text
		d, _ = d.Bounded()
		for _, text := range []string{d.EXIF[name].Text, d.ICC.Description} {
			if !utf8.ValidString(text) || len(text) > mostText || strings.ContainsAny(text, "\x00\n\r\x1b") {
				t.Errorf("%q", text)
			}
		}
		if again, ok := d.Bounded(); !ok || !reflect.DeepEqual(again, d) {
			t.Errorf("bounded twice: %+v, once %+v", again, d)
		}
		if _, err := json.Marshal(d); err != nil {
			t.Error(err)
		}
	})
}
