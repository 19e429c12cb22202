// Package metadata handles what a file says about its image in EXIF, XMP and
// IPTC-IIM: which of it is true of a derived image, who created and owns the
// image, and how to write that into a file.
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded, whatever they announce.
package metadata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/iptc"
	"github.com/caddy-images/caddy-images/transform/xmp"
)

// Blocks are the metadata of a file, each in its own standard; empty for
// none.
type Blocks struct {
	EXIF []byte // or a whole TIFF
	XMP  []byte
	IPTC []byte // IIM, or Photoshop's resources that contain it

	// Author and Copyright are the texts of a PNG with these keywords.
	Author, Copyright string
}

// IsEmpty reports whether there is no metadata.
func (b Blocks) IsEmpty() bool {
	return len(b.EXIF) == 0 && len(b.XMP) == 0 && len(b.IPTC) == 0 && b.Author == "" && b.Copyright == ""
}

// Kept returns the metadata that is true of an image derived from the
// original, updated for the new one. The creator is always in XMP too, which
// every format supports.
func (b Blocks) Kept(w transform.Written) Blocks {
	packet := xmp.Parse(b.XMP)
	return Blocks{
		EXIF: exif.Keep(b.EXIF, w),
		XMP:  b.credit(packet).into(packet.Kept(w)).Bytes(),
		IPTC: iptc.Keep(b.IPTC),
	}
}

// Credited returns only the creator and the owner, in all blocks: as in the
// block itself, or else as in another one.
func (b Blocks) Credited() Blocks {
	packet := xmp.Parse(b.XMP)
	c := b.credit(packet)
	artist, copyright := exif.Credit(b.EXIF)
	own := iptc.Credited(b.IPTC)
	if own.Creators == nil {
		own.Creators = c.creators
	}
	own.Rights, own.Credit, own.Publisher = cmp.Or(own.Rights, c.rights), cmp.Or(own.Credit, c.credit), cmp.Or(own.Publisher, c.source)
	return Blocks{
		EXIF: exif.New(bounded(cmp.Or(artist, strings.Join(c.creators, "; "))), bounded(cmp.Or(copyright, c.rights))),
		XMP:  c.into(packet.Credited()).Bytes(),
		IPTC: iptc.New(iptc.Credit{
			Creators:  allBounded(own.Creators),
			Rights:    bounded(own.Rights),
			Credit:    bounded(own.Credit),
			Publisher: bounded(own.Publisher),
		}),
	}
}

// Limits on a text about creator or owner. A longer one is something else.
const (
	mostText     = 4096 // bytes
	mostCreators = 32
)

func bounded(s string) string {
	if s = strings.TrimSpace(strings.ReplaceAll(s, "\x00", "")); len(s) > mostText {
		return ""
	}
	return s
}

func allBounded(texts []string) []string {
	var kept []string
	for _, s := range texts[:min(len(texts), mostCreators)] {
		if s = bounded(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// credit is the creator and the owner of an image.
type credit struct {
	creators               []string
	rights, credit, source string
}

// credit returns the credit of XMP, or else of IPTC, EXIF or a PNG's texts:
// newest standard first.
func (b Blocks) credit(packet xmp.Packet) credit {
	first := func(texts []string) string { return strings.Join(texts[:min(len(texts), 1)], "") }
	iim := iptc.Credited(b.IPTC)
	artist, copyright := exif.Credit(b.EXIF)
	var artists, authors []string
	if artist != "" {
		artists = []string{artist}
	}
	if b.Author != "" {
		authors = []string{b.Author}
	}
	c := credit{
		rights: bounded(cmp.Or(first(packet.Texts(xmp.Rights)), iim.Rights, copyright, b.Copyright)),
		credit: bounded(cmp.Or(first(packet.Texts(xmp.Credit)), iim.Credit)),
		source: bounded(cmp.Or(first(packet.Texts(xmp.Source)), iim.Publisher)),
	}
	for _, creators := range [][]string{packet.Texts(xmp.Creator), iim.Creators, artists, authors} {
		if c.creators = allBounded(creators); c.creators != nil {
			break
		}
	}
	return c
}

// into adds what a packet lacks.
func (c credit) into(p xmp.Packet) xmp.Packet {
	p = p.Filled(xmp.Source, c.source).Filled(xmp.Credit, c.credit).Filled(xmp.Rights, c.rights)
	return p.Filled(xmp.Creator, slices.Clone(c.creators)...)
}
