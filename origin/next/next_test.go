package next

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// The time for a fetch is over while the handler answers: that ends a
// response that is kept, and not one that the client is already reading. Both
// end when the client leaves.
func TestTimeIsForWhatIsKept(t *testing.T) {
	for mediaType, passes := range map[string]bool{"video/mp4": true, "image/jpeg": false} {
		t.Run(mediaType, func(t *testing.T) {
			client, leave := context.WithCancel(context.Background())
			defer leave()
			fetch, timeIsOver := context.WithCancel(client)
			defer timeIsOver()

			handler := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
				w.Header().Set("Content-Type", mediaType)
				if _, err := io.WriteString(w, "begin"); err != nil {
					return err
				}
				timeIsOver()
				if passes {
					if r.Context().Err() != nil {
						t.Error("the time for a fetch ends a download")
					}
					leave()
				}
				<-r.Context().Done()
				_, err := io.WriteString(w, "end")
				return err
			})
			response := httptest.NewRecorder()
			ctx := WithCall(fetch, Call{
				Writer:  response,
				Request: httptest.NewRequestWithContext(client, http.MethodGet, "/file", nil),
				Handler: handler,
				IsImage: func([]byte) bool { return !passes },
				MayPass: func(http.Header) error { return nil },
			})
			_, err := Origin{}.Fetch(ctx, origin.Request{Ref: origin.Ref{Path: "file"}, MaxBytes: 100})
			switch {
			case passes && (err != ErrAnswered || response.Body.String() != "beginend"):
				t.Errorf("%v, and the client has %q", err, response.Body)
			case !passes && !errors.Is(err, errors.ClientClosed): // how a context that is cancelled reads
				t.Errorf("%v", err)
			}
		})
	}
}

// A handler may not write once it has returned. One that does, on a goroutine that it
// left behind, reaches nobody's memory, and ends nothing.
func TestLateWrites(t *testing.T) {
	var writers sync.WaitGroup
	defer writers.Wait()
	handler := caddyhttp.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "image/jpeg")
		w.WriteHeader(http.StatusOK)
		wrote := make(chan struct{})
		writers.Go(func() {
			_, err := io.WriteString(w, "late")
			close(wrote)
			for err == nil {
				_, err = io.WriteString(w, "late")
			}
		})
		<-wrote
		return nil
	})
	for range 200 {
		ctx := WithCall(t.Context(), Call{
			Writer:  httptest.NewRecorder(),
			Request: httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/file", nil),
			Handler: handler,
			IsImage: func([]byte) bool { return true },
		})
		source, err := Origin{}.Fetch(ctx, origin.Request{Ref: origin.Ref{Path: "file"}, MaxBytes: 1 << 20})
		if err != nil {
			if errors.Is(err, errors.Limit) {
				continue // all that may be was written before
			}
			t.Fatal(err)
		}
		if n := len(source.Body); string(source.Body) != strings.Repeat("late", n/4) {
			t.Fatalf("%d bytes, others than were written", n)
		}
	}
}
