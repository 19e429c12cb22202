// Package admission keeps concurrent rendering within a memory budget. It
// reads an image's header, estimates the maximum cost of drawing it, and
// makes the job wait for its share.
package admission
