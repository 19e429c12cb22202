package server

import "testing"

func TestForwardedQuery(t *testing.T) {
	for _, tt := range []struct {
		names       []string // nil for all
		query, want string
	}{
		{nil, "a=1&b=2", "a=1&b=2"},
		{[]string{}, "a=1&b=2", ""},
		{[]string{"v"}, "", ""},
		{[]string{"v"}, "v=1", "v=1"},
		{[]string{"v"}, "x=1&v=2&y=3", "v=2"},
		{[]string{"v"}, "v=1&w=2&v=3", "v=1&v=3"},
		{[]string{"v", "lang"}, "lang=de&x&v", "lang=de&v"},
		{[]string{"v"}, "%76=a%20b", "%76=a%20b"}, // as it was sent
		{[]string{"v"}, "V=1&vv=2&=3&v%zz=4&%zz=5", ""},
		{[]string{"a b"}, "a+b=1&a%20b=2", "a+b=1&a%20b=2"},
		{[]string{"v"}, "x;v=1", ""},
	} {
		q := Query{Restricted: tt.names != nil, Names: tt.names}
		if got := q.forwarded(tt.query); got != tt.want {
			t.Errorf("%v of %q is %q, want %q", tt.names, tt.query, got, tt.want)
		}
	}
}
