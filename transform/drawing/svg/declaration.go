package svg

import (
	"iter"
	"strings"
)

// declarations returns those in a block or in a style attribute: the name of
// a property in lower case, and its value. Limits and sizes are read through
// here alike, so that a text cannot be one thing to the ones and another to
// the others.
func declarations(css string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		l := lexer{css}
		name, value, depth := "", -1, 0
		for {
			at := len(css) - len(l.rest)
			t, ok := l.next()
			if !ok || depth == 0 && (t.is(";") || t.is("}")) {
				if value >= 0 && !yield(strings.ToLower(name), css[value:at]) || !ok {
					return
				}
				name, value = "", -1
				continue
			}
			switch {
			case t.kind == function || t.is("(") || t.is("[") || t.is("{"):
				depth++
			case t.is(")") || t.is("]") || t.is("}"):
				depth = max(depth-1, 0)
			}
			switch {
			case value >= 0:
			case t.is(":"):
				value = len(css) - len(l.rest)
			case t.kind == ident:
				name = t.text
			}
		}
	}
}
