// Package pdftest makes small PDFs for tests, byte by byte (ISO 32000-1, section
// 7.5).
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// Page is a page of a PDF.
type Page struct {
	Box     string // left, bottom, right and top, in points: "0 0 200 100"
	Content string // what draws it
	More    string // of its dictionary, as in "/Rotate 90"
}

// File returns a PDF of these pages. Other objects that they need follow,
// numbered from 3 + 2 * len(pages).
func File(pages []Page, objects ...string) []byte {
	return Of("", append(pageObjects(pages), objects...)...)
}

// pageObjects returns the catalog, the page tree, and two objects for each
// page.
func pageObjects(pages []Page) []string {
	var kids strings.Builder
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", ""}
	for n, p := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 3+2*n)
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R%s>>", p.Box, 4+2*n, p.More),
			Stream("", p.Content))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids.String())
	return objects
}

// Stream returns a stream object.
func Stream(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(content), content)
}

// Deflated is Stream with compressed content.
func Deflated(entries, content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return Stream("/Filter/FlateDecode"+entries, b.String())
}

// Of returns a PDF of the objects, numbered from 1; the first is its catalog.
// trailer has further entries of the trailer.
func Of(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for n, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, trailer, start)
	return b.Bytes()
}

// Packed is File in the form of newer programs: objects without content are
// in a compressed object stream, and the cross-reference table is a stream.
func Packed(pages []Page) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	var numbers, dictionaries string
	table := []byte{0, 0, 0, 0, 0}
	entry := func(kind byte, where int, index byte) {
		table = append(table, kind, byte(where>>16), byte(where>>8), byte(where), index)
	}
	objects := pageObjects(pages)
	holder, index := len(objects)+1, byte(0)
	for n, o := range objects {
		if strings.HasSuffix(o, "endstream") {
			entry(1, b.Len(), 0)
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, o)
			continue
		}
		entry(2, holder, index)
		index++
		numbers += fmt.Sprintf("%d %d ", n+1, len(dictionaries))
		dictionaries += o + "\n"
	}
	entry(1, b.Len(), 0)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", holder, Deflated(fmt.Sprintf("/Type/ObjStm/N %d/First %d", index, len(numbers)), numbers+dictionaries))
	start := b.Len()
	entry(1, start, 0)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", holder+1,
		Deflated(fmt.Sprintf("/Type/XRef/W[1 3 1]/Size %d/Root 1 0 R", holder+2), string(table)), start)
	return b.Bytes()
}
