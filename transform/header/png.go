package header

const pngSignature = 8

// readPNG walks over the chunks up to the first with pixels.
func readPNG(h *Header, file []byte) bool {
	const ihdr = pngSignature + 8
	if len(file) < ihdr+13 || string(file[pngSignature+4:ihdr]) != "IHDR" {
		return false
	}
	h.Width, h.Height = big32(file, ihdr), big32(file, ihdr+4)
	if file[ihdr+8] == 16 {
		h.Depth = 16
	}
	switch file[ihdr+9] {
	case 0: // gray
		h.Channels = 1
	case 2, 3: // colours, a palette
		h.Channels = 3
	case 4:
		h.Channels, h.Alpha = 2, true
	case 6:
		h.Channels, h.Alpha = 4, true
	default:
		return false
	}
	h.Palette = file[ihdr+9] == 3
	h.Interlaced = file[ihdr+12] != 0
	for at := pngSignature; at+8 <= len(file); {
		length, kind := big32(file, at), string(file[at+4:at+8])
		if kind == "IDAT" || length > len(file)-at {
			break
		}
		data := file[at+8 : min(at+8+length, len(file))]
		switch {
		case kind == "tRNS" && !h.Alpha:
			h.Channels, h.Alpha = h.Channels+1, true
		case kind == "eXIf":
			h.Orientation = orientation(data)
		}
		at += 12 + length
	}
	return true
}
