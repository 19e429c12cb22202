//go:build cgo

package draw

import (
	"fmt"
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/icc"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// inspect reads the details of the original without decoding pixels. Limits
// apply to one frame.
func inspect(scope *vips.Scope, job render.Job, found *findings) (*render.Result, error) {
	job.Plan = transform.Plan{Page: job.Plan.Page, Still: true}
	p, err := open(scope, job, found)
	if err != nil {
		return nil, err
	}
	image := p.frame
	d := transform.Details{
		Format:      p.facts.Format,
		Size:        p.facts.Size,
		Stored:      transform.Size{Width: image.Width(), Height: image.PageHeight()},
		Orientation: image.Orientation(),
		Frames:      1,
		Pages:       1,
		Alpha:       p.facts.Alpha,
		Space:       spaceOf(image),
		Depth:       depthOf(image),
	}
	switch pages := max(pagesOf(image, p.source), 1); {
	case isAnimation(p.source):
		d.Frames = pages
	default:
		d.Pages = pages
	}
	if !isDrawing(p.source) {
		d.Density = math.Round(100*image.Density()) / 100
	}
	d.Sampling, d.Progressive = header.Sampling(job.Original)
	d.EXIF = exif.Read(exifOf(image, p.source, job.Original))
	if profile, ok := image.GetBlob(vips.FieldProfile); ok {
		d.ICC = icc.Read(profile)
	}
	d, ok := d.Bounded()
	if !ok {
		return nil, errors.New(errors.BadImage, "The original's header is invalid").Because(fmt.Errorf("%+v", d))
	}
	return &render.Result{Details: &d}, nil
}

// exifOf returns the EXIF block; a TIFF is one itself.
func exifOf(image *vips.Image, source sniff.Format, file []byte) []byte {
	if source == sniff.TIFF {
		return file
	}
	block, _ := image.GetBlob(vips.FieldExif)
	return block
}

func spaceOf(image *vips.Image) string {
	switch image.Interpretation() {
	case vips.InterpretationSRGB, vips.InterpretationRGB, vips.InterpretationRGB16:
		return "srgb"
	case vips.InterpretationBW, vips.InterpretationGrey16:
		return "gray"
	case vips.InterpretationCMYK:
		return "cmyk"
	case vips.InterpretationLAB, vips.InterpretationLABS:
		return "lab"
	}
	return "other"
}

// depthOf returns the bits of a channel in the file if the loader reports
// them, or else of the decoded channel. For a palette libvips since 8.15
// reports the bits of an index, while its colours have 8 bits per channel.
func depthOf(image *vips.Image) int {
	if image.HasField("palette") {
		return 8
	}
	for _, field := range []string{"bits-per-sample", "heif-bitdepth"} {
		if n, ok := image.GetInt(field); ok && n > 0 && n <= 64 {
			return n
		}
	}
	switch image.BandFormat() {
	case vips.BandFormatUchar, vips.BandFormatChar:
		return 8
	case vips.BandFormatUshort, vips.BandFormatShort:
		return 16
	case vips.BandFormatDouble:
		return 64
	}
	return 32
}
