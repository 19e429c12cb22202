package transform

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestPlaceOfLayers(t *testing.T) {
	at := func(v float64) Offset { return Offset{Distance: Num(v)} }
	back := func(v float64) Offset { return Offset{Distance: Num(v), Back: true} }
	base, own := Size{200, 100}, Size{50, 20}
	for _, tt := range []struct {
		name string
		own  Size
		p    Place
		want Point
	}{
		{"the middle", own, Place{}, Point{75, 40}},
		{"an odd rest", Size{49, 19}, Place{}, Point{75, 40}},
		{"top left", own, Place{Focus: FocusTopLeft}, Point{0, 0}},
		{"top", own, Place{Focus: FocusTop}, Point{75, 0}},
		{"right", own, Place{Focus: FocusRight}, Point{150, 40}},
		{"bottom right", own, Place{Focus: FocusBottomRight}, Point{150, 80}},
		{"a corner", own, Place{Left: at(10), Top: at(5), Anchor: FocusTopLeft}, Point{10, 5}},
		{"half a pixel", own, Place{Left: at(10.5), Top: at(5.4), Anchor: FocusTopLeft}, Point{11, 5}},
		{"one direction", own, Place{Left: at(10), Anchor: FocusTopLeft}, Point{10, 40}},
		{"flush with the far edges", own, Place{Left: back(0), Top: back(0), Anchor: FocusTopLeft}, Point{150, 80}},
		{"from the far edges", own, Place{Left: back(10), Top: back(30), Anchor: FocusTopLeft}, Point{140, 50}},
		{"too far", own, Place{Left: at(500), Top: at(81), Anchor: FocusTopLeft}, Point{150, 80}},
		{"too far back", own, Place{Left: back(151), Top: back(1e9), Anchor: FocusTopLeft}, Point{0, 0}},
		{"a negative distance", own, Place{Left: at(-5), Top: at(0), Anchor: FocusTopLeft}, Point{0, 0}},
		{"from the middle", own, Place{Left: at(10), Top: at(0), Anchor: FocusCenter}, Point{110, 50}},
		{"back from the middle", own, Place{Left: back(10), Top: back(50), Anchor: FocusCenter}, Point{90, 0}},
		{"back from the right", own, Place{Left: back(60), Top: at(3), Anchor: FocusTopRight}, Point{140, 3}},
		{"on from the right", own, Place{Left: at(1), Top: at(3), Anchor: FocusTopRight}, Point{150, 3}},
		{"a centre", own, Place{CenterX: at(100), CenterY: at(30), Anchor: FocusTopLeft}, Point{75, 20}},
		{"a centre too near", own, Place{CenterX: at(0), CenterY: at(99), Anchor: FocusTopLeft}, Point{0, 80}},
		{"a centre from the far edge", own, Place{CenterX: back(50), CenterY: back(20), Anchor: FocusTopLeft}, Point{125, 70}},
		{"corner and centre", own, Place{Left: at(1), CenterX: at(100), Top: at(2), CenterY: at(9), Anchor: FocusTopLeft}, Point{1, 2}},
		{"larger, in the middle", Size{300, 101}, Place{}, Point{-50, -1}},
		{"larger, at the top left", Size{300, 200}, Place{Focus: FocusTopLeft}, Point{0, 0}},
		{"larger, at the bottom right", Size{300, 200}, Place{Focus: FocusBottomRight}, Point{-100, -100}},
		{"larger, from the corner", Size{300, 200}, Place{Left: at(10), Top: at(-30), Anchor: FocusTopLeft}, Point{0, -30}},
		{"larger, from the far edges", Size{300, 200}, Place{Left: back(0), Top: back(10), Anchor: FocusTopLeft}, Point{-100, -100}},
	} {
		if got, err := tt.p.At(tt.own, Facts{Base: base}); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}

// A place may depend on the layer's own size and on that of the image below.
func TestPlaceIsComputed(t *testing.T) {
	half := func(f Fact) Number {
		n, ok := Expression(Term{Kind: FactTerm, Fact: f}, Term{Value: 2}, Term{Kind: OperationTerm, Operation: Divide})
		if !ok {
			t.Fatal("no expression")
		}
		return n
	}
	p := Place{Left: Offset{Distance: half(BaseWidth)}, Top: Offset{Distance: half(Height), Back: true}, Anchor: FocusTopLeft}
	got, err := p.At(Size{50, 20}, Facts{Base: Size{200, 100}})
	if want := (Point{100, 70}); err != nil || got != want {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if _, err := p.At(Size{50, 20}, Facts{}); !errors.Is(err, errors.BadTransform) {
		t.Errorf("without an image below: %v", err)
	}
}
