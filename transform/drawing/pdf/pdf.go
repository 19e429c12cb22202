package pdf

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Limits of a page. A form takes poppler about 10 microseconds, and a byte of
// content 100 nanoseconds.
const (
	mostDrawn = 500_000
	mostBytes = 128 << 20

	// mostSteps limits this package's own work: looked-up names.
	mostSteps = 4_000_000

	// mostNested limits the nesting of forms. poppler stops at 100; deeper
	// ones are not followed.
	mostNested = 500

	// unread is the number of times that a stream in an unsupported encoding
	// counts as drawing each of its names, per byte. An encrypted one counts
	// once per encryptedPart of its bytes: files that only forbid printing
	// are encrypted, too.
	unread        = 8
	encryptedPart = 64
)

// cost is the cost of drawing something.
type cost struct {
	drawn float64 // forms and the like
	bytes float64 // of interpreted content
}

func (c *cost) times(o cost, n float64) {
	c.drawn += n * o.drawn
	c.bytes += n * o.bytes
}

// Check refuses a PDF with a page that draws too much, with errors.Limit.
func Check(b []byte) error {
	f, err := parse(b)
	if err != nil {
		return err
	}
	w := walker{file: f, known: map[ref]cost{}, open: map[ref]int{}}
	var annotations, most cost
	for _, all := range f.objects {
		for _, o := range all {
			for _, d := range f.dicts(o.value) {
				if d["AP"] != nil {
					c, _, err := w.named(d["AP"], 0)
					if err != nil {
						return err
					}
					annotations.times(c, 1)
				}
				if d["Contents"] != nil {
					c, err := w.page(d)
					if err != nil {
						return err
					}
					most.drawn, most.bytes = max(most.drawn, c.drawn), max(most.bytes, c.bytes)
				}
			}
		}
	}
	most.times(annotations, 1)
	if !(most.drawn <= mostDrawn) {
		return errors.New(errors.Limit, "The PDF has a page with %.4g forms, patterns and masks, counted as often as they are drawn, more than %d", most.drawn, mostDrawn)
	}
	if !(most.bytes <= mostBytes) {
		return errors.New(errors.Limit, "The PDF has a page with %.4g bytes of content, counted as often as they are drawn, more than %d", most.bytes, mostBytes)
	}
	return nil
}

// walker computes costs by following references.
type walker struct {
	*file
	known map[ref]cost
	open  map[ref]int // objects on the current path, by their position in it
	steps int

	everywhere map[string][]value // what any resources name, for unresolved names
}

const never = 1 << 30

// page returns the cost of a page.
func (w *walker) page(d dict) (cost, error) {
	resources := d["Resources"]
	for at, n := d, 0; resources == nil && n < mostDeep; n++ {
		parents := w.dicts(at["Parent"])
		if len(parents) == 0 {
			break
		}
		at, resources = parents[0], parents[0]["Resources"]
	}
	var c cost
	contents := array{d["Contents"]}
	for n := 0; n < len(contents) && n < mostSteps; n++ {
		at, _ := contents[n].(ref)
		for _, o := range w.objects[at] {
			if all, ok := o.value.(array); ok && n == 0 {
				contents = append(contents, all...)
			}
		}
		if all, ok := contents[n].(array); ok && n == 0 {
			contents = append(contents, all...)
		}
	}
	for _, one := range contents {
		at, ok := one.(ref)
		if !ok {
			continue
		}
		for _, o := range w.objects[at] {
			if o.stream == nil {
				continue
			}
			drawn, _, err := w.stream(o, resources)
			if err != nil {
				return c, err
			}
			c.times(drawn, 1)
		}
	}
	return c, nil
}

// of returns the cost of something that is drawn: a form, a pattern, a glyph.
// Recursion is not drawn; back is the first position in the path that was met
// again, since a result that depends on the path is valid only there.
func (w *walker) of(at ref) (c cost, back int, err error) {
	if c, ok := w.known[at]; ok {
		return c, never, nil
	}
	if place, ok := w.open[at]; ok {
		return cost{}, place, nil
	}
	place := len(w.open)
	if place > mostNested {
		return cost{}, never, nil
	}
	w.open[at] = place
	back = never
	for _, o := range w.objects[at] {
		var one cost
		met := never
		if d, isDict := o.value.(dict); isDict && o.stream != nil {
			if d["Subtype"] == name("Image") {
				one, met, err = w.named(d["SMask"], 0)
			} else {
				one, met, err = w.stream(o, d["Resources"])
			}
		} else {
			one, met, err = w.named(o.value, 1)
		}
		if err != nil {
			return c, back, err
		}
		c.times(one, 1)
		back = min(back, met)
	}
	delete(w.open, at)
	if back >= place {
		back = never
		w.known[at] = c
	}
	return c, back, nil
}

// stream returns the cost of a content: of everything that its names refer
// to.
func (w *walker) stream(o object, resources value) (c cost, back int, err error) {
	content, readable, err := w.content(o)
	if err != nil {
		return c, never, err
	}
	named := w.names(resources)
	back = never
	c = cost{drawn: 1, bytes: float64(len(content))}
	times := map[string]float64{}
	if !readable {
		d, _ := o.value.(dict)
		length, _ := w.number(d["Length"])
		for n := range named {
			times[n] = float64(unread * max(1, min(length, len(o.stream))))
			if w.encrypted {
				times[n] = float64(1 + min(length, len(o.stream))/encryptedPart)
			}
		}
	}
	letters := 0.0
	for r := (reader{content}); len(r.b) > 0; {
		r.skip()
		switch {
		case len(r.b) == 0:
		case r.b[0] == '/':
			r.b = r.b[1:]
			times[string(r.name())]++
		case r.b[0] == '(':
			r.b = r.b[1:]
			before := len(r.b)
			r.str()
			letters += float64(before - len(r.b))
		case r.b[0] == '<' && !strings.HasPrefix(string(r.b[:min(2, len(r.b))]), "<<"):
			before := len(r.b)
			_, _ = r.value(0)
			letters += float64(before-len(r.b)) / 2
		case isDelimiter(r.b[0]):
			r.b = r.b[1:]
		default:
			r.word()
		}
	}
	for n, count := range times {
		targets, found := named[n]
		if !found {
			targets = w.anywhere()[n]
		}
		for _, target := range targets {
			if w.steps++; w.steps > mostSteps {
				return c, back, errors.New(errors.Limit, "The PDF refers to more than %d drawn objects", mostSteps)
			}
			one, met, err := w.named(target, 0)
			if err != nil {
				return c, back, err
			}
			back = min(back, met)
			for _, d := range w.dicts(target) {
				if d["CharProcs"] != nil {
					count = max(count, letters) // each may be the most expensive one
				}
			}
			c.times(one, count)
		}
	}
	return c, back, nil
}

// drawnBy are the dictionary entries that lead to something drawn when the
// dictionary's name is used: forms of masks, glyphs of fonts, appearances.
var drawnBy = []string{"SMask", "G", "CharProcs", "N", "D", "R", "Font", "TR", "Pattern"}

// named returns the cost of what a name refers to. For a dictionary that is
// not drawn itself, such as a graphics state, everything it leads to counts;
// inside is the nesting in such dictionaries.
func (w *walker) named(v value, inside int) (c cost, back int, err error) {
	back = never
	if inside > 4 {
		return c, back, nil
	}
	w.steps++
	switch v := v.(type) {
	case ref:
		return w.of(v)
	case array:
		for _, one := range v {
			o, met, err := w.named(one, inside+1)
			if err != nil {
				return c, back, err
			}
			c.times(o, 1)
			back = min(back, met)
		}
	case dict:
		appearances := v["N"] != nil && v["Type"] == nil
		for key, one := range v {
			if !appearances && inside < 3 && !drawn(key) && v["Type"] != nil {
				continue
			}
			if key == "Parent" || key == "P" || key == "Resources" || key == "Encoding" || key == "ToUnicode" || key == "FontDescriptor" || key == "BM" {
				continue
			}
			counted := w.named
			if key == "CharProcs" {
				counted = w.largest
			}
			o, met, err := counted(one, inside+1)
			if err != nil {
				return c, back, err
			}
			c.times(o, 1)
			back = min(back, met)
		}
	}
	return c, back, nil
}

// largest returns the cost of the most expensive glyph of a font.
func (w *walker) largest(letters value, inside int) (c cost, back int, err error) {
	back = never
	for _, d := range w.dicts(letters) {
		for _, letter := range d {
			o, met, err := w.named(letter, inside+1)
			if err != nil {
				return c, back, err
			}
			c.drawn, c.bytes = max(c.drawn, o.drawn), max(c.bytes, o.bytes)
			back = min(back, met)
		}
	}
	return c, back, nil
}

func drawn(key string) bool {
	for _, one := range drawnBy {
		if key == one {
			return true
		}
	}
	return false
}

// kinds are the resources that are drawn when named.
var kinds = []string{"XObject", "Pattern", "ExtGState", "Font"}

// names returns what resources name.
func (w *walker) names(resources value) map[string][]value {
	named := map[string][]value{}
	w.collect(resources, named)
	return named
}

func (w *walker) collect(resources value, to map[string][]value) {
	for _, d := range w.dicts(resources) {
		for _, kind := range kinds {
			for _, all := range w.dicts(d[kind]) {
				for n, v := range all {
					w.steps++
					to[n] = append(to[n], v)
				}
			}
		}
	}
}

// anywhere returns what any resources in the file name. A name that a form's
// own resources lack is looked up in those of its caller.
func (w *walker) anywhere() map[string][]value {
	if w.everywhere != nil {
		return w.everywhere
	}
	w.everywhere = map[string][]value{}
	for _, all := range w.objects {
		for _, o := range all {
			if d, ok := o.value.(dict); ok {
				w.collect(d["Resources"], w.everywhere)
				w.collect(d, w.everywhere)
			}
		}
	}
	return w.everywhere
}
