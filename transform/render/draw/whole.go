//go:build cgo

package draw

import (
	"context"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/damage"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// findings are what is found of the files of a job while it is drawn.
//
// libjpeg warns of data that end too early, and in the same way of bytes that nothing
// needs; it goes on in either case, and says only the first thing. libvips can fail at
// the end of the file, at any warning, or at none. So it is told to go on, and where
// there was a warning, the data of all JPEGs are read once more, to see whether some are
// missing. Other decoders fail where data are.
type findings struct {
	ctx     context.Context
	lenient bool // what is there of a damaged file is drawn
	warned  bool // of the files, or of something else
	jpegs   [][]byte
}

// check fails if a JPEG of the job turned out to lack something.
func (f *findings) check(job render.Job) error {
	if f.lenient || !f.warned {
		return nil
	}
	for _, file := range f.jpegs {
		missing, err := damage.Scans(f.ctx, file)
		if err != nil {
			return err
		}
		if missing != "" {
			return inFile(job, file, damaged(missing))
		}
	}
	return nil
}

// inFile says of which file of the job an error is.
func inFile(job render.Job, file []byte, err error) error {
	for n, ref := range job.Plan.Refs() {
		if n < len(job.Files) && &job.Files[n][0] == &file[0] {
			return transform.InLayer(ref, err)
		}
	}
	return err
}

func damaged(missing damage.Missing) *errors.Error {
	return errors.New(errors.BadImage, "The original is damaged or truncated: it lacks %s", missing)
}

// checkWhole looks for what is missing in the file, as far as decoders pass
// over it. The size of the image has been checked.
func (p *picture) checkWhole() error {
	if p.found.lenient || p.job.Inspect {
		return nil
	}
	missing, err := damage.Find(p.found.ctx, p.job.Original, p.source)
	if err != nil {
		return err
	}
	if missing != "" {
		return damaged(missing)
	}
	if p.source == sniff.JPEG {
		p.found.jpegs = append(p.found.jpegs, p.job.Original)
		h, ok := header.Read(p.job.Original)
		p.untilRow = !ok || !h.Interlaced
	}
	return nil
}

// failOn is at what damage the file's decoder fails. A decoder that goes on must fill
// what is missing, and not leave memory there as it was, see [damage.Repair].
func (p *picture) failOn() vips.FailOn {
	if p.source == sniff.JPEG || p.found.lenient && p.source == sniff.GIF {
		return vips.FailOnNone
	}
	if p.source == sniff.TIFF {
		return vips.FailOnError // newer libvips shows strips that cannot be decoded as black
	}
	return vips.FailOnTruncated
}

// leaveRows is called before a part of the frame is cut out, and above so
// many of its rows. A JPEG is judged by all of it, whatever is asked of it,
// and its data are read row by row: so a small image is computed whole, and
// the file of a large one is read once more, see readRest. What fails there
// is said by libvips' warnings.
func (p *picture) leaveRows(below int) error {
	if below <= 0 || p.source != sniff.JPEG || !p.untilRow || p.inMemory || p.found.lenient {
		return nil
	}
	if p.facts.Size.Pixels() < large {
		return p.settle()
	}
	p.rowsLeft = true
	return nil
}

// readRest decodes a JPEG of which rows were left out as small, and as fast, as it can be
// decoded.
func (p *picture) readRest() error {
	if !p.rowsLeft {
		return nil
	}
	p.rowsLeft = false
	small, err := p.load(vips.LoadOptions{Shrink: 8})
	if err != nil {
		return err
	}
	defer small.Close()
	_, err = small.Average()
	return err
}

// unsupported returns the failure of a file whose pixels are coded in a way
// that this build cannot decode; nil where that is not why it was not
// decoded.
func (p *picture) unsupported() *errors.Error {
	codec := header.Codec(p.job.Original, p.page+1)
	switch {
	case codec == "":
		return nil
	case strings.HasSuffix(codec, " HEVC") && vips.DecodesHEVC():
		return nil
	case strings.HasSuffix(codec, " AV1") && vips.DecodesAV1():
		return nil
	}
	if missing, err := damage.Find(p.found.ctx, p.job.Original, p.source); err != nil || missing != "" {
		return nil
	}
	return errors.New(errors.BadImage, "The original is %s, which is not supported by this build", codec)
}
