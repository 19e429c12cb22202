//go:build cgo

package vips

import (
	"context"
	_ "embed"
	"sync"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Minimal images in two codecs: 16 by 16 pixels of one colour.
var (
	//go:embed samples/hevc.heic
	sampleHEVC []byte

	//go:embed samples/av1.avif
	sampleAV1 []byte
)

// DecodesHEVC and DecodesAV1 report whether this build has a decoder for the
// codec of HEIC, and of AVIF. The common loader opens both without one, so it
// has to be tried.
var (
	DecodesHEVC = sync.OnceValue(func() bool { return decodes(sampleHEVC, sniff.HEIC) })
	DecodesAV1  = sync.OnceValue(func() bool { return decodes(sampleAV1, sniff.AVIF) })
)

func decodes(sample []byte, format sniff.Format) bool {
	s := NewScope(context.Background())
	defer s.Close()
	i, err := s.NewImageFromBuffer(sample, format, LoadOptions{})
	if err != nil {
		return false
	}
	_, err = i.Average()
	return err == nil
}
