// Package iptc reads and writes IPTC-IIM: what news agencies say of an image,
// as data sets of a record and a number (IPTC-NAA Information Interchange
// Model, version 4.2).
//
// It is plain Go and looks at files of strangers: it never panics, and its time and
// memory are bounded, whatever is announced.
package iptc

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read and written, which has to fit into one segment of a JPEG.
const (
	mostSets  = 512
	mostBytes = 60_000
)

// Data sets that something is done with.
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

// utf8Characters is how the envelope announces UTF-8 (ISO 2022).
const utf8Characters = "\x1b%G"

type dataSet struct {
	record, number byte
	data           []byte
}

// Credit is who made an image and whose it is; texts are empty where nothing
// is said.
type Credit struct {
	Creators                  []string // By-line
	Rights, Credit, Publisher string   // Copyright Notice, Credit, Source
}

// Keep returns what is said that is true of an image that was made of the one
// that it is about as well: the texts. What is not is the preview, and
// whether the image is upright or wide. The block is IIM, or the resources of
// Photoshop with IIM among them; the result is IIM, and empty if there is
// nothing.
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

// Credited reads who made an image and whose it is, of the same blocks as
// Keep.
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

// New is IIM that says no more than a Credit; empty if that is empty.
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

// The resources of Photoshop, of which one is IIM (Adobe Photoshop File Formats
// Specification, "Image resource blocks").
const (
	Photoshop    = "Photoshop 3.0\x00" // begins them
	Signature    = "8BIM"              // begins each of them
	resourceIIM  = 0x0404
	leastOfThese = 12 // bytes: signature, number, an empty name, length
)

// Resources are IIM as the only one of Photoshop's resources, as a JPEG has it.
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

// unwrap returns the IIM among the resources of Photoshop; what is none of these is IIM
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

// unswapped is IIM as it was written. Many programs give it, in a TIFF, the type of numbers
// of four bytes, whose order libtiff then turns into the machine's.
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

// parse reads data sets up to the first that is none, or of an extended length, which no
// text has.
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

// text reads a text in UTF-8, or, where the file does not say that it is, perhaps in
// Latin-1.
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
