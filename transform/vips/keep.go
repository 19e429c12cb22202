//go:build cgo

package vips

import "slices"

// Keep is which metadata an export writes. What makes an animation, such as
// delays, is always written.
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
// Those of 8.14 only know all and nothing, and embed a profile in a stripped
// file from a named file only. So the profile alone is kept by forgetting the
// other fields, and by cutting out the EXIF block that the savers of JPEG and
// WebP make up anew from the image's resolution. The one in an AVIF stays: it
// says no more than that resolution. And 8.14's WebP saver has the argument
// strip and ignores it, so what it wrote is always cut.
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

// kept are the fields that are not metadata of the file, but of its pixels.
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
