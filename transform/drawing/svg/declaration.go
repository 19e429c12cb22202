package svg

import (
	"iter"
	"strings"
)

// declarations iterates over those of a block or a style attribute: property
// names in lower case, and values. Limits and sizes are both read by it, so
// that they cannot interpret a text differently.
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
