package imagekit

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func ignoring(t testing.TB, c Config) *Dialect {
	t.Helper()
	c.Unsupported = UnsupportedIgnore
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ignoredNames(ignored []transform.Ignored) (names []string) {
	for _, i := range ignored {
		names = append(names, i.Name+" "+string(i.Kind))
	}
	return names
}

// What is left out leaves the plan that is written without it.
func TestUnsupportedIgnore(t *testing.T) {
	d := ignoring(t, Config{})
	for _, tt := range []struct {
		tr, same string // a transformation, and the one that it comes to
		ignored  string
	}{
		{"w-300,e-bgremove", "w-300", "e-bgremove ai"},
		{"e-bgremove", "f-auto", "e-bgremove ai"},
		{"e-bgremove:w-300:e-upscale", "f-auto:w-300:f-auto", "e-bgremove ai,e-upscale ai"},
		{"e-removedotbg,w-1,e-retouch", "w-1", "e-removedotbg ai,e-retouch ai"},
		{"e-changebg-prompt-snow road,w-1", "w-1", "e-changebg ai"},
		{"e-edit-prompt-add sunglasses,w-1", "w-1", "e-edit ai"},
		{"e-edit-prompte-" + base64.StdEncoding.EncodeToString([]byte("add a hat, please")) + ",w-1", "w-1", "e-edit ai"},
		{"e-dropshadow-az-45,w-1", "w-1", "e-dropshadow ai"},
		{"e-genvar,w-1", "w-1", "e-genvar ai"},
		{"w-300,h-200,bg-genfill,cm-pad_resize", "w-300,h-200,cm-pad_resize", "bg-genfill ai"},
		{"w-300,h-200,bg-genfill-prompt-sand,cm-pad_resize", "w-300,h-200,cm-pad_resize", "bg-genfill ai"},
		{"w-300,h-200,fo-cat", "w-300,h-200,fo-auto", "fo-cat focus"},
		{"w-300,h-200,fo-cat_dog", "w-300,h-200,fo-auto", "fo-cat focus"},
		{"w-300,h-200,fo-face,z-2", "w-300,h-200,fo-auto", "fo-face focus,z focus"},
		{"w-300,h-200,fo-face:w-1,fo-face", "w-300,h-200,fo-auto:w-1,fo-auto", "fo-face focus"},
		{"w-300,f-mp4", "w-300", "f-mp4 video"},
		{"w-300,so-5,eo-10,du-3,vc-h264,ac-aac,sr-240_360", "w-300", "so video,eo video,du video,vc video,ac video,sr video"},
		{"w-300,l-video,i-a.mp4,w-2,l-end", "w-300", "l-video video"},
		{"w-300,l-subtitles,i-a.srt,l-end,h-2", "w-300,h-2", "l-subtitles video"},
		{"w-300,l-image,i-a.png,fo-face,w-10,h-10,lso-1,l-end", "w-300,l-image,i-a.png,fo-auto,w-10,h-10,l-end", "fo-face focus,lso video"},
		{"l-text,i-a,fo-face,l-end", "l-text,i-a,l-end", "fo-face focus"},
		{"if-w_gt_300,e-bgremove,w-5,if-else,e-upscale,w-6,if-end", "if-w_gt_300,w-5,if-else,w-6,if-end", "e-bgremove ai,e-upscale ai"},
		{"w-300,c2pa-true", "w-300", "c2pa other"},
		{"w-300", "w-300", ""},
		{"orig-true,e-bgremove", "", ""},
	} {
		got, err := d.parseChain(tt.tr, transform.Plan{})
		if err != nil {
			t.Errorf("%s: %v", tt.tr, err)
			continue
		}
		want, err := parseChain(tt.same)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Plan.Key()) != string(want.Key()) || len(got.Plan.Steps) != len(want.Steps) {
			t.Errorf("%s gives %s, want %s", tt.tr, Print(got.Plan), tt.same)
		}
		if names := strings.Join(ignoredNames(got.Ignored), ","); names != tt.ignored {
			t.Errorf("%s leaves out %s, want %s", tt.tr, names, tt.ignored)
		}
	}
}

// Every parameter that is not supported is left out, and no other. None is by default.
func TestUnsupportedIgnoreEvery(t *testing.T) {
	d := ignoring(t, Config{})
	kinds := []transform.IgnoredKind{transform.IgnoredAI, transform.IgnoredFocus, transform.IgnoredVideo, transform.IgnoredOther}
	for _, r := range parameters {
		if r.state == supported {
			continue
		}
		tr := "w-1," + r.name
		if strings.HasPrefix(r.name, "l-") {
			tr += ",l-end"
		}
		asked, err := d.parseChain(tr, transform.Plan{})
		if r.state == removed {
			if err == nil || len(asked.Ignored) > 0 {
				t.Errorf("%s, which ImageKit does not have, gives %v", tr, err)
			}
			continue
		}
		if err != nil || len(asked.Ignored) != 1 || asked.Ignored[0].Name != r.name || !slices.Contains(kinds, asked.Ignored[0].Kind) {
			t.Errorf("%s leaves out %v: %v", tr, asked.Ignored, err)
		}
		if _, err := new(Dialect).parseChain(tr, transform.Plan{}); err == nil {
			t.Errorf("%s is not refused by default", tr)
		}
	}
}

// Errors stay errors, and a parameter that may hide a person is never
// ignored.
func TestUnsupportedIgnoreRefuses(t *testing.T) {
	d := ignoring(t, Config{})
	for _, tr := range []string{
		"w-abc,e-bgremove", "e-nonsense", "width-300", "ot-text", "l-video,i-a", "bl-face", "e-blurfaces", "pg-name-a",
		"e-edit-prompt-blur all faces",
		"e-edit-prompt-Pixelate the plate",
		"e-edit-prompt-remove the person on the left",
		"e-edit-prompt-replace the face by another",
		"e-edit-prompte-" + base64.StdEncoding.EncodeToString([]byte("blur the faces")),
		"e-edit-prompte-" + base64.URLEncoding.EncodeToString([]byte("hide the number plate?")),
		"e-edit-prompte-%%%",
		"e-changebg-prompt-hide the house",
		"w-10,l-image,i-a.png,e-edit-prompt-censor it,l-end",
	} {
		if asked, err := d.parseChain(tr, transform.Plan{}); err == nil {
			t.Errorf("%s is taken, and leaves out %v", tr, asked.Ignored)
		} else {
			refusal(t, err)
		}
	}
	for _, path := range []string{"/clip.mp4/ik-video.mp4", "/clip.mp4/ik-master.m3u8", "/ik-genimg-prompt-a/a.jpg"} {
		if _, _, err := d.Parse(path, ""); err == nil {
			t.Errorf("%s is taken", path)
		}
	}
}

// The policy holds for named transformations, when they are loaded and when they are
// asked for; so do the lists of what URLs may have.
func TestUnsupportedIgnoreNamed(t *testing.T) {
	named := Config{Named: map[string]Named{"cut": {Transformation: "w-100,e-bgremove"}}}
	if _, err := New(named); err == nil || !strings.Contains(err.Error(), "named cut: e-bgremove is not supported") {
		t.Errorf("by default it gives %v", err)
	}
	d := ignoring(t, named)
	asked, _, err := d.Parse("/tr:n-cut/a.jpg", "")
	if err != nil || !asked.Named || Print(asked.Plan) != "w-100" || len(asked.Ignored) != 1 {
		t.Errorf("%+v, %v", asked, err)
	}
	named.Named["cut"] = Named{Transformation: "w-abc,e-bgremove"}
	named.Unsupported = UnsupportedIgnore
	if _, err := New(named); err == nil {
		t.Error("a wrong one loads")
	}
	d = ignoring(t, Config{ImageParamsAllowed: &[]string{"w"}})
	if _, _, err := d.Parse("/a.jpg", "tr=w-1,e-bgremove"); err == nil {
		t.Error("what is not allowed is left out instead of refused")
	}
	if _, err := New(Config{Unsupported: "warn"}); err == nil || err.Error() != `unsupported is "warn"; it takes refuse or ignore` {
		t.Error(err)
	}
}

func FuzzUnsupportedIgnore(f *testing.F) {
	for _, tr := range []string{"w-1,e-edit-prompt-x", "l-video,i-a,l-end", "if-w_gt_1,fo-cat,if-end", "e-edit-prompte-\xff"} {
		f.Add(tr)
	}
	d := ignoring(f, Config{})
	f.Fuzz(func(t *testing.T, tr string) {
		asked, _, err := d.Parse("/a.jpg", "tr="+url.QueryEscape(tr))
		if err != nil {
			refusal(t, err)
			return
		}
		for _, i := range asked.Ignored {
			if r, ok := byName[i.Name]; !ok || r.state == supported || r.why != i.Why {
				t.Errorf("%q leaves out %+v, which is not ours", tr, i)
			}
		}
		if fmt.Sprint(asked.Ignored) != "[]" {
			if _, _, err := new(Dialect).Parse("/a.jpg", "tr="+url.QueryEscape(tr)); err == nil {
				t.Errorf("%q leaves something out that is supported", tr)
			}
		}
	})
}
