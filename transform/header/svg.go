package header

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
)

// beforeRoot bounds how far into an SVG its root element is looked for.
const beforeRoot = 64 << 10

// readSVG reads the attributes of the root element. A drawing that does not say
// how large it is has as good as no pixels: what it is scaled to counts.
func readSVG(h *Header, file []byte) bool {
	h.Channels, h.Alpha = 4, true
	d := xml.NewDecoder(bytes.NewReader(file[:min(len(file), beforeRoot)]))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		if root, ok := token.(xml.StartElement); ok {
			h.Width, h.Height = drawing(root.Attr)
			return true
		}
	}
}

// drawing is the size that librsvg gives a drawing: what width and height say,
// and where they say nothing, or a percentage, the view box.
func drawing(attributes []xml.Attr) (int, int) {
	var box [4]float64
	var width, height string
	for _, a := range attributes {
		switch a.Name.Local {
		case "width":
			width = a.Value
		case "height":
			height = a.Value
		case "viewBox":
			box = viewBox(a.Value)
		}
	}
	w, hasWidth := length(width)
	t, hasHeight := length(height)
	switch boxed := box[2] > 0 && box[3] > 0; {
	case !boxed:
	case !hasWidth && !hasHeight:
		w, t = box[2], box[3]
	case !hasWidth:
		w = t * box[2] / box[3]
	case !hasHeight:
		t = w * box[3] / box[2]
	}
	return whole(w), whole(t)
}

// whole rounds up, to a size that a picture can have.
func whole(v float64) int { return int(math.Ceil(min(max(v, 1), mostPixels))) }

func viewBox(value string) (box [4]float64) {
	numbers := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	if len(numbers) != len(box) {
		return box
	}
	for i, n := range numbers {
		v, err := strconv.ParseFloat(n, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return [4]float64{}
		}
		box[i] = v
	}
	return box
}

// units are in pixels, at the 72 to an inch that libvips draws at.
var units = []struct {
	name   string
	pixels float64
}{
	{"px", 1}, {"pt", 1}, {"in", 72}, {"cm", 72 / 2.54}, {"mm", 72 / 25.4}, {"pc", 12}, {"em", 12}, {"ex", 6}, {"", 1},
}

// length reads a length of CSS. It is false for a percentage, and for none.
func length(value string) (float64, bool) {
	value = strings.TrimSpace(value)
	for _, u := range units {
		number, ok := strings.CutSuffix(value, u.name)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err == nil && v > 0 {
			return v * u.pixels, true
		}
	}
	return 0, false
}
