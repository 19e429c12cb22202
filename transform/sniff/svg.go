package sniff

import "bytes"

// isSVG reports whether the root element is svg.
func isSVG(buf []byte) bool {
	is, _ := findSVG(buf)
	return is
}

// MayBeSVG reports whether a file that begins with start, and is longer, may
// be an SVG: the beginning ends before the root element.
func MayBeSVG(start []byte) bool {
	is, known := findSVG(start)
	return is || !known
}

// findSVG reports whether the root element is svg, and whether buf is long
// enough to know. It walks over what XML allows before the root, so that an
// HTML page with a drawing in it does not count. UTF-16 is not recognised.
func findSVG(buf []byte) (is, known bool) {
	buf = bytes.TrimPrefix(buf, []byte("\xef\xbb\xbf"))
	for {
		buf = bytes.TrimLeft(buf, " \t\r\n")
		var ok bool
		switch {
		case bytes.HasPrefix(buf, []byte("<?")):
			buf, ok = after(buf, "?>")
		case bytes.HasPrefix(buf, []byte("<!--")):
			buf, ok = after(buf[4:], "-->")
		case bytes.HasPrefix(buf, []byte("<!DOCTYPE")):
			var other bool
			if buf, other, ok = afterDoctype(buf); other {
				return false, true
			}
		default:
			return isRoot(buf), len(buf) > 0 && (buf[0] != '<' || bytes.ContainsAny(buf, " \t\r\n/>"))
		}
		if !ok {
			return false, false
		}
	}
}

func after(buf []byte, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(buf, []byte(end))
	return rest, ok
}

// afterDoctype handles quoted identifiers and the internal subset in
// brackets, where editors declare the entities of their namespaces. other
// reports whether the document type is another than svg, in particular html.
func afterDoctype(buf []byte) (rest []byte, other, ok bool) {
	buf = bytes.TrimLeft(buf[len("<!DOCTYPE"):], " \t\r\n")
	if end := bytes.IndexAny(buf, " \t\r\n[>"); end < 0 || !isName(buf[:end]) {
		return nil, end >= 0, false
	}
	depth := 0
	var quote byte
	for n := 0; n < len(buf); n++ {
		c := buf[n]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case bytes.HasPrefix(buf[n:], []byte("<!--")):
			end := bytes.Index(buf[n+4:], []byte("-->"))
			if end < 0 {
				return nil, false, false
			}
			n += 4 + end + 2
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return buf[n+1:], false, true
		}
	}
	return nil, false, false
}

// isRoot reports whether buf begins with an svg element.
func isRoot(buf []byte) bool {
	if len(buf) == 0 || buf[0] != '<' {
		return false
	}
	end := bytes.IndexAny(buf, " \t\r\n/>")
	return end > 0 && isName(buf[1:end])
}

// isName reports whether an element's name is svg, with any namespace prefix.
func isName(name []byte) bool {
	if colon := bytes.IndexByte(name, ':'); colon > 0 {
		name = name[colon+1:]
	}
	return string(name) == "svg"
}
