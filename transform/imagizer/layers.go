package imagizer

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

const takesLayers = `an array of objects in JSON, such as [{"url":"/a.png","scale":50}]`

// layerKeys are the keys of an object of layers. Numbers and booleans may be
// of those JSON types, or strings.
var layerKeys = []struct {
	name, takes string
	read        func(m *mark, v string) bool
}{
	{"url", "a path, which may have a query, or a whole URL", func(m *mark, v string) bool { m.url = v; return v != "" }},
	{"pos", strings.ReplaceAll(takesPosition, ",right", "|right"), func(m *mark, v string) (ok bool) { m.position, ok = parsePosition(v); return ok }},
	{"alpha", "0 to 100", func(m *mark, v string) (ok bool) { m.alpha, ok = within(v, 0, 100); return ok }},
	{"angle", "degrees", func(m *mark, v string) (ok bool) { m.angle, ok = within(v, -36000, 36000); return ok }},
	{"offset", "0 to 100, percent of the shorter side", func(m *mark, v string) (ok bool) { m.offset, ok = within(v, 0, 100); return ok }},
	{"scale", "1 to 1000, percent of the width", func(m *mark, v string) (ok bool) { m.scale, ok = within(v, 1, 1000); return ok }},
	{"upscale", takesBoolean, func(m *mark, v string) (ok bool) { m.upscale, ok = boolean(v); return ok }},
}

// readLayers reads the objects one by one, so that no more are in memory than
// the limit allows.
func readLayers(p *picture, v string) bool {
	decoder := json.NewDecoder(strings.NewReader(v))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('[') {
		return false
	}
	for decoder.More() {
		var object map[string]json.RawMessage
		if err := decoder.Decode(&object); err != nil || object == nil {
			return false
		}
		m, err := readLayer(object)
		if err != nil {
			return p.refuse(err)
		}
		m.trusted = p.trusted
		l, err := p.layer("layers", m)
		if err != nil {
			return p.refuse(err)
		}
		p.overlay = append(p.overlay, l)
	}
	_, err := decoder.Token()
	return err == nil && decoder.InputOffset() == int64(len(strings.TrimRight(v, " \t\r\n")))
}

func readLayer(object map[string]json.RawMessage) (mark, error) {
	m := usualLayer
	for _, key := range layerKeys {
		raw, ok := object[key.name]
		if !ok || string(raw) == "null" {
			continue
		}
		text := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return mark{}, errors.New(errors.BadTransform, "%s in layers is not a text", key.name).Because(err)
			}
		}
		if !key.read(&m, text) {
			return mark{}, errors.New(errors.BadTransform, "%s in layers is %s; it takes %s", key.name, errors.Quote(text), key.takes)
		}
		delete(object, key.name)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if string(object[name]) != "null" || !slices.Contains(layerNames, name) {
			return mark{}, errors.New(errors.BadTransform, "layers has the key %s; it takes %s", errors.Quote(name), strings.Join(layerNames, ", "))
		}
	}
	if m.url == "" {
		return mark{}, errors.New(errors.BadTransform, "An object of layers has no url; it takes %s", layerKeys[0].takes)
	}
	return m, nil
}

var layerNames = func() (names []string) {
	for _, key := range layerKeys {
		names = append(names, key.name)
	}
	return names
}()
