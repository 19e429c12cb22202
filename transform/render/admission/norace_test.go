//go:build !race

package admission_test

const raceShadow = 0
