package transform

// Output is how an image is encoded. The zero value leaves every choice to
// the server.
type Output struct {
	Format Format

	// Quality is 1 to 100, for lossy formats; 0 is the server's default.
	Quality int

	// Progressive asks for a progressive JPEG.
	Progressive bool

	// Lossless asks for a lossless WebP, AVIF or PNG. A PNG is lossless
	// anyway, unless it has few colours and is scaled.
	Lossless bool

	// Metadata keeps the original's EXIF, XMP and IPTC as far as they are
	// true of the new image. It implies Profile.
	Metadata bool

	// Copyright keeps of these only creator and owner. It is redundant with
	// Metadata.
	Copyright bool

	// Profile keeps the original's colours and colour profile instead of
	// converting to sRGB.
	Profile bool

	// NoMetadata and NoProfile override a site's default of keeping them.
	// With Metadata, NoProfile still removes the profile. See Or.
	NoMetadata, NoProfile bool

	// Density is the print density in pixels per inch, see DensityFor. Only
	// JPEG and PNG store it. It changes no pixel of a bitmap; a vector
	// drawing is rasterised at that density unless something else gives its
	// size.
	Density Number
}

// Or returns the output with the site's default for metadata and profile if
// it has none of its own.
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

// KeepsProfile reports whether the original's colours and colour profile are
// kept.
func (o Output) KeepsProfile() bool { return o.Profile || o.Metadata && !o.NoProfile }

// Format is an image file format, or a rule for choosing one.
type Format uint8

// The formats. FormatAuto is the zero value.
const (
	// FormatAuto chooses by what the client accepts and the image needs.
	FormatAuto Format = iota
	// FormatOriginal keeps the original's format if it can be written.
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

// Alpha reports whether the format supports transparency.
func (f Format) Alpha() bool { return f != JPEG }

// Animated reports whether an animation can be written in the format. AVIF
// supports animation, but libvips cannot write it.
func (f Format) Animated() bool { return f == GIF || f == WebP }

// Holds reports whether the format supports images of the size.
func (f Format) Holds(s Size) bool {
	most := f.MaxSide()
	return most == 0 || max(s.Width, s.Height) <= most
}

// MaxSide returns the format's largest width and height; 0 if it has no limit
// of its own.
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

// ParseFormat parses a format's name, as String returns it or as its usual
// file extension, jpg.
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

// Encoding returns the output format for an image with these facts. accepts
// are the formats that the client accepts besides the universal ones (JPEG,
// PNG, GIF), in order of preference; FormatAuto uses it.
//
// AVIF is not chosen automatically if the original is HEIC, the colour
// profile is kept or an unsharp mask was drawn (ImageKit, "Automatic image
// format conversion"). A format that does not support the image's size is
// skipped as well.
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

// Negotiates reports whether the output format may depend on what the client
// accepts, even if only in a branch.
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
