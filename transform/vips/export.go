//go:build cgo

package vips

// #include "bridge.h"
import "C"

// A zero in the options below is libvips' default, which the comment names.
// Every export computes the image, and can be interrupted meanwhile.

// Subsample is whether the colours of a JPEG or AVIF have half the
// resolution.
type Subsample int

// SubsampleAuto subsamples below quality 90.
const (
	SubsampleAuto Subsample = C.VIPS_FOREIGN_SUBSAMPLE_AUTO
	SubsampleOn   Subsample = C.VIPS_FOREIGN_SUBSAMPLE_ON
	SubsampleOff  Subsample = C.VIPS_FOREIGN_SUBSAMPLE_OFF
)

// JpegOptions configure the encoding of a JPEG.
type JpegOptions struct {
	Quality        int // 1 to 100; 75
	Interlace      bool
	Subsample      Subsample
	OptimizeCoding bool      // optimised Huffman tables in a second pass
	Trellis        bool      // trellis quantisation, if libjpeg is mozjpeg
	Background     []float64 // behind transparent pixels, for each colour band; black
	Keep           Keep
}

// ExportJpeg returns the image as a JPEG.
func (i *Image) ExportJpeg(opts JpegOptions) ([]byte, error) {
	in := args{
		"interlace":       opts.Interlace,
		"subsample-mode":  int(opts.Subsample),
		"optimize-coding": opts.OptimizeCoding,
		"trellis-quant":   opts.Trellis,
	}
	in.unlessZero("Q", opts.Quality)
	if len(opts.Background) > 0 {
		in["background"] = opts.Background
	}
	return i.export("jpegsave_buffer", in, opts.Keep)
}

// PngFilter is a row filter of PNG.
type PngFilter int

// The filters (PNG, third edition, section 9). PngFilterAll chooses one for
// each row; PngFilterNone stores samples unchanged.
const (
	PngFilterNone    PngFilter = C.VIPS_FOREIGN_PNG_FILTER_NONE
	PngFilterSub     PngFilter = C.VIPS_FOREIGN_PNG_FILTER_SUB
	PngFilterUp      PngFilter = C.VIPS_FOREIGN_PNG_FILTER_UP
	PngFilterAverage PngFilter = C.VIPS_FOREIGN_PNG_FILTER_AVG
	PngFilterPaeth   PngFilter = C.VIPS_FOREIGN_PNG_FILTER_PAETH
	PngFilterAll     PngFilter = C.VIPS_FOREIGN_PNG_FILTER_ALL
)

// PngOptions configure the encoding of a PNG.
type PngOptions struct {
	Compression int // 1 to 9, of zlib; 6
	Filter      PngFilter
	Interlace   bool
	Palette     bool // at most 256 colours
	Quality     int  // 1 to 100, of the palette; 100
	Effort      int  // 1 to 10, of finding the palette; 7
	Bitdepth    int  // 1, 2, 4, 8 or 16; the image's
	Keep        Keep
}

// ExportPng returns the image as a PNG.
func (i *Image) ExportPng(opts PngOptions) ([]byte, error) {
	in := args{"interlace": opts.Interlace, "palette": opts.Palette}
	in.unlessZero("compression", opts.Compression)
	in.unlessZero("filter", int(opts.Filter))
	in.unlessZero("Q", opts.Quality)
	in.unlessZero("effort", opts.Effort)
	in.unlessZero("bitdepth", opts.Bitdepth)
	return i.export("pngsave_buffer", in, opts.Keep)
}

// WebpPreset tunes a WebP for a kind of image.
type WebpPreset int

// The presets: default; portraits and interiors; landscapes.
const (
	PresetDefault WebpPreset = C.VIPS_FOREIGN_WEBP_PRESET_DEFAULT
	PresetPicture WebpPreset = C.VIPS_FOREIGN_WEBP_PRESET_PICTURE
	PresetPhoto   WebpPreset = C.VIPS_FOREIGN_WEBP_PRESET_PHOTO
)

// WebpOptions configure the encoding of a WebP. An image of several pages
// becomes an animation.
type WebpOptions struct {
	Quality  int // 1 to 100; 75
	AlphaQ   int // 1 to 100, of the transparency; 100
	Lossless bool
	Effort   int // 1 to 6; 4
	Preset   WebpPreset

	// SmartSubsample keeps colour edges sharper, at a cost.
	SmartSubsample bool

	Keep Keep
}

// ExportWebp returns the image as a WebP.
func (i *Image) ExportWebp(opts WebpOptions) ([]byte, error) {
	in := args{"lossless": opts.Lossless, "preset": int(opts.Preset), "smart-subsample": opts.SmartSubsample}
	in.unlessZero("Q", opts.Quality)
	in.unlessZero("alpha-q", opts.AlphaQ)
	in.unlessZero("effort", opts.Effort)
	return i.export("webpsave_buffer", in, opts.Keep)
}

// AvifOptions configure the encoding of an AVIF with 8 bits per sample.
type AvifOptions struct {
	Quality   int // 1 to 100; 50
	Effort    int // 1 to 9; 4
	Lossless  bool
	Subsample Subsample
	Keep      Keep
}

// ExportAvif returns the image as an AVIF. The encoding itself, once the
// pixels are computed, cannot be interrupted.
func (i *Image) ExportAvif(opts AvifOptions) ([]byte, error) {
	in := args{
		"compression":    int(C.VIPS_FOREIGN_HEIF_COMPRESSION_AV1),
		"bitdepth":       8,
		"lossless":       opts.Lossless,
		"subsample-mode": int(opts.Subsample),
	}
	in.unlessZero("Q", opts.Quality)
	in.unlessZero("effort", opts.Effort)
	return i.export("heifsave_buffer", in, opts.Keep)
}

// GifOptions configure the encoding of a GIF. An image of several pages
// becomes an animation.
type GifOptions struct {
	Effort    int // 1 to 10; 7
	Bitdepth  int // 1 to 8; 8
	Interlace bool
	NoDither  bool
	Keep      Keep
}

// ExportGif returns the image as a GIF.
func (i *Image) ExportGif(opts GifOptions) ([]byte, error) {
	in := args{"interlace": opts.Interlace}
	in.unlessZero("effort", opts.Effort)
	in.unlessZero("bitdepth", opts.Bitdepth)
	if opts.NoDither {
		in["dither"] = 0.0
	}
	return i.export("gifsave_buffer", in, opts.Keep)
}

func (a args) unlessZero(name string, value int) {
	if value != 0 {
		a[name] = value
	}
}
