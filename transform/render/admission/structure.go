package admission

import (
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/drawing/pdf"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// structures are what is known of how the drawings of a job are made, by the first byte
// of their files.
type structures map[*byte]svg.Drawing

// hasDrawings reports whether a job has files of which structuresOf reads more than the
// header.
func hasDrawings(job render.Job) bool {
	return slices.ContainsFunc(append([][]byte{job.Original}, job.Files...), func(file []byte) bool {
		format, _ := sniff.Document(file)
		return format == sniff.SVG || format == sniff.PDF
	})
}

// structuresOf reads how all files of a job that are drawings are made, the
// original and those of layers, and refuses what comes to too much at any
// size. Which of them will be drawn is not asked: a step that fails on paper
// may not fail on the image.
func structuresOf(job render.Job) (structures, error) {
	var all structures
	files := append([][]byte{job.Original}, job.Files...)
	for _, file := range files {
		format, _ := sniff.Document(file)
		if format == sniff.PDF && job.Limits.CheckPDF(len(file)) == nil {
			if err := pdf.Check(file); err != nil {
				return nil, err
			}
		}
		if format != sniff.SVG {
			continue
		}
		if _, known := all[&file[0]]; known {
			continue
		}
		d, err := svg.Read(file, job.Limits.MaxPixels)
		if err == nil {
			err = d.Check(1, 1)
		}
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = structures{}
		}
		all[&file[0]] = d
	}
	return all, nil
}

// of returns the drawing in a file; false if it is none.
func (s structures) of(file []byte) (svg.Drawing, bool) {
	if len(file) == 0 {
		return svg.Drawing{}, false
	}
	d, ok := s[&file[0]]
	return d, ok
}

// drawing counts a drawing that is drawn at a size. What comes to too much there is
// refused when all is counted.
func (s *sketch) drawing(size transform.Size) {
	d, ok := s.structures.of(s.job.Original)
	if !ok {
		return
	}
	if err := d.Check(size.Width, size.Height); err != nil && s.refusal == nil {
		s.refusal = err
	}
	s.peak += d.Memory(size.Width, size.Height)
	s.work += d.Work(size.Width, size.Height)
}

// refused is why the job is not drawn, because of the drawings in it; nil if it is.
func (s *sketch) refused() error {
	if s.refusal != nil {
		return s.refusal
	}
	if s.work > svg.MostWork {
		return errors.New(errors.Limit, "The SVGs take about %.0f seconds to draw together, more than %d", s.work, svg.MostWork)
	}
	return nil
}
