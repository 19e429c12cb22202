package fs

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	stderrors "errors"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Fetch implements origin.Origin.
func (o *Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	if ctx.Err() != nil {
		return nil, origin.GivenUp(ctx)
	}
	name := req.Ref.Name()
	if !fs.ValidPath(name) || !o.Hidden && isHidden(name) {
		return nil, notFound()
	}
	files := o.files
	if files == nil {
		if req.Root == "" {
			return nil, errors.New(errors.Unidentified, "The site has no root directory; set one for the origin, or with the directive root")
		}
		files = disk{req.Root}
	}
	file, err := files.open(name)
	if err != nil {
		return nil, openError(err)
	}
	source, err := read(ctx, file, name, req, time.Now())
	if err != nil || source.Stream == nil {
		_ = file.Close()
	}
	return source, err
}

// Stamp returns the Stamp that the Source of a file would have, without reading it. It is
// empty if only reading tells what there is.
func (o *Origin) Stamp(req origin.Request) string {
	name := req.Ref.Name()
	files := o.files
	if files == nil && req.Root != "" {
		files = disk{req.Root}
	}
	if files == nil || !fs.ValidPath(name) || !o.Hidden && isHidden(name) {
		return ""
	}
	info, err := files.stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return stamp(info, time.Now())
}

// read reads a file, or the start of one that is streamed, which stays open.
func read(ctx context.Context, file fs.File, name string, req origin.Request, now time.Time) (*origin.Source, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, openError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, notFound()
	}
	version := stamp(info, now)
	if version != "" && version == req.Known.Stamp {
		return &origin.Source{Unchanged: true, Stamp: version}, nil
	}
	source, err := contents(ctx, file, info.Size(), req)
	if err != nil {
		return nil, readError(ctx, err)
	}
	if after, err := file.Stat(); err == nil && stamp(after, now) == version {
		source.Stamp = version // or it was written while it was read
	}
	source.ContentType = mime.TypeByExtension(path.Ext(name))
	if source.Stream != nil {
		source.ETag = etag(info, source.Stamp)
	}
	if at := info.ModTime(); at.After(artificial) {
		source.LastModified = at
	}
	return source, nil
}

func contents(ctx context.Context, file fs.File, size int64, req origin.Request) (*origin.Source, error) {
	seeker, ok := file.(io.ReadSeekCloser)
	if !req.Stream.Wanted || !ok || size <= origin.StreamStart {
		return origin.Read(ctx, patient{ctx, file}, size, req.MaxBytes)
	}
	start := make([]byte, origin.StreamStart)
	if _, err := io.ReadFull(patient{ctx, file}, start); err != nil {
		return nil, err
	}
	if _, err := seeker.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return &origin.Source{Body: start, Stream: &origin.Stream{ReadSeekCloser: seeker, Size: size, Ranges: true}}, nil
}

func notFound() *errors.Error {
	return errors.New(errors.NotFound, "No file was found on disk at the specified path")
}

func openError(err error) *errors.Error {
	if known, ok := stderrors.AsType[*errors.Error](err); ok {
		return known
	}
	switch {
	case stderrors.Is(err, fs.ErrNotExist), stderrors.Is(err, syscall.ENOTDIR), stderrors.Is(err, syscall.ENAMETOOLONG):
		return notFound().Because(err)
	case stderrors.Is(err, fs.ErrPermission):
		return errors.New(errors.AccessDenied, "Access to the file is denied").Because(err)
	}
	return errors.New(errors.Unidentified, "The file could not be opened").Because(err)
}

func readError(ctx context.Context, err error) *errors.Error {
	if ctx.Err() != nil {
		return origin.GivenUp(ctx)
	}
	if known, ok := stderrors.AsType[*errors.Error](err); ok {
		return known
	}
	if stderrors.Is(err, origin.ErrShortBody) {
		return errors.New(errors.Unidentified, "The file became shorter while it was read").Because(err)
	}
	return errors.New(errors.Unidentified, "The file could not be read").Because(err)
}

func isHidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}

// artificial is when times begin that may be those of changes. Earlier ones
// are given to files by reproducible builds and archives: 0, 1, or the first
// day of 1980.
var artificial = time.Date(1980, time.January, 3, 0, 0, 0, 0, time.UTC)

// etag returns the entity tag of a file that is not read before it is sent: a
// hash of its stamp without the device, whose number may be another one after
// a restart. It is empty if the stamp does not show each change: a file that
// is replaced by `cp -p`, or built reproducibly, may have the same time and
// size as before.
func etag(info fs.FileInfo, stamp string) string {
	if stamp == "" || !showsChanges(info) {
		return ""
	}
	_, version, _ := strings.Cut(stamp, " ")
	sum := sha256.Sum256([]byte(version))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// patient reads in pieces, so that a slow disk does not delay the end of a
// fetch whose context is done.
type patient struct {
	ctx  context.Context
	file io.Reader
}

const piece = 1 << 20

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.file.Read(b[:min(len(b), piece)])
}
