package imagekit

import (
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func TestArea(t *testing.T) {
	area := func(x, y, w, h int) transform.Rect {
		return transform.Rect{Point: transform.Point{X: x, Y: y}, Size: transform.Size{Width: w, Height: h}}
	}
	tests := []struct {
		value string
		want  transform.Rect
		fails bool
	}{
		{"", transform.Rect{}, false},
		{" ", transform.Rect{}, false},
		{"10,20,300,200", area(10, 20, 300, 200), false},
		{" 10, 20 ,300,\t200 ", area(10, 20, 300, 200), false},
		{"0,0,1,1", area(0, 0, 1, 1), false},
		{"0,0,16777216,1", area(0, 0, 1<<24, 1), false},
		{"0,0,16777217,1", transform.Rect{}, true},
		{"0,0,0,1", transform.Rect{}, true},
		{"0,0,1,0", transform.Rect{}, true},
		{"-1,0,1,1", transform.Rect{}, true},
		{"+1,0,1,1", transform.Rect{}, true},
		{"1.5,0,1,1", transform.Rect{}, true},
		{"1,2,3", transform.Rect{}, true},
		{"1,2,3,4,5", transform.Rect{}, true},
		{"1 2 3 4", transform.Rect{}, true},
		{"99999999999999999999,0,1,1", transform.Rect{}, true},
		{"<b>", transform.Rect{}, true},
	}
	for _, tt := range tests {
		for _, name := range []string{"Custom-Coordinates", "X-Amz-Meta-Customcoordinates"} {
			got, err := new(Dialect).Area(http.Header{name: {tt.value}})
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("%s: %q gives %v, %v", name, tt.value, got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), "x,y,width,height") || strings.Contains(err.Error(), "<b>")) {
				t.Errorf("%q gives %v", tt.value, err)
			}
		}
	}
	if _, err := new(Dialect).Area(http.Header{"Custom-Coordinates": {"1,2,3,4", "5,6,7,8"}}); err == nil {
		t.Error("two areas are one")
	}
	if got, err := new(Dialect).Area(nil); got != (transform.Rect{}) || err != nil {
		t.Errorf("no header gives %v, %v", got, err)
	}
}

func FuzzArea(f *testing.F) {
	f.Add("10,20,300,200")
	f.Add("0,0,0,0")
	f.Fuzz(func(t *testing.T, value string) {
		got, err := new(Dialect).Area(http.Header{"Custom-Coordinates": {value}})
		isNone := got == transform.Rect{}
		if err != nil && !isNone || !isNone && (got.X < 0 || got.Y < 0 || got.Width < 1 || got.Height < 1) {
			t.Errorf("%q gives %v, %v", value, got, err)
		}
	})
}
