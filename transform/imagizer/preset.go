package imagizer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// readPresets reads the named queries, and parses each once to find errors.
func (d *Dialect) readPresets(queries map[string]string) (map[string]values, error) {
	presets := map[string]values{}
	plainly := d.unrestricted()
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			return nil, fmt.Errorf("presets has the name %q; it takes letters, digits, underscores and hyphens", name)
		}
		_, err := plainly.split(queries[name], func(a argument) error {
			if r, _, ok := plain(a.name); !ok || r.name == "preset" {
				return fmt.Errorf("presets: %s has %q; it takes a query of image parameters other than preset, such as width=200&quality=80", name, a.name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		v, _, err := plainly.parseQuery(queries[name])
		if err == nil && len(v) == 0 {
			return nil, fmt.Errorf("presets: %s is empty; it takes a query such as width=200&quality=80", name)
		}
		v.trust()
		if err == nil {
			err = plainly.check(v)
		}
		if err != nil {
			return nil, fmt.Errorf("presets: %s: %s", name, errors.From(err).Message)
		}
		presets[name] = v
	}
	return presets, nil
}

// addPreset adds the parameters of the requested preset that the URL does not
// have.
func (d *Dialect) addPreset(v values) error {
	name, ok := v["preset"]
	if !ok {
		return nil
	}
	preset, ok := d.presets[name.text]
	if !ok {
		return errors.New(errors.BadTransform, "preset is %s; it takes the name of a preset that this server has", errors.Quote(name.text))
	}
	for parameter, of := range preset {
		if _, said := v[parameter]; !said {
			v[parameter] = of
		}
	}
	return nil
}

// check returns what is wrong with values, whatever original they are for.
func (d *Dialect) check(v values) error {
	p, err := d.newPicture(v)
	if err == nil {
		_, err = p.plan()
	}
	if err == nil {
		_, err = p.ref("a", "")
	}
	return err
}

// unrestricted returns the dialect without a policy, for the operator's own
// queries.
func (d *Dialect) unrestricted() *Dialect {
	free := *d
	free.policy = policy{}
	return &free
}

// trust marks values as the operator's.
func (v values) trust() {
	for name, of := range v {
		of.trusted = true
		v[name] = of
	}
}
