// Package xmp reads and writes XMP, metadata as RDF in XML (ISO 16684-1).
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded, whatever they announce. Output is composed of known
// properties, never copied.
package xmp

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// Limits on what is read and written. A written packet must fit into one
// segment of a JPEG; extended XMP is neither read nor written.
const (
	mostRead     = 256 << 10 // bytes
	mostElements = 20_000
	mostDepth    = 16
	mostProperty = 16 << 10 // bytes, written
	mostWritten  = 60_000   // bytes
)

// Packet is the metadata of one image.
type Packet struct {
	properties []node
}

// node is an element with known content only: a property, or a part of one.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	children []node
	text     string // if there are no children
}

// Parse reads the known properties of a packet, the first of each name,
// whatever resource they describe. There are none if the packet is malformed
// or longer than 256 KiB.
func Parse(packet []byte) Packet {
	if len(packet) > mostRead {
		return Packet{}
	}
	r := reader{tokens: xml.NewDecoder(bytes.NewReader(packet))}
	if !r.seek() || !r.descriptions() {
		return Packet{}
	}
	return Packet{r.properties}
}

type reader struct {
	tokens     *xml.Decoder
	elements   int
	properties []node
}

// seek moves to the RDF, which may be within x:xmpmeta or on its own.
func (r *reader) seek() bool {
	for range mostDepth {
		start, ok := r.next()
		if !ok {
			return false
		}
		if start.Name == (xml.Name{Space: rdf, Local: "RDF"}) {
			return true
		}
	}
	return false
}

// next moves to the next element within the current one.
func (r *reader) next() (xml.StartElement, bool) {
	for {
		token, err := r.tokens.Token()
		if err != nil {
			return xml.StartElement{}, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			r.elements++
			return t, r.elements <= mostElements
		case xml.EndElement:
			return xml.StartElement{}, false
		}
	}
}

// descriptions reads the RDF to its end. A description has properties as
// attributes and as elements.
func (r *reader) descriptions() bool {
	for {
		token, err := r.tokens.Token()
		if err != nil {
			return false
		}
		switch t := token.(type) {
		case xml.EndElement:
			return true
		case xml.StartElement:
			if r.elements++; t.Name != (xml.Name{Space: rdf, Local: "Description"}) {
				if r.tokens.Skip() != nil {
					return false
				}
				continue
			}
			for _, a := range t.Attr {
				if isProperty(a.Name) {
					r.add(node{name: a.Name, text: a.Value})
				}
			}
			properties, _, ok := r.content(0)
			if !ok {
				return false
			}
			for _, p := range properties {
				if isProperty(p.name) {
					r.add(p)
				}
			}
		}
	}
}

// content reads the content of an element: known elements, and text.
func (r *reader) content(depth int) (children []node, text string, ok bool) {
	var b strings.Builder
	for {
		token, err := r.tokens.Token()
		if err != nil {
			return nil, "", false
		}
		switch t := token.(type) {
		case xml.EndElement:
			return children, b.String(), true
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if r.elements++; r.elements > mostElements {
				return nil, "", false
			}
			attrs, isPlain := known(t.Attr)
			if depth == mostDepth || !isPlain || !isKnown(t.Name) {
				if r.tokens.Skip() != nil {
					return nil, "", false
				}
				continue
			}
			n := node{name: t.Name, attrs: attrs}
			if n.children, n.text, ok = r.content(depth + 1); !ok {
				return nil, "", false
			}
			if n.children != nil {
				n.text = ""
			}
			children = append(children, n)
		}
	}
}

func (r *reader) add(n node) {
	if !slices.ContainsFunc(r.properties, func(p node) bool { return p.name == n.name }) {
		r.properties = append(r.properties, n)
	}
}

// Texts returns the texts of a property: its value, or its items. Of language
// alternatives it returns the default.
func (p Packet) Texts(name xml.Name) (texts []string) {
	for _, property := range p.properties {
		if property.name != name {
			continue
		}
		for _, items := range property.children {
			for _, item := range items.children {
				if text := strings.TrimSpace(item.text); text != "" {
					texts = append(texts, text)
				}
				if items.name.Local == "Alt" && len(texts) > 0 {
					return texts // the first one is the default
				}
			}
		}
		if text := strings.TrimSpace(property.text); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
