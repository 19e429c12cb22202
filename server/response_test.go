package server

import "testing"

// A worker is not trusted: what it says is of a damaged file, though none may
// be, has the entity tag of any other image.
func TestDamagedUnasked(t *testing.T) {
	a := response{etag: `"a"`, reduced: []string{`"b"`}}
	a.made(variant{damaged: true})
	if a.etag != `"a"` || a.cacheControl != "" {
		t.Errorf("%+v", a)
	}
	a = response{etag: `"a"`, damaged: []string{`"c"`}}
	a.made(variant{damaged: true})
	if a.etag != `"c"` || a.cacheControl == "" {
		t.Errorf("%+v", a)
	}
}
