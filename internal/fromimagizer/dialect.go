package fromimagizer

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/imagizer"
)

// dialect returns the content of the dialect block.
func (p *printer) dialect() (b block) {
	p.dynamicOrigin(&b)
	if p.allowDataURLs != nil && *p.allowDataURLs {
		b.add("allow_data_urls")
	}
	p.parameters(&b)
	p.validations(&b)
	return b
}

// dynamicOrigin writes allow_dynamic_origin: by default Imagizer lets URLs
// name any server.
func (p *printer) dynamicOrigin(b *block) {
	lists := p.hosts != nil || p.buckets != nil
	switch {
	case p.allowDynamicOrigin != nil && !*p.allowDynamicOrigin:
		b.add("allow_dynamic_origin", imagizer.DynamicOff)
		if lists {
			b.note("hostsAllowed and bucketsAllowed are left out: they restrict allowDynamicOrigin, which is false.")
		}
		return
	case lists:
		if p.allowDynamicOrigin == nil {
			b.note("allowDynamicOrigin is not set, which to Imagizer is true.")
		}
		p.lists(b)
		return
	case p.allowDynamicOrigin != nil:
		p.warn(b, "allowDynamicOrigin is true without hostsAllowed and bucketsAllowed: clients can make this server fetch from every public server. It is safer to list hosts in hosts_allowed and write listed.")
		b.add("allow_dynamic_origin", imagizer.DynamicAny)
		p.namesHosts = true
		return
	}
	p.warn(b, "allowDynamicOrigin is not set. Imagizer then takes URLs that name any server (origin, hostname, source_url, bucket). That is an open proxy, so it is off here. If your URLs need it, write listed, with hosts_allowed and buckets_allowed.")
	b.add("allow_dynamic_origin", imagizer.DynamicOff)
}

// lists writes hosts_allowed and buckets_allowed: Imagizer allows any bucket
// if only hosts are listed, and the reverse.
func (p *printer) lists(b *block) {
	for _, missing := range []struct {
		list              []string
		key, what, option string
	}{{p.hosts, "hostsAllowed", "hosts", "hosts_allowed"}, {p.buckets, "bucketsAllowed", "buckets", "buckets_allowed"}} {
		if missing.list == nil {
			b.note(fmt.Sprintf("%s is not set, which means any to Imagizer; here URLs may name only the %s in %s.", missing.key, missing.what, missing.option))
		}
	}
	b.add("allow_dynamic_origin", imagizer.DynamicListed)
	p.namesHosts = p.list(b, "hostsAllowed", "hosts_allowed", p.hosts, func(one string) imagizer.Config { return imagizer.Config{HostsAllowed: []string{one}} })
	if p.aws == nil && len(p.buckets) > 0 {
		p.warn(b, "bucketsAllowed is left out: buckets need the keys of an origin s3, and there is none. With one, write buckets_allowed %s.", strings.Join(p.buckets, " "))
		return
	}
	p.list(b, "bucketsAllowed", "buckets_allowed", p.buckets, func(one string) imagizer.Config { return imagizer.Config{BucketsAllowed: []string{one}} })
}

// list adds the values that the option accepts, and reports whether there are
// any.
func (p *printer) list(b *block, key, option string, values []string, with func(string) imagizer.Config) (any bool) {
	var good []string
	for _, v := range values {
		if _, err := imagizer.New(with(v)); err != nil {
			p.warn(b, "%s has %s, which is left out: %v.", key, strconv.QuoteToASCII(v), err)
			continue
		}
		good = append(good, v)
	}
	if len(good) > 0 {
		b.add(option, good...)
	}
	return len(good) > 0
}

// parameters writes image_params_allowed and image_param_validations: an
// empty list allows none.
func (p *printer) parameters(b *block) {
	if p.params == nil {
		return
	}
	var good []string
	for _, name := range p.params {
		if !isParameter(name) {
			p.warn(b, "imageParamsAllowed has %s, which is left out: it is not a parameter here. URLs with it get 401.", strconv.QuoteToASCII(name))
			continue
		}
		good = append(good, name)
	}
	b.add("image_params_allowed", good...)
}

func (p *printer) validations(b *block) {
	var rules block
	for _, r := range p.rules {
		if !isParameter(r.name) {
			p.warn(&rules, "imageParamValidations has a rule for %s, which is left out: it is not a parameter here.", quoteKey(r.name))
			continue
		}
		rules.add(r.name, words(r.Rule)...)
	}
	if len(rules.lines) > 0 {
		b.nest(rules, "image_param_validations")
	}
}

// words returns a rule as the arguments of the option.
func words(r imagizer.Rule) (all []string) {
	number := func(word string, v float64) {
		all = append(all, word, strconv.FormatFloat(v, 'g', -1, 64))
	}
	if r.Min != nil {
		number("min", *r.Min)
	}
	if r.Max != nil {
		number("max", *r.Max)
	}
	if r.Step != 0 {
		number("step", r.Step)
	}
	if r.Regex != "" {
		all = append(all, "regex", r.Regex)
	}
	if len(r.Enum) > 0 {
		all = append(append(all, "enum"), r.Enum...)
	}
	return all
}
