//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
)

// Reel is an animation with one frame in memory at a time. What is drawn of
// the first frame is drawn of all others when the result is read, one after
// the other, so that the animation may have any length.
//
// After NewReel, CopyMemory, Blur, Unsharp and Warp in its scope compute the
// pixels for each frame. Everything else that is computed while the image is
// built is of the first frame: statistics, Pixels, exports.
type Reel struct {
	c      *C.BridgeReel
	joined bool

	// images are the film and the results of CopyMemory, which stay open as
	// long as the scope: so every computation for a frame stops when the
	// scope's context is done.
	images []*Image
}

// NewReel opens a reel of a film, a sequential image with all frames below
// each other, and returns its first frame. A scope has at most one reel.
func (s *Scope) NewReel(film *Image, frames int) (*Reel, *Image, error) {
	if film.c == nil {
		return nil, nil, fmt.Errorf("reel: %w", errClosed)
	}
	if s.reel != nil || frames < 1 || film.Height()%frames != 0 {
		return nil, nil, fmt.Errorf("reel of %d frames: %w", frames, errArgument)
	}
	film.SetInt(FieldConcurrency, 1) // its rows are read in order
	reel := &Reel{images: []*Image{film}}
	var first *C.VipsImage
	err := s.do("reel", func() C.int {
		if first = C.bridge_reel_new(film.c, C.int(frames), &reel.c); first == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, nil, err
	}
	s.reel = reel
	return reel, s.adopt(first), nil
}

// Join returns the frames of the result, below each other; image is the
// first. They can be read once, from top to bottom. A reel is joined once.
func (r *Reel) Join(image *Image) (*Image, error) {
	if image.c == nil {
		return nil, fmt.Errorf("reel: %w", errClosed)
	}
	if r.joined {
		return nil, errors.New("reel: joined already")
	}
	r.joined = true
	var tall *C.VipsImage
	err := image.scope.do("reel", func() C.int {
		if tall = C.bridge_reel_join(r.c, image.c); tall == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	return image.scope.adopt(tall), nil
}

// hold is CopyMemory for an image in the reel's scope.
func (r *Reel) hold(image *Image) (*Image, error) {
	var held *C.VipsImage
	err := image.scope.do("copy_memory", func() C.int {
		if held = C.bridge_reel_hold(r.c, image.c); held == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	r.images = append(r.images, image)
	return image.scope.adopt(held), nil
}

// staged returns the image as an input of operations that compute at once: in
// a scope with a reel it is a stage, and so are images made from it.
func (i *Image) staged() (*Image, error) {
	if i.scope.reel == nil {
		return i, nil
	}
	return i.CopyMemory()
}
