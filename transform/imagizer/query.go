package imagizer

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// Limits of one parameter, in bytes. Imagizer documents none.
const (
	maxValue = 8192
	maxData  = 256 << 10 // with a data URL in it
)

// values are the parameters of a query by their plain names.
type values map[string]value

// value is a decoded value.
type value struct {
	text string

	// trusted reports whether the operator wrote it, and not a client.
	trusted bool
}

// argument is one parameter of a query, as received.
type argument struct {
	name, value string
	hasValue    bool
}

// arguments are the effective parameters of a query by their plain names,
// with plain and with Base64 values.
type arguments struct{ plain, encoded map[string]argument }

// split splits a query. see is called for each parameter that does not belong
// to the original; belongs are the others, as received.
func (d *Dialect) split(rawQuery string, see func(argument) error) (belongs string, err error) {
	var rest []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		a := argument{}
		a.name, a.value, a.hasValue = strings.Cut(part, "=")
		if name, err := url.QueryUnescape(a.name); err == nil {
			a.name = name
		}
		switch {
		case d.originQuery[a.name]:
			rest = append(rest, part)
		case a.name != "":
			if err := see(a); err != nil {
				return "", err
			}
		}
	}
	return strings.Join(rest, "&"), nil
}

// plain returns the row of a parameter for any of its names, and whether the
// name is the Base64 form.
func plain(name string) (r row, encoded, ok bool) {
	if r, ok = byName[name]; ok {
		return r, false, true
	}
	short, encoded := strings.CutSuffix(name, "64")
	if r, ok = byName[short]; ok && encoded {
		return r, true, true
	}
	return row{}, false, false
}

// parseQuery parses a query. Unknown names are ignored unless the policy
// refuses them; an empty value counts as absent; of repeated parameters the
// last one counts, and a Base64 value takes precedence.
//
// Errors of the policy take precedence over errors of syntax.
func (d *Dialect) parseQuery(rawQuery string) (v values, belongs string, err error) {
	given := arguments{map[string]argument{}, map[string]argument{}}
	belongs, err = d.split(rawQuery, func(a argument) error {
		if err := d.mayHave(a); err != nil {
			return err
		}
		r, encoded, ok := plain(a.name)
		switch {
		case !ok || r.state == ignored || a.isAbsent(r):
		case encoded:
			given.encoded[r.name] = a
		default:
			given.plain[r.name] = a
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	if v, err = d.decodeAll(given); err != nil {
		return nil, "", err
	}
	if err := d.validate(v); err != nil {
		return nil, "", err
	}
	return v, belongs, d.addPreset(v)
}

// isAbsent reports whether the parameter has a name only. The bare name of a
// boolean means true.
func (a argument) isAbsent(r row) bool { return a.value == "" && (a.hasValue || !r.flag) }

func (d *Dialect) decodeAll(given arguments) (values, error) {
	v := values{}
	for _, r := range parameters {
		a, encoded := given.encoded[r.name]
		ok := encoded
		if !encoded {
			a, ok = given.plain[r.name]
		}
		if !ok {
			continue
		}
		text, err := d.decode(r, a, encoded)
		if err != nil {
			return nil, err
		}
		v[r.name] = value{text: text}
	}
	return v, nil
}

func (d *Dialect) decode(r row, a argument, encoded bool) (string, error) {
	if !a.hasValue {
		return "true", nil
	}
	most := maxValue
	if d.dataURLs {
		most = maxData
	}
	if len(a.value) > most {
		return "", errors.New(errors.Limit, "%s has %d bytes, more than %d", r.name, len(a.value), most)
	}
	text, err := url.QueryUnescape(a.value)
	if err != nil {
		return "", errors.New(errors.BadTransform, "%s has a malformed percent-encoding; %% must be followed by two hex digits", r.name).Because(err)
	}
	ok := true
	if encoded {
		text, ok = decodeBase64(text)
	}
	if encoded && !ok {
		return "", errors.New(errors.BadTransform, "%s64 is %s; it takes Base64 of UTF-8", r.name, errors.Quote(text))
	}
	if !utf8.ValidString(text) {
		return "", errors.New(errors.BadTransform, "%s is not percent-encoded UTF-8", r.name)
	}
	return text, nil
}

// decodeBase64 decodes standard or URL-safe Base64, with or without padding.
// A space is a plus sign that a query decoded. Malformed input is returned
// unchanged.
func decodeBase64(v string) (string, bool) {
	standard := strings.NewReplacer(" ", "+", "-", "+", "_", "/").Replace(strings.TrimRight(v, "="))
	text, err := base64.RawStdEncoding.DecodeString(standard)
	if err != nil || !utf8.Valid(text) {
		return v, false
	}
	return string(text), true
}
