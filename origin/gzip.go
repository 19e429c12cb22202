package origin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	stderrors "errors"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Codings returns the content codings of an answer, in lower case and in the
// order in which they were applied (RFC 9110 section 8.4). `identity` is
// none, and neither is `aws-chunked`: clients of S3 upload files in it, some
// servers keep the word with the file, and none keeps it in the file.
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

// IsGzip reports whether codings are gzip, the only one that is decoded, and that once.
func IsGzip(codings []string) bool {
	return len(codings) == 1 && (codings[0] == "gzip" || codings[0] == "x-gzip")
}

// ErrGzip is a cause of the error of Gunzip if what it reads is not gzip, is damaged or
// ends early.
var ErrGzip = stderrors.New("malformed gzip")

// Gunzip reads a whole file that is compressed with gzip; the Source has nothing but the
// body that was in it. One that is longer than maxBytes is errors.Limit, as soon as so
// much was decoded. Other errors are ErrGzip, or the reader's, as they are.
func Gunzip(r io.Reader, maxBytes int64) (*Source, error) {
	from := &noting{Reader: r}
	z, err := newGunzip(from)
	var source *Source
	if err == nil {
		source, err = Read(z, -1, maxBytes)
	}
	switch {
	case err == nil:
		return source, nil
	case from.err != nil:
		return nil, from.err
	case errors.Is(err, errors.Limit):
		return nil, err
	}
	return nil, stderrors.Join(ErrGzip, err)
}

// GunzipStart returns what the first bytes of a file compressed with gzip
// were, at most most of them; none if it is not such a file.
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

// hasGzipMagic reports whether a file begins as RFC 1952, section 2.3.1, says.
func hasGzipMagic(file []byte) bool {
	return len(file) > 2 && file[0] == 0x1f && file[1] == 0x8b && file[2] == 8
}

// mostMembers is how many files one after the other make one. Each takes some time,
// however short it is.
const mostMembers = 1000

// gunzip reads the members of a file. What follows them and begins none is left alone,
// as other programs do.
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
			err = nil // which it says again
		}
		if n > 0 || err != io.EOF {
			return n, err
		}
		if next, _ := g.from.Peek(3); !hasGzipMagic(next) {
			return 0, io.EOF
		}
		if g.members++; g.members > mostMembers {
			return 0, errors.New(errors.Limit, "The original is compressed with gzip in more than %d parts", mostMembers)
		}
		if err := g.z.Reset(g.from); err != nil {
			return 0, unexpected(err)
		}
		g.z.Multistream(false)
	}
}

// unexpected returns an error of which the end is one, too.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// noting is a reader that remembers how it failed, if it did.
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
