// Package iptc reads and writes IPTC-IIM, the metadata of news agencies: data
// sets of a record and a number (IPTC-NAA Information Interchange Model,
// version 4.2).
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded, whatever they announce.
package iptc

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on what is read and written, which must fit into one segment of a
// JPEG.
const (
	mostSets  = 512
	mostBytes = 60_000
)

// Data sets with special treatment.
const (
	envelope    = 1 // record
	application = 2 // record

	characters       = 90 // of the envelope
	version          = 0
	byline           = 80
	credit           = 110
	source           = 115
	copyright        = 116
	lastText         = 122 // Caption Writer
	languageOfObject = 135
)

// utf8Characters announces UTF-8 in the envelope (ISO 2022).
const utf8Characters = "\x1b%G"

type dataSet struct {
	record, number byte
	data           []byte
}

// Credit is the creator and the owner of an image; texts are empty if
// unknown.
type Credit struct {
	Creators                  []string // By-line
	Rights, Credit, Publisher string   // Copyright Notice, Credit, Source
}

// Keep returns the part that is true of an image derived from the original:
// the texts, without the preview and the orientation. The block is IIM, or
// Photoshop's resources with IIM among them; the result is IIM, and empty if
// there is nothing.
func Keep(block []byte) []byte {
	var kept []dataSet
	for _, d := range parse(block) {
		switch {
		case d.record == envelope && d.number == characters,
			d.record == application && (d.number <= lastText || d.number == languageOfObject):
			kept = append(kept, d)
		}
	}
	if len(kept) == 1 && kept[0].record == envelope {
		return nil
	}
	return write(kept)
}

// Credited reads the creator and the owner from the same blocks as Keep.
func Credited(block []byte) (c Credit) {
	sets := parse(block)
	isUTF8 := false
	for _, d := range sets {
		isUTF8 = isUTF8 || d.record == envelope && d.number == characters && string(d.data) == utf8Characters
	}
	for _, d := range sets {
		if d.record != application {
			continue
		}
		s := text(d.data, isUTF8)
		if s == "" {
			continue
		}
		switch d.number {
		case byline:
			c.Creators = append(c.Creators, s)
		case credit:
			c.Credit = s
		case source:
			c.Publisher = s
		case copyright:
			c.Rights = s
		}
	}
	return c
}

// New returns IIM with only the Credit; empty if that is empty.
func New(c Credit) []byte {
	var sets []dataSet
	add := func(number byte, text string) {
		if text != "" {
			sets = append(sets, dataSet{application, number, []byte(text)})
		}
	}
	for _, name := range c.Creators {
		add(byline, name)
	}
	add(credit, c.Credit)
	add(source, c.Publisher)
	add(copyright, c.Rights)
	if sets == nil {
		return nil
	}
	return write(append([]dataSet{
		{envelope, characters, []byte(utf8Characters)},
		{application, version, []byte{0, 4}},
	}, sets...))
}

// Photoshop's resources, one of which is IIM (Adobe Photoshop File Formats
// Specification, "Image resource blocks").
const (
	Photoshop    = "Photoshop 3.0\x00" // precedes them
	Signature    = "8BIM"              // begins each resource
	resourceIIM  = 0x0404
	leastOfThese = 12 // bytes: signature, number, an empty name, length
)

// Resources returns IIM as the only Photoshop resource, as in a JPEG.
func Resources(iim []byte) []byte {
	b := append([]byte(Photoshop), Signature...)
	b = binary.BigEndian.AppendUint16(b, resourceIIM)
	b = append(b, 0, 0) // no name
	b = append(binary.BigEndian.AppendUint32(b, uint32(len(iim))), iim...)
	if len(iim)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// unwrap returns the IIM among Photoshop's resources; any other block is IIM
// already.
func unwrap(block []byte) []byte {
	rest, ok := bytes.CutPrefix(block, []byte(Photoshop))
	if !ok {
		return unswapped(block)
	}
	for len(rest) >= leastOfThese && string(rest[:4]) == Signature {
		number := binary.BigEndian.Uint16(rest[4:])
		name := int(rest[6]) + 1
		rest = rest[6:]
		if name += name % 2; len(rest) < name+4 {
			return nil
		}
		length := uint64(binary.BigEndian.Uint32(rest[name:]))
		rest = rest[name+4:]
		if length > uint64(len(rest)) {
			return nil
		}
		if number == resourceIIM {
			return rest[:length]
		}
		rest = rest[min(length+length%2, uint64(len(rest))):]
	}
	return nil
}

// unswapped returns IIM as it was written. Many programs declare it in a TIFF
// as numbers of four bytes, whose byte order libtiff then converts.
func unswapped(iim []byte) []byte {
	if len(iim) < 4 || len(iim)%4 != 0 || iim[0] == marker || iim[3] != marker {
		return iim
	}
	turned := bytes.Clone(iim)
	for n := 0; n < len(turned); n += 4 {
		slices.Reverse(turned[n : n+4])
	}
	return turned
}

// marker begins a data set.
const marker = 0x1c

// parse reads data sets up to the first invalid one, or one of extended
// length, which texts do not have.
func parse(block []byte) (sets []dataSet) {
	const header, extended = 5, 0x8000
	rest := unwrap(block)
	for range mostSets {
		if len(rest) < header || rest[0] != marker {
			break
		}
		length := int(binary.BigEndian.Uint16(rest[3:]))
		if length >= extended || header+length > len(rest) {
			break
		}
		sets = append(sets, dataSet{rest[1], rest[2], rest[header : header+length]})
		rest = rest[header+length:]
	}
	return sets
}

func write(sets []dataSet) (b []byte) {
	for _, d := range sets {
		if len(d.data) >= 0x8000 || len(b)+5+len(d.data) > mostBytes {
			continue
		}
		b = append(b, marker, d.record, d.number)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(d.data))), d.data...)
	}
	return b
}

// text decodes a text in UTF-8, or, if the file does not declare that,
// perhaps Latin-1.
func text(data []byte, isUTF8 bool) string {
	if !isUTF8 && !utf8.Valid(data) {
		runes := make([]rune, len(data))
		for i, b := range data {
			runes[i] = rune(b)
		}
		return strings.TrimSpace(string(runes))
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(data), "\ufffd"))
}
