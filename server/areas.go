package server

import (
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// findAreas reads the areas of interest that origins mark in the original and
// in the files of layers. It does so only if the plan uses them.
func (q *request) findAreas() error {
	var areas []transform.Rect
	read := func(n int, ref origin.Ref, f *file) (err error) {
		if areas == nil {
			areas = make([]transform.Rect, 1+len(q.layers))
		}
		if areas[n], err = q.Language.Area(f.header); err != nil {
			q.Log.Warn("The area of interest that the origin marks is malformed",
				zap.String("path", ref.Path), zap.String("server", ref.Server), zap.Error(err))
		}
		return err
	}
	if q.asked.Plan.FocusesOnArea(nil) {
		if err := read(0, q.asked.Ref, q.original); err != nil {
			return err
		}
	}
	if len(q.layers) > 0 {
		for i, ref := range q.asked.Plan.Refs() {
			if q.asked.Plan.FocusesOnArea(&ref) {
				if err := read(1+i, ref, q.layers[i]); err != nil {
					return transform.InLayer(ref, err)
				}
			}
		}
	}
	q.areas = areas
	return nil
}
