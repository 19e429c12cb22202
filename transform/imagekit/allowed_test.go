package imagekit

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestImageParamsAllowed(t *testing.T) {
	list := []string{"w", "h", "e-grayscale", "if", "l-image", "i", "n", "fo"}
	d, err := New(Config{ImageParamsAllowed: &list, Named: map[string]Named{"soft": {Transformation: "bl-5"}}})
	if err != nil {
		t.Fatal(err)
	}
	for tr, refused := range map[string]string{
		"": "", "w-10": "", "w-auto": "", "w-10:h-10": "", "e-grayscale": "", "fo-auto,w-10,h-10": "", "n-soft": "", "if-ar_gt_1,w-10,if-else,h-10,if-end": "", "l-image,i-a.jpg,w-10,l-end": "",
		"q-10": "q", "w-10:q-10": "q", "w-10,e-sharpen-2": "e-sharpen", "n-soft,bl-2": "bl", "orig-true": "orig", "w-10,orig-true": "orig",
		"if-ar_gt_1,w-10,if-else,bl-10,if-end": "bl", "if-ar_gt_1,bl-10,if-end": "bl", "l-image,i-a.jpg,bl-3,l-end": "bl", "l-text,i-a,l-end": "l-text", "bg-blurred_25_N30": "bg-blurred",
	} {
		_, _, err := d.Parse("/a.jpg", "tr="+tr)
		switch {
		case refused == "" && err != nil:
			t.Errorf("%s: %v", tr, err)
		case refused != "" && (!errors.Is(err, errors.Unauthorized) || !strings.HasPrefix(errors.From(err).Message, "The transformation has "+refused+", which")):
			t.Errorf("%s: %v", tr, err)
		}
	}
	if _, _, err := d.Parse("/a.jpg", "tr=nonsense-1"); !errors.Is(err, errors.BadTransform) {
		t.Errorf("what is not a parameter: %v", err)
	}
	if _, _, err := d.Parse("/a.gif/ik-thumbnail.jpg", ""); !errors.Is(err, errors.Unauthorized) {
		t.Errorf("a thumbnail is a page: %v", err)
	}
	none, err := New(Config{ImageParamsAllowed: &[]string{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := none.Parse("/a.jpg", ""); err != nil {
		t.Errorf("the original: %v", err)
	}
	if _, _, err := none.Parse("/tr:w-1/a.jpg", ""); !errors.Is(err, errors.Unauthorized) {
		t.Errorf("none allowed: %v", err)
	}
	families, err := New(Config{ImageParamsAllowed: &[]string{"e"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := families.Parse("/a.jpg", "tr=e-grayscale,e-sharpen"); err != nil {
		t.Errorf("a family: %v", err)
	}
	for _, name := range []string{"width", "", "e-nothing", "W"} {
		if _, err := New(Config{ImageParamsAllowed: &[]string{name}}); err == nil || !strings.Contains(err.Error(), "image_params_allowed has ") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
