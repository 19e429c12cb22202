package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// warningHeader reports what differs from the URL's request.
const warningHeader = "Ik-Warning"

// warningOf returns the warning about ignored parameters. It contains no
// client input.
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

// warn adds a warning about ignored parameters to the response.
func (a *response) warn(ignored []transform.Ignored) {
	if len(ignored) == 0 {
		return
	}
	a.warning, a.ignored = warningOf(ignored), ignored
	a.keepFor(warned)
}

// aVideo is the warning about a transformation of a video.
var aVideo = transform.Ignored{Name: "the transformation", Kind: transform.IgnoredVideo, Why: "the original is a video, and videos are not transformed"}

// leaveVideo turns the request into one for the original if that is a video
// and unsupported parameters are ignored. A blur is not ignored, as it may
// hide something, nor is a page, which asks for an image.
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

// isVideo reports whether a file is a video by its first bytes, or else by
// its media type.
func isVideo(s *origin.Source, mediaType string) bool {
	return !isImage(s.Body) && (isVideoType(http.DetectContentType(s.Body)) || isVideoType(mediaType))
}

func isVideoType(contentType string) bool {
	kind, _ := mediaType(contentType)
	return strings.HasPrefix(kind, "video/")
}

// errBlur refuses to ignore a blur that may protect privacy.
var errBlur = errors.New(errors.BadTransform, "The original is a video, which cannot be blurred, and without the blur it would show what that hides")

// warnOf adds a warning to a video that the next handler sends as it is
// although its URL has a transformation.
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
