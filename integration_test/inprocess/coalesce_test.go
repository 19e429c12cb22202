//go:build cgo

package inprocess_test

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slow is a variant of red.jpg that takes long enough for requests to meet.
const slow = "/tr:w-4000,f-png/red.jpg"

// Requests for the same variant take one place in the queue, and get the same
// response: here there is room for one that is drawn and one that waits.
func TestRequestsForOneVariantShareIt(t *testing.T) {
	s := serve(t, "images {\n cache off\n origin fs ROOT\n workers 1\n queue_size 1\n queue_timeout 1h\n render_timeout 1h\n}")
	var clients sync.WaitGroup
	var mu sync.Mutex
	bodies := map[string][]byte{}
	for range 8 {
		for _, path := range []string{slow, "/tr:w-3999,f-png/red.jpg"} {
			clients.Go(func() {
				a := s.get(t, path)
				a.wants(t, http.StatusOK)
				mu.Lock()
				defer mu.Unlock()
				if before, known := bodies[path]; known && !bytes.Equal(before, a.body) {
					t.Errorf("%s: two answers differ", path)
				}
				bodies[path] = a.body
			})
		}
	}
	clients.Wait()
}

// A client that leaves does not take the image away from another one.
func TestClientLeavesASharedVariant(t *testing.T) {
	s := serve(t, "images {\n cache off\n origin fs ROOT\n workers 1\n queue_timeout 1h\n render_timeout 1h\n}")
	var clients sync.WaitGroup
	var answers atomic.Int64
	ctx, leave := context.WithCancel(t.Context())
	for range 4 {
		clients.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+slow, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if resp, err := http.DefaultClient.Do(r); err == nil {
				resp.Body.Close()
			}
			answers.Add(1)
		})
	}
	clients.Go(func() {
		s.get(t, slow).wantsSize(t, 4000, 3000)
	})
	// They leave at some time while it is drawn, wherever that is at.
	time.AfterFunc(20*time.Millisecond, leave)
	clients.Wait()
	if answers.Load() != 4 {
		t.Errorf("%d clients are gone", answers.Load())
	}
}
