// Package admission keeps what is rendered at the same time within a budget
// of memory. It reads an image's header, estimates what drawing it will take
// at most, and lets the job wait for its share.
package admission
