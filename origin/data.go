package origin

import (
	"encoding/base64"
	"mime"
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// DataServer is the Server of a Ref with an embedded image. Its Path is then
// a media type, `;base64,` and the image, normalised.
const DataServer = "data:"

// ParseDataURL parses a URL with an embedded image (RFC 2397). The error is
// of kind errors.BadTransform.
func ParseDataURL(whole string) (Ref, error) {
	refuse := func(fault string) (Ref, error) {
		return Ref{}, errors.New(errors.BadTransform, "The data URL %s; it looks like data:image/png;base64,iVBORw0KGgo", fault)
	}
	if len(whole) < len(DataServer) || !strings.EqualFold(whole[:len(DataServer)], DataServer) {
		return refuse("does not begin with data:")
	}
	kind, data, ok := strings.Cut(whole[len(DataServer):], ",")
	if !ok {
		return refuse("has no comma")
	}
	kind, encoded := cutSuffixFold(kind, ";base64")
	mediaType, _, err := mime.ParseMediaType(kind)
	if err != nil || !strings.HasPrefix(mediaType, "image/") {
		return refuse("is not of an image")
	}
	data, err = url.PathUnescape(data)
	if err != nil {
		return refuse("has a malformed percent-encoding")
	}
	body := []byte(data)
	if encoded {
		plain := strings.NewReplacer(" ", "+", "-", "+", "_", "/").Replace(strings.TrimRight(data, "="))
		if body, err = base64.RawStdEncoding.DecodeString(plain); err != nil {
			return refuse("has no valid Base64")
		}
	}
	if len(body) == 0 {
		return refuse("is empty")
	}
	return Ref{Server: DataServer, Path: mediaType + ";base64," + base64.StdEncoding.EncodeToString(body)}, nil
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if at := len(s) - len(suffix); at >= 0 && strings.EqualFold(s[at:], suffix) {
		return s[:at], true
	}
	return s, false
}

// Data returns the image embedded in a Ref, and its declared media type; ok
// is false for other Refs.
func (r Ref) Data() (body []byte, mediaType string, ok bool) {
	mediaType, data, ok := strings.Cut(r.Path, ";base64,")
	if r.Server != DataServer || !ok {
		return nil, "", false
	}
	body, err := base64.StdEncoding.DecodeString(data)
	return body, mediaType, err == nil
}
