//go:build cgo && !race

package draw_test

const underRace = false
