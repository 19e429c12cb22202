package transform

import (
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestLimits(t *testing.T) {
	usual := Limits{MaxPixels: DefaultMaxPixels, MaxFrames: DefaultMaxFrames, MaxDimension: DefaultMaxDimension}
	boundless := Limits{MaxPixels: math.MaxInt64 - 1, MaxFrames: math.MaxInt, MaxDimension: math.MaxInt}
	const most = math.MaxInt32
	tests := []struct {
		name            string
		limits          Limits
		size            Size
		frames          int
		original, drawn string // the message; empty where the image passes
	}{
		{"one pixel", usual, Size{1, 1}, 1, "", ""},
		{"exactly max_pixels", usual, Size{10000, 10000}, 1, "", ""},
		{"a row more than max_pixels", usual, Size{10000, 10001}, 1,
			"The original has 100010000 pixels, more than max_pixels, 100000000",
			"The result would have 100010000 pixels, more than max_pixels, 100000000"},
		{"exactly max_dimension", usual, Size{16383, 1}, 1, "", ""},
		{"wider than max_dimension", usual, Size{16384, 1}, 1, "", "The result would be 16384x1, more than max_dimension, 16383"},
		{"higher than max_dimension", usual, Size{1, 16384}, 1, "", "The result would be 1x16384, more than max_dimension, 16383"},
		{"all frames count", usual, Size{1000, 1000}, 101,
			"The original has 101000000 pixels, more than max_pixels, 100000000",
			"The result would have 101000000 pixels, more than max_pixels, 100000000"},
		{"exactly max_pixels in frames", usual, Size{1000, 1000}, 100, "", ""},
		{"exactly max_frames", usual, Size{1, 1}, 500, "", ""},
		{"more than max_frames", usual, Size{1, 1}, 501, "The original has 501 frames, more than max_frames, 500", ""},
		{"unknown frames are one", usual, Size{10000, 10001}, 0,
			"The original has 100010000 pixels, more than max_pixels, 100000000",
			"The result would have 100010000 pixels, more than max_pixels, 100000000"},
		{"2^62 pixels in 2 frames do not become negative", boundless, Size{1 << 31, 1 << 31}, 2,
			"The original has 9223372036854775807 pixels, more than max_pixels, 9223372036854775806",
			"The result would have 9223372036854775807 pixels, more than max_pixels, 9223372036854775806"},
		{"2^62 pixels in 4 frames do not become none", boundless, Size{1 << 31, 1 << 31}, 4,
			"The original has 9223372036854775807 pixels, more than max_pixels, 9223372036854775806",
			"The result would have 9223372036854775807 pixels, more than max_pixels, 9223372036854775806"},
		{"the largest header", usual, Size{most, most}, most,
			"The original has 2147483647 frames, more than max_frames, 500",
			"The result would be 2147483647x2147483647, more than max_dimension, 16383"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkLimit(t, "CheckOriginal", tt.limits.CheckOriginal(tt.size, tt.frames), tt.original)
			checkLimit(t, "CheckDrawn", tt.limits.checkDrawn(tt.size, Size{}, tt.frames), tt.drawn)
		})
	}
}

func TestLimitsOfRecipe(t *testing.T) {
	limits := Limits{MaxPixels: DefaultMaxPixels, MaxDimension: DefaultMaxDimension}
	tests := []struct {
		name string
		own  Facts
		step Step
		want string
	}{
		{"a photo", plant, Step{Resize: box(Cover, 300, 200)}, ""},
		{"a part of what is wider than max_dimension", still(20000, 1000), Step{Resize: box(Crop, 300, 200)}, ""},
		{"wider than max_dimension, and left so", still(20000, 1000), Step{}, ""},
		{"wider than max_dimension, and cut in its height", still(20000, 1000), Step{Resize: box(Crop, 20000, 500)}, "The result would be 20000x500, more than max_dimension, 16383"},
		{"wider than max_dimension, and turned", still(20000, 1000), Step{Rotate: Num(90)}, "The result would be 1000x20000, more than max_dimension, 16383"},
		{"wider than max_dimension, and padded", still(20000, 1000), Step{Resize: box(PadOnly, 20000, 16384)}, "The result would be 20000x16384, more than max_dimension, 16383"},
		{"wider than max_dimension, and wider still", still(20000, 10), Step{Border: Border{Width: Num(1)}}, "The result would be 20002x12, more than max_dimension, 16383"},
		{"enormous on the way", plant, Step{Resize: box(Stretch, 16000, 16000)},
			"The image would be scaled to 16000x16000, 256000000 pixels, more than max_pixels, 100000000"},
		{"enormous, would it not be cut first", still(1, 10000), Step{Resize: box(Cover, 16000, 1)}, ""},
		{"enormous though it is cut", still(1, 65535), Step{Resize: box(Cover, 16384, 1)}, "The result would be 16384x1, more than max_dimension, 16383"},
		{"enormous in the end", plant, Step{Resize: box(PadOnly, 16384, 1)}, "The result would be 16384x1000, more than max_dimension, 16383"},
		{"enormous by its border", plant, Step{Border: Border{Width: Num(8000)}}, "The result would be 16740x17000, more than max_dimension, 16383"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Resolve(tt.step, tt.own)
			if err != nil {
				t.Fatal(err)
			}
			checkLimit(t, "CheckRecipe", limits.CheckRecipe(r, tt.own.Size, 1), tt.want)
		})
	}
}

func checkLimit(t *testing.T, name string, err error, want string) {
	t.Helper()
	switch {
	case want == "":
		if err != nil {
			t.Errorf("%s: %v, want none", name, err)
		}
	case !errors.Is(err, errors.Limit) || errors.From(err).Message != want:
		t.Errorf("%s: %v, want Limit: %s", name, err, want)
	}
}

func TestPixels(t *testing.T) {
	tests := []struct {
		size Size
		want int64
	}{
		{Size{}, 0},
		{Size{3, 4}, 12},
		{Size{math.MaxInt32, math.MaxInt32}, 4611686014132420609},
		{Size{math.MaxInt64, 1}, math.MaxInt64},
		{Size{1 << 32, 1 << 31}, math.MaxInt64},
		{Size{1 << 32, 1 << 32}, math.MaxInt64},
	}
	for _, tt := range tests {
		if got := tt.size.Pixels(); got != tt.want {
			t.Errorf("%v has %d pixels, want %d", tt.size, got, tt.want)
		}
	}
}
