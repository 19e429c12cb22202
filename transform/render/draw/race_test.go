//go:build cgo && race

package draw_test

// underRace reports whether the race detector is on, which makes all that Go
// does ten times slower and has memory of its own.
const underRace = true
