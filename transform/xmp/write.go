package xmp

import (
	"bytes"
	"encoding/xml"
	"maps"
	"slices"
)

// The packet wrapper (ISO 16684-1, 7.3.2), without padding for changes in
// place.
const (
	begin = "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="` + rdf + `"><rdf:Description rdf:about=""`
	end = "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
)

// Bytes writes the packet; empty if it has no properties. Properties of more
// than 16 KiB, and those beyond 60,000 bytes in all, are dropped.
func (p Packet) Bytes() []byte {
	var properties bytes.Buffer
	used := map[string]bool{}
	for _, property := range p.properties {
		w := writer{used: map[string]bool{}}
		w.element(property)
		if w.Len() > mostProperty || properties.Len()+w.Len() > mostWritten {
			continue
		}
		maps.Copy(used, w.used)
		properties.Write(w.Bytes())
	}
	if properties.Len() == 0 {
		return nil
	}
	var packet bytes.Buffer
	packet.WriteString(begin)
	for _, space := range slices.Sorted(maps.Keys(used)) {
		packet.WriteString(` xmlns:` + vocabularies[space].prefix + `="` + space + `"`)
	}
	packet.WriteByte('>')
	packet.Write(properties.Bytes())
	packet.WriteString(end)
	return packet.Bytes()
}

type writer struct {
	bytes.Buffer
	used map[string]bool // used namespaces
}

// name returns a name with its prefix.
func (w *writer) name(n xml.Name) string {
	switch n.Space {
	case rdf:
		return "rdf:" + n.Local
	case xmlSpace:
		return "xml:" + n.Local
	}
	w.used[n.Space] = true
	return vocabularies[n.Space].prefix + ":" + n.Local
}

func (w *writer) element(n node) {
	name := w.name(n.name)
	w.WriteString("<" + name)
	for _, a := range n.attrs {
		w.WriteString(" " + w.name(a.Name) + `="`)
		w.text(a.Value)
		w.WriteByte('"')
	}
	w.WriteByte('>')
	for _, child := range n.children {
		w.element(child)
	}
	w.text(n.text)
	w.WriteString("</" + name + ">")
}

// text writes escaped text. Characters that XML does not allow become U+FFFD.
func (w *writer) text(s string) { _ = xml.EscapeText(w, []byte(s)) }
