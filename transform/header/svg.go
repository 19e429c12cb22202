package header

import (
	"bytes"
	"encoding/xml"
	"io"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// beforeRoot limits the distance of the root element from the start of an
// SVG.
const beforeRoot = 64 << 10

// readSVG reads the attributes of the root element.
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

// drawing returns the size of a drawing by its attributes, in whole pixels.
// Style sheets are considered when the whole file is read (package
// drawing/svg).
func drawing(attributes []xml.Attr) (int, int) {
	var width, height, box string
	for _, a := range attributes {
		if a.Name.Space != "" {
			continue
		}
		switch a.Name.Local {
		case "width":
			width = a.Value
		case "height":
			height = a.Value
		case "viewBox":
			box = a.Value
		}
	}
	return natural.Of(width, height, box, natural.FontSize).Pixels(1)
}
