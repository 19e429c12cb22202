// Package long sets apart the tests that take minutes and seldom find anything:
// soak tests, many repetitions, large inputs. `make test-long` runs them.
package long

import (
	"os"
	"testing"
)

// Variable of the environment: 1 has long tests run.
const Variable = "CADDY_IMAGES_LONG"

// Wanted reports whether long tests are to run, for a test that has a short form.
func Wanted() bool { return os.Getenv(Variable) == "1" }

// Only skips the test unless long tests are to run.
func Only(t testing.TB) {
	t.Helper()
	if !Wanted() {
		t.Skip("takes long: make test-long runs it")
	}
}
