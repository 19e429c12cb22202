package transform

import (
	"fmt"
	"testing"
)

func TestEncoding(t *testing.T) {
	var (
		photo     = Facts{Format: JPEG, Frames: 1}
		logo      = Facts{Format: PNG, Frames: 1, Alpha: true}
		shot      = Facts{Format: PNG, Frames: 1}
		clip      = Facts{Format: GIF, Frames: 12, Alpha: true}
		icon      = Facts{Format: GIF, Frames: 1}
		webp      = Facts{Format: WebP, Frames: 1}
		glass     = Facts{Format: WebP, Frames: 1, Alpha: true}
		film      = Facts{Format: WebP, Frames: 12}
		iphone    = Facts{Format: HEIC, Frames: 1}
		scan      = Facts{Format: TIFF, Frames: 1}
		drawing   = Facts{Format: SVG, Frames: 1, Alpha: true}
		none      []Format
		modern    = []Format{AVIF, WebP}
		oldChrome = []Format{WebP}
		onlyAVIF  = []Format{AVIF}
		profile   = Plan{Output: Output{Profile: true}}
		unsharp   = Plan{Steps: []Step{{}, {Effects: Effects{Unsharp: Unsharp{Amount: 1}}}}}
		as        = func(f Format) Plan { return Plan{Output: Output{Format: f}} }
		original  = as(FormatOriginal)
		long      = func(f Format, width int) Facts { return Facts{Format: f, Frames: 1, Size: Size{width, 9}} }
	)
	tests := []struct {
		name    string
		plan    Plan
		facts   Facts
		accepts []Format
		want    Format
	}{
		{"photo for everybody", Plan{}, photo, none, JPEG},
		{"photo for Chrome", Plan{}, photo, modern, AVIF},
		{"photo for an old Chrome", Plan{}, photo, oldChrome, WebP},
		{"the client's order counts", Plan{}, photo, []Format{WebP, AVIF}, WebP},
		{"transparent for everybody", Plan{}, logo, none, PNG},
		{"transparent for Chrome", Plan{}, logo, modern, AVIF},
		{"PNG without transparency", Plan{}, shot, none, PNG},
		{"animation for everybody", Plan{}, clip, none, GIF},
		{"animation for Chrome", Plan{}, clip, modern, WebP},
		{"animation where only AVIF is modern", Plan{}, clip, onlyAVIF, GIF},
		{"animated WebP for everybody", Plan{}, film, none, GIF},
		{"animated WebP for Chrome", Plan{}, film, modern, WebP},
		{"still GIF", Plan{}, icon, none, PNG},
		{"WebP for everybody", Plan{}, webp, none, JPEG},
		{"transparent WebP for everybody", Plan{}, glass, none, PNG},
		{"TIFF for everybody", Plan{}, scan, none, JPEG},
		{"SVG for everybody", Plan{}, drawing, none, PNG},
		{"SVG for an old Chrome", Plan{}, drawing, oldChrome, WebP},
		{"HEIC for everybody", Plan{}, iphone, none, JPEG},
		{"HEIC is not made AVIF unasked", Plan{}, iphone, modern, WebP},
		{"HEIC where only AVIF is modern", Plan{}, iphone, onlyAVIF, JPEG},
		{"profile kept", profile, photo, modern, WebP},
		{"profile kept, only AVIF", profile, photo, onlyAVIF, JPEG},
		{"unsharp mask in any step", unsharp, photo, modern, WebP},

		{"too large for WebP", Plan{}, long(JPEG, 16384), []Format{WebP, AVIF}, AVIF},
		{"as large as WebP", Plan{}, long(JPEG, 16383), []Format{WebP, AVIF}, WebP},
		{"as high as WebP", Plan{}, Facts{Format: JPEG, Frames: 1, Size: Size{1, 16384}}, []Format{WebP}, JPEG},
		{"too large for WebP and AVIF", Plan{}, long(JPEG, 16385), []Format{WebP, AVIF}, JPEG},
		{"as large as JPEG", Plan{}, long(TIFF, 65500), modern, JPEG},
		{"too large for JPEG", Plan{}, long(TIFF, 65501), modern, PNG},
		{"an original too large for its own format", original, long(AVIF, 16385), none, JPEG},
		{"an original too large for its own format and JPEG", original, long(JPEG, 65501), none, PNG},
		{"an animation too large for WebP", Plan{}, Facts{Format: WebP, Frames: 2, Size: Size{16384, 9}}, modern, GIF},
		{"forced WebP, too large", as(WebP), long(JPEG, 16384), none, WebP},

		{"original JPEG", original, photo, modern, JPEG},
		{"original PNG", original, logo, modern, PNG},
		{"original GIF", original, clip, modern, GIF},
		{"original WebP, also where not accepted", original, webp, none, WebP},
		{"original HEIC cannot be written", original, iphone, modern, JPEG},
		{"original TIFF cannot be written", original, scan, modern, JPEG},
		{"original SVG cannot be written", original, drawing, modern, PNG},

		{"forced JPEG of a transparent one", as(JPEG), logo, modern, JPEG},
		{"forced AVIF, not accepted", as(AVIF), photo, none, AVIF},
		{"forced AVIF of HEIC", as(AVIF), iphone, none, AVIF},
		{"forced AVIF with a profile", Plan{Output: Output{Format: AVIF, Profile: true}}, photo, none, AVIF},
		{"forced AVIF of an animation", as(AVIF), clip, modern, AVIF},
		{"forced WebP", as(WebP), clip, none, WebP},
		{"forced PNG", as(PNG), photo, modern, PNG},
		{"forced GIF", as(GIF), photo, modern, GIF},
		{"a format that cannot be written", as(HEIC), photo, modern, JPEG},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.plan.Encoding(tt.facts, tt.accepts); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	tests := []struct {
		format                    Format
		name, mime                string
		writable, alpha, animated bool
	}{
		{JPEG, "jpeg", "image/jpeg", true, false, false},
		{PNG, "png", "image/png", true, true, false},
		{WebP, "webp", "image/webp", true, true, true},
		{AVIF, "avif", "image/avif", true, true, false},
		{GIF, "gif", "image/gif", true, true, true},
		{HEIC, "heic", "image/heic", false, true, false},
		{TIFF, "tiff", "image/tiff", false, true, false},
		{SVG, "svg", "image/svg+xml", false, true, false},
	}
	for _, tt := range tests {
		f := tt.format
		got := fmt.Sprint(f.String(), f.MIME(), f.Writable(), f.Alpha(), f.Animated())
		if want := fmt.Sprint(tt.name, tt.mime, tt.writable, tt.alpha, tt.animated); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if parsed, ok := ParseFormat(tt.name); !ok || parsed != f {
			t.Errorf("ParseFormat(%q) = %v, %t", tt.name, parsed, ok)
		}
	}
	if f, ok := ParseFormat("jpg"); !ok || f != JPEG {
		t.Errorf("ParseFormat(jpg) = %v, %t", f, ok)
	}
	for _, name := range []string{"", "auto", "original", "JPEG", "tif", "mp4"} {
		if f, ok := ParseFormat(name); ok || f != FormatAuto {
			t.Errorf("ParseFormat(%q) = %v, %t, want none", name, f, ok)
		}
	}
	for _, f := range []Format{FormatAuto, FormatOriginal} {
		if f.Writable() || f.MIME() != "" {
			t.Errorf("%v is not a format of a file", f)
		}
	}
}

// What is said of an output counts over what a site keeps.
func TestOutputOr(t *testing.T) {
	var (
		none     = Output{}
		all      = Output{Metadata: true}
		credit   = Output{Copyright: true}
		profile  = Output{Profile: true}
		stripped = Output{NoProfile: true}
	)
	for _, test := range []struct{ said, site, want Output }{
		{none, none, none},
		{none, all, all},
		{none, credit, credit},
		{none, profile, profile},
		{none, stripped, none},
		{all, credit, all},
		{all, stripped, Output{Metadata: true, NoProfile: true}},
		{none, Output{Metadata: true, NoProfile: true}, Output{Metadata: true, NoProfile: true}},
		{Output{Metadata: true, NoProfile: true}, profile, Output{Metadata: true, NoProfile: true}},
		{Output{NoMetadata: true}, all, none},
		{Output{NoMetadata: true}, credit, none},
		{Output{NoMetadata: true, NoProfile: true}, Output{Metadata: true, Profile: true}, none},
		{Output{NoProfile: true}, Output{Copyright: true, Profile: true}, credit},
		{profile, Output{Copyright: true, NoProfile: true}, Output{Copyright: true, Profile: true}},
		{Output{Format: PNG, Quality: 3}, all, Output{Format: PNG, Quality: 3, Metadata: true}},
	} {
		got := test.said.Or(test.site)
		if got != test.want {
			t.Errorf("%+v or %+v is %+v, want %+v", test.said, test.site, got, test.want)
		}
		if again := got.Or(Output{}); again != got {
			t.Errorf("%+v is %+v once more", got, again)
		}
		if keeps := got.Profile || got.Metadata && !got.NoProfile; got.KeepsProfile() != keeps {
			t.Errorf("%+v keeps the profile: %v", got, got.KeepsProfile())
		}
	}
	said := map[string]Output{}
	for _, o := range []Output{none, all, credit, profile, stripped, {NoMetadata: true}, {Metadata: true, NoProfile: true}} {
		key := string(Plan{Steps: []Step{{}}, Output: o}.Key())
		if other, ok := said[key]; ok {
			t.Errorf("%+v has the key of %+v", o, other)
		}
		said[key] = o
	}
}

func TestColor(t *testing.T) {
	tests := []struct {
		color Color
		want  string
	}{
		{Color{}, "#00000000"},
		{Black, "#000000ff"},
		{White, "#ffffffff"},
		{Opaque(1, 0xab, 0x10), "#01ab10ff"},
		{Color{0, 0, 0, 5}, "#00000005"},
	}
	for _, tt := range tests {
		if got := tt.color.String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}
