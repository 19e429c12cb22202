// Package usage says what a process and all of its children take, where Linux
// tells it.
package usage
