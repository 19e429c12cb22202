package imagekit

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// The limits of one transformation. ImageKit documents none; these are far
// beyond what its SDKs' examples reach.
const (
	maxLength = 8192 // bytes, decoded
	maxSteps  = 32   // in all chains, those of layers and branches included
)

// parseChain reads the whole value of tr, of a URL that asks for plain without it.
// named tells whether it asks for something, and all of it by names.
func (d *Dialect) parseChain(tr string, plain transform.Plan) (p transform.Plan, named bool, err error) {
	length := len(tr)
	if length > maxLength {
		return transform.Plan{}, false, errors.New(errors.Limit, "The transformation has %d bytes, more than %d", length, maxLength)
	}
	defer func() { err = located(tr, err) }()
	chain, err := parse(tr)
	if err != nil {
		return transform.Plan{}, false, err
	}
	if plain.Page > 0 && d.allowed != nil && !d.allowed["pg"] {
		return transform.Plan{}, false, d.allowed.refusal("pg")
	}
	if err := d.allowed.check(chain); err != nil {
		return transform.Plan{}, false, err
	}
	named = onlyNames(chain)
	if d.restrictUnnamed && len(chain) > 0 && !named {
		return transform.Plan{}, false, errors.New(errors.BadTransform, "Bad Image Transformation Request: %s has no name; this server takes named transformations (n-) only", errors.Quote(firstUnnamed(chain)))
	}
	if asksForOriginal(chain) {
		return plain, false, nil
	}
	if chain, err = d.writeOut(chain, &length); err != nil {
		return transform.Plan{}, false, err
	}
	p, err = planOf(chain, plain)
	return p, named && !p.IsZero(), err
}

// planOf reads a chain whose names are written out.
func planOf(chain [][]item, p transform.Plan) (transform.Plan, error) {
	if asksForOriginal(chain) {
		return p, nil
	}
	var err error
	p.Steps, err = step{output: &p.Output, standIn: &p.Default, page: &p.Page, count: new(int), layers: new(int)}.chain(chain)
	if err != nil {
		return transform.Plan{}, err
	}
	return p, nil
}

// chain reads a chain, each step of which begins as s.
func (s step) chain(chain [][]item) ([]transform.Step, error) {
	var steps []transform.Step
	for _, items := range chain {
		if *s.count++; *s.count > maxSteps {
			return nil, errors.New(errors.Limit, "The transformation has more than %d steps, with those in its blocks", maxSteps)
		}
		next := s
		for _, it := range items {
			if err := next.read(it); err != nil {
				return nil, at(it.at, err)
			}
		}
		if next.Choice != nil && len(items) > 1 {
			return nil, errors.New(errors.BadTransform, "A step with if has something else beside it; a colon goes before if and behind if-end")
		}
		steps = append(steps, next.finish())
	}
	return steps, nil
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
			case "orig-true", "orig":
				original = true
			case "orig-false":
				original = false
			}
		}
	}
	return original
}
