package s3

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// maxErrorBytes limits an error document.
const maxErrorBytes = 64 << 10

// document is the part of S3's error document that is safe to log: no key, no
// string that was to be signed.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type document struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	RequestID string `xml:"RequestId"`
	Region    string
}

const (
	notAccepted   = "S3 does not accept the credentials"
	expired       = "The credentials for S3 have expired"
	anotherClock  = "S3 does not accept the clock of the image server"
	anotherRegion = "The bucket on S3 is in another region; region must name it"
)

// codes are the errors whose status alone would mislead. A bucket that does
// not exist is not a missing file: the next origin in a chain must not hide a
// mistake in the configuration.
var codes = map[string]struct {
	kind    errors.Kind
	message string
}{
	"AccessDenied":                 {errors.AccessDenied, "S3 denied access (a missing file also looks like this without s3:ListBucket)"},
	"AuthorizationHeaderMalformed": {errors.Unidentified, anotherRegion},
	"ExpiredToken":                 {errors.AccessDenied, expired},
	"ExpiredTokenException":        {errors.AccessDenied, expired},
	"InvalidAccessKeyId":           {errors.AccessDenied, notAccepted},
	"InvalidObjectState":           {errors.Unidentified, "The file on S3 is archived; it must be restored first"},
	"InvalidToken":                 {errors.AccessDenied, notAccepted},
	"InvalidTokenId":               {errors.AccessDenied, notAccepted},
	"KeyTooLongError":              {errors.NotFound, "No file was found on S3 at the specified path"},
	"NoSuchBucket":                 {errors.Unidentified, "The bucket was not found on S3"},
	"PermanentRedirect":            {errors.Unidentified, anotherRegion},
	"RequestTimeTooSkewed":         {errors.AccessDenied, anotherClock},
	"SignatureDoesNotMatch":        {errors.AccessDenied, notAccepted},
	"TemporaryRedirect":            {errors.Unidentified, anotherRegion},
	"TokenRefreshRequired":         {errors.AccessDenied, expired},
	"XMinioInvalidObjectName":      {errors.NotFound, "No file was found on S3 at the specified path"},
}

// refusal returns the error for a response without an original.
func refusal(response *http.Response) error {
	var doc document
	// Without a document, perhaps from a proxy, the status decides.
	_ = xml.NewDecoder(io.LimitReader(response.Body, maxErrorBytes)).Decode(&doc)

	e := origin.StatusError(server, response.StatusCode)
	if known, ok := codes[doc.Code]; ok {
		e.Kind, e.Message = known.kind, known.message
	}
	region := cmp.Or(doc.Region, response.Header.Get("X-Amz-Bucket-Region"))
	cause := fmt.Errorf("status %d, code %q, region %q, request %q", response.StatusCode, doc.Code, region, doc.RequestID)
	switch e.Message {
	case notAccepted, expired, anotherClock:
		cause = fmt.Errorf("%w: %w", origin.ErrCredentials, cause)
	}
	if e.Message == anotherRegion && isRegion(region) {
		cause = &elsewhere{cause, region}
	}
	return e.Because(cause)
}
