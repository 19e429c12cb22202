//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// Scope owns the images of one job and stops them when its context is done.
type Scope struct {
	ctx  context.Context
	stop func() bool

	doubts *doubts // of inner scopes too

	reel *Reel // nil but for an animation

	censuses []*Census

	mu     sync.Mutex // guards what the goroutine that kills reads
	images map[*Image]struct{}
	killed bool
}

// NewScope opens a scope. When ctx is done, whatever its images compute stops
// at the next few rows of pixels, and every call through the scope returns an
// error that wraps ctx.Err(). What a codec does in one go does not stop: the
// decoding of a WebP or HEIF frame, the encoding of an AVIF.
//
// Each scope must be closed.
func NewScope(ctx context.Context) *Scope { return beginScope(ctx, new(doubts)) }

// doubts are about calls that worked.
type doubts struct {
	lost       atomic.Bool // a failure may be lost
	complained atomic.Bool // libvips said something
}

func beginScope(ctx context.Context, doubts *doubts) *Scope {
	s := &Scope{ctx: ctx, doubts: doubts, images: map[*Image]struct{}{}}
	s.stop = context.AfterFunc(ctx, s.kill)
	return s
}

// Inner opens a scope for a part of the job, which stops when that does. Its
// images may be inputs of operations of the outer one, and what these make of
// them outlives it.
func (s *Scope) Inner() *Scope { return beginScope(s.ctx, s.doubts) }

// Doubtful reports whether a call of the scope, or of an inner one, that
// worked may have failed, had it more than one thread (see
// [FieldConcurrency]): pixels are missing then.
//
// Before 8.15.4, libvips decides whether an image was computed when the last piece
// of it is given to a thread, and does not look at what becomes of the pieces that
// are still with the threads; only their words in the error buffer are left
// (https://github.com/libvips/libvips/pull/4116). Another job's words, at the same
// time in this process, raise doubt as well.
func (s *Scope) Doubtful() bool { return s.doubts.lost.Load() }

// Complained reports whether libvips left words in its error buffer during a call of the
// scope, or of an inner one, that worked: with [FailOnNone], warnings of damage, or of
// what is none. They may be another job's, at the same time in this process.
func (s *Scope) Complained() bool { return s.doubts.complained.Load() }

// Close frees all images of the scope. It may be called more than once, and
// not while another goroutine is in a call of the scope.
func (s *Scope) Close() {
	s.stop()
	if s.reel != nil {
		C.bridge_reel_unref(s.reel.c)
		s.reel = nil
	}
	for _, census := range s.censuses {
		census.unref()
	}
	s.censuses = nil
	s.CloseAllBut()
}

// CloseAllBut frees the images of the scope but these, and but those that a reel
// draws its frames with. What is still to be computed for one of them stays until it
// is.
func (s *Scope) CloseAllBut(kept ...*Image) {
	if s.reel != nil {
		kept = append(slices.Clone(kept), s.reel.images...)
	}
	s.mu.Lock()
	images := s.images
	s.images = map[*Image]struct{}{}
	for _, image := range kept {
		if _, owned := images[image]; owned {
			s.images[image] = struct{}{}
			delete(images, image)
		}
	}
	s.mu.Unlock()
	for image := range images {
		image.unref()
	}
}

// kill works on images that are in the map only, and they leave it before they
// are freed.
func (s *Scope) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	for image := range s.images {
		C.vips_image_set_kill(image.c, C.TRUE)
	}
}

// adopt takes over one reference to c.
func (s *Scope) adopt(c *C.VipsImage) *Image {
	image := &Image{c: c, scope: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.images[image] = struct{}{}
	if s.killed {
		C.vips_image_set_kill(c, C.TRUE)
	}
	return image
}

// drop reports whether the image was still in the scope, so that only one of
// Scope.Close and Image.Close frees it.
func (s *Scope) drop(image *Image) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, owned := s.images[image]
	delete(s.images, image)
	return owned
}

// do runs f, a call into libvips named op that answers zero when it worked.
func (s *Scope) do(op string, f func() C.int) error {
	if err := Startup(Config{}); err != nil {
		return err
	}
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	ticket := beginCall()
	failed := f() != 0
	text, complained := ticket.end(failed)
	if !failed && complained {
		s.doubts.complained.Store(true)
		if losesErrors() {
			s.doubts.lost.Store(true)
		}
	}
	if !failed {
		return nil
	}
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return &Error{Op: op, Text: text}
}
