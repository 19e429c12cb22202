//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

var errClosed = errors.New("the image is closed")

// Image is an image, usually one that is not computed yet: operations are
// only recorded, and an export, Pixels, CopyMemory or a statistic computes
// the pixels. Methods that return an Image do not change their receiver.
type Image struct {
	c     *C.VipsImage // nil once closed
	scope *Scope
}

// Scope returns the owner of the image.
func (i *Image) Scope() *Scope { return i.scope }

// Close frees the image before its scope does. It may be called more than once.
func (i *Image) Close() {
	if i.scope.drop(i) {
		i.unref()
	}
}

func (i *Image) unref() {
	C.g_object_unref(C.gpointer(unsafe.Pointer(i.c)))
	i.c = nil
	unpin()
}

// CopyMemory computes the pixels and returns an image that holds them. It is
// needed before a sequential image can be read twice or out of order. In a
// scope with a [Reel] it computes the current frame.
func (i *Image) CopyMemory() (*Image, error) {
	if i.c == nil {
		return nil, fmt.Errorf("copy_memory: %w", errClosed)
	}
	if reel := i.scope.reel; reel != nil {
		return reel.hold(i)
	}
	var out *C.VipsImage
	err := i.scope.do("copy_memory", func() C.int {
		if out = C.vips_image_copy_memory(i.c); out == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	return i.scope.adopt(out), nil
}

// Pixels computes the image and returns its samples, in rows from the top
// left with interleaved bands, in the machine's byte order.
func (i *Image) Pixels() ([]byte, error) {
	if i.c == nil {
		return nil, fmt.Errorf("write_to_memory: %w", errClosed)
	}
	var data unsafe.Pointer
	var size C.size_t
	err := i.scope.do("write_to_memory", func() C.int {
		if data = C.vips_image_write_to_memory(i.c, &size); data == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	defer C.g_free(C.gpointer(data))
	return append([]byte(nil), unsafe.Slice((*byte)(data), int(size))...), nil
}
