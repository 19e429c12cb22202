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
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// findings are problems found in the files of a job while it is drawn.
//
// libjpeg gives the same warning for data that end too early and for
// superfluous bytes; it continues in both cases, and reports only the first.
// libvips can fail at the end of the file, at any warning, or at none. So it
// is told to continue, and after a warning the data of all JPEGs are read
// once more to see whether any are missing. Other decoders fail if data are
// missing.
type findings struct {
	ctx     context.Context
	lenient bool // the readable part of a damaged file is drawn
	warned  bool // about the files, or something else
	jpegs   [][]byte
}

// check returns an error if a JPEG of the job turned out to be incomplete.
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

// inFile adds the file of the job to an error.
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

// checkWhole checks whether the file lacks anything that decoders do not
// report. The size of the image was checked.
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

// failOn returns the damage at which the file's decoder fails. A decoder that
// continues must fill missing pixels, and not leave memory uninitialised, see
// [damage.Repair].
func (p *picture) failOn() vips.FailOn {
	if p.source == sniff.JPEG || p.found.lenient && p.source == sniff.GIF {
		return vips.FailOnNone
	}
	if p.source == sniff.TIFF {
		return vips.FailOnError // newer libvips shows undecodable strips as black
	}
	return vips.FailOnTruncated
}

// leaveRows is called before a part of the frame is cut out that ends above
// the given number of rows. A JPEG is judged as a whole, whatever part is
// requested, and its data are read row by row: so a small image is computed
// completely, and the file of a large one is read once more, see readRest.
// Failures there show in libvips' warnings.
func (p *picture) leaveRows(below int) error {
	if below <= 0 || p.source != sniff.JPEG || !p.untilRow || p.inMemory || p.found.lenient {
		return nil
	}
	if p.facts.Size.Pixels() < steps.Large {
		return p.settle()
	}
	p.rowsLeft = true
	return nil
}

// readRest decodes a JPEG, parts of which were skipped, at the smallest and
// fastest scale.
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

// unsupported returns the error for a file whose codec this build lacks; nil
// if there is another reason why it was not decoded.
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
