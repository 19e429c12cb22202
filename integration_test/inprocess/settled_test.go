package inprocess_test

import (
	"os"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/fs"
)

// untilSettled waits until the files of a directory have been as they are for long enough to
// be told apart from what they may be changed into: until then they have no entity tag
// unless they are read.
func untilSettled(t *testing.T, dir string) {
	t.Helper()
	files := fs.Origin{Root: dir}
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	defer cancel()
	if err := files.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		ref, err := origin.ParseRef(e.Name(), "")
		if err != nil {
			t.Fatal(err)
		}
		until(t, e.Name()+" is settled", func() bool { return e.IsDir() || files.Stamp(origin.Request{Ref: ref}) != "" })
	}
}
