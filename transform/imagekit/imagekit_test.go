package imagekit

import "testing"

func TestEndpoint(t *testing.T) {
	tests := []struct{ endpoint, want, err string }{
		{"", "", ""},
		{"/", "", ""},
		{"/shop", "/shop", ""},
		{"/shop/", "/shop", ""},
		{"/my_id/new-endpoint2/", "/my_id/new-endpoint2", ""},
		{"shop", "", `endpoint "shop" does not begin with a slash`},
		{"https://img.example.com/shop", "", `endpoint "https://img.example.com/shop" does not begin with a slash`},
		{"//", "", `endpoint "//" has two slashes in a row`},
		{"/a//b", "", `endpoint "/a//b" has two slashes in a row`},
		{"/a b", "", `endpoint "/a b" has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/a/..", "", `endpoint "/a/.." has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/é", "", `endpoint "/é" has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/tr:", "", `endpoint "/tr:" has a character other than letters, digits, hyphens, underscores and slashes`},
	}
	for _, tt := range tests {
		c := Config{Endpoint: tt.endpoint}
		d, err := New(c)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%q gives %v, want %s", tt.endpoint, err, tt.err)
			}
			continue
		}
		if err != nil || d.Endpoint() != tt.want {
			t.Errorf("%q gives %+v, %v; want %q", tt.endpoint, d, err, tt.want)
		}
	}
}
