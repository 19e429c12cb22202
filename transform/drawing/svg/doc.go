// Package svg reads how a drawing is made before any library that draws sees it:
// what is drawn, each thing as often as it is, and what that takes. A file of 3 KB
// can ask for ten billion rectangles; the library finds out by drawing them.
//
// It is plain Go and reads the files of strangers. Its time is linear in the length
// of the file, within limits that are counted, not timed. It errs on the side of too
// much: a rule of a style sheet counts for each element that it might be about, and
// a length that depends on what surrounds it for the largest that it might be. What
// it cannot read, while a library of XML might, is refused: a document type that
// defines attributes, markup in an unusual encoding, what includes other files.
//
// What it knows is how librsvg draws (2.54 to 2.60) and how libxml2 reads.
package svg
