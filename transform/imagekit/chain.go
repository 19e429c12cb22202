package imagekit

import (
	"sync"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Limits of one transformation. ImageKit documents none; these far exceed the
// examples of its SDKs.
const (
	maxLength = 8192 // bytes, decoded
	maxSteps  = 32   // in all chains, including layers and branches
)

// readChain is parseChain, which it does once for transformations that many requests have.
func (d *Dialect) readChain(tr string, plain transform.Plan) (transform.Request, error) {
	if !plain.IsZero() {
		return d.parseChain(tr, plain)
	}
	if asked, ok := d.read.get(tr); ok {
		return asked, nil
	}
	asked, err := d.parseChain(tr, plain)
	if err == nil {
		d.read.put(tr, asked)
	}
	return asked, err
}

// parseChain reads the whole value of tr. plain is the plan of the URL
// without it. The result has what a transformation determines: the plan,
// whether it is named, whether it asks for the original, and what was
// ignored.
func (d *Dialect) parseChain(tr string, plain transform.Plan) (asked transform.Request, err error) {
	length := len(tr)
	if length > maxLength {
		return asked, errors.New(errors.Limit, "The transformation has %d bytes, more than %d", length, maxLength)
	}
	defer func() { err = located(tr, err) }()
	chain, err := parse(tr)
	if err != nil {
		return asked, err
	}
	if plain.Page > 0 && d.allowed != nil && !d.allowed["pg"] {
		return asked, d.allowed.refusal("pg")
	}
	if err := d.allowed.check(chain); err != nil {
		return asked, err
	}
	named := onlyNames(chain)
	if d.restrictUnnamed && len(chain) > 0 && !named {
		return asked, errors.New(errors.BadTransform, "Bad Image Transformation Request: %s has no name; this server takes named transformations (n-) only", errors.Quote(firstUnnamed(chain)))
	}
	if asksForOriginal(chain) {
		return transform.Request{Plan: plain, Original: plain.IsZero()}, nil
	}
	if chain, err = d.writeOut(chain, &length); err != nil {
		return asked, err
	}
	if asksForOriginal(chain) {
		return transform.Request{Plan: plain, Original: plain.IsZero()}, nil
	}
	p := plain
	s := step{output: &p.Output, defaultImage: &p.Default, page: &p.Page, count: new(int), layers: new(int)}
	if d.ignoresUnsupported {
		s.ignored = new([]transform.Ignored)
	}
	if p.Steps, err = s.chain(chain); err != nil {
		return transform.Request{}, err
	}
	asked = transform.Request{Plan: p, Named: named && !p.IsZero()}
	if s.ignored != nil {
		asked.Ignored = *s.ignored
	}
	return asked, nil
}

// reading are steps that are read no more. One is large, and takes part in every request.
var reading = sync.Pool{New: func() any { return new(step) }}

// chain reads a chain. Each of its steps starts as a copy of s.
func (s step) chain(chain [][]item) ([]transform.Step, error) {
	if len(chain) == 0 {
		return nil, nil
	}
	steps := make([]transform.Step, 0, min(len(chain), maxSteps))
	next := reading.Get().(*step)
	defer func() {
		*next = step{}
		reading.Put(next)
	}()
	for _, items := range chain {
		if *s.count++; *s.count > maxSteps {
			return nil, errors.New(errors.Limit, "The transformation has more than %d steps, including those in its blocks", maxSteps)
		}
		*next = s
		for _, it := range items {
			if err := next.read(it); err != nil {
				return nil, at(it.at, err)
			}
		}
		if next.Choice != nil && len(items) > 1 {
			return nil, errors.New(errors.BadTransform, "A condition must be a step of its own; put a colon before if and after if-end")
		}
		steps = append(steps, next.finish())
	}
	return steps, nil
}

// asksForOriginal looks for orig-true in any step. "If there are any other
// transformation parameters specified along with orig-true, then those get
// ignored" (ImageKit, "Resize, crop and other transformations"), so they are
// not parsed at all.
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
