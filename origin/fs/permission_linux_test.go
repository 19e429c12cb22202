package fs

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestPermissions(t *testing.T) {
	root := photos(t, "a.jpg", "closed/b.jpg")
	for name, mode := range map[string]os.FileMode{"a.jpg": 0, "closed": 0, "../..": 0o755} {
		if err := os.Chmod(filepath.Join(root, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "closed"), 0o755) }) // so that it can be removed
	asNobody(t, func() {
		o := provisioned(t, &Origin{Root: root})
		for _, path := range []string{"a.jpg", "closed/b.jpg"} {
			_, err := fetch(t.Context(), t, o, path)
			wantError(t, err, errors.AccessDenied, "Access to the file is denied")
		}
		o = provisioned(t, &Origin{Root: filepath.Join(root, "closed", "root")})
		_, err := fetch(t.Context(), t, o, "a.jpg")
		wantError(t, err, errors.AccessDenied, "The root directory of the files cannot be opened")
	})
}

// asNobody calls f on a thread that has no more rights on files than anybody:
// the superuser may read everything.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with its goroutine
		if err := syscall.Setfsuid(65534); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}
