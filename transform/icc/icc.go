// Package icc reads the descriptive texts of a colour profile.
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded, whatever they announce.
package icc

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"

	"github.com/caddy-images/caddy-images/transform"
)

// Offsets in a profile (ICC.1:2022, 7.2 and 7.3).
const (
	signature = 36 // "acsp"
	tagTable  = 128
	tagEntry  = 12
)

// Limits on what is read.
const (
	mostTags    = 256
	mostRecords = 128
	mostBytes   = 4096 // of a text
)

// Read reads a profile's texts, in English if there are several. They are
// empty for anything but a profile.
func Read(profile []byte) transform.ICC {
	if len(profile) < tagTable+4 || string(profile[signature:signature+4]) != "acsp" {
		return transform.ICC{}
	}
	texts := map[string]string{}
	rest := profile[tagTable+4:]
	for range min(big32(profile, tagTable), mostTags) {
		if len(rest) < tagEntry {
			break
		}
		name := string(rest[:4])
		if _, there := texts[name]; !there {
			switch name {
			case "desc", "cprt", "dmnd", "dmdd":
				texts[name] = text(part(profile, big32(rest, 4), big32(rest, 8)))
			}
		}
		rest = rest[tagEntry:]
	}
	return transform.ICC{Description: texts["desc"], Copyright: texts["cprt"], Manufacturer: texts["dmnd"], Model: texts["dmdd"]}
}

// text reads a text of one of the three types (ICC.1:2001, 6.5.17; ICC.1:2022, 10.15
// and 10.24).
func text(data []byte) string {
	if len(data) < 8 {
		return ""
	}
	switch string(data[:4]) {
	case "text":
		return narrow(data[8:])
	case "desc":
		return narrow(part(data, 12, big32(data, 8)))
	case "mluc":
		return localized(data)
	}
	return ""
}

// localized returns the English text, or the first one.
func localized(data []byte) (found string) {
	const records, size = 16, 12
	for n := range min(big32(data, 8), mostRecords) {
		record := part(data, records+n*size, size)
		if len(record) < size {
			break
		}
		english := string(record[:2]) == "en"
		if found == "" || english {
			found = wide(part(data, big32(record, 8), big32(record, 4)))
		}
		if english {
			break
		}
	}
	return found
}

// narrow returns the text before the first zero.
func narrow(data []byte) string {
	s, _, _ := strings.Cut(string(data[:min(len(data), mostBytes)]), "\x00")
	return strings.TrimSpace(s)
}

func wide(data []byte) string {
	var units []uint16
	for data = data[:min(len(data), mostBytes)]; len(data) >= 2; data = data[2:] {
		units = append(units, binary.BigEndian.Uint16(data))
	}
	s, _, _ := strings.Cut(string(utf16.Decode(units)), "\x00")
	return strings.TrimSpace(s)
}

// part returns length bytes at an offset, truncated at the end.
func part(data []byte, at, length int) []byte {
	at = min(at, len(data))
	return data[at : at+min(length, len(data)-at)]
}

// big32 returns the number at an offset; 0 past the end.
func big32(data []byte, at int) int {
	if at+4 > len(data) {
		return 0
	}
	return int(min(binary.BigEndian.Uint32(data[at:]), math.MaxInt32))
}
