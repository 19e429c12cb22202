package imagekit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Named is a named transformation.
type Named struct {
	// The transformation, as in a URL: `w-200,h-200` or
	// `tr:w-200,h-200:rt-90`. It must not contain names itself.
	Transformation string `json:"transformation,omitempty"`

	// Whether URLs with the name are refused. Default: `false`
	Disabled bool `json:"disabled,omitempty"`
}

// named is a parsed Named.
type named struct {
	chain    [][]item
	length   int // of its text
	disabled bool
}

// names reads the named transformations of a Config. ignores is the meaning
// of its Unsupported.
func (c Config) names(ignores bool) (map[string]named, error) {
	read := make(map[string]named, len(c.Named))
	for _, name := range slices.Sorted(maps.Keys(c.Named)) {
		if name == "" || strings.ContainsFunc(name, notName) {
			return nil, fmt.Errorf("named %q: a name consists of letters, digits and underscores", name)
		}
		n, err := c.Named[name].read(&Dialect{ignoresUnsupported: ignores})
		if err != nil {
			return nil, fmt.Errorf("named %s: %w", name, err)
		}
		read[name] = n
	}
	return read, nil
}

// read parses the transformation with a dialect without names.
func (n Named) read(d *Dialect) (named, error) {
	tr := strings.TrimPrefix(n.Transformation, "tr:")
	chain, err := parse(tr)
	err = located(tr, err)
	if err == nil && hasName(chain) {
		return named{}, fmt.Errorf("it contains a name (n-); it takes the parameters themselves")
	}
	if err == nil {
		_, err = d.parseChain(tr, transform.Plan{})
	}
	if err != nil {
		return named{}, fmt.Errorf("%s", errors.From(err).Message)
	}
	if len(chain) == 0 {
		return named{}, fmt.Errorf("it has no transformation")
	}
	return named{chain: chain, length: len(tr), disabled: n.Disabled}, nil
}

// readName is never called: names are expanded before.
func readName(*step, string) bool { return false }

// nameOf returns the name in a parameter n.
func nameOf(it item) (string, bool) { return strings.CutPrefix(it.text, "n-") }

func hasName(chain [][]item) bool {
	for _, step := range chain {
		for _, it := range step {
			if _, ok := nameOf(it); ok || hasName(it.body) || hasName(it.orElse) {
				return true
			}
		}
	}
	return false
}

// onlyNames reports whether a chain consists of at least one name and nothing
// else.
func onlyNames(chain [][]item) bool {
	for _, step := range chain {
		for _, it := range step {
			if _, ok := nameOf(it); !ok {
				return false
			}
		}
	}
	return len(chain) > 0
}

// firstUnnamed returns a parameter other than a name, of a chain for which
// onlyNames is false.
func firstUnnamed(chain [][]item) string {
	for _, step := range chain {
		for _, it := range step {
			if _, ok := nameOf(it); !ok {
				return it.text
			}
		}
	}
	return ""
}

// writeOut expands names in place, as text: the first step of a name joins
// the parameters before it in its step, the last one those after it. length
// counts the bytes of the result.
func (d *Dialect) writeOut(chain [][]item, length *int) ([][]item, error) {
	if !slices.ContainsFunc(chain, func(step []item) bool { return slices.ContainsFunc(step, mayHaveName) }) {
		return chain, nil
	}
	var out [][]item
	for _, step := range chain {
		var items []item
		for _, it := range step {
			name, is := nameOf(it)
			if !is {
				var err error
				if it.body, err = d.writeOut(it.body, length); err != nil {
					return nil, err
				}
				if it.orElse, err = d.writeOut(it.orElse, length); err != nil {
					return nil, err
				}
				items = append(items, it)
				continue
			}
			n, err := d.lookUp(name)
			if err != nil {
				return nil, at(it.at, err)
			}
			if *length += n.length; *length > maxLength {
				return nil, errors.New(errors.Limit, "The transformation has more than %d bytes after its names are expanded", maxLength)
			}
			last := len(n.chain) - 1
			for _, whole := range n.chain[:last] {
				out, items = append(out, slices.Concat(items, moved(whole, it.at))), nil
			}
			items = append(items, moved(n.chain[last], it.at)...)
		}
		out = append(out, items)
	}
	return out, nil
}

// mayHaveName reports whether an item is a name, or has a chain inside.
func mayHaveName(it item) bool {
	_, is := nameOf(it)
	return is || it.body != nil || it.orElse != nil
}

// moved returns items with the place of the name that they replace.
func moved(items []item, at int) []item {
	items = slices.Clone(items)
	for i := range items {
		it := &items[i]
		it.at, it.body, it.orElse = at, movedChain(it.body, at), movedChain(it.orElse, at)
	}
	return items
}

func movedChain(chain [][]item, at int) [][]item {
	chain = slices.Clone(chain)
	for i := range chain {
		chain[i] = moved(chain[i], at)
	}
	return chain
}

func (d *Dialect) lookUp(name string) (named, error) {
	n, ok := d.names[name]
	switch {
	case !ok:
		return named{}, errors.New(errors.BadTransform, "n is %s, which is not the name of a transformation", errors.Quote(name))
	case n.disabled:
		return named{}, errors.New(errors.BadTransform, "n is %s, a named transformation that is disabled", errors.Quote(name))
	}
	return n, nil
}
