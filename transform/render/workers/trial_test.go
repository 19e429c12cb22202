//go:build linux && cgo

package workers

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// onto returns an image on another one.
func onto(original, layer []byte, width int) render.Job {
	j := job(original, width)
	j.Plan.Steps[0].Layers = []transform.Layer{{Image: origin.Ref{Path: "layer"}}}
	j.Files = [][]byte{layer}
	return j
}

// A file that breaks workers is found among those it is drawn with. It is refused then, whatever it is drawn with, and the others are not.
func TestWhoBrokeIt(t *testing.T) {
	for where, build := range map[string]func(bad, good []byte, width int) render.Job{
		"in the original": func(bad, good []byte, width int) render.Job { return onto(bad, good, width) },
		"in the layer":    func(bad, good []byte, width int) render.Job { return onto(good, bad, width) },
	} {
		t.Run(where, func(t *testing.T) {
			p := newPool(t, Config{Workers: 1})
			bad, good := fault("exit", where).Original, icon()
			wantFailure(t, p, build(bad, good, 11), errors.Internal, broke)
			wantFailure(t, p, build(bad, good, 12), errors.Internal, broke) // by the file alone
			wantFailure(t, p, build(bad, good, 13), errors.BadImage, "refused")
			wantFailure(t, p, job(bad, 20), errors.BadImage, "The original")
			wantFailure(t, p, build(bad, photo(t, 50, 40), 20), errors.BadImage, "refused")
			wantPicture(t, p)
			for _, j := range []render.Job{onto(good, photo(t, 50, 40), 20), onto(photo(t, 50, 40), good, 20)} {
				if _, err := p.Render(t.Context(), j); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
