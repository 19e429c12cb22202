//go:build cgo

package vips

// #include "bridge.h"
import "C"

import "unsafe"

// Names of metadata that libvips gives a meaning.
const (
	FieldProfile     = C.VIPS_META_ICC_NAME    // bytes
	FieldExif        = C.VIPS_META_EXIF_NAME   // bytes
	FieldXMP         = C.VIPS_META_XMP_NAME    // bytes
	FieldIPTC        = C.VIPS_META_IPTC_NAME   // bytes
	FieldOrientation = C.VIPS_META_ORIENTATION // int, 1 to 8
	FieldPageHeight  = C.VIPS_META_PAGE_HEIGHT // int, pixels
	FieldPages       = C.VIPS_META_N_PAGES     // int
	FieldLoader      = C.VIPS_META_LOADER      // string
	FieldDelay       = "delay"                 // []int, milliseconds for each frame
	FieldLoop        = "loop"                  // int, 0 is for ever
	FieldConcurrency = C.VIPS_META_CONCURRENCY // int, threads for this image

	// FieldSequential is present if the pixels come from a file that is read
	// from top to bottom, once. libvips then keeps and discards rows by the
	// expected order of reading.
	FieldSequential = C.VIPS_META_SEQUENTIAL

	// FieldExifOrientation is EXIF's own orientation, which savers write.
	FieldExifOrientation = "exif-ifd0-Orientation"
)

// FieldNames lists the metadata, including the facts of the header.
func (i *Image) FieldNames() []string {
	if i.c == nil {
		return nil
	}
	fields := C.vips_image_get_fields(i.c)
	defer C.g_strfreev(fields)
	n := int(C.g_strv_length(fields))
	names := make([]string, 0, n)
	for _, field := range unsafe.Slice(fields, n) {
		names = append(names, C.GoString((*C.char)(field)))
	}
	return names
}

// HasField reports whether the metadata exists.
func (i *Image) HasField(name string) bool {
	if i.c == nil {
		return false
	}
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return C.vips_image_get_typeof(i.c, key) != 0
}

// GetInt returns a number; ok is false if there is none of that name and
// type.
func (i *Image) GetInt(name string) (int, bool) {
	var v C.int
	ok := i.get(name, func(key *C.char) C.int { return C.vips_image_get_int(i.c, key, &v) })
	return int(v), ok
}

// GetIntArray returns a copy of a list of numbers.
func (i *Image) GetIntArray(name string) ([]int, bool) {
	var data *C.int
	var n C.int
	if !i.get(name, func(key *C.char) C.int { return C.vips_image_get_array_int(i.c, key, &data, &n) }) {
		return nil, false
	}
	values := make([]int, 0, int(n))
	for _, v := range unsafe.Slice(data, int(n)) {
		values = append(values, int(v))
	}
	return values, true
}

// GetString returns a text.
func (i *Image) GetString(name string) (string, bool) {
	var text *C.char
	if !i.get(name, func(key *C.char) C.int { return C.vips_image_get_string(i.c, key, &text) }) {
		return "", false
	}
	return C.GoString(text), true
}

// GetBlob returns a copy of binary metadata, such as [FieldExif].
func (i *Image) GetBlob(name string) ([]byte, bool) {
	var data unsafe.Pointer
	var n C.size_t
	if !i.get(name, func(key *C.char) C.int { return C.vips_image_get_blob(i.c, key, &data, &n) }) {
		return nil, false
	}
	return append([]byte(nil), unsafe.Slice((*byte)(data), int(n))...), true
}

// get checks for existence first, since libvips treats an absent field as an
// error.
func (i *Image) get(name string, read func(key *C.char) C.int) bool {
	if !i.HasField(name) {
		return false
	}
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return i.scope.do("get "+name, func() C.int { return read(key) }) == nil
}

// The Set and Remove methods change the image itself; images derived from it
// later inherit that. They do nothing to a closed image.

// SetInt sets a number.
func (i *Image) SetInt(name string, value int) {
	i.edit(name, func(key *C.char) { C.vips_image_set_int(i.c, key, C.int(value)) })
}

// SetIntArray sets a list of numbers.
func (i *Image) SetIntArray(name string, values []int) {
	numbers := cInts(values)
	i.edit(name, func(key *C.char) {
		C.vips_image_set_array_int(i.c, key, unsafe.SliceData(numbers), C.int(len(numbers)))
	})
}

// SetString sets a text.
func (i *Image) SetString(name, value string) {
	text := C.CString(value)
	defer C.free(unsafe.Pointer(text))
	i.edit(name, func(key *C.char) { C.vips_image_set_string(i.c, key, text) })
}

// SetBlob sets binary metadata. It copies the value.
func (i *Image) SetBlob(name string, value []byte) {
	i.edit(name, func(key *C.char) {
		C.vips_image_set_blob_copy(i.c, key, unsafe.Pointer(unsafe.SliceData(value)), C.size_t(len(value)))
	})
}

// Remove removes metadata, if it exists.
func (i *Image) Remove(name string) {
	i.edit(name, func(key *C.char) { C.vips_image_remove(i.c, key) })
}

func (i *Image) edit(name string, write func(key *C.char)) {
	if i.c == nil {
		return
	}
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	write(key)
}

// Copy returns an image with the same pixels and separate metadata.
func (i *Image) Copy() (*Image, error) { return i.image("copy", args{}) }

// CopyAt returns an image with the same pixels and another density.
func (i *Image) CopyAt(dpi float64) (*Image, error) {
	const inch = 25.4 // millimetres
	return i.image("copy", args{"xres": dpi / inch, "yres": dpi / inch})
}

// CopyAs returns an image with the same samples and another interpretation.
func (i *Image) CopyAs(space Interpretation) (*Image, error) {
	return i.image("copy", args{"interpretation": int(space)})
}
