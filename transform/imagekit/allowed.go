package imagekit

import (
	"fmt"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// allowed are the parameters allowed in URLs; nil for all.
type allowed map[string]bool

// allowed reads Config.ImageParamsAllowed.
func (c Config) allowed() (allowed, error) {
	if c.ImageParamsAllowed == nil {
		return nil, nil
	}
	a := allowed{}
	for _, name := range *c.ImageParamsAllowed {
		if !isParameter(name) {
			return nil, fmt.Errorf("image_params_allowed has %q, which is not a parameter; it takes names such as w, f, e for all effects, or e-grayscale for one", name)
		}
		a[name] = true
	}
	return a, nil
}

// isParameter reports whether a name is that of a row or of a family of rows.
func isParameter(name string) bool {
	if _, ok := byName[name]; ok {
		return true
	}
	for full := range byName {
		if family, _, more := strings.Cut(full, "-"); more && family == name {
			return true
		}
	}
	return false
}

// check refuses a chain with a parameter that URLs may not have. The content
// of named transformations is not checked: it is the operator's.
func (a allowed) check(chain [][]item) error {
	if a == nil {
		return nil
	}
	for _, items := range chain {
		for _, it := range items {
			r, _, ok := find(it.text)
			family, _, _ := strings.Cut(r.name, "-")
			if ok && !a[r.name] && !a[family] {
				return at(it.at, a.refusal(r.name))
			}
			if err := a.check(it.body); err != nil {
				return err
			}
			if err := a.check(it.orElse); err != nil {
				return err
			}
		}
	}
	return nil
}

func (allowed) refusal(name string) error {
	return errors.New(errors.Unauthorized, "The transformation has %s, which this server does not allow (image_params_allowed)", name)
}
