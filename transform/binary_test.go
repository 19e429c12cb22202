package transform

import (
	"bytes"
	"encoding/gob"
	"math"
	"reflect"
	"testing"
)

func overGob(t *testing.T, p Plan) Plan {
	t.Helper()
	var stream bytes.Buffer
	if err := gob.NewEncoder(&stream).Encode(p); err != nil {
		t.Fatal(err)
	}
	var got Plan
	if err := gob.NewDecoder(&stream).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// Every field arrives: each alone, and together with all others.
func TestPlanCrossesGob(t *testing.T) {
	all := Step{
		Trim: Trim{On: true}, Flip: Flip{true, false},
		Border: Border{Width: Num(2)}, Background: Background{On: true}, Opacity: Num(0),
	}
	all.Resize = Resize{Width: Px(50), Height: Fraction(0.5), Aspect: Num(2), X: Num(-1)}
	for _, base := range []Step{{}, all} {
		for path, s := range variants(t, base) {
			want := Plan{Steps: []Step{base, s}}
			if got := overGob(t, want); !reflect.DeepEqual(got, want) {
				t.Errorf("Step%s:\ngot  %+v\nwant %+v", path, got, want)
			}
		}
	}
	for path, o := range variants(t, Output{}) {
		want := Plan{Output: o}
		if got := overGob(t, want); !reflect.DeepEqual(got, want) {
			t.Errorf("Output%s:\ngot  %+v\nwant %+v", path, got, want)
		}
	}
	half := postfix(t, InitialWidth, 2.0, Divide)
	for _, s := range []Step{{Resize: Resize{Width: Pixels(half), DPR: half}}, {Border: Border{Width: half}}} {
		want := Plan{Steps: []Step{s}}
		if got := overGob(t, want); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	for _, want := range []Plan{{Page: 3}, {Still: true}, {AsStored: true}} {
		if got := overGob(t, want); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if got := overGob(t, Plan{}); !got.IsZero() {
		t.Errorf("the original became %+v", got)
	}
}

func TestNumbersCrossExactly(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64, math.Inf(1), 1.0 / 3} {
		want := Step{Resize: Resize{Width: Fraction(v), DPR: Num(v)}}
		got := overGob(t, Plan{Steps: []Step{want}}).Steps[0]
		if !reflect.DeepEqual(got, want) || math.Signbit(got.Resize.DPR.value) != math.Signbit(v) {
			t.Errorf("%v became %+v", v, got.Resize)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	var n Number
	var l Length
	for _, data := range [][]byte{{1}, make([]byte, 8), make([]byte, 10), []byte(" "), []byte(" width +"), []byte(" width 2"), []byte(" width  2 +"), []byte(" wide")} {
		if n.UnmarshalBinary(data) == nil {
			t.Errorf("%x is a number", data)
		}
	}
	for _, data := range [][]byte{nil, {2}, {0, 1}, make([]byte, 9), []byte("\x00 width +")} {
		if l.UnmarshalBinary(data) == nil {
			t.Errorf("%x is a length", data)
		}
	}
}
