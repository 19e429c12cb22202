// Package damage finds out whether a file contains its whole image.
//
// Decoders differ in what they report: one fills missing rows with gray,
// another skips missing frames, a third refuses a file that lacks only its
// end marker. The rule here is the same for all formats: an image that can be
// decoded completely is sound, whatever else is wrong with its file; one that
// lacks rows, frames, or scans of a progressive JPEG is damaged.
//
// Damage that decoders report is left to them; this package finds the rest.
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded by the length of the file and the size of the image.
package damage

import (
	"context"
	"fmt"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Missing describes what an image lacks, such as "scans 4 to 10 of a
// progressive JPEG", for an error message. It is empty if nothing is missing.
type Missing string

// Find examines the structure of a file. It finds nothing in formats without
// such checks. The image's size must have been checked: a progressive JPEG
// without an end marker takes memory for each of its blocks.
//
// The error is that of ctx, which ends Find soon.
func Find(ctx context.Context, file []byte, format sniff.Format) (Missing, error) {
	switch format {
	case sniff.JPEG:
		return findJPEG(ctx, file)
	case sniff.PNG:
		return findPNG(ctx, file)
	case sniff.GIF:
		return findGIF(file), nil
	case sniff.TIFF:
		return findTIFF(file), nil
	case sniff.PDF:
		return findPDF(file), nil
	}
	return "", nil
}

func missing(format string, args ...any) Missing { return Missing(fmt.Sprintf(format, args...)) }
