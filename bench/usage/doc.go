// Package usage measures the resources of a process and its children, on
// Linux.
package usage
