//go:build linux && (amd64 || arm64)

package sandbox_test

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

func init() {
	without := func(call int, errno unix.Errno) func(order) answer {
		return func(o order) answer {
			if err := sandbox.Lack(call, errno); err != nil {
				return answer{Error: err.Error()}
			}
			return attemptAll(o)
		}
	}
	children["no Landlock"] = without(unix.SYS_LANDLOCK_CREATE_RULESET, unix.ENOSYS)
	children["Landlock off"] = without(unix.SYS_LANDLOCK_CREATE_RULESET, unix.EOPNOTSUPP)
	children["no seccomp"] = without(unix.SYS_SECCOMP, unix.EPERM)
	children["broken Landlock"] = without(unix.SYS_LANDLOCK_ADD_RULE, unix.EIO)
	children["idle Landlock"] = without(unix.SYS_LANDLOCK_RESTRICT_SELF, 0)
	children["broken capset"] = without(unix.SYS_CAPSET, unix.EPERM)
}

// What a kernel lacks is in the report, and all else is in force.
func TestLacking(t *testing.T) {
	for name, lacking := range map[string][]string{
		"no Landlock":  {"reads"},
		"Landlock off": {"reads"},
		"no seccomp":   {"writes", "execution", "network", "processes", "kernel"},
	} {
		t.Run(name, func(t *testing.T) {
			o := surroundings(t, order{})
			a := run(t, name, o)
			if a.Report.Complete() {
				t.Error("the report says that nothing is lacking")
			}
			for _, protection := range lacking {
				if held(t, a.Report, protection).Lacks == "" {
					t.Errorf("the report says that %s are refused", protection)
				}
			}
			wantRefusals(t, a)
		})
	}
}

// A kernel that has something and fails at it is not a kernel that lacks it.
func TestFailingIsAnError(t *testing.T) {
	for name, want := range map[string]string{
		"broken Landlock": "restricting files",
		"idle Landlock":   "past Landlock: it is possible",
		"broken capset":   "dropping privileges: capabilities",
	} {
		a := answerOf(t, command(t, name, order{}))
		if !strings.Contains(a.Error, want) {
			t.Errorf("%s: %q, %v", name, a.Error, a.Report)
		}
	}
}
