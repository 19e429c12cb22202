package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"
	"strconv"

	"github.com/caddy-images/caddy-images/errors"
)

// Limits on what a file contains, and on what is read of it.
const (
	mostObjects  = 500_000
	mostUnpacked = 32 << 20 // bytes of all decoded streams

	// readTimes is how often a byte may be read as part of objects, on
	// average. mostDictionary is added for short files.
	readTimes      = 4
	mostDictionary = 1 << 20
)

// object is one definition of an object.
type object struct {
	value  value
	stream []byte // from its first byte to the end of the file; nil if there is none
}

// file is a PDF.
type file struct {
	objects   map[ref][]object
	count     int
	left      int // of mostUnpacked
	budget    int // remaining bytes of objects that may be read
	encrypted bool
}

// parse finds all objects: "12 0 obj".
func parse(b []byte) (*file, error) {
	f := &file{objects: map[ref][]object{}, left: mostUnpacked, budget: readTimes * (len(b) + mostDictionary), encrypted: bytes.Contains(b, []byte("/Encrypt"))}
	var packed []object
	word := []byte("obj")
	for at := 0; ; {
		n := bytes.Index(b[at:], word)
		if n < 0 {
			break
		}
		at += n + len(word)
		number, ok := numbered(b[:at-len(word)])
		if !ok {
			continue
		}
		r := reader{b[at:]}
		v, err := f.read(&r)
		if err != nil {
			return nil, err
		}
		o := object{value: v}
		if _, isDict := v.(dict); isDict {
			r.skip()
			if rest, ok := bytes.CutPrefix(r.b, []byte("stream")); ok {
				o.stream = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
			}
		}
		if err := f.add(number, o); err != nil {
			return nil, err
		}
		if d, isDict := v.(dict); isDict && o.stream != nil && d["First"] != nil && d["N"] != nil {
			packed = append(packed, o)
		}
	}
	for _, o := range packed {
		if err := f.unpackObjects(o); err != nil {
			return nil, err
		}
	}
	f.merge()
	return f, nil
}

// read reads an object. Unterminated, nested ones would take quadratic time.
func (f *file) read(r *reader) (value, error) {
	before := len(r.b)
	v, _ := r.value(0)
	if f.budget -= before - len(r.b); f.budget < 0 {
		return nil, errors.New(errors.BadImage, "The PDF cannot be read: its objects are not terminated")
	}
	return v, nil
}

// merge merges several definitions of an object without content into the
// union of their entries. Which one is valid depends on a table that is not
// read.
func (f *file) merge() {
	for number, all := range f.objects {
		if len(all) < 2 {
			continue
		}
		var kept []object
		var merged array
		for _, o := range all {
			if o.stream != nil {
				kept = append(kept, o)
			} else {
				merged = append(merged, o.value)
			}
		}
		if len(merged) > 0 {
			var v value = merged
			if len(merged) == 1 {
				v = merged[0]
			}
			kept = append(kept, object{value: v})
		}
		f.objects[number] = kept
	}
}

// dicts returns the dictionaries that a value is or contains.
func (f *file) dicts(v value) []dict {
	var found []dict
	var look func(v value, depth int)
	look = func(v value, depth int) {
		switch v := f.resolve(v).(type) {
		case dict:
			found = append(found, v)
		case array:
			for _, one := range v {
				if depth < 4 {
					look(one, depth+1)
				}
			}
		}
	}
	look(v, 0)
	return found
}

func (f *file) add(number ref, o object) error {
	if f.count++; f.count > mostObjects {
		return errors.New(errors.Limit, "The PDF has more than %d objects", mostObjects)
	}
	f.objects[number] = append(f.objects[number], o)
	return nil
}

// numbered reads the numbers before "obj", backwards.
func numbered(b []byte) (ref, bool) {
	const longest = 40
	b = b[max(0, len(b)-longest):]
	fields := bytes.FieldsFunc(b, func(r rune) bool { return r < 0x80 && (isSpace(byte(r)) || isDelimiter(byte(r))) })
	if len(fields) < 2 {
		return 0, false
	}
	digits := fields[len(fields)-2]
	for n := len(digits); n > 0; n-- { // something may directly precede it
		if c := digits[n-1]; c < '0' || c > '9' {
			digits = digits[n:]
			break
		}
	}
	number, err := strconv.Atoi(string(digits))
	if _, generation := strconv.Atoi(string(fields[len(fields)-1])); err != nil || generation != nil {
		return 0, false
	}
	return ref(number), true
}

// unpackObjects reads an object stream (section 7.5.7).
func (f *file) unpackObjects(o object) error {
	d := o.value.(dict)
	content, ok, err := f.content(o)
	if err != nil || !ok {
		return err
	}
	first, _ := f.number(d["First"])
	if first < 0 || first > len(content) {
		return nil
	}
	index := reader{content[:first]}
	for {
		number, ok := index.value(0)
		offset, ok2 := index.value(0)
		n, isNumber := number.(int)
		at, isOffset := offset.(int)
		if !ok || !ok2 || !isNumber || !isOffset {
			return nil
		}
		if at < 0 || first+at > len(content) {
			continue
		}
		r := reader{content[first+at:]}
		v, err := f.read(&r)
		if err != nil {
			return err
		}
		if err := f.add(ref(n), object{value: v}); err != nil {
			return err
		}
	}
}

// number returns a number, or the number that an object is.
func (f *file) number(v value) (int, bool) {
	for range 8 {
		switch at := v.(type) {
		case int:
			return at, true
		case ref:
			if len(f.objects[at]) == 0 {
				return 0, false
			}
			v = f.objects[at][0].value
		default:
			return 0, false
		}
	}
	return 0, false
}

// content returns the decoded content of a stream; ok is false if it cannot
// be decoded.
func (f *file) content(o object) (content []byte, ok bool, err error) {
	d, _ := o.value.(dict)
	raw := o.stream
	length, known := f.number(d["Length"])
	if known && length >= 0 && length <= len(raw) && endsAt(raw[length:]) {
		raw = raw[:length]
	} else if end := bytes.Index(raw, []byte("endstream")); end >= 0 {
		raw = raw[:end]
		f.left -= end / searched
	} else {
		f.left -= len(raw) / searched
	}
	for n, filter := range f.filters(d) {
		if n >= mostFilters {
			return nil, false, nil
		}
		if raw, ok = f.decode(raw, filter); !ok {
			return nil, false, nil
		}
	}
	if f.left -= len(raw); f.left < 0 {
		return nil, false, errors.New(errors.Limit, "The PDF draws with more than %d bytes, unpacked", mostUnpacked)
	}
	return raw, true, nil
}

const mostFilters = 4

// searched is the number of bytes searched for the end of a stream that take
// as long as one decoded byte.
const searched = 16

// endsAt reports whether a stream ends at its length; libraries tolerate a
// wrong one.
func endsAt(rest []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(rest[:min(len(rest), 16)], " \r\n"), []byte("endstream"))
}

func (f *file) filters(d dict) []name {
	v := d["Filter"]
	if v == nil {
		v = d["F"]
	}
	var all []name
	switch v := f.resolve(v).(type) {
	case name:
		return []name{v}
	case array:
		for _, one := range v {
			n, _ := f.resolve(one).(name)
			all = append(all, n)
		}
	}
	return all
}

// resolve follows references to the first definition.
func (f *file) resolve(v value) value {
	for range 8 {
		at, ok := v.(ref)
		if !ok || len(f.objects[at]) == 0 {
			return v
		}
		v = f.objects[at][0].value
	}
	return nil
}

// decode applies one filter (section 7.4), up to the rest of mostUnpacked.
func (f *file) decode(b []byte, filter name) ([]byte, bool) {
	var r io.Reader
	switch filter {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, false
		}
		r = z
	case "ASCIIHexDecode", "AHx":
		return hexadecimal(b), true
	case "ASCII85Decode", "A85":
		b, _, _ = bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(b), []byte("<~")), []byte("~"))
		r = ascii85.NewDecoder(bytes.NewReader(b))
	case "RunLengthDecode", "RL":
		return runs(b, f.left+1), true
	default:
		return nil, false
	}
	out, _ := io.ReadAll(io.LimitReader(r, int64(f.left)+1))
	return out, true
}

func hexadecimal(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	half, digits := byte(0), 0
	for _, c := range b {
		var v byte
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = c | 0x20 - 'a' + 10
		case c == '>':
			return out
		default:
			continue
		}
		if digits++; digits%2 == 0 {
			out = append(out, half<<4|v)
		}
		half = v
	}
	return out
}

func runs(b []byte, most int) []byte {
	var out []byte
	for len(b) > 0 && len(out) < most {
		n := int(b[0])
		b = b[1:]
		switch {
		case n < 128:
			n = min(n+1, len(b))
			out = append(out, b[:n]...)
			b = b[n:]
		case n > 128 && len(b) > 0:
			out = append(out, bytes.Repeat(b[:1], 257-n)...)
			b = b[1:]
		default:
			return out
		}
	}
	return out
}
