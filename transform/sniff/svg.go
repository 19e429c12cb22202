package sniff

import "bytes"

// isSVG reports whether the root element is svg. It walks over what XML
// allows before the root, so that an HTML page with a drawing in it does not
// count. UTF-16 is not recognised.
func isSVG(buf []byte) bool {
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
			buf, ok = afterDoctype(buf)
		default:
			return isRoot(buf)
		}
		if !ok {
			return false
		}
	}
}

func after(buf []byte, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(buf, []byte(end))
	return rest, ok
}

// afterDoctype handles quoted identifiers and the internal subset in
// brackets, where editors declare the entities of their namespaces. A
// document type other than svg, in particular html, ends the search.
func afterDoctype(buf []byte) ([]byte, bool) {
	buf = bytes.TrimLeft(buf[len("<!DOCTYPE"):], " \t\r\n")
	if end := bytes.IndexAny(buf, " \t\r\n[>"); end < 0 || !isName(buf[:end]) {
		return nil, false
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
				return nil, false
			}
			n += 4 + end + 2
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return buf[n+1:], true
		}
	}
	return nil, false
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
