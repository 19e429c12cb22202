package sandbox_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

func init() {
	children["libraries"] = func(o order) answer {
		a := enter(o)
		for _, path := range append(elsewhereGranted, elsewhereRefused...) {
			a.try(path, func() error { return opened(filepath.Join(o.Folder, path), os.O_RDONLY) })
		}
		return a
	}
}

// What a prefix such as /opt/vips has, and what of it the libraries there need.
var (
	elsewhereGranted = []string{
		"vips [1]/lib/libmine.so.42",
		"vips [1]/lib/libaom.so",
		"vips [1]/lib/vips-modules-8.18/vips-poppler.so",
		"vips [1]/lib/libheif/libheif-aomenc.so",
		"vips [1]/etc/fonts/fonts.conf",
		"vips [1]/share/poppler/cMap/Adobe-Japan1/H",
		"multiarch/lib/x86_64-linux-gnu/libmine.so.42",
		"multiarch/share/fonts/a.ttf",
		"bare/libmine.so.42",
		"plugins/libheif-x265.so",
		"conf/fonts.conf",
	}
	elsewhereRefused = []string{
		"vips [1]/lib/secret.txt",
		"vips [1]/lib/python3/secret.py",
		"vips [1]/etc/secret.conf",
		"vips [1]/share/secret",
		"bare/secret",
		"bare/etc/fonts/secret", // of no prefix
		"bare/lib/libother.so",
		"etc/fonts/fonts.conf", // above a folder that is not named lib
		"conf/secret",
		"lib/libnone.so",
	}
)

// Libraries of another prefix can load what belongs to them, and read nothing else
// that is there.
func TestLibrariesElsewhere(t *testing.T) {
	root := t.TempDir()
	for _, path := range append(elsewhereGranted, elsewhereRefused...) {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := command(t, "libraries", order{Folder: root})
	list := ""
	for _, folder := range []string{"vips [1]/lib", "multiarch/lib/x86_64-linux-gnu", "bare"} {
		list += ":" + filepath.Join(root, folder)
	}
	c.Env = append(c.Env,
		"LD_LIBRARY_PATH=lib:."+list,
		"LIBHEIF_PLUGIN_PATH=/:"+filepath.Join(root, "plugins"),
		"FONTCONFIG_FILE="+filepath.Join(root, "conf", "fonts.conf"),
	)
	a := finish(t, c)
	lacks := held(t, a.Report, "reads").Lacks
	for _, path := range elsewhereGranted {
		if failure := a.Results[path]; failure != "" {
			t.Errorf("%s: %s", path, failure)
		}
	}
	for _, path := range elsewhereRefused {
		switch failure := a.Results[path]; {
		case lacks != "":
			t.Logf("lacking: %s", lacks)
		case !isRefusal(failure):
			t.Errorf("%s: %q, want a refusal", path, failure)
		}
	}
}

// A library is found by what is mapped, wherever its path was named.
func TestLibraryFolders(t *testing.T) {
	const maps = `55d0c0000000-55d0c0001000 r-xp 00000000 fe:00 131 /usr/bin/caddy
7f0000000000-7f0000001000 r--p 00000000 fe:00 132 /opt/vips 8/lib/libvips.so.42.20.0
7f0000001000-7f0000002000 r-xp 00001000 fe:00 132 /opt/vips 8/lib/libvips.so.42.20.0
7f0000002000-7f0000003000 r-xp 00000000 fe:00 133 /srv/lib/libvips-cpp.so (deleted)
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
7f0000004000-7f0000005000 r--s 00000000 00:01 134 /memfd:original.so (deleted)
7f0000005000-7f0000006000 r--p 00000000 fe:00 135 /var/cache/fontconfig/x.cache-7
7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0 [stack]
`
	got := sandbox.LibraryFolders([]byte(maps))
	want := []string{"/opt/vips 8/lib", "/srv/lib"}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%q, want %q", got, want)
	}
}
