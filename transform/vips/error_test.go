//go:build cgo

package vips

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

func TestErrorText(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	for range 2 { // the second is not the first one's text again
		_, err := brick.ExtractArea(5, 5, 10, 10)
		var failure *Error
		if !errors.As(err, &failure) || failure.Op != "extract_area" || strings.Count(failure.Text, "bad extract area") != 1 {
			t.Fatalf("%v", err)
		}
		if strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("more than a line: %q", err)
		}
	}
}

// libvips has one buffer for the errors of all threads.
func TestErrorsOfOthers(t *testing.T) {
	failures := []struct {
		own  string
		fail func(*Scope, *Image) error
	}{
		{"bad extract area", func(_ *Scope, i *Image) error {
			_, err := i.ExtractArea(5, 5, 10, 10)
			return err
		}},
		{"gifload", func(s *Scope, _ *Image) error {
			_, err := s.NewImageFromBuffer([]byte("GIF89a, not"), sniff.GIF, LoadOptions{})
			return err
		}},
	}
	var wg sync.WaitGroup
	for n, f := range failures {
		others := failures[1-n].own
		wg.Go(func() {
			s := newScope(t)
			i := solid(t, s, 8, 6, 200, 100, 50)
			for range 2000 {
				err := f.fail(s, i)
				var failure *Error
				if !errors.As(err, &failure) {
					t.Errorf("%v", err)
					return
				}
				if strings.Contains(failure.Text, others) || failure.Text != "" && !strings.Contains(failure.Text, f.own) {
					t.Errorf("%s says %q", failure.Op, failure.Text)
					return
				}
			}
		})
	}
	wg.Wait()
}
