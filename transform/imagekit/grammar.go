package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// item is an element of a step: a parameter, or a block, which contains
// commas and colons of its own.
type item struct {
	// text is the parameter, or the beginning of the block: `w-300`,
	// `l-image`, `if-ar_gt_1`.
	text string

	// at is its byte offset.
	at int

	// body is the chain inside of a block, up to its end or if-else.
	body [][]item

	// orElse is the chain between if-else and if-end.
	orElse [][]item
}

// parse splits a chain at colons and its steps at commas, except inside of
// blocks:
//
//	chain     = step *( ":" step )
//	step      = item *( "," item )
//	item      = parameter / layer / condition
//	layer     = "l-" type "," chain ",l-end"
//	condition = "if-" test "," chain [ ",if-else," chain ] ",if-end"
//
// Empty items and steps are ignored.
func parse(tr string) ([][]item, error) {
	p := parser{tokens: tokens(tr)}
	chain, end, err := p.chain()
	if err != nil {
		return nil, err
	}
	if end.text != "" {
		return nil, &misplaced{end.at, errors.New(errors.BadTransform, "%s has no matching beginning", end.text)}
	}
	return chain, nil
}

// token is the text between two separators.
type token struct {
	text  string
	at    int  // byte offset
	colon bool // a colon follows
}

func tokens(tr string) []token {
	list := make([]token, 0, 1+strings.Count(tr, ",")+strings.Count(tr, ":"))
	for at := 0; ; {
		t := token{text: tr, at: at}
		i := strings.IndexAny(tr, ",:")
		if i >= 0 {
			t = token{text: tr[:i], at: at, colon: tr[i] == ':'}
		}
		if n := len(list); n > 0 && isRatio(list[n-1], t) {
			list[n-1] = token{text: list[n-1].text + ":" + t.text, at: list[n-1].at, colon: t.colon}
		} else {
			list = append(list, t)
		}
		if i < 0 {
			return list
		}
		tr, at = tr[i+1:], at+i+1
	}
}

// isRatio reports whether two tokens are the halves of `ar-4:3`, which
// ImageKit's SDKs write into URLs. It cannot be a chain because no step is a
// mere number.
func isRatio(first, second token) bool {
	width, is := strings.CutPrefix(first.text, "ar-")
	_, okWidth := number(width)
	_, okHeight := number(second.text)
	return is && first.colon && okWidth && okHeight
}

// maxNesting limits the nesting of blocks. ImageKit documents three levels of
// layers; branches add to those.
const maxNesting = 8

type parser struct {
	tokens []token
	depth  int // of the blocks around
}

// chain reads up to the next token that closes a block, and returns that
// token too; its text is empty at the end of the input.
func (p *parser) chain() (chain [][]item, end token, err error) {
	var step []item
	for len(p.tokens) > 0 && end.text == "" {
		t := p.tokens[0]
		p.tokens = p.tokens[1:]
		switch {
		case t.text == "l-end" || t.text == "if-else" || t.text == "if-end":
			end = t
		case strings.HasPrefix(t.text, "l-") || strings.HasPrefix(t.text, "if-"):
			block, end, err := p.block(t)
			if err != nil {
				return nil, token{}, err
			}
			step = append(step, block)
			t.colon = end.colon
		case t.text != "":
			step = append(step, item{text: t.text, at: t.at})
		}
		if t.colon && step != nil {
			chain, step = append(chain, step), nil
		}
	}
	if step != nil {
		chain = append(chain, step)
	}
	return chain, end, nil
}

// block reads the rest of a block that the token open begins.
func (p *parser) block(open token) (block item, end token, err error) {
	if p.depth++; p.depth > maxNesting {
		return item{}, token{}, &misplaced{open.at, errors.New(errors.Limit, "Layers and conditions are nested deeper than %d levels", maxNesting)}
	}
	defer func() { p.depth-- }()
	opener := open.text
	block.text, block.at = opener, open.at
	block.body, end, err = p.chain()
	closer := "l-end"
	if strings.HasPrefix(opener, "if-") {
		closer = "if-end"
		if err == nil && end.text == "if-else" {
			block.orElse, end, err = p.chain()
		}
	}
	switch {
	case err != nil:
		return item{}, token{}, err
	case end.text == "":
		return item{}, token{}, &misplaced{open.at, errors.New(errors.BadTransform, "%s has no %s; a slash in a value is written @@", errors.Quote(opener), closer)}
	case end.text != closer:
		return item{}, token{}, &misplaced{end.at, errors.New(errors.BadTransform, "%s is closed by %s; it takes %s", errors.Quote(opener), end.text, closer)}
	}
	return block, end, nil
}
