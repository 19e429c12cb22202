// Package draw draws recipes with libvips.
//
// A picture goes through a list of steps that a person can read, one a file;
// each takes the picture and the recipe, and leaves the picture changed. Nothing
// in here knows a vendor's words.
package draw
