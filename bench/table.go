//go:build linux && cgo

package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// table is a Markdown table with aligned columns.
type table [][]string

func (t *table) row(cells ...string) { *t = append(*t, cells) }

func (t table) print(to io.Writer) {
	if len(t) == 0 {
		return
	}
	widths := make([]int, len(t[0]))
	for _, row := range t {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	for n, row := range t {
		var b strings.Builder
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("| " + cell + space + " |")
			} else {
				b.WriteString(" " + space + cell + " |")
			}
		}
		fmt.Fprintln(to, b.String())
		if n == 0 {
			fmt.Fprint(to, "|"+strings.Repeat("-", widths[0]+2)+"|")
			for _, w := range widths[1:] {
				fmt.Fprint(to, strings.Repeat("-", w+1)+":|")
			}
			fmt.Fprintln(to)
		}
	}
	fmt.Fprintln(to)
}

// number formats a number with three digits, or more before the point.
func number(v float64) string {
	switch {
	case math.IsInf(v, 0) || math.IsNaN(v):
		return "–"
	case v >= 99.95:
		return fmt.Sprintf("%.0f", v)
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func milliseconds(d time.Duration) string { return number(float64(d) / float64(time.Millisecond)) }

func megabytes(n int64) string { return fmt.Sprintf("%.0f", float64(n)/(1<<20)) }

// ratio formats a relative to b; empty if b is missing.
func ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", a/b)
}
