package pdf

import (
	"bytes"
	"strconv"
)

// value is an object of a PDF (ISO 32000-1, section 7.3): a dict, an array, a
// name, a ref, an int, or nil for anything else.
type value any

type (
	dict  map[string]value
	array []value
	name  string
	ref   int // the number of an indirect object
)

// mostDeep limits the nesting of dictionaries and arrays.
const mostDeep = 64

// reader reads objects.
type reader struct {
	b []byte
}

// spaces and delimiters are the characters that end a word (section 7.2.2).
var spaces, delimiters = set(" \t\r\n\f\x00"), set("()<>[]{}/%")

func set(characters string) (in [256]bool) {
	for _, c := range []byte(characters) {
		in[c] = true
	}
	return in
}

func isSpace(c byte) bool     { return spaces[c] }
func isDelimiter(c byte) bool { return delimiters[c] }

// skip skips white space and comments.
func (r *reader) skip() {
	for len(r.b) > 0 {
		switch c := r.b[0]; {
		case isSpace(c):
			r.b = r.b[1:]
		case c == '%':
			n := bytes.IndexAny(r.b, "\r\n")
			if n < 0 {
				n = len(r.b)
			}
			r.b = r.b[n:]
		default:
			return
		}
	}
}

// word reads up to the next delimiter.
func (r *reader) word() []byte {
	n := 0
	for n < len(r.b) && !isSpace(r.b[n]) && !isDelimiter(r.b[n]) {
		n++
	}
	w := r.b[:n]
	r.b = r.b[n:]
	return w
}

// name reads a name after its slash; #20 is a space.
func (r *reader) name() name {
	w := r.word()
	if bytes.IndexByte(w, '#') < 0 {
		return name(w)
	}
	var out []byte
	for n := 0; n < len(w); n++ {
		if w[n] == '#' && n+2 < len(w) {
			if v, err := strconv.ParseUint(string(w[n+1:n+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				n += 2
				continue
			}
		}
		out = append(out, w[n])
	}
	return name(out)
}

// str skips a string after its parenthesis.
func (r *reader) str() {
	depth := 1
	for n := 0; n < len(r.b); n++ {
		switch r.b[n] {
		case '\\':
			n++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				r.b = r.b[n+1:]
				return
			}
		}
	}
	r.b = nil
}

// value reads an object; ok is false at the end of the input, and at the end
// of the enclosing object.
func (r *reader) value(depth int) (v value, ok bool) {
	r.skip()
	if len(r.b) == 0 || depth > mostDeep {
		r.b = nil
		return nil, false
	}
	switch c := r.b[0]; {
	case bytes.HasPrefix(r.b, []byte("<<")):
		r.b = r.b[2:]
		return r.dict(depth + 1), true
	case bytes.HasPrefix(r.b, []byte(">>")):
		r.b = r.b[2:]
		return nil, false
	case c == '[':
		r.b = r.b[1:]
		var all array
		for {
			v, ok := r.value(depth + 1)
			if !ok {
				return all, true
			}
			all = append(all, v)
		}
	case c == ']' || c == '>' || c == ')' || c == '{' || c == '}':
		r.b = r.b[1:]
		return nil, c == '{' || c == '}'
	case c == '<':
		n := bytes.IndexByte(r.b, '>')
		if n < 0 {
			n = len(r.b) - 1
		}
		r.b = r.b[n+1:]
		return nil, true
	case c == '(':
		r.b = r.b[1:]
		r.str()
		return nil, true
	case c == '/':
		r.b = r.b[1:]
		return r.name(), true
	}
	w := r.word()
	number, err := strconv.Atoi(string(w[:min(len(w), 12)]))
	if err != nil {
		return nil, true
	}
	// A reference: "12 0 R".
	rest := reader{r.b}
	rest.skip()
	if generation := rest.word(); len(generation) > 0 && len(generation) < 6 && bytes.Trim(generation, "0123456789") == nil {
		rest.skip()
		if string(rest.word()) == "R" {
			r.b = rest.b
			return ref(number), true
		}
	}
	return number, true
}

func (r *reader) dict(depth int) dict {
	d := dict{}
	for {
		key, ok := r.value(depth)
		if !ok {
			return d
		}
		k, isName := key.(name)
		if !isName {
			continue
		}
		v, ok := r.value(depth)
		if !ok {
			return d
		}
		if _, again := d[string(k)]; !again {
			d[string(k)] = v
		} else {
			d[string(k)] = array{d[string(k)], v} // either may be used by a library
		}
	}
}
