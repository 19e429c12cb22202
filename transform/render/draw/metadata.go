//go:build cgo

package draw

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/icc"
	"github.com/caddy-images/caddy-images/transform/metadata"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// mostMetadata limits each block that is read, in bytes. Longer ones are
// ignored.
const mostMetadata = 1 << 20

// textFields is the prefix of libvips' names for the texts of a PNG, followed
// by a number and the keyword.
const textFields = "png-comment-"

// itemFields is the prefix of libvips' names for items of a media type in a
// HEIF, including XMP with a wrapper.
const itemFields = "heif-mime-"

// said returns the metadata of the original's file, if any is to be kept. It
// is read before anything is drawn, so files of layers have no influence.
func (p *picture) said(image *vips.Image) metadata.Blocks {
	output := p.job.Plan.Output
	if !output.Metadata && !output.Copyright {
		return metadata.Blocks{}
	}
	if p.source == sniff.JPEG {
		return metadata.FromJPEG(p.job.Original) // libvips treats any first segment as XMP
	}
	b := metadata.Blocks{
		EXIF: exifOf(image, p.source, p.job.Original),
		XMP:  blob(image, vips.FieldXMP),
		IPTC: blob(image, vips.FieldIPTC),
	}
	for _, name := range image.FieldNames() {
		if strings.HasPrefix(name, itemFields) && b.XMP == nil {
			b.XMP = blob(image, name)
		}
		if rest, ok := strings.CutPrefix(name, textFields); ok {
			_, keyword, _ := strings.Cut(rest, "-")
			text, _ := image.GetString(name)
			b = b.WithText(keyword, text)
		}
	}
	return b
}

func blob(image *vips.Image, name string) []byte {
	if b, ok := image.GetBlob(name); ok && len(b) <= mostMetadata {
		return b
	}
	return nil
}

// withMetadata adds the metadata to keep to an encoded file. The encoders of
// libvips cannot: they write the original's, true or not, and each library in
// its own way.
func (p *picture) withMetadata(file []byte, image *vips.Image) ([]byte, error) {
	if p.beside.IsEmpty() {
		return file, nil
	}
	blocks := p.beside.Credited()
	if p.job.Plan.Output.Metadata {
		blocks = p.beside.Kept(transform.Written{
			Format:  p.format,
			Size:    p.facts.Size,
			Density: image.Density(),
			SRGB:    p.writesSRGB(image),
		})
	}
	return blocks.Into(file, p.format)
}

// writesSRGB reports whether the encoded pixels are sRGB: they are, or count
// as such, unless a profile says otherwise.
func (p *picture) writesSRGB(image *vips.Image) bool {
	profile, ok := image.GetBlob(vips.FieldProfile)
	return !ok || !p.keepsProfile() || strings.Contains(icc.Read(profile).Description, "sRGB")
}
