package imagekit

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// The limits of one transformation. ImageKit documents none; these are far
// beyond what its SDKs' examples reach.
const (
	maxLength = 8192 // bytes, decoded
	maxSteps  = 32
)

// parseChain reads the whole value of tr. named tells whether it asks for
// something, and all of it by names.
func (d *Dialect) parseChain(tr string) (p transform.Plan, named bool, err error) {
	length := len(tr)
	if length > maxLength {
		return transform.Plan{}, false, errors.New(errors.Limit, "The transformation has %d bytes, more than %d", length, maxLength)
	}
	chain, err := parse(tr)
	if err != nil {
		return transform.Plan{}, false, err
	}
	named = onlyNames(chain)
	if d.restrictUnnamed && len(chain) > 0 && !named {
		return transform.Plan{}, false, errors.New(errors.BadTransform, "Bad Image Transformation Request: %s has no name; this server takes named transformations (n-) only", quote(firstUnnamed(chain)))
	}
	if asksForOriginal(chain) {
		return transform.Plan{}, false, nil
	}
	if chain, err = d.writeOut(chain, &length); err != nil {
		return transform.Plan{}, false, err
	}
	p, err = planOf(chain)
	return p, named && !p.IsZero(), err
}

// planOf reads a chain whose names are written out.
func planOf(chain [][]item) (transform.Plan, error) {
	if asksForOriginal(chain) {
		return transform.Plan{}, nil
	}
	if len(chain) > maxSteps {
		return transform.Plan{}, errors.New(errors.Limit, "The transformation has %d steps, more than %d", len(chain), maxSteps)
	}
	var p transform.Plan
	layers := 0
	for _, items := range chain {
		s := step{output: &p.Output, standIn: &p.Default, layers: &layers}
		for _, it := range items {
			if err := s.read(it); err != nil {
				return transform.Plan{}, err
			}
		}
		p.Steps = append(p.Steps, s.finish())
	}
	return p, nil
}

// asksForOriginal looks for orig-true in any step. "If there are any other
// transformation parameters specified along with orig-true, then those get
// ignored" (ImageKit, "Resize, crop and other transformations"), so they are
// not even read.
func asksForOriginal(chain [][]item) bool {
	original := false
	for _, items := range chain {
		for _, it := range items {
			switch it.text {
			case "orig-true":
				original = true
			case "orig-false":
				original = false
			}
		}
	}
	return original
}
