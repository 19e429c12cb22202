package corpus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Distinct returns the same image in other bytes: a comment has the number of
// the copy. A server that renders equal requests once, or caches them, has to
// render each copy. The error is for a format without comments.
func Distinct(file []byte, copy int) ([]byte, error) {
	comment := fmt.Appendf(nil, "copy %06d", copy)
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8")):
		segment := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, uint16(2+len(comment))), comment...)
		return insert(file, 2, segment), nil
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		// Before the last chunk, which is empty: its length, type and
		// checksum.
		return insert(file, len(file)-12, pngChunk("tEXt", append([]byte("Comment\x00"), comment...))), nil
	case bytes.HasPrefix(file, []byte("GIF89a")):
		extension := append([]byte{0x21, 0xfe, byte(len(comment))}, comment...)
		return insert(file, len(file)-1, append(extension, 0)), nil
	case bytes.HasPrefix(file, []byte("RIFF")) && len(file) > 12 && string(file[8:12]) == "WEBP":
		if len(comment)%2 == 1 {
			comment = append(comment, ' ')
		}
		chunk := binary.LittleEndian.AppendUint32([]byte("note"), uint32(len(comment)))
		file = insert(file, len(file), append(chunk, comment...))
		binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
		return file, nil
	}
	return nil, errors.New("not a JPEG, PNG, GIF or WebP")
}

func insert(file []byte, at int, part []byte) []byte {
	whole := make([]byte, 0, len(file)+len(part))
	return append(append(append(whole, file[:at]...), part...), file[at:]...)
}

func pngChunk(name string, data []byte) []byte {
	named := append([]byte(name), data...)
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), named...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(named))
}
