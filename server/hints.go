package server

import (
	"net/http"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
)

// negotiated is a plan settled for one client.
type negotiated struct {
	negotiate.Hinted // its Vary lists all request headers that were read

	quality render.Quality
}

// DeviceSize limits the size of images by kind of device if the URL has no
// size. The zero size is no limit.
type DeviceSize struct{ Desktop, Mobile transform.Size }

// negotiate settles from the client's headers what the plan and the
// configuration leave open, except the format.
func (s *Server) negotiate(r *http.Request, plan transform.Plan, original facts) negotiated {
	t := negotiated{Hinted: negotiate.Hint(plan, r.Header), quality: s.Quality}
	if plan.IsZero() || keepsSVG(t.Plan, original.format) {
		return t
	}
	t.Plan.Output = t.Plan.Output.Or(s.Keeps)
	if !t.Plan.Sized() {
		t.limit(s.DeviceSize, r.Header)
	}
	if s.SaveData && losesByQuality(t.Plan.Output) {
		t.Vary = append(t.Vary, "Save-Data")
		if negotiate.SavesData(r.Header) {
			t.quality = render.Quality{JPEG: lower(s.Quality.JPEG), WebP: lower(s.Quality.WebP), AVIF: lower(s.Quality.AVIF)}
		}
	}
	return t
}

// limit keeps the image within the size of the client's kind of device.
func (t *negotiated) limit(d DeviceSize, header http.Header) {
	box := d.Desktop
	if d.Desktop != d.Mobile {
		mobile, read := negotiate.Mobile(header)
		t.Vary = append(t.Vary, read...)
		if mobile {
			box = d.Mobile
		}
	}
	if box != (transform.Size{}) {
		t.Plan = t.Plan.Within(box)
	}
}

// losesByQuality reports whether the server's quality may apply to an output.
func losesByQuality(o transform.Output) bool {
	return o.Quality == 0 && !o.Lossless && o.Format != transform.PNG && o.Format != transform.GIF
}

// lower returns the quality for a client that saves data: three quarters of
// it.
func lower(quality int) int { return max(1, quality*3/4) }
