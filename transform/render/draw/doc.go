// Package draw draws recipes with libvips.
//
// An image goes through a readable list of steps, one per file; each takes
// the image and the recipe, and changes the image. Nothing here is specific
// to a vendor.
package draw
