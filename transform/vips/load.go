//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"fmt"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Access is the order in which the pixels of an opened image are read.
type Access int

// The orders. A sequential image can be read once, from top to bottom, in
// little memory; anything else needs Random or [Image.CopyMemory].
const (
	Sequential Access = iota
	Random
)

// FailOn is the damage that makes reading an image fail.
type FailOn int

// By strictness: a truncated file fails, the default; nothing that can be
// decoded at all fails; bad data also fail; warnings also fail.
const (
	FailOnTruncated FailOn = iota
	FailOnNone
	FailOnError
	FailOnWarning
)

// LoadOptions configure the opening of an image. Options that a format does
// not support are ignored.
type LoadOptions struct {
	Access Access
	FailOn FailOn

	// Shrink decodes a JPEG at 1/2, 1/4 or 1/8 of its size. Default: 1.
	Shrink int

	// Scale decodes an SVG, a page of a PDF or a WebP at this multiple of its
	// size. Default: 1, at which a page has a pixel for each point.
	Scale float64

	// Page is the first page or frame, from 0, and Pages their number; -1
	// means all. Default: one. Several give one tall image, see
	// [Image.PageHeight].
	Page, Pages int
}

// loader is a load operation and its supported arguments.
type loader struct {
	operation             string
	shrink, scale, paging bool
}

var loaders = map[sniff.Format]loader{
	sniff.JPEG: {operation: "jpegload_buffer", shrink: true},
	sniff.PNG:  {operation: "pngload_buffer"},
	sniff.WebP: {operation: "webpload_buffer", scale: true, paging: true},
	sniff.GIF:  {operation: "gifload_buffer", paging: true},
	sniff.AVIF: {operation: "heifload_buffer", paging: true},
	sniff.HEIC: {operation: "heifload_buffer", paging: true},
	sniff.TIFF: {operation: "tiffload_buffer", paging: true},
	sniff.SVG:  {operation: "svgload_buffer", scale: true},
	sniff.PDF:  {operation: "pdfload_buffer", scale: true, paging: true},
}

// NewImageFromBuffer opens an image: it reads the header, and the pixels when
// needed. The caller chooses the format, see [sniff.Sniff]; libvips never
// searches for a loader. The buffer is not copied and must not change until
// the scope is closed.
func (s *Scope) NewImageFromBuffer(buf []byte, format sniff.Format, opts LoadOptions) (*Image, error) {
	l, ok := loaders[format]
	if !ok {
		return nil, fmt.Errorf("no loader for format %q: %w", format, errArgument)
	}
	in := args{
		"buffer":  buf,
		"access":  int(opts.Access.vips()),
		"fail-on": int(opts.FailOn.vips()),
	}
	if opts.Access == Random {
		in["memory"] = true // even if large: not in a file
	}
	if format == sniff.JPEG && HasArgument(l.operation, "unlimited") {
		// Otherwise libvips fails at the hundredth warning, even about
		// superfluous bytes between segments.
		in["unlimited"] = true
	}
	if l.shrink && opts.Shrink > 1 {
		in["shrink"] = opts.Shrink
	}
	if l.scale && opts.Scale != 0 && opts.Scale != 1 {
		in["scale"] = opts.Scale
	}
	if l.paging && opts.Page != 0 {
		in["page"] = opts.Page
	}
	if l.paging && opts.Pages != 0 {
		in["n"] = opts.Pages
	}
	image, err := s.image(l.operation, in)
	if err != nil {
		return nil, err
	}
	if opts.Access == Random {
		C.bridge_pass_kill(image.c)
	}
	return image, nil
}
