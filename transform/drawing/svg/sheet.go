package svg

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// sheet has the declarations of a file's style sheets, by what they apply to.
type sheet struct {
	byType, byClass, byID map[string]*style
	all                   style
	window                natural.Size // of the drawing

	// selectors is their number, and besides the number of those about
	// siblings.
	selectors, beside int
}

func newSheet(window natural.Size) *sheet {
	return &sheet{window: window, byType: map[string]*style{}, byClass: map[string]*style{}, byID: map[string]*style{}}
}

// mostBlocks limits the nesting of blocks.
const mostBlocks = 16

// add reads a style sheet: rules, and blocks with rules, whether or not they
// apply.
func (s *sheet) add(css string, depth int) error {
	l := lexer{css}
	for {
		var prelude []token
		var block string
		var found, rule, done bool
		rule = true
		for !done {
			t, ok := l.next()
			switch {
			case !ok:
				return s.checkAt(prelude)
			case t.is("{"):
				block, found, done = l.block(), true, true
			case t.is(";") && !rule, t.is("}") && len(prelude) == 0:
				done = true
			case t.kind == space && len(prelude) == 0:
			default:
				if t.kind == at && len(prelude) == 0 {
					rule = false
				}
				prelude = append(prelude, t)
			}
		}
		if !rule {
			if err := s.checkAt(prelude); err != nil {
				return err
			}
		}
		switch {
		case !found:
		case rule:
			if err := s.rule(prelude, block); err != nil {
				return err
			}
		case depth >= mostBlocks:
			return exceeds("has a style sheet with blocks nested deeper than %d", mostBlocks)
		default:
			if err := s.add(block, depth+1); err != nil {
				return err
			}
		}
	}
}

// checkAt refuses a style sheet imported as a data URL.
func (s *sheet) checkAt(prelude []token) error {
	if len(prelude) == 0 || prelude[0].kind != at || !strings.EqualFold(prelude[0].text, "import") {
		return nil
	}
	for _, t := range prelude {
		if isData(t.text) {
			return malformed("a style sheet imports a data URL, which is not supported")
		}
	}
	return nil
}

// block returns the content of a block after its opening brace. It ends at
// the matching brace, or with the style sheet. Inside of other brackets,
// closing brackets of another kind are ignored, as in libraries (CSS Syntax
// Module Level 3, section 5.4.8).
func (l *lexer) block() string {
	all := l.rest
	ends := []string{"}"} // of the open brackets
	for {
		before := len(l.rest)
		t, ok := l.next()
		switch {
		case !ok:
			return all
		case t.kind == function || t.is("("):
			ends = append(ends, ")")
		case t.is("["):
			ends = append(ends, "]")
		case t.is("{"):
			ends = append(ends, "}")
		case t.is(ends[len(ends)-1]):
			if ends = ends[:len(ends)-1]; len(ends) == 0 {
				return all[:len(all)-before]
			}
		}
	}
}

// rule adds a rule's declarations for everything that its selectors may
// match. Only one name in the last part of a selector is considered.
func (s *sheet) rule(prelude []token, block string) error {
	said := style{window: s.window}
	if err := said.declare(block); err != nil {
		return err
	}
	for len(prelude) > 0 {
		n := 0
		for depth := 0; n < len(prelude) && (depth > 0 || !prelude[n].is(",")); n++ {
			switch t := prelude[n]; {
			case t.is("(") || t.is("[") || t.kind == function:
				depth++
			case t.is(")") || t.is("]"):
				depth--
			}
		}
		if err := s.selector(prelude[:n], said); err != nil {
			return err
		}
		prelude = prelude[min(n+1, len(prelude)):]
	}
	return nil
}

func (s *sheet) selector(tokens []token, said style) error {
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == space {
		tokens = tokens[:len(tokens)-1]
	}
	s.selectors++
	last := 0 // start of the last part
	depth := 0
	for n, t := range tokens {
		if t.kind == space || t.is(">") || t.is("+") || t.is("~") {
			s.selectors++ // each part is compared
			if depth == 0 {
				last = n + 1
			}
		}
		if t.is("(") || t.is("[") || t.kind == function {
			depth++
		}
		if t.is(")") || t.is("]") {
			depth--
		}
		if n+1 < len(tokens) && besides(t, tokens[n+1]) {
			s.beside++
		}
	}
	if said.isZero() {
		return nil
	}
	to := &s.all
	part := tokens[last:]
	for n, t := range part {
		if t.is("(") || t.is("[") || t.is(":") || t.is("|") || t.is("*") || t.kind == function {
			break // the rest is about other elements
		}
		if t.kind == hash {
			to = entry(s.byID, t.text)
			break
		}
		if t.is(".") && n+1 < len(part) && part[n+1].kind == ident {
			to = entry(s.byClass, part[n+1].text)
			break
		}
		if t.kind == ident && n == 0 && len(part) == 1 {
			to = entry(s.byType, t.text)
		}
	}
	return to.merge(said)
}

// besides reports whether a selector depends on siblings: "a ~ b",
// ":nth-child(2)".
func besides(t, next token) bool {
	if t.is(":") {
		name := strings.ToLower(next.text)
		return strings.Contains(name, "nth-") || strings.HasSuffix(name, "of-type")
	}
	return t.is("~") && !next.is("=")
}

func entry(m map[string]*style, name string) *style {
	if m[name] == nil {
		m[name] = &style{}
	}
	return m[name]
}

// of adds what the style sheets declare for an element.
func (s *sheet) of(name, id, class string, to *style) error {
	if len(s.byType)+len(s.byClass)+len(s.byID) == 0 && s.all.isZero() {
		return nil
	}
	add := func(said *style) error {
		if said == nil {
			return nil
		}
		return to.merge(*said)
	}
	if err := add(&s.all); err != nil {
		return err
	}
	if err := add(s.byType[name]); err != nil {
		return err
	}
	if err := add(s.byID[id]); err != nil {
		return err
	}
	for class != "" {
		var one string
		class = strings.TrimLeft(class, " \t\r\n\f")
		if n := strings.IndexAny(class, " \t\r\n\f"); n >= 0 {
			one, class = class[:n], class[n:]
		} else {
			one, class = class, ""
		}
		if err := add(s.byClass[one]); err != nil {
			return err
		}
	}
	return nil
}
