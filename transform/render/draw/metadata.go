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

// mostMetadata bounds each block that is read, in bytes. One that is longer is as good as
// none.
const mostMetadata = 1 << 20

// textFields begin the names under which libvips has the texts of a PNG: then comes a
// number, and the keyword.
const textFields = "png-comment-"

// itemFields begin the names under which libvips has what describes an image
// in a HEIF and is of a media type: XMP, too, if it has a wrapper.
const itemFields = "heif-mime-"

// said returns what the original's file says beside its image, if any of it
// is to be kept. It is read before anything is drawn: no file of a layer has
// a say in it.
func (p *picture) said(image *vips.Image) metadata.Blocks {
	output := p.job.Plan.Output
	if !output.Metadata && !output.Copyright {
		return metadata.Blocks{}
	}
	if p.source == sniff.JPEG {
		return metadata.FromJPEG(p.job.Original) // libvips takes any first segment for XMP
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

// withMetadata puts into a file that was written of an image what is kept of the
// original's metadata. No saver of libvips does: they write what the original says, true
// or not, and each library's in another way.
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

// writesSRGB reports whether the numbers of the pixels that are written are those of sRGB:
// they are, or count as such, where no profile is written that says anything else.
func (p *picture) writesSRGB(image *vips.Image) bool {
	profile, ok := image.GetBlob(vips.FieldProfile)
	return !ok || !p.keepsProfile() || strings.Contains(icc.Read(profile).Description, "sRGB")
}
