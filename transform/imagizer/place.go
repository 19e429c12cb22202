package imagizer

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

const takesPosition = "top, center or bottom, and left, center or right, such as bottom,right"

// position is a position in each direction: -1 is left or top, 0 the centre,
// 1 right or bottom.
type position struct{ across, down int }

// parsePosition parses `bottom,right`, `bottom|right` as in layers, or one of
// the words, in either order. A missing direction is centred.
func parsePosition(v string) (p position, ok bool) {
	words := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '|' })
	across, down := false, false
	for _, word := range words {
		switch strings.TrimSpace(word) {
		case "left":
			p.across, ok, across = -1, !across, true
		case "right":
			p.across, ok, across = 1, !across, true
		case "top":
			p.down, ok, down = -1, !down, true
		case "bottom":
			p.down, ok, down = 1, !down, true
		case "center", "middle":
			ok = true
		default:
			ok = false
		}
		if !ok {
			return position{}, false
		}
	}
	return p, ok && len(words) <= 2
}

// focuses are the nine positions, by row.
var focuses = [3][3]transform.Focus{
	{transform.FocusTopLeft, transform.FocusTop, transform.FocusTopRight},
	{transform.FocusLeft, transform.FocusCenter, transform.FocusRight},
	{transform.FocusBottomLeft, transform.FocusBottom, transform.FocusBottomRight},
}

// place returns the position at a distance from its edges, in percent of the
// image's shorter side.
func (p position) place(percent float64) transform.Place {
	if percent == 0 || p == (position{}) {
		return transform.Place{Focus: focuses[p.down+1][p.across+1]}
	}
	distance := percentOf(transform.BaseShort, percent)
	place := transform.Place{Anchor: transform.FocusTopLeft}
	if p.across != 0 {
		place.Left = transform.Offset{Distance: distance, Back: p.across > 0}
	}
	if p.down != 0 {
		place.Top = transform.Offset{Distance: distance, Back: p.down > 0}
	}
	return place
}

// percentOf returns a percentage of a fact of the image below.
func percentOf(f transform.Fact, percent float64) transform.Number {
	n, _ := transform.Expression(
		transform.Term{Kind: transform.FactTerm, Fact: f},
		transform.Term{Value: percent / 100},
		transform.Term{Kind: transform.OperationTerm, Operation: transform.Multiply},
	)
	return n
}

func readPosition(of func(p *picture) *position) func(*picture, string) bool {
	return func(p *picture, v string) (ok bool) {
		*of(p), ok = parsePosition(v)
		return ok
	}
}
