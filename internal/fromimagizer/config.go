package fromimagizer

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/transform/imagizer"
)

// config is the part of an Imagizer's configuration that can be converted.
// Absent values are nil or 0.
type config struct {
	allowDynamicOrigin, allowDataURLs, allowOriginals, allowAnimated *bool
	hosts, buckets, params                                           []string
	rules                                                            []namedRule
	backend                                                          *url.URL
	aws                                                              *aws
	backendTimeout, connectTimeout                                   time.Duration
	headers                                                          []string

	unused  []string // known keys without a counterpart
	unknown []string
}

type namedRule struct {
	name string
	imagizer.Rule
}

// aws is a bucket.
type aws struct {
	bucket, region string
	keys           bool // a key or a secret is present
	unknown        []string
}

// readers read the keys of Imagizer's configuration ("Config Reference") that
// can be converted.
var readers = map[string]func(*config, member) error{
	"addResponseHeaders":        (*config).readHeaders,
	"customHeaders":             (*config).readHeaders, // its older name
	"allowAnimatedGifs":         func(c *config, m member) error { return readBool(m, &c.allowAnimated) },
	"allowDataUrls":             func(c *config, m member) error { return readBool(m, &c.allowDataURLs) },
	"allowDynamicOrigin":        func(c *config, m member) error { return readBool(m, &c.allowDynamicOrigin) },
	"allowOriginalImageRequest": func(c *config, m member) error { return readBool(m, &c.allowOriginals) },
	"awsAuthorization":          (*config).readAWS,
	"backend":                   (*config).readBackend,
	"backendConnectTimeout":     func(c *config, m member) error { return readSeconds(m, &c.connectTimeout) },
	"backendTimeout":            func(c *config, m member) error { return readSeconds(m, &c.backendTimeout) },
	"bucketsAllowed":            func(c *config, m member) error { return readList(m, &c.buckets) },
	"hostsAllowed":              func(c *config, m member) error { return readList(m, &c.hosts) },
	"imageParamsAllowed":        func(c *config, m member) error { return readList(m, &c.params) },
	"imageParamValidations":     (*config).readRules,
}

// instead has advice for keys without a counterpart.
var instead = map[string]string{
	"accessControl":      "Caddy's admin endpoint is on localhost only; the global option admin moves it, or turns it off.",
	"applicationWorkers": "There are as many workers as processors; the option workers sets another number, and memory limits all together.",
	"cluster":            "Servers need no list of each other: put a load balancer before them, such as reverse_proxy with lb_policy uri_hash.",
}

func readConfig(text []byte) (*config, error) {
	members, err := readObject(text)
	if err != nil {
		return nil, err
	}
	c := new(config)
	for _, m := range members {
		if read, ok := readers[m.key]; ok {
			if err := read(c, m); err != nil {
				return nil, err
			}
			continue
		}
		if _, ok := instead[m.key]; ok {
			if _, err := readObject(m.value); err != nil {
				return nil, m.wrong("an object, {…}")
			}
			c.unused = append(c.unused, m.key)
			continue
		}
		c.unknown = append(c.unknown, m.key)
	}
	return c, nil
}

func (c *config) readHeaders(m member) error {
	var headers []string
	if err := readList(m, &headers); err != nil {
		return err
	}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
			return fmt.Errorf("%s has %q; it takes headers such as \"Access-Control-Allow-Origin: *\"", m.key, h)
		}
	}
	c.headers = append(c.headers, headers...)
	return nil
}

func (c *config) readRules(m member) error {
	rules, err := readObject(m.value)
	if err != nil {
		return m.wrong(`an object with a rule for each parameter, such as {"width": {"min": 1, "max": 2000}}`)
	}
	for _, r := range rules {
		rule := namedRule{name: r.key}
		if err := rule.UnmarshalJSON(r.value); err != nil || r.value[0] == 'n' {
			return fmt.Errorf("%s has %s for %s; it takes an array of values, or an object with min, max, step, enum or regex", m.key, short(r.value), quoteKey(r.key))
		}
		for _, text := range append(slices.Clone(rule.Enum), rule.Regex) {
			if fault := unwritable(text); fault != "" {
				return fmt.Errorf("%s has %q for %s, which %s", m.key, text, quoteKey(r.key), fault)
			}
		}
		if !isParameter(r.key) {
			c.rules = append(c.rules, rule)
			continue
		}
		if _, err := imagizer.New(imagizer.Config{ImageParamValidations: map[string]imagizer.Rule{r.key: rule.Rule}}); err != nil {
			return fmt.Errorf("imageParamValidations: %s", strings.TrimPrefix(err.Error(), "image_param_validations: "))
		}
		c.rules = append(c.rules, rule)
	}
	return nil
}

// readBackend does not show the URL in its errors: it may contain a password.
func (c *config) readBackend(m member) error {
	var text string
	const kind = "a URL such as https://www.example.com, without a query"
	if err := read(m, &text, kind); err != nil {
		return err
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || unwritable(text) != "" {
		return m.wrong(kind)
	}
	c.backend = u
	return nil
}

// networks returns the private networks that a backend is in, if its URL
// shows it.
func networks(u *url.URL) []string {
	if strings.EqualFold(u.Hostname(), "localhost") {
		return []string{"127.0.0.0/8", "::1/128"}
	}
	address, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil
	}
	return []string{address.WithZone("").Unmap().String()}
}

func (c *config) readAWS(m member) error {
	members, err := readObject(m.value)
	if err != nil {
		return m.wrong(`an object with a bucket, such as {"bucket": "photos"}`)
	}
	c.aws = new(aws)
	for _, part := range members {
		part.key = "awsAuthorization." + part.key
		secretive := part // an unknown key's value is not shown
		secretive.key = m.key
		switch strings.TrimPrefix(part.key, m.key+".") {
		case "bucket":
			err = c.readName(part, &c.aws.bucket)
		case "region":
			err = c.readName(part, &c.aws.region)
		case "key", "secret":
			var text string
			if err = read(secretive, &text, "texts for key and secret"); err == nil && text != "" {
				c.aws.keys = true
			}
		default:
			c.aws.unknown = append(c.aws.unknown, part.key)
		}
		if err != nil {
			return err
		}
	}
	if c.aws.bucket == "" {
		return fmt.Errorf("awsAuthorization has no bucket; it takes the name of one")
	}
	return nil
}

// readName reads the name of a bucket or a region.
func (c *config) readName(m member, to *string) error {
	const kind = "a name of letters, digits, hyphens, underscores and dots"
	if err := read(m, to, kind); err != nil {
		return err
	}
	if *to == "" || strings.Trim(*to, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return m.wrong(kind)
	}
	return nil
}

// isParameter reports whether Imagizer's dialect knows a parameter.
func isParameter(name string) bool {
	_, err := imagizer.New(imagizer.Config{ImageParamsAllowed: &[]string{name}})
	return err == nil
}
