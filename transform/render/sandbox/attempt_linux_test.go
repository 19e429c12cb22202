package sandbox_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

// attempt is something that works outside of the sandbox, and not inside.
type attempt struct {
	name string
	do   func(order) error

	// needs is what working outside takes: nothing, "root", or "luck" where
	// kernels and containers differ.
	needs string
}

// attempts are by the protection that stops them.
var attempts = map[string][]attempt{}

func init() { children["attempts"] = attemptAll }

// attemptAll tries everything on a thread that was there before the rights were
// gone, and on one that came after.
func attemptAll(o order) answer {
	before := newThread()
	known := threads()
	a := enter(o)
	if a.Error != "" {
		return a
	}
	if o.Outside {
		before(func() { a.attempt("", o) })
		return a
	}
	before(func() { a.attempt(" before", o) })
	for { // threads that have nothing to do are taken first
		var id int
		after := newThread()
		after(func() { id = unix.Gettid() })
		if !slices.Contains(known, id) {
			after(func() { a.attempt(" after", o) })
			return a
		}
	}
}

func (a answer) attempt(when string, o order) {
	for protection, list := range attempts {
		for _, attempt := range list {
			a.try(protection+": "+attempt.name+when, func() error { return attempt.do(o) })
		}
	}
}

// newThread returns a function that runs others on a thread of its own.
func newThread() func(func()) {
	work, done := make(chan func()), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		for do := range work {
			do()
			done <- struct{}{}
		}
	}()
	return func(do func()) { work <- do; <-done }
}

func threads() (ids []int) {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		ids = append(ids, number(e.Name()))
	}
	return ids
}

func TestNothingElseIsPossible(t *testing.T) {
	outside := run(t, "attempts", surroundings(t, order{Outside: true}))
	inside := run(t, "attempts", surroundings(t, order{}))
	t.Log(inside.Report)
	for protection, list := range attempts {
		for _, attempt := range list {
			name := protection + ": " + attempt.name
			if failure := outside.Results[name]; failure != "" {
				if attempt.needs == "" || attempt.needs == "root" && os.Getuid() == 0 {
					t.Errorf("%s fails outside too, which shows nothing: %s", name, failure)
				} else {
					t.Logf("%s fails outside too: %s", name, failure)
				}
			}
		}
	}
	wantRefusals(t, inside)
}

// wantRefusals checks that everything was tried and refused, unless the report
// says that it is not.
func wantRefusals(t *testing.T, a answer) {
	t.Helper()
	for protection, list := range attempts {
		var possible []string
		lacks := held(t, a.Report, protection).Lacks
		for _, attempt := range list {
			for _, when := range []string{" before", " after"} {
				name := protection + ": " + attempt.name + when
				failure, tried := a.Results[name]
				switch {
				case !tried:
					t.Errorf("%s: was not tried", name)
				case lacks != "":
					if failure == "" {
						possible = append(possible, attempt.name+when)
					}
				case failure == "":
					t.Errorf("%s: was possible", name)
				case !isRefusal(failure):
					t.Errorf("%s: failed for another reason: %s", name, failure)
				}
			}
		}
		if lacks != "" {
			t.Logf("%s: lacking: %s; possible: %s", protection, lacks, strings.Join(possible, ", "))
		}
	}
}

func isRefusal(failure string) bool {
	for _, errno := range []unix.Errno{unix.EPERM, unix.EACCES, unix.ENOSYS, unix.EMFILE} {
		if strings.Contains(failure, errno.Error()) {
			return true
		}
	}
	return false
}

func held(t *testing.T, r sandbox.Report, name string) sandbox.Protection {
	t.Helper()
	for _, p := range r.Protections {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no protection %q in %v", name, r)
	return sandbox.Protection{}
}

// surroundings returns what the attempts are made on: files, listeners, and
// another process.
func surroundings(t *testing.T, o order) order {
	t.Helper()
	o.Folder = t.TempDir()
	for _, name := range []string{"existing", "renamed", "removed", "linked", "mode", "owner", "times", "truncated"} {
		if err := os.WriteFile(filepath.Join(o.Folder, name), []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.SecretPath = secretAtHome(t)
	o.TCP = listen(t, "tcp", "127.0.0.1:0")
	o.Unix = listen(t, "unix", filepath.Join(t.TempDir(), "socket"))
	o.Abstract = listen(t, "unix", "@caddy-images-"+filepath.Base(o.Folder))
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packets.Close() })
	o.UDP = packets.LocalAddr().String()

	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { victim.Process.Kill(); victim.Wait() })
	o.Victim = victim.Process.Pid
	o.Parent, o.Address = os.Getpid(), secretAddress()
	return o
}

func secretAtHome(t *testing.T) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp(home, ".sandbox-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(f.Name()) })
	f.Close()
	return f.Name()
}

func listen(t *testing.T, network, address string) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	return l.Addr().String()
}

// dial connects within a moment.
func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, 5*time.Second)
	if err == nil {
		c.Close()
	}
	return err
}
