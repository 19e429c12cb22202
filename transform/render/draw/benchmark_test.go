//go:build cgo

package draw_test

import (
	"context"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// twelveMegapixels is about what a phone takes: smooth, with some grain.
func twelveMegapixels(b *testing.B) []byte {
	b.Helper()
	grain := uint32(1)
	return asJPEG(b, paint(4000, 3000, func(x, y int) color.NRGBA {
		grain = grain*1664525 + 1013904223
		n := uint8(grain >> 28)
		return color.NRGBA{uint8(x/20) + n, uint8(y/15) + n, uint8((x+y)/40) + n, 255}
	}))
}

// BenchmarkDraw and BenchmarkPlainThumbnail do the same job, with a plan and
// without one.
func BenchmarkDraw(b *testing.B) {
	original := twelveMegapixels(b)
	for _, format := range []transform.Format{transform.JPEG, transform.WebP} {
		b.Run(format.String(), func(b *testing.B) {
			job := newJob(original, transform.Output{Format: format}, sized(512, 0, transform.Cover, 0))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := draw.Draw(context.Background(), job); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPlainThumbnail(b *testing.B) {
	original := twelveMegapixels(b)
	for _, format := range []transform.Format{transform.JPEG, transform.WebP} {
		b.Run(format.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scope := vips.NewScope(context.Background())
				file := must(scope.NewImageFromBuffer(original, sniff.JPEG, vips.LoadOptions{Shrink: 4}))(b)
				small := must(file.Resize(512.0/1000, 384.0/750, vips.KernelLanczos3))(b)
				if format == transform.JPEG {
					must(small.ExportJpeg(vips.JpegOptions{Quality: 80, OptimizeCoding: true}))(b)
				} else {
					must(small.ExportWebp(vips.WebpOptions{Quality: 80, Effort: 2, SmartSubsample: true}))(b)
				}
				scope.Close()
			}
		})
	}
}
