package origin

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// asking returns an Ask of a server that a handler is.
func asking(t *testing.T, handler http.HandlerFunc) Ask {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return func(ctx context.Context, byteRange string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Accept-Encoding", "identity")
		if byteRange != "" {
			r.Header.Set("Range", byteRange)
		}
		response, err := s.Client().Do(r)
		if err == nil && !IsFile(response.StatusCode, byteRange, Known{}) {
			_ = response.Body.Close()
			return nil, StatusError("the web server", response.StatusCode)
		}
		return response, err
	}
}

func opened(ctx context.Context, t *testing.T, s Streaming, handler http.HandlerFunc) (*Source, error) {
	t.Helper()
	s.Wanted = true
	source, err := OpenStream(ctx, "the web server", Request{MaxBytes: 10_000, Stream: s}, time.Minute, asking(t, handler))
	t.Cleanup(source.Close)
	return source, err
}

// numbers are n bytes.
func numbers(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}

func TestPartOf(t *testing.T) {
	for said, want := range map[string][3]int64{
		"bytes 0-4095/5000":              {0, 4095, 5000},
		"bytes 7-7/8":                    {7, 7, 8},
		"bytes 0-9/*":                    {},
		"bytes */10":                     {},
		"bytes 0-10/10":                  {},
		"bytes 5-4/10":                   {},
		"bytes -1-4/10":                  {},
		"bytes 0-4":                      {},
		"bytes 0/4":                      {},
		"pages 0-4/10":                   {},
		"bytes +0-4/10":                  {},
		"":                               {},
		"bytes 0-4/99999999999999999999": {},
	} {
		response := &http.Response{StatusCode: 206, Header: http.Header{"Content-Range": {said}}}
		first, last, size, ok := partOf(response)
		if ok != (want != [3]int64{}) || ok && [3]int64{first, last, size} != want {
			t.Errorf("%q: %d to %d of %d, %t", said, first, last, size, ok)
		}
		response.StatusCode = 200
		if _, _, _, ok := partOf(response); ok {
			t.Errorf("%q is a part though the status is 200", said)
		}
	}
}

// A stream does not hold, and outlives the context of its fetch; what is read once
// elsewhere is asked for there, and no further than the client wants.
func TestOpenStreamReadsAnywhere(t *testing.T) {
	const size = 3_000_000
	file := numbers(size)
	var asked []string
	ctx, cancel := context.WithCancel(t.Context())
	source, err := opened(ctx, t, Streaming{StartOnly: true, Range: "bytes=1000000-1000999"}, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range"))
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a.mp4", time.Unix(1e9, 0), bytes.NewReader(file))
	})
	cancel()
	if err != nil || source.Stream == nil {
		t.Fatal(source, err)
	}
	s := source.Stream
	if s.Size != size || !s.Ranges || !bytes.Equal(source.Body, file[:StreamStart]) || source.ETag != `"v1"` || source.Header.Get("Content-Range") != "" {
		t.Errorf("size %d, a body of %d bytes, ETag %s", s.Size, len(source.Body), source.ETag)
	}
	for _, part := range [][2]int64{{1000000, 1000}, {0, 10}, {4090, 100_000}, {size - 5, 5}, {1000000, 5000}, {0, size}} {
		if _, err := s.Seek(part[0], io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, part[1])
		if _, err := io.ReadFull(s, got); err != nil || !bytes.Equal(got, file[part[0]:part[0]+part[1]]) {
			t.Errorf("%d: %v", part, err)
		}
	}
	if n, err := s.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	if want := "bytes=0-4095 bytes=1000000-1000999 bytes=4096-2999999"; !strings.HasPrefix(strings.Join(asked, " "), want) {
		t.Errorf("asked for %q", asked)
	}
	s.Close()
	if _, err := s.Seek(500_000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if s.Open() == nil {
		t.Error("it can be read when it is closed")
	}
}

func TestOpenStreamGivesWholeFiles(t *testing.T) {
	file := numbers(9000)
	for name, tt := range map[string]struct {
		streaming Streaming
		handler   http.HandlerFunc
		body      []byte
	}{
		"short":           {Streaming{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(file[:100]) }, file[:100]},
		"short, a part":   {Streaming{StartOnly: true}, ranged(file[:100]), file[:100]},
		"as long as that": {Streaming{StartOnly: true}, ranged(file[:StreamStart]), file[:StreamStart]},
		"empty":           {Streaming{}, func(http.ResponseWriter, *http.Request) {}, nil},
		"empty, a part":   {Streaming{StartOnly: true}, ranged(nil), nil},
		"of unknown length": {Streaming{}, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(file[:10])
			w.(http.Flusher).Flush()
			_, _ = w.Write(file[10:20])
		}, file[:20]},
		"compressed": {Streaming{StartOnly: true}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			http.ServeContent(w, r, "a.mp4", time.Time{}, bytes.NewReader(zipped(t, string(file))))
		}, file},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := opened(t.Context(), t, tt.streaming, tt.handler)
			if err != nil {
				t.Fatal(err)
			}
			if source.Stream != nil || !bytes.Equal(source.Body, tt.body) {
				t.Errorf("a stream: %t, a body of %d bytes", source.Stream != nil, len(source.Body))
			}
		})
	}
}

// A range of a file whose server supports none is read without keeping what is before
// it.
func TestOpenStreamSkips(t *testing.T) {
	file := numbers(9000)
	for name, before := range map[string]func(w http.ResponseWriter, r *http.Request){
		"without ranges": func(http.ResponseWriter, *http.Request) {},
		"a part of unknown size": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.Header().Set("Content-Range", "bytes 0-4095/*")
				w.WriteHeader(206)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := opened(t.Context(), t, Streaming{StartOnly: true, Range: "bytes=8000-"}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "9000")
				before(w, r)
				_, _ = w.Write(file)
			})
			if err != nil || source.Stream == nil || !source.Stream.Ranges {
				t.Fatal(source, err)
			}
			if _, err := source.Stream.Seek(8000, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if err := source.Stream.Open(); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(source.Stream); err != nil || !bytes.Equal(got, file[8000:]) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	for name, wanted := range map[string]struct{ of, most string }{
		"more than a range": {"bytes=0-1,5-6", "9000"},
		"too far":           {"bytes=9000-", "20000"},
	} {
		t.Run(name, func(t *testing.T) {
			size, _ := strconv.Atoi(wanted.most)
			source, err := opened(t.Context(), t, Streaming{StartOnly: true, Range: wanted.of}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", wanted.most)
				_, _ = w.Write(numbers(size))
			})
			if err != nil || source.Stream == nil || source.Stream.Ranges {
				t.Error(source, err)
			}
		})
	}
	source, err := opened(t.Context(), t, Streaming{StartOnly: true, Range: "bytes=8000-"}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "9000")
		_, _ = w.Write(file[:6000])
		panic(http.ErrAbortHandler)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Stream.Seek(8000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if e := errors.From(source.Stream.Open()); e == nil || e.Kind != errors.Unidentified {
		t.Errorf("a server that breaks off before the range: %v", e)
	}
}

// Of a server that does not say which version its responses are of, nothing is put together
// from two of them.
func TestOpenStreamMixesNoVersions(t *testing.T) {
	for _, etag := range []string{"", `W/"v1"`} {
		asked := 0
		source, err := opened(t.Context(), t, Streaming{StartOnly: true, Range: "bytes=4000-4999"}, func(w http.ResponseWriter, r *http.Request) {
			asked++
			if etag != "" {
				w.Header().Set("ETag", etag)
			}
			http.ServeContent(w, r, "a.mp4", time.Time{}, bytes.NewReader(bytes.Repeat([]byte{byte(asked)}, 9000)))
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := source.Stream.Seek(4000, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 1000)
		if _, err := io.ReadFull(source.Stream, got); err != nil || !bytes.Equal(got, bytes.Repeat(got[:1], 1000)) {
			t.Errorf("%q: %d and %d, %v", etag, got[0], got[999], err)
		}
	}
}

// Each of several ranges is asked for as it is.
func TestLastOf(t *testing.T) {
	for _, tt := range []struct {
		wanted      string
		first, last int64
	}{
		{"bytes=5-9", 5, 9},
		{"bytes=5-9, 20-29,40-", 5, 9},
		{"bytes=5-9, 20-29,40-", 20, 29},
		{"bytes=5-9, 20-29,40-", 40, 1<<63 - 1},
		{"bytes=5-9", 6, 1<<63 - 1},
		{"bytes=9-5", 9, 1<<63 - 1},
		{"bytes=-5", 5, 1<<63 - 1},
		{"", 0, 1<<63 - 1},
	} {
		if last := lastOf(tt.wanted, tt.first); last != tt.last {
			t.Errorf("%q from %d ends at %d, want %d", tt.wanted, tt.first, last, tt.last)
		}
	}
}

// A server that still has the version that is known is not asked for more.
func TestOpenStreamOfWhatIsKnown(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a.mp4", time.Time{}, bytes.NewReader(numbers(9000)))
	}
	req := Request{MaxBytes: 10_000, Stream: Streaming{Wanted: true, StartOnly: true}, Known: Known{ETag: `"v1"`}}
	s := httptest.NewServer(http.HandlerFunc(handler))
	defer s.Close()
	source, err := OpenStream(t.Context(), "the web server", req, time.Minute, func(ctx context.Context, byteRange string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Range", byteRange)
		req.Known.SetConditions(r.Header)
		response, err := s.Client().Do(r)
		if err == nil && !IsFile(response.StatusCode, byteRange, req.Known) {
			t.Errorf("status %d", response.StatusCode)
		}
		return response, err
	})
	if err != nil || !source.Unchanged || source.Stream != nil || source.ETag != `"v1"` {
		t.Errorf("%+v, %v", source, err)
	}
}

func ranged(file []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.mp4", time.Time{}, bytes.NewReader(file))
	}
}

func TestOpenStreamFails(t *testing.T) {
	file := numbers(9000)
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		kind    errors.Kind
	}{
		"missing":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, errors.NotFound},
		"never whole": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, errors.Unidentified},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9000")
			_, _ = w.Write(file[:10])
			panic(http.ErrAbortHandler)
		}, errors.Unidentified},
		"breaks off in chunks": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(file[:10])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, errors.Unidentified},
		"brotli": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(file)
		}, errors.Unidentified},
		"a part that is short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-4095/9000")
			w.Header().Set("Transfer-Encoding", "chunked")
			w.WriteHeader(206)
			_, _ = w.Write(file[:10])
		}, errors.Unidentified},
	} {
		for _, startOnly := range []bool{false, true} {
			source, err := opened(t.Context(), t, Streaming{StartOnly: startOnly}, tt.handler)
			if e := errors.From(err); e == nil || e.Kind != tt.kind || source != nil {
				t.Errorf("%s: %v, %v", name, source, err)
			}
		}
	}
}

// The time of the fetch is over, or the client has left, while the server is silent.
func TestOpenStreamIsBounded(t *testing.T) {
	silent := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "9000")
		_, _ = w.Write([]byte("start"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	ask := asking(t, silent)
	req := Request{MaxBytes: 10_000, Stream: Streaming{Wanted: true}}
	_, err := OpenStream(t.Context(), "the web server", req, time.Millisecond, ask)
	if e := errors.From(err); e == nil || e.Kind != errors.OriginTimeout {
		t.Errorf("the origin's own time: %v", err)
	}
	over, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = OpenStream(over, "the web server", req, time.Hour, ask)
	if e := errors.From(err); e == nil || e.Kind != errors.OriginTimeout {
		t.Errorf("the time of all: %v", err)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	_, err = OpenStream(left, "the web server", req, time.Hour, ask)
	if e := errors.From(err); e == nil || e.Kind != errors.ClientClosed {
		t.Errorf("the client left: %v", err)
	}
}
