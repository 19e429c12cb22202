// Package pdf reads how the pages of a PDF are made before any library that draws sees
// them: which forms, patterns, masks and letters that are drawings are drawn, each as
// often as it is. Thirty forms of which each draws the one before it twice are 3 KB,
// and a thousand million.
//
// It is plain Go and reads the files of strangers: bounded in time and memory, without
// trusting the file's own table of where its objects are. Every object counts that is
// found in the file, in plain or in a compressed stream of objects, and each definition
// of one that has several. Which page will be drawn is not known, so all count.
//
// What is encrypted cannot be read: there, what the dictionaries say is all that counts.
package pdf
