//go:build race

package admission_test

// raceShadow is what the race detector keeps for each byte of a result that Go
// copies.
const raceShadow = 3
