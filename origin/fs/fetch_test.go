package fs

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

var modified = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// photos makes a directory `root` with files, beside a `secret` outside of it,
// and returns root.
func photos(t *testing.T, names ...string) string {
	t.Helper()
	top := t.TempDir()
	root := filepath.Join(top, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "../secret") {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("body of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func provisioned(t *testing.T, o *Origin) *Origin {
	t.Helper()
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	t.Cleanup(cancel)
	if err := o.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	return o
}

func fetch(ctx context.Context, t *testing.T, o *Origin, escapedPath string) (*origin.Source, error) {
	t.Helper()
	ref, err := origin.ParseRef(escapedPath, "")
	if err != nil {
		t.Fatal(err)
	}
	return o.Fetch(ctx, origin.Request{Ref: ref, MaxBytes: 100})
}

func wantError(t *testing.T, err error, kind errors.Kind, message string) {
	t.Helper()
	if e := errors.From(err); e == nil || e.Kind != kind || e.Message != message {
		t.Errorf("got %v, want %s - %s", err, kind.Code(), message)
	}
}

func TestFetch(t *testing.T) {
	root := photos(t, "a.jpg", "b/ü +%.png", "plain")
	t.Setenv("PHOTOS", root)
	o := provisioned(t, &Origin{Root: "{env.PHOTOS}"})
	for path, want := range map[string]*origin.Source{
		"a.jpg":                 {Body: []byte("body of a.jpg"), ContentType: "image/jpeg"},
		"b/%C3%BC%20%2B%25.png": {Body: []byte("body of b/ü +%.png"), ContentType: "image/png"},
		"plain":                 {Body: []byte("body of plain")},
	} {
		source, err := fetch(t.Context(), t, o, path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if string(source.Body) != string(want.Body) || source.ContentType != want.ContentType || !source.LastModified.Equal(modified) {
			t.Errorf("%s: got %+v", path, source)
		}
	}
}

// Times that are no times of changes are none.
func TestTimesOfBuilds(t *testing.T) {
	root := photos(t, "a.jpg")
	o := provisioned(t, &Origin{Root: root})
	for _, at := range []int64{0, 1, 315532800} {
		if err := os.Chtimes(filepath.Join(root, "a.jpg"), time.Unix(at, 0), time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
		source, err := fetch(t.Context(), t, o, "a.jpg")
		if err != nil || !source.LastModified.IsZero() || source.ETag != "" {
			t.Errorf("%d: %+v, %v", at, source, err)
		}
	}
}

func TestNotFound(t *testing.T) {
	root := photos(t, "a.jpg", ".env", ".git/a.jpg", "b/.hidden.jpg", "b/c.jpg")
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(root, "socket.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := provisioned(t, &Origin{Root: root})
	for _, path := range []string{
		"missing.jpg", "", "b", "b/", "a.jpg/", "a.jpg/b", "b//c.jpg", "pipe.jpg", ".env", ".git/a.jpg", "b/.hidden.jpg",
		strings.Repeat("a", 300), strings.Repeat("a/", 3000) + "a",
	} {
		_, err := fetch(t.Context(), t, o, path)
		wantError(t, err, errors.NotFound, "No file was found on disk at the specified path")
	}
	// Unix cannot open a socket by its name.
	_, err = fetch(t.Context(), t, o, "socket.jpg")
	wantError(t, err, errors.Unidentified, "The file could not be opened")
}

func TestHidden(t *testing.T) {
	o := provisioned(t, &Origin{Root: photos(t, ".a/.b.jpg"), Hidden: true})
	if _, err := fetch(t.Context(), t, o, ".a/.b.jpg"); err != nil {
		t.Error(err)
	}
}

func TestSymbolicLinks(t *testing.T) {
	root := photos(t, "a.jpg", "b/c.jpg")
	for link, target := range map[string]string{
		"inside.jpg":    "a.jpg",
		"b/up.jpg":      "../a.jpg",
		"directory":     "b",
		"out.jpg":       "../secret",
		"absolute.jpg":  filepath.Join(root, "a.jpg"),
		"outside":       "..",
		"dangling.jpg":  "missing",
		"loop.jpg":      "loop.jpg",
		"device.jpg":    "/dev/zero",
		"b/outmost.jpg": "../../../../../../../../etc/passwd",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	o := provisioned(t, &Origin{Root: root})
	for _, path := range []string{"inside.jpg", "b/up.jpg", "directory/c.jpg"} {
		if _, err := fetch(t.Context(), t, o, path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"out.jpg", "absolute.jpg", "outside/secret", "device.jpg", "b/outmost.jpg"} {
		_, err := fetch(t.Context(), t, o, path)
		wantError(t, err, errors.AccessDenied, "The path leads out of the root directory")
	}
	_, err := fetch(t.Context(), t, o, "dangling.jpg")
	wantError(t, err, errors.NotFound, "No file was found on disk at the specified path")
	_, err = fetch(t.Context(), t, o, "loop.jpg")
	wantError(t, err, errors.Unidentified, "The file could not be opened")
}

func TestRootThatIsNotThere(t *testing.T) {
	root := filepath.Join(t.TempDir(), "later")
	o := provisioned(t, &Origin{Root: root})
	_, err := fetch(t.Context(), t, o, "a.jpg")
	wantError(t, err, errors.Unidentified, "The root directory of the files cannot be opened")
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Error("the root was made")
	}
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = fetch(t.Context(), t, o, "a.jpg")
	wantError(t, err, errors.NotFound, "No file was found on disk at the specified path")
}

func TestTooLarge(t *testing.T) {
	root := photos(t)
	file, err := os.Create(filepath.Join(root, "a.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(1 << 40); err != nil {
		t.Skipf("no sparse files: %v", err)
	}
	_, err = fetch(t.Context(), t, provisioned(t, &Origin{Root: root}), "a.jpg")
	wantError(t, err, errors.Limit, "The original is larger than max_source_size, 100 B")
}

func TestClientGoesAway(t *testing.T) {
	o := provisioned(t, &Origin{Root: photos(t, "a.jpg")})
	ctx, leave := context.WithCancel(t.Context())
	leave()
	_, err := fetch(ctx, t, o, "a.jpg")
	wantError(t, err, errors.ClientClosed, "The client closed the request")

	// And one that goes away while the file is read.
	ctx, leave = context.WithCancel(t.Context())
	o.files = opening(func(string) (fs.File, error) {
		file, err := fstest.MapFS{"a": {Data: []byte("picture")}}.Open("a")
		leave()
		return file, err
	})
	_, err = fetch(ctx, t, o, "a.jpg")
	wantError(t, err, errors.ClientClosed, "The client closed the request")
}

type opening func(string) (fs.File, error)

func (f opening) open(name string) (fs.File, error) { return f(name) }

func (f opening) stat(name string) (fs.FileInfo, error) {
	file, err := f(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Stat()
}

// shrinking says that it is longer than it is.
type shrinking struct{ fs.File }

func (s shrinking) Stat() (fs.FileInfo, error) {
	info, err := s.File.Stat()
	return longer{info}, err
}

type longer struct{ fs.FileInfo }

func (l longer) Size() int64 { return l.FileInfo.Size() + 1 }

func TestFileThatShrinks(t *testing.T) {
	o := provisioned(t, &Origin{Root: photos(t, "a.jpg")})
	o.files = opening(func(name string) (fs.File, error) {
		file, err := fstest.MapFS{"a.jpg": {Data: []byte("picture")}}.Open(name)
		return shrinking{file}, err
	})
	_, err := fetch(t.Context(), t, o, "a.jpg")
	wantError(t, err, errors.Unidentified, "The file became shorter while it was read")
}

func TestFileSystem(t *testing.T) {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	defer cancel()
	t.Setenv("SYSTEM", "pictures")
	o := &Origin{FileSystem: "{env.SYSTEM}", Root: "/a/"}
	if err := o.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := fetch(t.Context(), t, o, "b.jpg")
	wantError(t, err, errors.Unidentified, "The file system is not configured")

	o.files.(mounted).systems.Register("pictures", fstest.MapFS{"a/b.jpg": {Data: []byte("picture")}, "a/pipe.jpg": {Mode: fs.ModeNamedPipe}, "c.jpg": {}})
	source, err := fetch(t.Context(), t, o, "b.jpg")
	if err != nil || string(source.Body) != "picture" || source.ETag != "" {
		t.Errorf("got %+v, %v", source, err)
	}
	for _, path := range []string{"c.jpg", "pipe.jpg", ""} {
		_, err = fetch(t.Context(), t, o, path)
		wantError(t, err, errors.NotFound, "No file was found on disk at the specified path")
	}
}

// Without a root of its own it has the site's, and never the working directory.
func TestRootOfTheSite(t *testing.T) {
	root, other := photos(t, "a.jpg"), photos(t, "b.jpg")
	t.Chdir(root)
	o := provisioned(t, new(Origin))
	ref := func(path string) origin.Request { return origin.Request{Ref: origin.Ref{Path: path}, MaxBytes: 100} }
	_, err := o.Fetch(t.Context(), ref("a.jpg"))
	wantError(t, err, errors.Unidentified, "The site has no root directory; set one for the origin, or with the directive root")
	req := ref("b.jpg")
	req.Root = other
	if source, err := o.Fetch(t.Context(), req); err != nil || string(source.Body) != "body of b.jpg" {
		t.Errorf("%v, %v", source, err)
	}
	// One of its own counts over the site's.
	req.Ref.Path = "a.jpg"
	if _, err := provisioned(t, &Origin{Root: root}).Fetch(t.Context(), req); err != nil {
		t.Error(err)
	}
}
