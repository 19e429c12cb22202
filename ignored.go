package images

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/imagekit"
)

// warningHeader says what is not as the URL asks for.
const warningHeader = "Ik-Warning"

// ignores reports whether parameters that are not supported are left out.
func (d *Dialect) ignores() bool {
	return d.ImageKit != nil && d.ImageKit.Unsupported == imagekit.UnsupportedIgnore
}

// warningOf is what the header says of parameters that were left out. It has words of
// ours only.
func warningOf(ignored []transform.Ignored) string {
	if len(ignored) == 0 {
		return ""
	}
	var parts []string
	for _, i := range ignored {
		parts = append(parts, i.Name+" was ignored: "+i.Why)
	}
	return errors.New(errors.BadTransform, "%s", strings.Join(parts, "; ")).Header()
}

// warn makes the answer one to a URL of which something was left out.
func (a *answer) warn(ignored []transform.Ignored) {
	if len(ignored) == 0 {
		return
	}
	a.warning, a.ignored = warningOf(ignored), ignored
	a.keepFor(warned)
}

// countIgnored counts an answer to a URL of which something was left out.
func countIgnored(ignored []transform.Ignored) {
	seen := map[transform.IgnoredKind]bool{}
	for _, i := range ignored {
		if !seen[i.Kind] {
			metrics.ignored.WithLabelValues(string(i.Kind)).Inc()
		}
		seen[i.Kind] = true
	}
}

// aVideo is what is said of a transformation of a video.
var aVideo = transform.Ignored{Name: "the transformation", Kind: transform.IgnoredVideo, Why: "the original is a video, and videos are not transformed"}

// leaveVideo turns what is asked for into the original, where that is a video and what is
// not supported is left out. A blur is not: what it covers would be seen. Nor is a page,
// which is a picture.
func (h *Handler) leaveVideo(asked *transform.Request, original *origin.Source) error {
	if !h.Dialect.ignores() || asked.Plan.IsZero() || asked.Plan.Page > 0 || !isVideo(original, asked.Ref) {
		return nil
	}
	if asked.Plan.Blurs() {
		return errBlur
	}
	asked.Plan, asked.Named = transform.Plan{Still: asked.Plan.Still}, false // it is the file itself
	asked.Ignored = append(asked.Ignored, aVideo)
	return h.language.MayShow(original.Header, *asked)
}

// isVideo reports whether a file is a video, by its first bytes or else by what its
// origin or its name says.
func isVideo(original *origin.Source, ref origin.Ref) bool {
	return !isImage(original.Body) && (isVideoType(http.DetectContentType(original.Body)) || isVideoType(typeOf(original, ref)))
}

func isVideoType(contentType string) bool {
	kind, _ := mediaType(contentType)
	return strings.HasPrefix(kind, "video/")
}

// errBlur refuses to leave out what may be there for somebody's privacy.
var errBlur = errors.New(errors.BadTransform, "The original is a video, which is not transformed, and without the blur it would show what that hides")

// warnOf marks a video that the next handler gives as it is, though its URL has a
// transformation.
func (h *Handler) warnOf(header http.Header, asked transform.Request) error {
	if !h.Dialect.ignores() || asked.Plan.IsZero() || !isVideoType(header.Get("Content-Type")) {
		return nil
	}
	if asked.Plan.Blurs() {
		return errBlur
	}
	ignored := append(asked.Ignored, aVideo)
	a := answer{cacheControl: httpcache.Of(strings.Join(header.Values("Cache-Control"), ", "), header, time.Now()).String()}
	a.warn(ignored)
	header.Set("Cache-Control", a.cacheControl)
	header.Set(warningHeader, a.warning)
	countIgnored(ignored)
	return nil
}
