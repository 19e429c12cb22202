package damage

import "bytes"

// pdfEnd is the length of a PDF's end that is searched for the
// cross-reference offset. Readers look for %%EOF in the last 1024 bytes (PDF
// 1.7, appendix H.3, note 18).
const pdfEnd = 1024 + 256

// findPDF looks for the end of the file. Without it readers guess where
// objects are, and objects that a page needs may be missing.
func findPDF(file []byte) Missing {
	end := bytes.TrimRight(file, "\x00 \t\r\n")
	if !bytes.Contains(end[max(0, len(end)-pdfEnd):], []byte("startxref")) {
		return "the end of the document"
	}
	return ""
}
