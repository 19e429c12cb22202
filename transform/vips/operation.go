//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// args are the inputs of an operation by libvips' names. A value is an int, a
// bool, a float64, a string, an *Image, a []int, a []float64, an []*Image, a
// []byte, or an interpolator.
type args map[string]any

// interpolator names one of libvips' interpolators: "bicubic".
type interpolator string

// errArgument is wrapped by the error of every misuse of an operation.
var errArgument = errors.New("invalid argument")

// call runs the operation and lets read take its outputs.
func (s *Scope) call(name string, in args, read func(*operation) error) error {
	if err := Startup(Config{}); err != nil {
		return err
	}
	op := &operation{}
	err := s.do(name, func() C.int {
		cname := C.CString(name)
		defer C.free(unsafe.Pointer(cname))
		if op.c = C.bridge_new(cname); op.c == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return err
	}
	defer func() {
		C.bridge_discard(op.c)
		unpin()
	}()

	for argument, value := range in {
		if err := op.set(argument, value); err != nil {
			return fmt.Errorf("%s: %s: %w", name, argument, err)
		}
	}
	if err := s.do(name, func() C.int { return C.bridge_build(&op.c) }); err != nil {
		return err
	}
	return read(op)
}

// image runs an operation whose result is an image, "out".
func (s *Scope) image(name string, in args) (out *Image, err error) {
	err = s.call(name, in, func(op *operation) error {
		out = s.adopt(op.image("out"))
		return nil
	})
	return out, err
}

// call and image of an Image run an operation whose first input is "in";
// callAs and imageAs are for other names.
func (i *Image) call(name string, in args, read func(*operation) error) error {
	return i.callAs("in", name, in, read)
}

func (i *Image) callAs(input, name string, in args, read func(*operation) error) error {
	in[input] = i
	return i.scope.call(name, in, read)
}

func (i *Image) image(name string, in args) (*Image, error) {
	return i.imageAs("in", name, in)
}

func (i *Image) imageAs(input, name string, in args) (*Image, error) {
	in[input] = i
	return i.scope.image(name, in)
}

// operation is one call of libvips under construction.
type operation struct{ c *C.VipsOperation }

func (o *operation) set(name string, value any) error {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))

	var answer C.int
	switch v := value.(type) {
	case bool:
		answer = C.bridge_set_int(o.c, key, C.int(boolean(v)))
	case int:
		if int(C.int(v)) != v {
			return fmt.Errorf("%d is out of range: %w", v, errArgument)
		}
		answer = C.bridge_set_int(o.c, key, C.int(v))
	case float64:
		answer = C.bridge_set_double(o.c, key, C.double(v))
	case string:
		text := C.CString(v)
		defer C.free(unsafe.Pointer(text))
		answer = C.bridge_set_string(o.c, key, text)
	case interpolator:
		text := C.CString(string(v))
		defer C.free(unsafe.Pointer(text))
		object := C.vips_interpolate_new(text)
		if object == nil {
			return fmt.Errorf("no interpolator %q: %w", v, errArgument)
		}
		defer C.g_object_unref(C.gpointer(unsafe.Pointer(object)))
		answer = C.bridge_set_object(o.c, key, unsafe.Pointer(object))
	case *Image:
		if v == nil || v.c == nil {
			return errClosed
		}
		answer = C.bridge_set_object(o.c, key, unsafe.Pointer(v.c))
	case []*Image:
		images := make([]*C.VipsImage, len(v))
		for n, image := range v {
			if image == nil || image.c == nil {
				return errClosed
			}
			images[n] = image.c
		}
		answer = C.bridge_set_images(o.c, key, unsafe.SliceData(images), C.int(len(images)))
	case []int:
		numbers := cInts(v)
		answer = C.bridge_set_ints(o.c, key, unsafe.SliceData(numbers), C.int(len(numbers)))
	case []float64:
		answer = C.bridge_set_doubles(o.c, key, (*C.double)(unsafe.SliceData(v)), C.int(len(v)))
	case []byte:
		if len(v) == 0 {
			return fmt.Errorf("empty buffer: %w", errArgument)
		}
		answer = C.bridge_set_buffer(o.c, key, unsafe.Pointer(&v[0]), C.size_t(len(v)), pin(v))
	default:
		return fmt.Errorf("no argument can be a %T: %w", value, errArgument)
	}

	switch answer {
	case C.BRIDGE_UNKNOWN:
		return fmt.Errorf("no such argument: %w", errArgument)
	case C.BRIDGE_TYPE:
		return fmt.Errorf("cannot be a %T: %w", value, errArgument)
	case C.BRIDGE_RANGE:
		return fmt.Errorf("%v is out of range: %w", value, errArgument)
	}
	return nil
}

func cInts(v []int) []C.int {
	numbers := make([]C.int, len(v))
	for n, value := range v {
		numbers[n] = C.int(value)
	}
	return numbers
}

// pin keeps data in place until the blob that C makes of it is freed, and
// unpin is called. The operation that loads from the blob references it,
// every image references its operation, and every derived image references
// its inputs: so the memory is released exactly when nothing in libvips can
// read it any more.
func pin(data []byte) C.uintptr_t {
	pinner := new(runtime.Pinner)
	pinner.Pin(&data[0])
	return C.uintptr_t(cgo.NewHandle(pinner))
}

// unpin releases the data of freed blobs. It follows everything that may have
// freed one.
func unpin() {
	for {
		pin := C.bridge_freed()
		if pin == 0 {
			return
		}
		handle := cgo.Handle(pin)
		handle.Value().(*runtime.Pinner).Unpin()
		handle.Delete()
	}
}

func (o *operation) int(name string) int {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return int(C.bridge_get_int(o.c, key))
}

func (o *operation) float(name string) float64 {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return float64(C.bridge_get_double(o.c, key))
}

// image returns an output with a new reference.
func (o *operation) image(name string) *C.VipsImage {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return C.bridge_get_image(o.c, key)
}

func (o *operation) floats(name string) []float64 {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	area := C.bridge_get_area(o.c, key)
	if area == nil {
		return nil
	}
	defer C.vips_area_unref(area)
	return append([]float64(nil), unsafe.Slice((*float64)(area.data), int(area.n))...)
}

func (o *operation) bytes(name string) []byte {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	area := C.bridge_get_area(o.c, key)
	if area == nil {
		return nil
	}
	defer C.vips_area_unref(area)
	return append([]byte(nil), unsafe.Slice((*byte)(area.data), int(area.length))...)
}
