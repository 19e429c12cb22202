package images

import (
	"net/http"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
)

// tailored is what a plan comes to for one client.
type tailored struct {
	negotiate.Hinted // its Vary has all headers of the request that were read

	quality render.Quality
	source  render.Source // of the original
}

// tailor asks the client's headers what the plan, or the configuration, leaves to
// them. It does not choose the format.
func (h *Handler) tailor(r *http.Request, plan transform.Plan, original []byte) tailored {
	t := tailored{Hinted: negotiate.Hint(plan, r.Header), quality: h.quality}
	if plan.IsZero() || keepsSVG(t.Plan, original) {
		return t
	}
	t.Plan.Output = t.Plan.Output.Or(h.keeps)
	if h.DeviceSize != nil && !t.Plan.Sized() {
		t.limit(*h.DeviceSize, r.Header)
	}
	if h.SaveData && losesByQuality(t.Plan.Output) {
		t.Vary = append(t.Vary, "Save-Data")
		if negotiate.SavesData(r.Header) {
			t.quality = render.Quality{JPEG: lower(h.quality.JPEG), WebP: lower(h.quality.WebP), AVIF: lower(h.quality.AVIF)}
		}
	}
	return t
}

// limit keeps the picture within the size of the client's kind of device.
func (t *tailored) limit(d DeviceSize, header http.Header) {
	box := d.Desktop
	if d.Desktop != d.Mobile {
		mobile, read := negotiate.Mobile(header)
		t.Vary = append(t.Vary, read...)
		if mobile {
			box = d.Mobile
		}
	}
	if box != (Dimensions{}) {
		t.Plan = t.Plan.Within(transform.Size(box))
	}
}

// losesByQuality tells whether the server's quality may have a say in an output.
func losesByQuality(o transform.Output) bool {
	return o.Quality == 0 && !o.Lossless && o.Format != transform.PNG && o.Format != transform.GIF
}

// lower is the quality for a client that saves data: three quarters of it.
func lower(quality int) int { return max(1, quality*3/4) }
