package xmp

import (
	"encoding/xml"
	"slices"
	"strings"
)

// Known namespaces. Properties of others are dropped.
const (
	rdf       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	xmlSpace  = "http://www.w3.org/XML/1998/namespace"
	dc        = "http://purl.org/dc/elements/1.1/"
	xmpBasic  = "http://ns.adobe.com/xap/1.0/"
	xmpRights = "http://ns.adobe.com/xap/1.0/rights/"
	xmpMM     = "http://ns.adobe.com/xap/1.0/mm/"
	photoshop = "http://ns.adobe.com/photoshop/1.0/"
	tiff      = "http://ns.adobe.com/tiff/1.0/"
	exif      = "http://ns.adobe.com/exif/1.0/"
	exifEX    = "http://cipa.jp/exif/1.0/"
	aux       = "http://ns.adobe.com/exif/1.0/aux/"
	iptcCore  = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
	iptcExt   = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
	plus      = "http://ns.useplus.org/ldf/xmp/1.0/"
	cc        = "http://creativecommons.org/ns#"
	lightroom = "http://ns.adobe.com/lightroom/1.0/"
	microsoft = "http://ns.microsoft.com/photo/1.0/"
	digiKam   = "http://www.digikam.org/ns/1.0/"
)

// vocabulary is the known part of a namespace: some names, or all except
// some.
type vocabulary struct {
	prefix string
	only   []string
	except []string
}

// vocabularies have properties that are true of derived images as well.
// Others are about gain maps, depth maps and panoramas, regions, development
// settings, signed manifests, and programs' own data, including previews.
var vocabularies = map[string]vocabulary{
	dc:        {prefix: "dc"},
	xmpRights: {prefix: "xmpRights"},
	iptcCore:  {prefix: "Iptc4xmpCore"},
	plus:      {prefix: "plus"},
	cc:        {prefix: "cc"},
	aux:       {prefix: "aux"},
	lightroom: {prefix: "lr", only: words("hierarchicalSubject weightedFlatSubject")},
	microsoft: {prefix: "MicrosoftPhoto", only: words("Rating LastKeywordXMP LastKeywordIPTC CameraSerialNumber DateAcquired")},
	digiKam:   {prefix: "digiKam", only: words("TagsList CaptionsAuthorNames CaptionsDateTimeStamps ColorLabel PickLabel")},
	xmpBasic: {prefix: "xmp", only: words(
		"Advisory BaseURL CreateDate CreatorTool Identifier Label MetadataDate ModifyDate Nickname Rating")},
	xmpMM: {prefix: "xmpMM", only: words("DocumentID OriginalDocumentID")},
	photoshop: {prefix: "photoshop", only: words(
		"AuthorsPosition CaptionWriter Category City Country Credit DateCreated Headline Instructions Source State " +
			"SupplementalCategories TransmissionReference Urgency")},
	tiff: {prefix: "tiff", only: words(
		"Artist Copyright DateTime ImageDescription Make Model Software " +
			"ImageWidth ImageLength Orientation XResolution YResolution ResolutionUnit")},
	exif: {prefix: "exif", except: words(
		"CFAPattern ComponentsConfiguration CompressedBitsPerPixel DeviceSettingDescription FocalPlaneResolutionUnit FocalPlaneXResolution " +
			"FocalPlaneYResolution Gamma MakerNote NativeDigest OECF RelatedSoundFile SpatialFrequencyResponse SubjectArea SubjectLocation")},
	exifEX: {prefix: "exifEX", except: words("Gamma InteroperabilityIndex")},
	iptcExt: {prefix: "Iptc4xmpExt", except: words(
		"ImageRegion MaxAvailHeight MaxAvailWidth")},
}

// rdfElements and rdfAttributes may occur in properties.
var (
	rdfElements   = words("Alt Bag Seq li Description value")
	rdfAttributes = words("resource value")
)

func words(s string) []string { return strings.Fields(s) }

// isProperty reports whether a name is that of a known property.
func isProperty(n xml.Name) bool {
	v, ok := vocabularies[n.Space]
	return ok && (v.only == nil || slices.Contains(v.only, n.Local)) && !slices.Contains(v.except, n.Local)
}

// isKnown reports whether an element may be in a property.
func isKnown(n xml.Name) bool {
	if n.Space == rdf {
		return slices.Contains(rdfElements, n.Local)
	}
	return isProperty(n)
}

// known returns the attributes that are allowed in a property. isPlain is
// false if the property contains XML of its own.
func known(attrs []xml.Attr) (kept []xml.Attr, isPlain bool) {
	for _, a := range attrs {
		switch {
		case a.Name == xml.Name{Space: rdf, Local: "parseType"}:
			if a.Value != "Resource" {
				return nil, false
			}
		case a.Name == xml.Name{Space: xmlSpace, Local: "lang"}:
		case a.Name.Space == rdf && slices.Contains(rdfAttributes, a.Name.Local), isProperty(a.Name):
		default:
			continue
		}
		kept = append(kept, a)
	}
	return kept, true
}
