package transform

// Output is how an image is written down. The zero value leaves every choice
// to the server.
type Output struct {
	Format Format

	// Quality is 1 to 100, for formats that have one; 0 is the server's.
	Quality int

	// Progressive asks for a progressive JPEG.
	Progressive bool

	// Lossless asks for a WebP, AVIF or PNG that loses nothing. A PNG does not anyway,
	// unless it has few colours and is scaled.
	Lossless bool

	// Metadata keeps what the original's file says beside the image, as far
	// as it is true of the new one: EXIF, XMP, IPTC. With it the colour
	// profile is kept.
	Metadata bool

	// Copyright keeps of that who made the image and whose it is. It has no
	// say where Metadata keeps all.
	Copyright bool

	// Profile keeps the original's colours and colour profile instead of
	// converting to sRGB.
	Profile bool

	// NoMetadata and NoProfile keep neither, where a site's default is to keep it.
	// Where Metadata is kept, NoProfile leaves the profile out. See Or.
	NoMetadata, NoProfile bool

	// Density is how large the image is when it is printed, in pixels an
	// inch, see DensityFor. Only JPEG and PNG say it. Of a bitmap it changes
	// no pixel; what is made of lines has so many of them an inch, where
	// nothing else says its size.
	Density Number
}

// Or returns the output with what a site keeps by default, of metadata and
// the profile, where nothing is said about it.
func (o Output) Or(site Output) Output {
	if !o.Metadata && !o.NoMetadata {
		o.Metadata, o.Copyright = site.Metadata, o.Copyright || site.Copyright
	}
	if !o.Profile && !o.NoProfile {
		o.Profile, o.NoProfile = site.Profile, site.NoProfile
	}
	o.Copyright = o.Copyright && !o.Metadata
	o.NoMetadata, o.NoProfile = false, o.NoProfile && o.Metadata
	return o
}

// KeepsProfile reports whether the original's colours and colour profile stay as they
// are.
func (o Output) KeepsProfile() bool { return o.Profile || o.Metadata && !o.NoProfile }

// Format is an image file format, or how to choose one.
type Format uint8

// The formats. FormatAuto is the zero value.
const (
	// FormatAuto chooses by what the client accepts and the image needs.
	FormatAuto Format = iota
	// FormatOriginal keeps the original's format where it can be written.
	FormatOriginal
	JPEG
	PNG
	WebP
	AVIF
	GIF
	HEIC // read only
	TIFF // read only
	SVG  // read only
)

var formats = [...]struct{ name, mime string }{
	FormatAuto:     {"auto", ""},
	FormatOriginal: {"original", ""},
	JPEG:           {"jpeg", "image/jpeg"},
	PNG:            {"png", "image/png"},
	WebP:           {"webp", "image/webp"},
	AVIF:           {"avif", "image/avif"},
	GIF:            {"gif", "image/gif"},
	HEIC:           {"heic", "image/heic"},
	TIFF:           {"tiff", "image/tiff"},
	SVG:            {"svg", "image/svg+xml"},
}

// String returns the format's name in lower case, such as jpeg.
func (f Format) String() string { return formats[f].name }

// MIME returns the format's media type; empty for FormatAuto and
// FormatOriginal.
func (f Format) MIME() string { return formats[f].mime }

// Writable reports whether images can be written in the format.
func (f Format) Writable() bool { return f >= JPEG && f <= GIF }

// Alpha reports whether the format holds transparency.
func (f Format) Alpha() bool { return f != JPEG }

// Animated reports whether an animation can be written in the format. AVIF
// can hold one, libvips cannot write it.
func (f Format) Animated() bool { return f == GIF || f == WebP }

// Holds reports whether the format can hold an image of the size.
func (f Format) Holds(s Size) bool {
	most := f.MaxSide()
	return most == 0 || max(s.Width, s.Height) <= most
}

// MaxSide returns how many pixels an image may have in each direction to be
// written in the format; 0 if that has no bound of its own.
func (f Format) MaxSide() int {
	switch f {
	case JPEG:
		return 65500 // libjpeg's JPEG_MAX_DIMENSION
	case WebP:
		return 16383 // WEBP_MAX_DIMENSION
	case AVIF:
		return 16384 // libheif's encoders
	case GIF:
		return 65535 // 16 bits
	}
	return 0
}

// ParseFormat reads a format's name, as String gives it or as its usual file
// extension, jpg.
func ParseFormat(name string) (Format, bool) {
	if name == "jpg" {
		return JPEG, true
	}
	for f := JPEG; f <= SVG; f++ {
		if formats[f].name == name {
			return f, true
		}
	}
	return FormatAuto, false
}

// Encoding returns the format in which an image with these facts is written.
// accepts are the formats that the client takes beyond those that every
// client takes (JPEG, PNG, GIF), the best first; FormatAuto reads it.
//
// AVIF is not chosen, only obeyed, where the original is HEIC, the colour
// profile is kept or an unsharp mask was drawn (ImageKit, "Automatic image
// format conversion"). A format that cannot hold the image's size is not
// chosen either: the next one that can is.
func (p Plan) Encoding(f Facts, accepts []Format) Format {
	if p.Output.Format.Writable() {
		return p.Output.Format
	}
	if p.Output.Format == FormatOriginal && f.Format.Writable() && f.Format.Holds(f.Size) {
		return f.Format
	}
	if p.Output.Format == FormatAuto {
		for _, c := range accepts {
			if c == AVIF && (f.Format == HEIC || p.Output.Profile || p.unsharp()) || f.Frames > 1 && !c.Animated() || f.Alpha && !c.Alpha() || !c.Holds(f.Size) {
				continue
			}
			return c
		}
	}
	switch {
	case f.Frames > 1:
		return GIF
	case f.Format == PNG || f.Format == GIF || f.Format == SVG || f.Alpha || !JPEG.Holds(f.Size):
		return PNG
	}
	return JPEG
}

// Negotiates reports whether what the client accepts may decide about the
// format, be it only in a branch.
func (p Plan) Negotiates() bool {
	free := p.Output.Format == FormatAuto
	choices(p.Steps, func(c Choice) {
		for _, b := range []Branch{c.Then, c.Else} {
			free = free || b.Says&WishFormat != 0 && b.Output.Format == FormatAuto
		}
	})
	return free
}

func (p Plan) unsharp() bool {
	for _, s := range p.Steps {
		if s.Effects.Unsharp != (Unsharp{}) {
			return true
		}
	}
	return false
}
