//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// isDrawing reports whether a format is a vector format, which can be drawn
// at any size.
func isDrawing(source sniff.Format) bool { return source == sniff.SVG || source == sniff.PDF }

// sourceOf returns the format of the job's original if the job may open it.
func sourceOf(job render.Job) (sniff.Format, error) {
	source, ok := sniff.Document(job.Original)
	switch {
	case !ok && sniff.IsGzip(job.Original):
		return "", errors.New(errors.BadImage, "The original is compressed with gzip and does not contain an SVG")
	case !ok && sniff.Foreign(job.Original) != "":
		return "", errors.New(errors.BadImage, "The original is %s, which is not supported by this build; it reads JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, SVG", sniff.Foreign(job.Original))
	case !ok:
		return "", errors.New(errors.BadImage, "The original is not an image in a format that can be read: JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, SVG")
	case source == sniff.PDF && job.Plan.Page == 0:
		return "", errors.New(errors.BadImage, "The original is a PDF, which is not an image; the URL must name one of its pages")
	case source == sniff.PDF && !job.Isolated:
		return "", errors.New(errors.BadTransform, "Pages of a PDF need worker processes, and this server has `isolation off`")
	case !vips.CanLoad(source):
		return "", errors.New(errors.BadImage, "The original is %s, which is not supported by this build: its libvips cannot read it", source)
	case header.IsRaw(job.Original):
		return "", errors.New(errors.BadImage, "The original is the raw data of a camera, which is not supported by this build")
	case source == sniff.PDF:
		return source, job.Limits.CheckPDF(len(job.Original))
	}
	return source, nil
}
