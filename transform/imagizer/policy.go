package imagizer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// policy is which parameters URLs may have, and with which values.
type policy struct {
	allowed map[string]bool // nil for all
	rules   map[string]rule
}

// policy checks and reads a Config.
func (c Config) policy() (policy, error) {
	var p policy
	if c.ImageParamsAllowed != nil {
		p.allowed = map[string]bool{}
		for _, name := range *c.ImageParamsAllowed {
			r, err := known("image_params_allowed", name)
			if err != nil {
				return policy{}, err
			}
			p.allowed[r.name] = true
		}
	}
	p.rules = map[string]rule{}
	for _, name := range slices.Sorted(maps.Keys(c.ImageParamValidations)) {
		r, err := known("image_param_validations", name)
		if err != nil {
			return policy{}, err
		}
		if p.rules[r.name], err = c.ImageParamValidations[name].compile(); err != nil {
			return policy{}, fmt.Errorf("image_param_validations: %s: %w", name, err)
		}
	}
	return p, nil
}

// known returns the row of a parameter that the configuration names in key.
func known(key, name string) (row, error) {
	r, encoded, ok := plain(name)
	if !ok || encoded {
		return row{}, fmt.Errorf("%s has %q, which is not a parameter; the parameters are %s", key, name, allNames)
	}
	return r, nil
}

// mayHave decides whether URLs may have a parameter.
func (p policy) mayHave(a argument) error {
	r, _, ok := plain(a.name)
	name := a.name
	if ok {
		name = r.name
	}
	if p.allowed == nil || p.allowed[name] || ok && a.isAbsent(r) {
		return nil
	}
	return errors.New(errors.Unauthorized, "The URL has the parameter %s, which this server does not allow (image_params_allowed); it allows %s", errors.Quote(name), p.takes())
}

// takes lists the parameters that URLs may have.
func (p policy) takes() string {
	var names []string
	for _, r := range parameters {
		if p.allowed[r.name] {
			names = append(names, r.name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// validate checks values against the rules.
func (p policy) validate(v values) error {
	for _, r := range parameters {
		value, is := v[r.name]
		rule, ruled := p.rules[r.name]
		if !is || !ruled {
			continue
		}
		if takes := rule.refuses(value.text); takes != "" {
			return errors.New(errors.BadTransform, "%s is %s; this server takes %s (image_param_validations)", r.name, errors.Quote(value.text), takes)
		}
	}
	return nil
}

// originQuery returns the names of the parameters that belong to the
// original.
func (c Config) originQuery() (map[string]bool, error) {
	names := map[string]bool{}
	for _, name := range c.OriginQuery {
		if _, _, is := plain(name); is || name == "" || strings.ContainsAny(name, "&=#") {
			return nil, fmt.Errorf("origin_query has %q; it takes names of parameters that are not Imagizer's, such as v", name)
		}
		names[name] = true
	}
	return names, nil
}
