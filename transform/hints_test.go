package transform

import (
	"reflect"
	"testing"
)

func TestSettle(t *testing.T) {
	auto := Resize{AutoWidth: true, AutoDPR: true}
	tests := []struct {
		name  string
		asks  Resize
		hints Hints
		want  Resize
	}{
		{"a width", Resize{AutoWidth: true}, Hints{Width: 300, DPR: 2}, Resize{Width: Px(300)}},
		{"a width that is not said", Resize{AutoWidth: true, Height: Px(50)}, Hints{DPR: 2}, Resize{Height: Px(50)}},
		{"a DPR", Resize{Width: Px(100), AutoDPR: true}, Hints{Width: 300, DPR: 2}, Resize{Width: Px(100), DPR: Num(2)}},
		{"a DPR that is not said", Resize{Width: Px(100), AutoDPR: true}, Hints{Width: 300}, Resize{Width: Px(100)}},
		{"both: the width has the DPR in it", auto, Hints{Width: 600, DPR: 2}, Resize{Width: Px(600)}},
		{"both, without a width", Resize{AutoWidth: true, AutoDPR: true, Height: Px(50)}, Hints{DPR: 2}, Resize{Height: Px(50), DPR: Num(2)}},
		{"both, and a height", Resize{AutoWidth: true, AutoDPR: true, Height: Px(50)}, Hints{Width: 300, DPR: 2}, Resize{Width: Px(300), Height: Px(50)}},
		{"a DPR of the URL", Resize{AutoWidth: true, DPR: Num(2)}, Hints{Width: 300, DPR: 3}, Resize{Width: Px(300), DPR: Num(2)}},
		{"nothing", Resize{Width: Px(100)}, Hints{Width: 300, DPR: 2}, Resize{Width: Px(100)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := func(z Resize) Plan {
				return Plan{Steps: []Step{
					{},
					{Resize: z, Layers: []Layer{{Steps: []Step{{Resize: z}}}}},
					{Choice: &Choice{Then: Branch{Steps: []Step{{Resize: z}}}, Else: Branch{Steps: []Step{{Resize: z}}}}},
				}}
			}
			asks := p(tt.asks)
			if got := asks.Settle(tt.hints); !reflect.DeepEqual(got, p(tt.want)) {
				t.Errorf("gives %+v\nwant  %+v", got, p(tt.want))
			}
			if !reflect.DeepEqual(asks, p(tt.asks)) {
				t.Error("the plan was changed in place")
			}
			if w, d := asks.Automatic(); w != tt.asks.AutoWidth || d != tt.asks.AutoDPR {
				t.Errorf("it leaves width %v and DPR %v to the client", w, d)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	box := Resize{Width: Px(300), Height: Px(200), Fit: Inside, NoEnlarge: true}
	blur := Step{Effects: Effects{Blur: Num(3)}}
	boxed := blur
	boxed.Resize = box
	choice := Step{Choice: &Choice{}}
	for _, tt := range []struct{ steps, want []Step }{
		{nil, []Step{{Resize: box}}},
		{[]Step{{}}, []Step{{Resize: box}}},
		{[]Step{{Resize: Resize{DPR: Num(2), Fit: Crop}}}, []Step{{Resize: box}}},
		{[]Step{blur, blur}, []Step{boxed, blur}},
		{[]Step{choice}, []Step{{Resize: box}, choice}},
		{[]Step{{Resize: Resize{Width: Px(1)}}}, []Step{{Resize: box}, {Resize: Resize{Width: Px(1)}}}},
	} {
		p := Plan{Steps: tt.steps, Output: Output{Quality: 3}}
		if got, want := p.Within(Size{300, 200}), (Plan{Steps: tt.want, Output: Output{Quality: 3}}); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\ngives %+v\nwant  %+v", p, got, want)
		}
	}
}

func TestSized(t *testing.T) {
	w, h := Step{Resize: Resize{Width: Px(1)}}, Step{Resize: Resize{Height: Fraction(0.5)}}
	for _, tt := range []struct {
		steps []Step
		want  bool
	}{
		{nil, false},
		{[]Step{{Resize: Resize{DPR: Num(2)}}}, false},
		{[]Step{{}, w}, true},
		{[]Step{h}, true},
		{[]Step{{Layers: []Layer{{Steps: []Step{w}}}}}, false},
		{[]Step{{Choice: &Choice{Else: Branch{Steps: []Step{h}}}}}, true},
	} {
		if got := (Plan{Steps: tt.steps}).Sized(); got != tt.want {
			t.Errorf("%+v is sized: %v", tt.steps, got)
		}
	}
}
