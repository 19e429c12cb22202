package imagekit

import (
	"reflect"
	"testing"
)

func TestInQuery(t *testing.T) {
	tests := []struct{ endpoint, path, query, segment, wantQuery string }{
		{"", "/tr:w-300/a.jpg", "", "tr:w-300", "tr=w-300"},
		{"", "/tr%3Aw-300%2Ch-2/a.jpg", "x=1&y", "tr%3Aw-300%2Ch-2", "x=1&y&tr=w-300%2Ch-2"},
		{"/shop", "/shop/tr:w-1,bg-red:rt-90/a.jpg", "", "tr:w-1,bg-red:rt-90", "tr=w-1%2Cbg-red%3Art-90"},
		{"", "/tr:/a.jpg", "", "tr:", "tr="},
		{"", "/a.jpg", "tr=w-300", "", ""},
		{"/shop", "/tr:w-300/a.jpg", "", "", ""},
	}
	for _, tt := range tests {
		d, err := New(Config{Endpoint: tt.endpoint})
		if err != nil {
			t.Fatal(err)
		}
		segment, query, ok := d.InQuery(tt.path, tt.query)
		if ok != (tt.segment != "") || segment != tt.segment || query != tt.wantQuery {
			t.Errorf("InQuery(%q, %q) = %q, %q, %v", tt.path, tt.query, segment, query, ok)
		}
	}
}

// The query asks for what the path asked for, whatever characters that takes.
func TestInQueryAsksForTheSame(t *testing.T) {
	d, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range []string{"w-300,h-200:rt-N40", "b-5_FF0000,e-usm-2-2-0.8-0.024", "w%2D300", "orig-true", "ar-4_3,w-20"} {
		inPath, _, err := d.Parse("/tr:"+tr+"/a%20b.jpg", "v=2")
		if err != nil {
			t.Fatal(err)
		}
		_, query, _ := d.InQuery("/tr:"+tr+"/a%20b.jpg", "v=2")
		inQuery, _, err := d.Parse("/a%20b.jpg", query)
		if err != nil || !reflect.DeepEqual(inPath, inQuery) {
			t.Errorf("%s: %+v in the path, %+v in the query %q (%v)", tr, inPath, inQuery, query, err)
		}
	}
}
