package negotiate

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// The first examples are those of ImageKit's page "Client hints".
func TestHint(t *testing.T) {
	type resize = transform.Resize
	px, num := transform.Px, transform.Num
	width, dpr := resize{AutoWidth: true}, resize{Width: px(100), AutoDPR: true}
	both := resize{AutoWidth: true, AutoDPR: true}
	tests := []struct {
		asks       resize
		header     string
		want       resize
		vary       string
		delivered  int
		contentDPR string
	}{
		{dpr, "Sec-CH-DPR: 2", resize{Width: px(100), DPR: num(2)}, "Sec-CH-DPR", 200, "2"},
		{both, "Sec-CH-DPR: 2|Sec-CH-Width: 600", resize{Width: px(600)}, "Sec-CH-Width Sec-CH-DPR", 600, "2"},
		{both, "Sec-CH-DPR: 2|Sec-CH-Width: 212", resize{Width: px(300)}, "Sec-CH-Width Sec-CH-DPR", 300, "2.83"},
		{both, "Sec-CH-DPR: 2|Sec-CH-Width: 150", resize{Width: px(200)}, "Sec-CH-Width Sec-CH-DPR", 200, "2.67"},

		// The image may be smaller than what was asked for.
		{both, "Sec-CH-DPR: 2|Sec-CH-Width: 212", resize{Width: px(300)}, "Sec-CH-Width Sec-CH-DPR", 106, "1"},

		// What was called otherwise once.
		{both, "DPR: 2|Width: 212", resize{Width: px(300)}, "Sec-CH-Width Width Sec-CH-DPR DPR", 300, "2.83"},
		{width, "Sec-CH-Width: 301|Width: 999|Sec-CH-DPR: 1", resize{Width: px(400)}, "Sec-CH-Width Sec-CH-DPR", 400, "1.33"},
		{width, "Sec-CH-Width: no|Width: 101|Sec-CH-DPR: 1", resize{Width: px(200)}, "Sec-CH-Width Width Sec-CH-DPR", 200, "1.98"},

		// What is not said is not asked for.
		{both, "", resize{}, "Sec-CH-Width Width Sec-CH-DPR DPR", 500, ""},
		{width, "Sec-CH-DPR: 2", resize{}, "Sec-CH-Width Width", 500, ""},
		{width, "Sec-CH-Width: 300", resize{Width: px(300)}, "Sec-CH-Width Sec-CH-DPR DPR", 300, ""},
		{dpr, "Sec-CH-Width: 300", resize{Width: px(100)}, "Sec-CH-DPR DPR", 100, ""},
		{resize{Width: transform.Fraction(0.5), AutoDPR: true}, "DPR: 2", resize{Width: transform.Fraction(0.5), DPR: num(2)}, "Sec-CH-DPR DPR", 100, ""},
		{resize{Width: px(100), DPR: num(2)}, "Sec-CH-Width: 300|Sec-CH-DPR: 3", resize{Width: px(100), DPR: num(2)}, "", 200, ""},
	}
	for _, tt := range tests {
		header := http.Header{}
		for line := range strings.SplitSeq(tt.header, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				header.Add(name, value)
			}
		}
		h := Hint(transform.Plan{Steps: []transform.Step{{Resize: tt.asks}}}, header)
		if got := h.Plan.Steps[0].Resize; got != tt.want {
			t.Errorf("%+v with %s gives %+v, want %+v", tt.asks, tt.header, got, tt.want)
		}
		if got := strings.Join(h.Vary, " "); got != tt.vary {
			t.Errorf("%+v with %s depends on %s, want %s", tt.asks, tt.header, got, tt.vary)
		}
		if got := h.ContentDPR(tt.delivered); got != tt.contentDPR {
			t.Errorf("%+v with %s has Content-DPR %q, want %q", tt.asks, tt.header, got, tt.contentDPR)
		}
		accept := ""
		if tt.asks.AutoDPR {
			accept = "Sec-CH-DPR"
		}
		if tt.asks.AutoWidth {
			accept = "Sec-CH-DPR, Sec-CH-Width"
		}
		if h.AcceptCH != accept {
			t.Errorf("%+v asks for %q, want %q", tt.asks, h.AcceptCH, accept)
		}
	}
}

func TestHintsThatMakeNoSense(t *testing.T) {
	for text, want := range map[string]float64{
		"1": 1, "100": 100, "10000": 10000, "007": 7,
		"0": 0, "-1": 0, "+1": 0, "10001": 0, "99999999999999999999": 0, "1.5": 0, "1e3": 0, "0x10": 0, "NaN": 0, "": 0, "1_0": 0, "1, 2": 0,
	} {
		if got := parseWidth(text); got != want {
			t.Errorf("the width %q is read as %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]float64{
		"1": 1, "2.0": 2, "2.625": 2.625, "0.05": 0.1, "7": 5, "100": 5, ".5": 0.5,
		"0": 0, "-1": 0, "101": 0, "1e1": 0, "NaN": 0, "Inf": 0, "infinity": 0, "0x2": 0, "": 0, ".": 0, "1.2.3": 0, "2,0": 0, "0.000000000000001": 0,
	} {
		if got := parseDPR(text); got != want {
			t.Errorf("the DPR %q is read as %v, want %v", text, got, want)
		}
	}
	h := Hint(transform.Plan{Steps: []transform.Step{{Resize: transform.Resize{AutoWidth: true}}}}, http.Header{"Sec-Ch-Width": {"100", "200"}})
	if h.Plan.Steps[0].Resize != (transform.Resize{}) {
		t.Errorf("two widths are read as %+v", h.Plan.Steps[0].Resize)
	}
}

// Whatever clients say makes few variants.
func FuzzHint(f *testing.F) {
	f.Add("300", "2")
	f.Add("10001", "1e9")
	f.Add("", "0.0001")
	f.Fuzz(func(t *testing.T, width, dpr string) {
		p := transform.Plan{Steps: []transform.Step{{Resize: transform.Resize{AutoWidth: true}}, {Resize: transform.Resize{Height: transform.Px(10), AutoDPR: true}}}}
		h := Hint(p, http.Header{"Sec-Ch-Width": {width}, "Sec-Ch-Dpr": {dpr}})
		n, _ := h.Plan.Steps[0].Resize.Width.Parts()
		if w, given := n.Constant(); given && (w < 100 || w > widest || int(w)%100 != 0) {
			t.Errorf("the width %q gives %v", width, w)
		}
		if d, given := h.Plan.Steps[1].Resize.DPR.Constant(); given && (d < 0.1 || d > 5 || d*8 != float64(int(d*8))) {
			t.Errorf("the DPR %q gives %v", dpr, d)
		}
		if strings.Trim(h.ContentDPR(700), "0123456789.") != "" {
			t.Errorf("%q and %q have Content-DPR %s", width, dpr, h.ContentDPR(700))
		}
		if !slices.Contains(h.Vary, "Sec-CH-Width") {
			t.Error("the answer does not depend on the width")
		}
	})
}
