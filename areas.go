package images

import (
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// areas are the parts that the origins mark in the original and in the files of
// layers, for render.Job. Where the plan does not ask for a file's, it is not read;
// where it asks for none, there is none.
func (h *Handler) areas(asked transform.Request, original *origin.Source, files []*origin.Source) ([]transform.Rect, error) {
	areas, some := make([]transform.Rect, 1+len(files)), false
	read := func(n int, ref origin.Ref, source *origin.Source) (err error) {
		some = true
		if areas[n], err = h.language.Area(source.Header); err != nil {
			h.logger.Warn("An origin marks the area to focus on in a way that cannot be read",
				zap.String("path", ref.Path), zap.String("server", ref.Server), zap.Error(err))
		}
		return err
	}
	if asked.Plan.FocusesOnArea(nil) {
		if err := read(0, asked.Ref, original); err != nil {
			return nil, err
		}
	}
	if len(files) > 0 {
		for i, ref := range asked.Plan.Refs() {
			if asked.Plan.FocusesOnArea(&ref) {
				if err := read(1+i, ref, files[i]); err != nil {
					return nil, transform.InLayer(ref, err)
				}
			}
		}
	}
	if !some {
		return nil, nil
	}
	return areas, nil
}
