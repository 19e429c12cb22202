//go:build cgo

package vips

import "slices"

// Keep is which metadata an export writes. The properties of an animation,
// such as delays, are always written.
type Keep int

// Nothing; the ICC profile, without which colours would change; everything.
const (
	KeepNone Keep = iota
	KeepProfile
	KeepAll
)

// libvips' VipsForeignKeep, which the headers of 8.14 lack.
const (
	foreignKeepNone = 0
	foreignKeepICC  = 1 << 3
)

// export runs a saver. Since 8.15 savers have an argument for what to keep.
//
// Those of 8.14 support only all and nothing, and embed a profile in a
// stripped file only from a named file. So to keep only the profile, other
// fields are removed, and the EXIF block that the savers of JPEG and WebP
// create from the image's resolution is cut out. The one in an AVIF stays: it
// contains no more than that resolution. And 8.14's WebP saver ignores the
// argument strip, so its output is always cut.
func (i *Image) export(saver string, in args, keep Keep) (buf []byte, err error) {
	old := !HasArgument(saver, "keep")
	switch {
	case keep == KeepAll:
	case !old && keep == KeepProfile:
		in["keep"] = foreignKeepICC
	case !old:
		in["keep"] = foreignKeepNone
	case keep == KeepProfile && i.HasProfile():
		if i, err = i.profileOnly(); err != nil {
			return nil, err
		}
		defer i.Close()
	default:
		in["strip"] = true
	}
	err = i.call(saver, in, func(op *operation) error {
		buf = op.bytes("buffer")
		return nil
	})
	if old && keep != KeepAll {
		buf = cutMetadata(buf, keep == KeepProfile)
	}
	return buf, err
}

// kept are the fields that describe the pixels rather than being metadata.
var kept = []string{
	FieldProfile, FieldPageHeight, FieldPages, FieldDelay, FieldLoop, FieldConcurrency,
	"gif-palette", "background", "bits-per-sample", "palette-bit-depth",
}

func (i *Image) profileOnly() (*Image, error) {
	out, err := i.Copy()
	if err != nil {
		return nil, err
	}
	for _, field := range out.FieldNames() {
		if !slices.Contains(kept, field) {
			out.Remove(field)
		}
	}
	return out, nil
}
