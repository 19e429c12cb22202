package xmp

import (
	"bytes"
	"encoding/xml"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

var picture = transform.Written{Format: transform.WebP, Size: transform.Size{Width: 300, Height: 200}, Density: 96, SRGB: true}

// packet returns one with such a description.
func packet(description string) []byte {
	return []byte(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 5.6"><rdf:RDF xmlns:rdf="` + rdf + `">
` + description + `
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`)
}

const namespaces = ` xmlns:dc="` + dc + `" xmlns:tiff="` + tiff + `" xmlns:exif="` + exif + `" xmlns:xmp="` + xmpBasic + `" xmlns:photoshop="` + photoshop +
	`" xmlns:r="` + xmpRights + `" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Iptc4xmpExt="` + iptcExt + `" xmlns:plus="` + plus + `"`

// properties reads what is written the way any reader does: as elements.
func properties(t *testing.T, packet []byte) map[string]string {
	t.Helper()
	var parsed struct {
		Description struct {
			Properties []struct {
				XMLName xml.Name
				Inner   string `xml:",innerxml"`
			} `xml:",any"`
		} `xml:"http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF>Description"`
	}
	if err := xml.Unmarshal(packet, &parsed); err != nil {
		t.Fatalf("%v in %s", err, packet)
	}
	all := map[string]string{}
	for _, p := range parsed.Description.Properties {
		all[p.XMLName.Space+p.XMLName.Local] = p.Inner
	}
	return all
}

// Properties are attributes, elements, or both.
func TestKept(t *testing.T) {
	original := packet(`<rdf:Description rdf:about=""` + namespaces + ` tiff:Orientation="6" exif:PixelXDimension="4000" hdrgm:Version="1.0" dc:format="image/jpeg"
	xmp:CreatorTool="A &quot;camera&quot; &amp; more" photoshop:ICCProfile="Display P3">
<exif:PixelYDimension>3000</exif:PixelYDimension><exif:ColorSpace>65535</exif:ColorSpace><tiff:ImageWidth>4000</tiff:ImageWidth><tiff:ImageLength>3000</tiff:ImageLength>
<tiff:XResolution>300/1</tiff:XResolution>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A lake</rdf:li><rdf:li xml:lang="de">Ein See</rdf:li></rdf:Alt></dc:title>
<exif:Flash rdf:parseType="Resource"><exif:Fired>False</exif:Fired><other:Preview xmlns:other="urn:other">a preview</other:Preview></exif:Flash>
<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorURL>https://example.com/</plus:LicensorURL></rdf:li></rdf:Seq></plus:Licensor>
<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><i:image xmlns:i="http://ns.adobe.com/xap/1.0/g/img/">a thumbnail</i:image></rdf:li></rdf:Alt></xmp:Thumbnails>
<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType="Resource"><Iptc4xmpExt:Name>a face</Iptc4xmpExt:Name></rdf:li></rdf:Bag></Iptc4xmpExt:ImageRegion>
<m:Regions xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" rdf:parseType="Resource"><m:RegionList>a face</m:RegionList></m:Regions>
<c:Directory xmlns:c="http://ns.google.com/photos/1.0/container/"><rdf:Seq><rdf:li c:Mime="image/jpeg">a gain map</rdf:li></rdf:Seq></c:Directory>
<n:HasExtendedXMP xmlns:n="http://ns.adobe.com/xmp/note/">0123456789ABCDEF0123456789ABCDEF</n:HasExtendedXMP>
<d:provenance xmlns:d="http://purl.org/dc/terms/">a manifest</d:provenance>
<dc:description rdf:parseType="Literal"><b>markup</b></dc:description>
</rdf:Description><rdf:Description rdf:about="" xmlns:rights="` + xmpRights + `" rights:WebStatement="https://example.com/license"/>`)
	got := properties(t, Parse(original).Kept(picture).Bytes())
	want := map[string]string{
		tiff + "Orientation": "1", exif + "PixelXDimension": "300", exif + "PixelYDimension": "200", exif + "ColorSpace": "1",
		tiff + "ImageWidth": "300", tiff + "ImageLength": "200", tiff + "XResolution": "96/1", dc + "format": "image/webp",
		xmpBasic + "CreatorTool": `A &#34;camera&#34; &amp; more`,
		dc + "title":             `<rdf:Alt><rdf:li xml:lang="x-default">A lake</rdf:li><rdf:li xml:lang="de">Ein See</rdf:li></rdf:Alt>`,
		exif + "Flash":           `<exif:Fired>False</exif:Fired>`,
		plus + "Licensor":        `<rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorURL>https://example.com/</plus:LicensorURL></rdf:li></rdf:Seq>`,

		xmpRights + "WebStatement": "https://example.com/license",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	// What is not said is not made up.
	if got := properties(t, Parse(packet(`<rdf:Description rdf:about=""`+namespaces+` dc:source="a"/>`)).Kept(picture).Bytes()); len(got) != 1 {
		t.Errorf("%q", got)
	}
	uncalibrated := picture
	uncalibrated.SRGB = false
	if got := properties(t, Parse(original).Kept(uncalibrated).Bytes())[exif+"ColorSpace"]; got != "65535" {
		t.Errorf("the colour space is %s", got)
	}
}

func TestCredited(t *testing.T) {
	original := packet(`<rdf:Description rdf:about=""` + namespaces + ` photoshop:Credit="Agency" photoshop:City="Berlin" exif:GPSLatitude="52,31N" r:Marked="True" tiff:Artist="Ann">
<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) Ann</rdf:li><rdf:li xml:lang="de">(c) Anna</rdf:li></rdf:Alt></dc:rights>
<dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject><plus:ImageSupplierName>S</plus:ImageSupplierName></rdf:Description>`)
	p := Parse(original)
	if got := p.Texts(Creator); !reflect.DeepEqual(got, []string{"Ann", "Bob"}) {
		t.Errorf("creators %q", got)
	}
	if got := p.Texts(Rights); !reflect.DeepEqual(got, []string{"(c) Ann"}) {
		t.Errorf("rights %q", got)
	}
	if got := p.Texts(Credit); !reflect.DeepEqual(got, []string{"Agency"}) {
		t.Errorf("credit %q", got)
	}
	got := properties(t, p.Credited().Bytes())
	for _, name := range []string{dc + "creator", dc + "rights", photoshop + "Credit", xmpRights + "Marked", tiff + "Artist", plus + "ImageSupplierName"} {
		if got[name] == "" {
			t.Errorf("%s is gone", name)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("%q is kept", got)
	}
}

func TestFilled(t *testing.T) {
	p := Packet{}.Filled(Creator, "Ann", "Bob <b@example.com>").Filled(Rights, "©").Filled(Credit, "Agency").Filled(Source, "")
	if got := Parse(p.Bytes()).Texts(Creator); !reflect.DeepEqual(got, []string{"Ann", "Bob <b@example.com>"}) {
		t.Errorf("%q in %s", got, p.Bytes())
	}
	got := properties(t, p.Bytes())
	if len(got) != 3 || got[dc+"rights"] != `<rdf:Alt><rdf:li xml:lang="x-default">©</rdf:li></rdf:Alt>` || got[photoshop+"Credit"] != "Agency" {
		t.Errorf("%q", got)
	}
	again := p.Filled(Credit, "Another")
	if got := again.Texts(Credit); !reflect.DeepEqual(got, []string{"Agency"}) {
		t.Errorf("%q", got)
	}
	if got := (Packet{}).Bytes(); got != nil {
		t.Errorf("of nothing: %s", got)
	}
}

// What is broken or hostile says nothing, and what is long is left out.
func TestParseHostile(t *testing.T) {
	about := `<rdf:Description rdf:about=""` + namespaces
	for name, b := range map[string][]byte{
		"nothing":      nil,
		"no XML":       []byte("hello"),
		"cut off":      bytes.Split(packet(about+` dc:source="a"/>`), []byte("</rdf:RDF>"))[0],
		"an entity":    packet(about + `><dc:source>&bomb;</dc:source></rdf:Description>`),
		"a huge one":   packet(about + ` dc:source="a"/>` + strings.Repeat(" ", mostRead)),
		"many":         packet(about + ` dc:source="a">` + strings.Repeat("<dc:x/>", mostElements) + `</rdf:Description>`),
		"a long text":  packet(about + ` dc:source="` + strings.Repeat("x", mostProperty) + `"/>`),
		"another name": packet(`<rdf:Description rdf:about="" xmlns:dc="urn:other" dc:source="a"/>`),
		"no namespace": packet(`<rdf:Description rdf:about="" dc:source="a"/>`),
		"UTF-16":       append([]byte{0xfe, 0xff, 0, '<'}, 0, 'x'),
	} {
		if got := Parse(b).Kept(picture).Bytes(); got != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
	deep := packet(about + `><dc:source>` + strings.Repeat("<dc:a>", 100_000) + strings.Repeat("</dc:a>", 100_000) + `</dc:source></rdf:Description>`)
	if got := Parse(deep).Bytes(); len(got) > 2000 {
		t.Errorf("%d bytes of what is nested", len(got))
	}
	var many strings.Builder
	for n := range 20 {
		many.WriteString(" dc:a" + string(rune('a'+n)) + `="` + strings.Repeat("x", 10_000) + `"`)
	}
	if got := Parse(packet(about + many.String() + "/>")).Bytes(); len(got) < 50_000 || len(got) > 0xffff-40 {
		t.Errorf("%d bytes", len(got))
	}
	// Padding, and zeros behind the end, are in many files.
	if got := Parse(append(packet(about+` dc:source="a"/>`), 0, 0, 0)).Bytes(); got == nil {
		t.Error("zeros behind the end")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(packet(`<rdf:Description rdf:about=""` + namespaces + ` tiff:Orientation="6"><dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator></rdf:Description>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := Parse(b).Kept(picture).Bytes()
		if len(kept) > 0xffff-40 {
			t.Errorf("%d bytes", len(kept))
		}
		if bytes.IndexByte(kept, 0) >= 0 {
			t.Error("a zero") // ends the text in a PNG
		}
		if kept == nil {
			return
		}
		if again := Parse(kept).Kept(picture).Bytes(); !bytes.Equal(again, kept) {
			t.Errorf("kept twice:\n%s\n%s", again, kept)
		}
		Parse(b).Credited().Bytes()
	})
}
