// Package draw draws recipes with libvips.
//
// An image goes through a list of steps that a person can read, one a file;
// each takes the image and the recipe, and leaves the image changed. Nothing
// in here knows a vendor's words.
package draw
