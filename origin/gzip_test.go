package origin

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	stderrors "errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/caddy-images/caddy-images/errors"
)

// zipped are files, each compressed, one after the other.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, file := range files {
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		z.Name, z.Comment = "drawing.svg", "x"
		if _, err := z.Write([]byte(file)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestGunzip(t *testing.T) {
	noise := make([]byte, 100_000) // which does not get shorter
	_, _ = rand.Read(noise)
	whole := zipped(t, "<svg/>")
	body := slices.Clip(whole[:len(whole)-8]) // without checksum and length
	broken := stderrors.New("broken")
	const most = 100_000
	for _, tt := range []struct {
		name string
		file io.Reader
		want string // the file, if err is nil
		err  error
	}{
		{"a file", bytes.NewReader(zipped(t, "<svg/>")), "<svg/>", nil},
		{"in pieces", iotest.OneByteReader(bytes.NewReader(zipped(t, "<svg/>"))), "<svg/>", nil},
		{"nothing in it", bytes.NewReader(zipped(t, "")), "", nil},
		{"several", bytes.NewReader(zipped(t, "<svg>", "", "</svg>")), "<svg></svg>", nil},
		{"something behind it", bytes.NewReader(append(zipped(t, "<svg/>"), 0, 0, 0, 0)), "<svg/>", nil},
		{"as much as may be", bytes.NewReader(zipped(t, string(noise))), string(noise), nil},
		{"empty", strings.NewReader(""), "", ErrGzip},
		{"another file", strings.NewReader("<svg/>"), "", ErrGzip},
		{"the beginning", bytes.NewReader(zipped(t, "<svg/>")[:5]), "", ErrGzip},
		{"without its checksum", bytes.NewReader(body), "", ErrGzip},
		{"half", bytes.NewReader(zipped(t, string(noise))[:50_000]), "", ErrGzip},
		{"the beginning of the second", bytes.NewReader(slices.Concat(whole, body)), "", ErrGzip},
		{"another checksum", bytes.NewReader(append(body, 0, 0, 0, 0, 0, 0, 0, 0)), "", ErrGzip},
		{"a reader that fails", io.MultiReader(bytes.NewReader(zipped(t, "<svg/>")[:20]), iotest.ErrReader(broken)), "", broken},
		{"too much", bytes.NewReader(zipped(t, string(noise)+"x")), "", &errors.Error{Kind: errors.Limit}},
		{"a thousand times as much", bytes.NewReader(zipped(t, strings.Repeat("x", 1000*most))), "", &errors.Error{Kind: errors.Limit}},
		{"very many", bytes.NewReader(bytes.Repeat(zipped(t, ""), mostMembers+1)), "", &errors.Error{Kind: errors.Limit}},
	} {
		source, err := Gunzip(t.Context(), tt.file, most)
		switch {
		case tt.err == nil:
			if err != nil || string(source.Body) != tt.want {
				t.Errorf("%s: %v", tt.name, err)
			}
		case errors.Is(tt.err, errors.Limit):
			if !errors.Is(err, errors.Limit) {
				t.Errorf("%s: %v", tt.name, err)
			}
		case !stderrors.Is(err, tt.err):
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
	}
}

func TestGunzipStart(t *testing.T) {
	whole := zipped(t, "<svg/>")
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"a file":      {zipped(t, "<svg/>"), "<svg/>"},
		"a long file": {zipped(t, strings.Repeat("0123456789", 1000)), "01234567"},
		"most of it":  {whole[:len(whole)-8], "<svg/>"},
		"its header":  {whole[:20], ""},
		"another":     {[]byte("<svg/>"), ""},
		"nothing":     {nil, ""},
		"its magic":   {[]byte("\x1f\x8b\x08"), ""},
	} {
		if got := string(GunzipStart(tt.file, 8)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestCodings(t *testing.T) {
	for _, tt := range []struct {
		values []string
		want   []string
		isGzip bool
	}{
		{nil, nil, false},
		{[]string{""}, nil, false},
		{[]string{"Identity"}, nil, false},
		{[]string{"aws-chunked"}, nil, false},
		{[]string{"GZIP"}, []string{"gzip"}, true},
		{[]string{" x-gzip ,, aws-chunked"}, []string{"x-gzip"}, true},
		{[]string{"gzip", "gzip"}, []string{"gzip", "gzip"}, false},
		{[]string{"br"}, []string{"br"}, false},
		{[]string{"gzip, zstd"}, []string{"gzip", "zstd"}, false},
	} {
		got := Codings(http.Header{"Content-Encoding": tt.values})
		if !slices.Equal(got, tt.want) || IsGzip(got) != tt.isGzip {
			t.Errorf("%q: %q, %t", tt.values, got, IsGzip(got))
		}
	}
}

// FuzzGunzip: whatever is decoded, there is no more of it than may be.
func FuzzGunzip(f *testing.F) {
	f.Add(zipped(f, "<svg/>", "x"))
	f.Add(zipped(f, strings.Repeat("x", 5000)))
	f.Add([]byte("\x1f\x8b\x08\x1f\x00\x00\x00\x00\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, file []byte) {
		const most = 1000
		start := GunzipStart(file, most)
		source, err := Gunzip(t.Context(), bytes.NewReader(file), most)
		if (err == nil) == (source == nil) || source != nil && len(source.Body) > most {
			t.Fatalf("%+v, %v", source, err)
		}
		if source != nil && !bytes.Equal(start, source.Body) {
			t.Errorf("%q begins as %q", source.Body, start)
		}
		if err != nil && !errors.Is(err, errors.Limit) && !stderrors.Is(err, ErrGzip) {
			t.Error(err)
		}
	})
}
