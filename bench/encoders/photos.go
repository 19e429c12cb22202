//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// picture is a photograph as the server scales it, before it is encoded.
type picture struct {
	name   string
	png    []byte
	pixels int
}

// open scales the photographs in a directory to a width. Files that are not
// images, or are narrower, are skipped.
func open(folder string, width, most int) ([]picture, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var pictures []picture
	for _, entry := range entries {
		if entry.IsDir() || len(pictures) == most {
			continue
		}
		original, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		step := transform.Step{Resize: transform.Resize{Width: transform.Px(float64(width)), Fit: transform.Inside, NoEnlarge: true}}
		r, err := draw.Draw(context.Background(), render.Job{
			Original: original,
			Plan:     transform.Plan{Steps: []transform.Step{step}, Output: transform.Output{Format: transform.PNG}},
			Limits:   transform.Limits{MaxPixels: transform.DefaultMaxPixels, MaxFrames: 1, MaxDimension: transform.DefaultMaxDimension},
			Timeout:  time.Minute,
		})
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s is left out: %v\n", entry.Name(), err)
			continue
		}
		if r.Size.Width == width {
			pictures = append(pictures, picture{entry.Name(), r.Body, r.Size.Width * r.Size.Height})
		}
	}
	return pictures, nil
}

func describe(pictures []picture) string {
	pixels := 0
	for _, p := range pictures {
		pixels += p.pixels
	}
	return fmt.Sprintf("%d pictures, %.1f million pixels", len(pictures), float64(pixels)/1e6)
}
