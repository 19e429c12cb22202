// Package long marks tests that take minutes and rarely find anything: soak
// tests, many repetitions, large inputs. `make test-long` runs them.
package long

import (
	"os"
	"testing"
)

// Variable is the environment variable that enables long tests: 1.
const Variable = "CADDY_IMAGES_LONG"

// Wanted reports whether to run the long form of a test.
func Wanted() bool { return os.Getenv(Variable) == "1" }

// Only skips the test unless long tests are enabled.
func Only(t testing.TB) {
	t.Helper()
	if !Wanted() {
		t.Skip("long test; make test-long runs it")
	}
}
