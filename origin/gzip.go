package origin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	stderrors "errors"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Codings returns the content codings of a response, in lower case and in the
// order of application (RFC 9110 section 8.4). `identity` is left out, and so
// is `aws-chunked`: S3 clients upload in it, and some servers store the word
// although the file is not so encoded.
func Codings(header http.Header) []string {
	var all []string
	for _, value := range header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(value, ",") {
			switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
			case "", "identity", "aws-chunked":
			default:
				all = append(all, coding)
			}
		}
	}
	return all
}

// IsGzip reports whether the codings are a single gzip, the only coding that
// is decoded.
func IsGzip(codings []string) bool {
	return len(codings) == 1 && (codings[0] == "gzip" || codings[0] == "x-gzip")
}

// ErrGzip is wrapped by the error of Gunzip if the input is not gzip, is
// damaged or is truncated.
var ErrGzip = stderrors.New("malformed gzip")

// Gunzip decodes a whole gzip file into a Source without metadata. A result
// longer than maxBytes is errors.Limit, as soon as that many bytes are
// decoded. Other errors are ErrGzip, or those of Read.
func Gunzip(ctx context.Context, r io.Reader, maxBytes int64) (*Source, error) {
	from := &noting{Reader: r}
	z, err := newGunzip(from)
	var source *Source
	if err == nil {
		source, err = Read(ctx, z, -1, maxBytes)
	}
	switch {
	case err == nil:
		return source, nil
	case from.err != nil:
		return nil, from.err
	case errors.Is(err, errors.Limit), errors.Is(err, errors.Overloaded), errors.Is(err, errors.ClientClosed):
		return nil, err
	}
	return nil, stderrors.Join(ErrGzip, err)
}

// GunzipStart returns the decoded beginning of a gzip file, at most most
// bytes; empty if it is not gzip.
func GunzipStart(file []byte, most int) []byte {
	if !hasGzipMagic(file) {
		return nil
	}
	z, err := newGunzip(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	start := make([]byte, most)
	n, _ := io.ReadFull(z, start)
	return start[:n]
}

// hasGzipMagic reports whether a file begins as in RFC 1952, section 2.3.1.
func hasGzipMagic(file []byte) bool {
	return len(file) > 2 && file[0] == 0x1f && file[1] == 0x8b && file[2] == 8
}

// mostMembers limits the members of a gzip file. Each takes time, however
// short it is.
const mostMembers = 1000

// gunzip reads the members of a gzip file. Like other programs it ignores
// trailing data.
type gunzip struct {
	from    *bufio.Reader
	z       *gzip.Reader
	members int
}

func newGunzip(r io.Reader) (*gunzip, error) {
	from := bufio.NewReader(r)
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, unexpected(err)
	}
	z.Multistream(false)
	return &gunzip{from, z, 1}, nil
}

// Read implements io.Reader.
func (g *gunzip) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if n > 0 && err == io.EOF {
			err = nil // it repeats the error
		}
		if n > 0 || err != io.EOF {
			return n, err
		}
		if next, _ := g.from.Peek(3); !hasGzipMagic(next) {
			return 0, io.EOF
		}
		if g.members++; g.members > mostMembers {
			return 0, errors.New(errors.Limit, "The original is a gzip file with more than %d members", mostMembers)
		}
		if err := g.z.Reset(g.from); err != nil {
			return 0, unexpected(err)
		}
		g.z.Multistream(false)
	}
}

// unexpected turns io.EOF into io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// noting is a reader that remembers its error.
type noting struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (n *noting) Read(p []byte) (int, error) {
	read, err := n.Reader.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return read, err
}
