package xmp

import (
	"encoding/xml"
	"math"
	"slices"
	"strconv"

	"github.com/caddy-images/caddy-images/transform"
)

// Properties about creator and owner.
var (
	Creator = xml.Name{Space: dc, Local: "creator"}
	Rights  = xml.Name{Space: dc, Local: "rights"}
	Credit  = xml.Name{Space: photoshop, Local: "Credit"}
	Source  = xml.Name{Space: photoshop, Local: "Source"}
)

// Kept returns the part of the packet that is true of an image derived from
// the original. Size, density, colours and format are updated for the new
// image, which is upright.
func (p Packet) Kept(w transform.Written) Packet {
	said := truths(w)
	kept := Packet{slices.Clone(p.properties)}
	for i, property := range kept.properties {
		if text, ok := said[property.name]; ok {
			kept.properties[i] = node{name: property.name, text: text}
		}
	}
	return kept
}

func truths(w transform.Written) map[xml.Name]string {
	width, height := strconv.Itoa(w.Size.Width), strconv.Itoa(w.Size.Height)
	density := strconv.Itoa(transform.DefaultDensity) + "/1"
	if w.Density >= 1 && w.Density <= math.MaxInt16 {
		density = strconv.Itoa(int(math.Round(w.Density))) + "/1"
	}
	space := "65535" // uncalibrated
	if w.SRGB {
		space = "1"
	}
	return map[xml.Name]string{
		{Space: tiff, Local: "Orientation"}:     "1",
		{Space: tiff, Local: "ImageWidth"}:      width,
		{Space: tiff, Local: "ImageLength"}:     height,
		{Space: tiff, Local: "XResolution"}:     density,
		{Space: tiff, Local: "YResolution"}:     density,
		{Space: tiff, Local: "ResolutionUnit"}:  "2", // inches
		{Space: exif, Local: "PixelXDimension"}: width,
		{Space: exif, Local: "PixelYDimension"}: height,
		{Space: exif, Local: "ColorSpace"}:      space,
		{Space: dc, Local: "format"}:            w.Format.MIME(),
	}
}

// Properties that Credited keeps.
var (
	creditNames  = []xml.Name{Creator, Rights, Credit, Source, {Space: tiff, Local: "Artist"}, {Space: tiff, Local: "Copyright"}}
	creditSpaces = []string{xmpRights, plus, cc}
)

// Credited returns only creator, owner and terms of use: dc:creator,
// dc:rights, photoshop:Credit, photoshop:Source, tiff:Artist, tiff:Copyright,
// and all of xmpRights, plus and cc.
func (p Packet) Credited() Packet {
	var kept Packet
	for _, property := range p.properties {
		if slices.Contains(creditSpaces, property.name.Space) || slices.Contains(creditNames, property.name) {
			kept.properties = append(kept.properties, property)
		}
	}
	return kept
}

// Filled returns the packet with texts for a property that it lacks.
func (p Packet) Filled(name xml.Name, texts ...string) Packet {
	if len(texts) == 0 || texts[0] == "" || len(p.Texts(name)) > 0 {
		return p
	}
	n := node{name: name}
	item := xml.Name{Space: rdf, Local: "li"}
	switch name {
	case Creator:
		items := node{name: xml.Name{Space: rdf, Local: "Seq"}}
		for _, text := range texts {
			items.children = append(items.children, node{name: item, text: text})
		}
		n.children = []node{items}
	case Rights:
		language := xml.Attr{Name: xml.Name{Space: xmlSpace, Local: "lang"}, Value: "x-default"}
		n.children = []node{{name: xml.Name{Space: rdf, Local: "Alt"}, children: []node{{name: item, attrs: []xml.Attr{language}, text: texts[0]}}}}
	default:
		n.text = texts[0]
	}
	// What comes first is kept when room is short.
	others := slices.DeleteFunc(slices.Clone(p.properties), func(p node) bool { return p.name == name })
	return Packet{append([]node{n}, others...)}
}
