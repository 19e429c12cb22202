//go:build cgo

package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// without reports whether a setting has the same result as a previous one,
// because this build's encoder lacks the option.
func (r result) without(results []result) bool {
	return slices.ContainsFunc(results, func(other result) bool {
		return r.format == other.format && r.effort == other.effort && r.quality == other.quality && r.bytes == other.bytes && r.mean == other.mean
	})
}

// report prints a table for each format. The last two columns are for
// ladders, relative to the first setting's format, JPEG, at quality 80: the
// quality that looks the same, and the size of the files relative to the
// JPEGs.
func report(w io.Writer, results []result) {
	var base *result
	for n := range results {
		if r := &results[n]; r.ladder == results[0].ladder && r.quality == 80 {
			base = r
		}
	}
	format := ""
	for _, r := range results {
		if r.format != format {
			format = r.format
			fmt.Fprintf(w, "\n| %s | bytes | distance, mean | worst | ms CPU a megapixel | quality that looks like JPEG 80 | its bytes, %% of JPEG's |\n|---|--:|--:|--:|--:|--:|--:|\n", format)
		}
		quality, share := "", ""
		if base != nil && r.quality > 0 && r.first(results) {
			q, size := alike(base.mean, steps(results, r.ladder))
			quality, share = fmt.Sprintf("%.0f", q), fmt.Sprintf("%.1f", 100*size/float64(base.bytes))
		}
		fmt.Fprintf(w, "| %s | %d | %.3f | %.2f | %.1f | %s | %s |\n", r.setting, r.bytes, r.mean, r.worst, float64(r.cpu)/float64(time.Millisecond), quality, share)
	}
}

func (r result) first(results []result) bool {
	first := slices.IndexFunc(results, func(other result) bool { return other.ladder == r.ladder })
	return results[first].quality == r.quality
}

func steps(results []result, l ladder) (steps []result) {
	for _, r := range results {
		if r.ladder == l {
			steps = append(steps, r)
		}
	}
	slices.SortFunc(steps, func(a, b result) int { return cmp.Compare(a.quality, b.quality) })
	return steps
}

// alike returns the quality and the size of a ladder at a distance, by linear
// interpolation between the two steps around it, or the two nearest; sizes by
// their logarithms.
func alike(distance float64, steps []result) (quality, bytes float64) {
	n := 1
	for n < len(steps)-1 && steps[n].mean > distance {
		n++
	}
	a, b := steps[n-1], steps[n]
	along := (distance - a.mean) / (b.mean - a.mean)
	quality = float64(a.quality) + along*float64(b.quality-a.quality)
	low, high := math.Log(float64(a.bytes)), math.Log(float64(b.bytes))
	return quality, math.Exp(low + along*(high-low))
}
