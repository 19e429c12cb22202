package damage

import "bytes"

// pdfEnd is how much of a PDF's end is searched for where its objects are. Its readers
// look for %%EOF in the last 1024 bytes (PDF 1.7, appendix H.3, note 18).
const pdfEnd = 1024 + 256

// findPDF looks for the end of the file, without which a PDF's reader guesses where its
// objects are, and what a page needs may be among those that are missing.
func findPDF(file []byte) Missing {
	end := bytes.TrimRight(file, "\x00 \t\r\n")
	if !bytes.Contains(end[max(0, len(end)-pdfEnd):], []byte("startxref")) {
		return "the end of the document"
	}
	return ""
}
