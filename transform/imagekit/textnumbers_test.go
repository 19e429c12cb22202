package imagekit

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// onto is an image of 800x500 below a text.
var onto = transform.Facts{Base: transform.Size{Width: 800, Height: 500}}

// setText returns what a transformation's only text comes to on that image.
func setText(t *testing.T, parameters string) (transform.Setting, error) {
	t.Helper()
	plan, err := parseChain("l-text,i-a," + parameters + ",l-end")
	if err != nil {
		t.Fatalf("%s: %v", parameters, err)
	}
	return plan.Steps[0].Layers[0].Text.Set(onto)
}

func TestNumbersOfTexts(t *testing.T) {
	for parameters, want := range map[string]transform.Setting{
		"fs-bw_div_10":         {Size: 80},
		"fs-bh_div_20":         {Size: 25},
		"fs-bar_mul_10":        {Size: 16}, // 800 / 500 * 10
		"fs-bw_add_bh_div_100": {Size: 805},
		"fs-bh_mod_300_add_1":  {Size: 500 % 301},
		"fs-2_pow_5":           {Size: 32},
		"fs-20.5":              {Size: 20.5},

		"fs-10,lh-bh_mul_0.1":  {Size: 10, LineHeight: 50},
		"fs-10,lh-bw_sub_780":  {Size: 10, LineHeight: 20},
		"fs-10,lh-12_mul_1.25": {Size: 10, LineHeight: 15},

		// All sides alike, in whole pixels: half of one is one.
		"fs-10,pa-bw_mul_0.05":    {Size: 10, Top: 40, Right: 40, Bottom: 40, Left: 40},
		"fs-10,pa-bh_mod_7":       {Size: 10, Top: 3, Right: 3, Bottom: 3, Left: 3},
		"fs-10,pa-bw_mul_0.0131":  {Size: 10, Top: 10, Right: 10, Bottom: 10, Left: 10}, // 10.48
		"fs-10,pa-bw_mul_0.01325": {Size: 10, Top: 11, Right: 11, Bottom: 11, Left: 11}, // 10.6
		"fs-10,pa-bw_div_64":      {Size: 10, Top: 13, Right: 13, Bottom: 13, Left: 13}, // 12.5
		"fs-10,pa-bw_sub_800":     {Size: 10},
		"fs-10,pa-1_2_3":          {Size: 10, Top: 1, Right: 2, Bottom: 3, Left: 2},

		"fs-10,w-bw_div_2":      {Size: 10, Width: 400},
		"fs-10,w-bw_mul_0.3341": {Size: 10, Width: 267}, // 267.28

		"fs-bw_div_10,lh-bh_div_5,pa-bar_mul_5,w-bw_sub_100": {Size: 80, LineHeight: 100, Top: 8, Right: 8, Bottom: 8, Left: 8, Width: 700},
	} {
		got, err := setText(t, parameters)
		got.Text = transform.Text{}
		if err != nil || got != want {
			t.Errorf("%s: %+v, want %+v (%v)", parameters, got, want, err)
		}
	}
}

func TestNumbersThatTextsCannotHave(t *testing.T) {
	for parameters, want := range map[string]string{
		"fs-bw_sub_800":        "The text's font size is 0 for this image; it must be at least 1",
		"fs-bh_sub_bw":         "The text's font size is -300",
		"fs-10,lh-bh_div_1000": "The text's line height is 0.5 for this image; it must be at least 1",
		"fs-10,pa-bw_sub_801":  "The text's padding is -1 for this image; it must be at least 0",
		"fs-10,w-bh_sub_500":   "The text's width is 0",
		"fs-bw_pow_bw":         "The text's font size cannot be computed for this image",
	} {
		_, err := setText(t, parameters)
		if e := errors.From(err); e.Kind != errors.BadTransform || !strings.Contains(e.Message, want) {
			t.Errorf("%s: %v, want %s", parameters, err, want)
		}
	}
	for _, parameters := range []string{"fs-bw_mul_21", "fs-10,lh-bw_mul_21", "fs-10,pa-bw_mul_21", "fs-10,w-bw_mul_21"} {
		if _, err := setText(t, parameters); errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), "16800 pixels, more than 16383") {
			t.Errorf("%s: %v, want a limit", parameters, err)
		}
	}
}
