package imagizer

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// Shorthands for plans as they are written by hand.
type (
	plan   = transform.Plan
	step   = transform.Step
	steps  = []transform.Step
	resize = transform.Resize
)

var (
	num = transform.Num
	px  = transform.Px
)

var original = transform.Output{Format: transform.FormatOriginal}

func dialect(t testing.TB, c Config) *Dialect {
	t.Helper()
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// planOf parses a query.
func planOf(t testing.TB, query string) (plan, error) {
	t.Helper()
	r, ok, err := dialect(t, Config{}).Parse("/photo.jpg", query)
	if !ok || err == nil && r.Ref != (origin.Ref{Path: "photo.jpg"}) {
		t.Fatalf("%s gives %+v, %t", query, r.Ref, ok)
	}
	return r.Plan, err
}

func checkPlan(t *testing.T, query string, want plan) {
	t.Helper()
	if got, err := planOf(t, query); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s\ngives %+v, %v\nwant  %+v", query, got, err, want)
	}
}

func TestNoParameters(t *testing.T) {
	for _, query := range []string{"", "&", "width=", "w", "utm_source=x&v=2", "webp=true&mobile=true", "webp", "%zz=1", "=x"} {
		checkPlan(t, query, plan{})
	}
}

func TestSyntax(t *testing.T) {
	w300 := plan{Steps: steps{{Resize: resize{Width: px(300), Fit: transform.Inside, NoEnlarge: true}}}, Output: original}
	for _, query := range []string{
		"width=300", "w=300", "width=300.0", "%77idth=%33%300", "width64=MzAw", "w64=MzAw", "width64=MzAw&width=5", "width=5&width64=MzAw",
		"width=5&width=300", "width=5&w=300", "width=300&width=", "width=300&foo=bar&foo%zz", "width=299.6", "height=&width=300",
	} {
		checkPlan(t, query, w300)
	}
	fixed := plan{Steps: steps{{Effects: transform.Effects{Tone: true}}}, Output: original}
	for _, query := range []string{"auto_fix", "auto_fix=true", "auto_fix=1", "auto_fix64=dHJ1ZQ==", "auto_fix64=dHJ1ZQ", "auto_fix=false&auto_fix"} {
		checkPlan(t, query, fixed)
	}
}

func TestBase64(t *testing.T) {
	for _, query := range []string{"text=%3E%3E%3F%3E", "text64=Pj4/Pg==", "text64=Pj4_Pg", "text64=Pj4%2FPg%3D%3D"} {
		if got, err := planOf(t, query); err != nil || got.Steps[0].Layers[0].Text.Content != ">>?>" {
			t.Errorf("%s gives %+v, %v", query, got, err)
		}
	}
	for _, query := range []string{"text64=Pj4+", "text64=Pj4%2B", "text64=Pj4-", "text=%3E%3E%3E"} {
		if got, err := planOf(t, query); err != nil || got.Steps[0].Layers[0].Text.Content != ">>>" {
			t.Errorf("%s gives %+v, %v", query, got, err)
		}
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "-0": 0, "5": 5, "-5": -5, "05.50": 5.5, ".5": 0.5, "-.5": -0.5, strings.Repeat("0", 31) + "7": 7} {
		if got, ok := number(text); !ok || got != want || math.Signbit(got) != (want < 0) {
			t.Errorf("%s gives %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", ".", "5.", "--5", "+5", " 5", "5 ", "1e3", "0x5", "1_0", "Inf", "NaN", "٣", strings.Repeat("0", 32) + "7"} {
		if got, ok := number(text); ok {
			t.Errorf("%q gives %v", text, got)
		}
	}
}

func TestAdmitFirst(t *testing.T) {
	d := dialect(t, Config{})
	asked, _, err := d.Parse("/a.jpg", "origin=https://example.com&width=3")
	if err != nil {
		t.Fatal(err)
	}
	if want := (origin.Ref{Server: "https://example.com", Path: "a.jpg"}); asked.Ref != want {
		t.Errorf("%+v, want %+v", asked.Ref, want)
	}
	if _, err := d.Admit("", "", asked, time.Time{}); !errors.Is(err, errors.Unauthorized) || !strings.Contains(err.Error(), "hosts_allowed") {
		t.Error(err)
	}
}
