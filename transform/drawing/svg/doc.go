// Package svg analyses a drawing before a library draws it: which elements
// are drawn, counted as often as they are drawn, and what that costs. A file
// of 3 KB can ask for ten billion rectangles, which the library would just
// draw.
//
// It is plain Go and reads untrusted files. Its time is linear in the length
// of the file, within limits that are counted, not timed. It overestimates: a
// rule of a style sheet counts for each element that it may match, and a
// length that depends on the surroundings counts as the largest possible. It
// refuses what it cannot read and an XML library might: a document type that
// defines attributes, unusual encodings, and inclusion of other files.
//
// It models how librsvg (2.54 to 2.60) draws and how libxml2 parses.
package svg
