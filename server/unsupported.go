package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/httpcache"
	"github.com/caddy-images/caddy-images/transform"
)

// warningHeader says what is not as the URL asks for.
const warningHeader = "Ik-Warning"

// warningOf returns what the header says of parameters that were left out. It
// has words of ours only.
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

// warn makes the response one to a URL of which something was left out.
func (a *response) warn(ignored []transform.Ignored) {
	if len(ignored) == 0 {
		return
	}
	a.warning, a.ignored = warningOf(ignored), ignored
	a.keepFor(warned)
}

// aVideo is what is said of a transformation of a video.
var aVideo = transform.Ignored{Name: "the transformation", Kind: transform.IgnoredVideo, Why: "the original is a video, and videos are not transformed"}

// leaveVideo turns what is asked for into the original, if that is a video and what is
// not supported is left out. A blur is not: what it covers would be seen. Nor is a page,
// which is an image.
func (q *request) leaveVideo() error {
	if q.sent != nil || !q.Dialect.IgnoresUnsupported || q.asked.Plan.IsZero() || q.asked.Plan.Page > 0 || !q.original.isVideo {
		return nil
	}
	if q.asked.Plan.Blurs() {
		return errBlur
	}
	q.asked.Plan, q.asked.Named = transform.Plan{Still: q.asked.Plan.Still}, false // it is the file itself
	q.asked.Ignored = append(q.asked.Ignored, aVideo)
	return q.Language.MayShow(q.original.header, q.asked)
}

// isVideo reports whether a file is a video, by its first bytes or else by its media type
// as it is.
func isVideo(s *origin.Source, mediaType string) bool {
	return !isImage(s.Body) && (isVideoType(http.DetectContentType(s.Body)) || isVideoType(mediaType))
}

func isVideoType(contentType string) bool {
	kind, _ := mediaType(contentType)
	return strings.HasPrefix(kind, "video/")
}

// errBlur refuses to leave out what may be there to protect privacy.
var errBlur = errors.New(errors.BadTransform, "The original is a video, which is not transformed, and without the blur it would show what that hides")

// warnOf marks a video that the next handler gives as it is, though its URL has a
// transformation.
func (s *Server) warnOf(header http.Header, asked transform.Request) error {
	if !s.Dialect.IgnoresUnsupported || asked.Plan.IsZero() || !isVideoType(header.Get("Content-Type")) {
		return nil
	}
	if asked.Plan.Blurs() {
		return errBlur
	}
	ignored := append(asked.Ignored, aVideo)
	a := response{cacheControl: httpcache.Of(strings.Join(header.Values("Cache-Control"), ", "), header, time.Now()).String()}
	a.warn(ignored)
	header.Set("Cache-Control", a.cacheControl)
	header.Set(warningHeader, a.warning)
	s.Metrics.Ignored(ignored)
	return nil
}
