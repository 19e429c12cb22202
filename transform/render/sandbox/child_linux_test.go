package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

// A sandbox is entered for good, so every test has a process of its own: this
// binary, started anew with the name of a child in the environment.
const childVariable = "SANDBOX_TEST_CHILD"

// order is what a child is told, answer what it says.
type order struct {
	Config  sandbox.Config
	Outside bool // do not enter, to show that it is the sandbox that makes the difference

	Folder, TCP, UDP, Unix, Abstract, SecretPath string
	Victim, Parent                               int
	Address                                      uintptr // of the parent's secret
}

type answer struct {
	Report  sandbox.Report
	Error   string            // of Enter
	Results map[string]string // of what was tried: empty for success
	Sums    map[string]string // of what was drawn
}

// children are what a process does instead of running tests.
var children = map[string]func(order) answer{}

func init() {
	if os.Getenv(childVariable) != "" {
		runtime.LockOSThread() // some of what a parent asked for belongs to the first thread
	}
}

func TestMain(m *testing.M) {
	name := os.Getenv(childVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	var o order
	if err := json.Unmarshal([]byte(os.Getenv(childVariable+"_ORDER")), &o); err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(children[name](o)); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// command returns a child that is not started yet.
func command(t *testing.T, name string, o order) *exec.Cmd {
	t.Helper()
	if children[name] == nil {
		t.Fatalf("no child %q", name)
	}
	said, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "/proc/self/exe")
	c.Dir = o.Folder
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", childVariable+"="+name, childVariable+"_ORDER="+string(said))
	return c
}

// run runs a child to its end.
func run(t *testing.T, name string, o order) answer {
	t.Helper()
	return finish(t, command(t, name, o))
}

func finish(t *testing.T, c *exec.Cmd) answer {
	t.Helper()
	a := answerOf(t, c)
	if a.Error != "" {
		t.Fatalf("entering: %s", a.Error)
	}
	return a
}

func answerOf(t *testing.T, c *exec.Cmd) answer {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	var a answer
	if err == nil {
		err = json.Unmarshal(out, &a)
	}
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, stderr.Bytes())
	}
	return a
}

// enter enters, unless told otherwise, and begins the answer.
func enter(o order) answer {
	a := answer{Results: map[string]string{}}
	if o.Outside {
		return a
	}
	report, err := sandbox.Enter(o.Config)
	a.Report = report
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// try keeps how something went.
func (a answer) try(name string, do func() error) {
	defer func() {
		if p := recover(); p != nil {
			a.Results[name] = fmt.Sprint("panic: ", p)
		}
	}()
	a.Results[name] = ""
	if err := do(); err != nil {
		a.Results[name] = err.Error()
	}
}

// wantSuccess fails for all that failed.
func (a answer) wantSuccess(t *testing.T) {
	t.Helper()
	if len(a.Results) == 0 {
		t.Error("nothing was tried")
	}
	for name, failure := range a.Results {
		if failure != "" {
			t.Errorf("%s: %s", name, failure)
		}
	}
}
