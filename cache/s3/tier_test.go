package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/breaker"
	"github.com/caddy-images/caddy-images/cache/internal/packed"
	"github.com/caddy-images/caddy-images/internal/miniotest"
)

const bucketName = "variants"

func keyOf(original, entry byte) cache.Key {
	key := cache.Key{Original: sha16(original)}
	if entry > 0 {
		key.Entry = sha16(100 + entry)
	}
	return key
}

func sha16(n byte) (id cache.ID) {
	sum := sha256.Sum256([]byte{n})
	copy(id[:], sum[:])
	return id
}

func content(key cache.Key, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte(append(key.Original[:], key.Entry[:]...))).Read(b)
	return b
}

// settings are those of a tier in a bucket of the server. Clients are patient.
func settings(s *miniotest.Server) *Cache {
	return &Cache{
		Bucket: bucketName, Prefix: "caddy/1", Region: miniotest.Region, Endpoint: s.URL,
		AccessKey: s.AccessKey, SecretKey: s.SecretKey, ReadTimeout: caddy.Duration(time.Minute),
	}
}

func open(t *testing.T, c *Cache, log *zap.Logger) *Tier {
	t.Helper()
	if err := c.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	opened, err := c.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened.(*Tier)
}

func put(t *testing.T, tier *Tier, key cache.Key, size int) {
	t.Helper()
	if err := tier.Put(t.Context(), key, []byte("meta"), content(key, size), 7); err != nil {
		t.Fatal(err)
	}
}

// has reports whether an entry is there; one that is must be as it was put.
func has(t *testing.T, tier *Tier, key cache.Key, size int) bool {
	t.Helper()
	e, err := tier.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if e == nil {
		return false
	}
	got, err := io.ReadAll(e.Body)
	if err != nil || !bytes.Equal(got, content(key, size)) || string(e.Meta) != "meta" || e.Sequence != 7 {
		t.Fatalf("%v is not as it was put: %d bytes, meta %q, sequence %d, %v", key, len(got), e.Meta, e.Sequence, err)
	}
	return true
}

func TestMinIO(t *testing.T) {
	s := miniotest.Start(t)
	s.MakeBucket(t, bucketName)
	tier := open(t, settings(s), zap.NewNop())

	t.Run("round trip", func(t *testing.T) {
		for i, size := range []int{0, 1, 20_000, 6 << 20} {
			key := keyOf(1, byte(i))
			if has(t, tier, key, size) {
				t.Errorf("%d bytes are there before they are put", size)
			}
			put(t, tier, key, size)
			if !has(t, tier, key, size) {
				t.Errorf("%d bytes are not there", size)
			}
		}
		elsewhere := settings(s)
		elsewhere.Prefix = "caddy/2"
		if has(t, open(t, elsewhere, zap.NewNop()), keyOf(1, 1), 1) {
			t.Error("an entry is there under another prefix")
		}
	})

	t.Run("replace", func(t *testing.T) {
		put(t, tier, keyOf(2, 1), 1000)
		put(t, tier, keyOf(2, 1), 10)
		if !has(t, tier, keyOf(2, 1), 10) {
			t.Error("it is not there")
		}
	})

	t.Run("delete", func(t *testing.T) {
		for _, key := range []cache.Key{keyOf(3, 0), keyOf(3, 1), keyOf(3, 2), keyOf(4, 0), keyOf(4, 1)} {
			put(t, tier, key, 100)
		}
		for range 2 { // what is not there is deleted, too
			for _, key := range []cache.Key{keyOf(3, 0), keyOf(4, 1)} {
				if err := tier.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		}
		for key, want := range map[cache.Key]bool{keyOf(3, 0): false, keyOf(3, 1): false, keyOf(3, 2): false, keyOf(4, 0): true, keyOf(4, 1): false} {
			if got := has(t, tier, key, 100); got != want {
				t.Errorf("%v: got %v, want %v", key, got, want)
			}
		}
	})

	t.Run("damaged", func(t *testing.T) {
		key, other := keyOf(5, 1), keyOf(5, 2)
		body := content(key, 500)
		good := append(bytes.Clone(body), packed.AppendEnd(nil, key, []byte("meta"), body, 7)...)
		noisy := bytes.Clone(good)
		noisy[100] ^= 1
		before := tier.Usage().Broken
		for i, bad := range [][]byte{nil, good[:len(good)-1], good[1:], noisy, append(bytes.Clone(good), 0)} {
			s.Put(t, bucketName, "caddy/1/"+object(key), bad, nil)
			if has(t, tier, key, 500) {
				t.Errorf("damage %d: it is there", i)
			}
		}
		s.Put(t, bucketName, "caddy/1/"+object(other), good, nil)
		if has(t, tier, other, 500) {
			t.Error("another entry's object is taken")
		}
		if u := tier.Usage(); u.Broken != before+6 || u.Failing {
			t.Errorf("the usage is %+v", u)
		}
		put(t, tier, key, 500)
		if !has(t, tier, key, 500) {
			t.Error("it cannot be put again")
		}
	})

	t.Run("too large", func(t *testing.T) {
		key := keyOf(6, 1)
		if err := tier.Put(t.Context(), key, nil, make([]byte, mostBytes), 1); err != nil || has(t, tier, key, 0) {
			t.Errorf("it is put: %v", err)
		}
		s.Put(t, bucketName, "caddy/1/"+object(key), make([]byte, mostBytes+1), nil)
		if e, err := tier.Get(t.Context(), key); e != nil || err == nil {
			t.Errorf("it is got: %v, %v", e, err)
		}
	})

	t.Run("purges", func(t *testing.T) {
		testLedger(t, tier)
	})

	t.Run("no bucket", func(t *testing.T) {
		c := settings(s)
		c.Bucket = "missing"
		tier := open(t, c, zap.NewNop())
		if e, err := tier.Get(t.Context(), keyOf(1, 1)); e != nil || err == nil {
			t.Errorf("got %v, %v", e, err)
		}
		if err := tier.Put(t.Context(), keyOf(1, 1), nil, nil, 1); err == nil {
			t.Error("it is put")
		}
		if rules, err := tier.Rules(t.Context()); err == nil {
			t.Errorf("the purges are %v", rules)
		}
	})
}

func testLedger(t *testing.T, tier *Tier) {
	if rules, err := tier.Rules(t.Context()); err != nil || len(rules) != 0 {
		t.Errorf("at first: %v, %v", rules, err)
	}
	var all []cache.Rule
	for i := range 30 {
		all = append(all, cache.Rule{Sequence: uint64(i*i*i + 1), Time: time.Unix(int64(i), 0).UTC(), Kind: cache.PurgeTag, Value: "a\nb"})
	}
	for _, r := range all {
		if err := tier.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if rules, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(rules, all) {
		t.Errorf("got %d rules, want %d: %v", len(rules), len(all), err)
	}
	condensed := append([]cache.Rule{{Sequence: all[14].Sequence, Time: all[14].Time, Kind: cache.PurgeAll}}, all[15:]...)
	if err := tier.Replace(t.Context(), condensed); err != nil {
		t.Fatal(err)
	}
	if rules, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(rules, condensed) {
		t.Errorf("after they were replaced: %v, %v", rules, err)
	}
	if err := tier.bucket.put(t.Context(), purges+"x", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if rules, err := tier.Rules(t.Context()); err == nil {
		t.Errorf("a damaged rule is passed over: %v", rules)
	}
}

// faulty stands between a tier and MinIO, and does something else when it is told to.
type faulty struct {
	*httptest.Server
	minio   http.Handler
	instead atomic.Pointer[http.HandlerFunc] // nil: what MinIO does
	asked   atomic.Int64
}

func startFaulty(t *testing.T, s *miniotest.Server) *faulty {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{}
	f.minio = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // which is signed
	}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		if instead := f.instead.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		f.minio.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *faulty) do(instead http.HandlerFunc) { f.instead.Store(&instead) }

// TestFaults: what a client waits is bounded, the bucket is left alone after some failures,
// and used again when it works.
func TestFaults(t *testing.T) {
	s := miniotest.Start(t)
	s.MakeBucket(t, bucketName)
	f := startFaulty(t, s)
	slow := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
	for _, tt := range []struct {
		name    string
		instead http.HandlerFunc
	}{
		{"slow", slow},
		{"slow in the middle", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			_, _ = w.Write(make([]byte, 500))
			_ = http.NewResponseController(w).Flush()
			slow(w, r)
		}},
		{"gone in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			_, _ = w.Write(make([]byte, 500))
			panic(http.ErrAbortHandler)
		}},
		{"gone", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"unavailable", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }},
		{"denied", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			c := settings(s)
			c.Endpoint = f.URL
			tier := open(t, c, zap.New(core))
			var now atomic.Int64
			tier.reads.Now = func() time.Time { return time.Unix(0, now.Load()) }

			f.instead.Store(nil)
			put(t, tier, keyOf(1, 1), 5000)
			if !has(t, tier, keyOf(1, 1), 5000) {
				t.Fatal("it is not there")
			}
			tier.readTimeout = 100 * time.Millisecond

			f.do(tt.instead)
			for i := range failures {
				start := time.Now()
				e, err := tier.Get(t.Context(), keyOf(1, 1))
				if e != nil || err == nil || err == breaker.ErrOpen {
					t.Fatalf("try %d gives %v, %v", i, e, err)
				}
				if waited := time.Since(start); waited > 10*time.Second {
					t.Errorf("a client waits for %v", waited)
				}
			}
			asked := f.asked.Load()
			if e, err := tier.Get(t.Context(), keyOf(1, 1)); e != nil || err != breaker.ErrOpen || f.asked.Load() != asked {
				t.Errorf("the next one gives %v, %v", e, err)
			}
			if !tier.Usage().Failing {
				t.Error("it is not failing")
			}

			f.instead.Store(nil)
			tier.readTimeout = time.Minute
			now.Add(int64(2 * firstPause))
			if !has(t, tier, keyOf(1, 1), 5000) || tier.Usage().Failing {
				t.Errorf("it does not work again: %+v", tier.Usage())
			}
			if logs.Len() != 2 {
				t.Errorf("logged %v", logs.All())
			}
		})
	}
}

// TestFull: what is there can be had from a bucket that takes no more.
func TestFull(t *testing.T) {
	s := miniotest.Start(t)
	s.MakeBucket(t, bucketName)
	f := startFaulty(t, s)
	c := settings(s)
	c.Endpoint = f.URL
	tier := open(t, c, zap.NewNop())
	put(t, tier, keyOf(1, 1), 100)
	f.do(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			f.minio.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusInsufficientStorage)
		_, _ = io.WriteString(w, "<Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>")
	})
	for range failures {
		if err := tier.Put(t.Context(), keyOf(2, 1), nil, nil, 1); err == nil || err == breaker.ErrOpen {
			t.Errorf("putting gives %v", err)
		}
	}
	if err := tier.Put(t.Context(), keyOf(2, 1), nil, nil, 1); err != breaker.ErrOpen || !tier.Usage().Failing {
		t.Errorf("the next one gives %v, failing %v", err, tier.Usage().Failing)
	}
	if !has(t, tier, keyOf(1, 1), 100) || has(t, tier, keyOf(2, 1), 0) {
		t.Error("what is there cannot be had")
	}
	if err := tier.Append(t.Context(), cache.Rule{Sequence: 1}); err == nil || err == breaker.ErrOpen {
		t.Errorf("a purge gives %v", err)
	}
}

// TestRefused is a server that is not there.
func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	tier := open(t, &Cache{Bucket: bucketName, Endpoint: "http://" + l.Addr().String(), AccessKey: "a", SecretKey: "b"}, zap.NewNop())
	for range failures {
		if e, err := tier.Get(t.Context(), keyOf(1, 1)); e != nil || err == nil || err == breaker.ErrOpen {
			t.Errorf("got %v, %v", e, err)
		}
	}
	if _, err := tier.Get(t.Context(), keyOf(1, 1)); err != breaker.ErrOpen {
		t.Errorf("the next one gives %v", err)
	}
	if _, err := tier.Rules(t.Context()); err == nil {
		t.Error("there are no purges, as far as that can be known")
	}
}

// TestClientGone: what a client's leaving ends says nothing of the bucket.
func TestClientGone(t *testing.T) {
	started := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		started <- struct{}{}
		<-r.Context().Done()
	}))
	defer s.Close()
	tier := open(t, &Cache{Bucket: bucketName, Endpoint: s.URL, AccessKey: "a", SecretKey: "b", ReadTimeout: caddy.Duration(time.Hour)}, zap.NewNop())
	for range 2 * failures {
		ctx, cancel := context.WithCancel(t.Context())
		var gone sync.WaitGroup
		gone.Go(func() {
			if e, err := tier.Get(ctx, keyOf(1, 1)); e != nil || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, %v", e, err)
			}
		})
		<-started
		cancel()
		gone.Wait()
	}
	if tier.Usage().Failing {
		t.Error("it is failing")
	}
}
