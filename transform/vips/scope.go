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

	reel *Reel // nil except for an animation

	censuses []*Census

	mu     sync.Mutex // guards what the killing goroutine reads
	images map[*Image]struct{}
	killed bool
}

// NewScope opens a scope. When ctx is done, the computations of its images
// stop within a few rows of pixels, and every call through the scope returns
// an error that wraps ctx.Err(). What a codec does in one call does not stop:
// decoding a WebP or HEIF frame, encoding an AVIF.
//
// Every scope must be closed.
func NewScope(ctx context.Context) *Scope { return beginScope(ctx, new(doubts)) }

// doubts are about calls that succeeded.
type doubts struct {
	lost       atomic.Bool // a failure may be lost
	complained atomic.Bool // libvips left text
}

func beginScope(ctx context.Context, doubts *doubts) *Scope {
	s := &Scope{ctx: ctx, doubts: doubts, images: map[*Image]struct{}{}}
	s.stop = context.AfterFunc(ctx, s.kill)
	return s
}

// Inner opens a scope for a part of the job, which stops with it. Its images
// may be inputs of operations of the outer scope; the results outlive it.
func (s *Scope) Inner() *Scope { return beginScope(s.ctx, s.doubts) }

// Doubtful reports whether a successful call of the scope, or of an inner
// one, may in fact have failed if it had more than one thread (see
// [FieldConcurrency]): pixels are then missing.
//
// Before 8.15.4, libvips decides whether an image was computed when its last
// piece is given to a thread, and ignores the outcome of pieces that are
// still in progress; only their text in the error buffer remains
// (https://github.com/libvips/libvips/pull/4116). Text of another concurrent
// job in this process raises doubt as well.
func (s *Scope) Doubtful() bool { return s.doubts.lost.Load() }

// Complained reports whether libvips left text in its error buffer during a
// successful call of the scope, or of an inner one: with [FailOnNone],
// warnings about damage or harmless things. It may be another concurrent
// job's in this process.
func (s *Scope) Complained() bool { return s.doubts.complained.Load() }

// Close frees all images of the scope. It may be called repeatedly, but not
// while another goroutine is in a call of the scope.
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

// CloseAllBut frees the images of the scope except these, and except those
// that a reel draws its frames with. Inputs that are still to be computed
// stay until then.
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

// kill affects only images that are in the map, which they leave before they
// are freed.
func (s *Scope) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	for image := range s.images {
		C.vips_image_set_kill(image.c, C.TRUE)
	}
}

// adopt takes ownership of one reference to c.
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

// do runs f, a call into libvips named op that returns zero on success.
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
