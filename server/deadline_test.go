package server

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errOver = errors.New("over")

// A context whose timer is started late ends as one does whose timer was started at once.
func TestDeadline(t *testing.T) {
	type keyType struct{}
	synctest.Test(t, func(t *testing.T) {
		outer, leave := context.WithCancelCause(context.WithValue(t.Context(), keyType{}, 1))
		begin := func() *deadline {
			return &deadline{Context: outer, until: time.Now().Add(time.Minute), cause: errOver}
		}
		check := func(what string, d *deadline, err, cause error) {
			t.Helper()
			if d.Err() != err || context.Cause(d) != cause {
				t.Errorf("%s: %v because of %v, want %v because of %v", what, d.Err(), context.Cause(d), err, cause)
			}
		}
		late, ended, asked := begin(), begin(), begin()
		if until, ok := late.Deadline(); !ok || time.Until(until) != time.Minute || late.Value(keyType{}) != 1 {
			t.Errorf("the deadline is in %v, %v", time.Until(until), ok)
		}
		check("at first", asked, nil, nil)
		ended.end()
		check("ended", ended, context.Canceled, context.Canceled)
		inner, cancel := context.WithTimeout(asked, time.Hour)
		defer cancel()
		time.Sleep(2 * time.Minute) // of the test's own clock
		check("over, and asked late", late, context.DeadlineExceeded, errOver)
		check("over", asked, context.DeadlineExceeded, errOver)
		if <-inner.Done(); context.Cause(inner) != errOver {
			t.Errorf("a context of it ends because of %v", context.Cause(inner))
		}
		left := begin()
		leave(errors.ErrUnsupported)
		check("left", left, context.Canceled, errors.ErrUnsupported)
		for _, d := range []*deadline{late, asked, left} {
			d.end()
		}
	})
}
