// Package damage finds out whether a file has all of its image.
//
// Decoders differ in what they take for an error: one fills rows that are
// missing with gray, another leaves out the frames that are, a third refuses
// a file of which only the end mark is gone. The rule here is one for all
// formats: an image that can be decoded completely is sound, whatever else is
// wrong with its file; one that lacks rows, frames, or scans of a progressive
// JPEG is damaged.
//
// What a decoder reports anyway is left to it. This package finds what
// decoders pass over. It is plain Go and looks at files of strangers: it
// never panics, its time is bounded by the length of the file and the size of
// the image, and so is its memory.
package damage

import (
	"context"
	"fmt"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Missing is what an image lacks, such as "scans 4 to 10 of a progressive
// JPEG", for an error message. It is empty for an image that lacks nothing.
type Missing string

// Find looks at how a file is built. A file in a format of which there is
// nothing to find lacks nothing. The image's size must have been checked: a
// progressive JPEG without an end takes memory for each of its blocks.
//
// The error is that of ctx, which has Find stop soon.
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
