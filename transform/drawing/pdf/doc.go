// Package pdf analyses the pages of a PDF before a library renders them:
// which forms, patterns, masks and glyph drawings are drawn, counted as often
// as they are drawn. Thirty forms that each draw the previous one twice take
// 3 KB, and a thousand million drawings.
//
// It is plain Go and reads untrusted files: it is bounded in time and memory,
// and does not trust the file's cross-reference table. Every object found in
// the file counts, plain or in a compressed object stream, with all of its
// definitions. The requested page is unknown, so all pages count.
//
// Encrypted streams cannot be read: for those only the dictionaries count.
package pdf
