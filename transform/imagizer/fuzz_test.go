package imagizer

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// FuzzParse: Parse and Detour never panic, errors are of the kinds that are
// promised and fit to be printed, the order of parameters is no matter, and a
// detour names the same.
func FuzzParse(f *testing.F) {
	for _, target := range vectors(f) {
		path, query, _ := strings.Cut(target, "?")
		f.Add(path, query)
	}
	f.Add("/300x200/c/x2/a%20b.jpg", "v=1&width64=MzAw&preset=thumb&trim&radius=1,max,2,3")
	f.Add("/a", `layers=[{"url":"/b?mark=/c%3Ftext%3Dx","pos":"top|left","alpha":"3","offset":4,"scale":5,"angle":-6,"upscale":false}]`)
	f.Add("/a", "source_url=data:image/png;base64,AQID&mark64=L2E_d2lkdGg9NQ&text=a&text_font=/a.ttf")
	f.Add("/a", "crop=-1,-2,300,200&filter=7&colorize=%23ff0&flip=hv&fp_x=.2&meta=1&origin=http://[::1]:8/")
	d := dialect(f, Config{
		LegacyPaths: true, AllowDynamicOrigin: DynamicAny, AllowDataURLs: true, OriginQuery: []string{"v"},
		Presets:               map[string]string{"thumb": "width=200&crop=fit&mark=/m%3Fmark=/n", "p": "layers64=W3sidXJsIjoiL2EifV0"},
		ImageParamValidations: map[string]Rule{"quality": {Step: 5}},
	})
	f.Fuzz(func(t *testing.T, path, query string) {
		asked, ok, err := d.Parse(path, query)
		if err != nil {
			if !ok || !errors.Is(err, errors.BadTransform) && !errors.Is(err, errors.Limit) {
				t.Fatalf("%t, %v", ok, err)
			}
			if message := errors.From(err).Message; len(message) > 400 || strings.ContainsFunc(message, func(r rune) bool { return r < ' ' || r > '~' || r == '<' }) {
				t.Fatalf("%q is not a message to print", message)
			}
			return
		}
		if _, err := d.Admit("", "", asked, time.Time{}); err != nil {
			t.Fatal(err)
		}
		key := asked.Plan.Key()
		if detour, ok := d.Detour(path, query); ok {
			again, _, err := d.Parse("/"+asked.Ref.Path, detour.Query)
			if asked.Ref.Server == "" && (err != nil || !bytes.Equal(again.Plan.Key(), key) || again.Ref != asked.Ref) {
				t.Fatalf("%+v %s, behind the detour %+v: %+v %s, %v", asked.Ref, key, detour, again.Ref, again.Plan.Key(), err)
			}
		}
		parts := strings.Split(query, "&")
		seen := map[string]bool{}
		for _, part := range parts {
			name, _, _ := strings.Cut(part, "=")
			r, _, _ := plain(name)
			if seen[r.name] || strings.Contains(name, "%") || strings.Contains(name, "+") {
				return // of several the last counts
			}
			seen[r.name] = r.name != ""
		}
		slices.Reverse(parts)
		turned, _, err := d.Parse(path, strings.Join(parts, "&"))
		if err != nil || !bytes.Equal(turned.Plan.Key(), key) {
			t.Fatalf("%s, and turned around %s, %v", key, turned.Plan.Key(), err)
		}
	})
}

// What a URL makes the server allocate is bounded by its length, layers upon layers
// included.
func TestAllocations(t *testing.T) {
	d := dialect(t, Config{AllowDataURLs: true, OriginQuery: []string{"v"}})
	for name, query := range map[string]string{
		"objects":    "layers=[" + strings.Repeat("{},", 80_000) + "{}]",
		"v":          strings.Repeat("v=1&", 100_000),
		"keys":       "layers=[{" + strings.Repeat(`"a":1,`, 40_000) + `"b":1}]`,
		"parameters": strings.Repeat("a&", 200_000),
		"repeated":   strings.Repeat("width=5&", 50_000),
		"brackets":   "layers=" + strings.Repeat("[", 250_000),
		"data":       "source_url=data:image/png;base64," + strings.Repeat("A", 250_000),
		"crop":       "crop=" + strings.Repeat(",", 250_000),
		"position":   "mark_pos=" + strings.Repeat("|", 250_000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, _ = d.Parse("/a", query)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 50*uint64(len(query)) {
			t.Errorf("%s: a query of %d bytes takes %d", name, len(query), got)
		}
	}
}
