package errors

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	tests := []struct {
		err                *Error
		code               string
		imagekit, imagizer int
	}{
		{&Error{}, "EIO", 500, 500},
		{&Error{Kind: NotFound}, "ENOENT", 404, 404},
		{&Error{Kind: AccessDenied, OriginStatus: 401}, "EACCES", 404, 401},
		{&Error{Kind: AccessDenied, OriginStatus: 403}, "EACCES", 404, 403},
		{&Error{Kind: AccessDenied}, "EACCES", 404, 403},
		{&Error{Kind: Refused}, "ECONNREFUSED", 404, 502},
		{&Error{Kind: Limit}, "ELIMIT", 400, 400},
		{&Error{Kind: Unidentified}, "UNIDENTIFIED", 404, 502},
		{&Error{Kind: Unidentified, OriginStatus: 500}, "UNIDENTIFIED", 404, 500},
		{&Error{Kind: Unidentified, OriginStatus: 503}, "UNIDENTIFIED", 404, 503},
		{&Error{Kind: Unidentified, OriginStatus: 504}, "UNIDENTIFIED", 404, 504},
		{&Error{Kind: Unidentified, OriginStatus: 404}, "UNIDENTIFIED", 404, 404},
		{&Error{Kind: Unidentified, OriginStatus: 429}, "UNIDENTIFIED", 404, 502},
		{&Error{Kind: Unidentified, OriginStatus: 301}, "UNIDENTIFIED", 404, 502},
		{&Error{Kind: AccessDenied, OriginStatus: 407}, "EACCES", 404, 403},
		{&Error{Kind: AccessDenied, OriginStatus: 400}, "EACCES", 404, 403},
		{&Error{Kind: Unidentified, OriginStatus: 507}, "UNIDENTIFIED", 404, 502},
		{&Error{Kind: Unresolved}, "ENOTFOUND", 404, 502},
		{&Error{Kind: OriginTimeout}, "ETIMEDOUT", 404, 504},
		{&Error{Kind: BadTransform}, "EINVAL", 400, 400},
		{&Error{Kind: BadImage}, "EBADMSG", 400, 400},
		{&Error{Kind: BadOriginRequest}, "EINVAL", 404, 400},
		{&Error{Kind: Unauthorized}, "EPERM", 401, 401},
		{&Error{Kind: Forbidden}, "EPERM", 403, 403},
		{&Error{Kind: MethodNotAllowed}, "ENOTSUP", 405, 405},
		{&Error{Kind: Overloaded}, "EAGAIN", 503, 503},
		{&Error{Kind: RenderTimeout}, "ETIMEDOUT", 504, 504},
		{&Error{Kind: ClientClosed}, "ECANCELED", 499, 499},
	}
	faults := map[Kind]Fault{
		BadTransform: OfClient, Limit: OfClient, Unauthorized: OfClient, Forbidden: OfClient, MethodNotAllowed: OfClient, ClientClosed: OfClient,
		NotFound: OfOrigin, AccessDenied: OfOrigin, Refused: OfOrigin, Unidentified: OfOrigin, Unresolved: OfOrigin, OriginTimeout: OfOrigin, BadOriginRequest: OfOrigin, BadImage: OfOrigin,
		Internal: OfServer, Overloaded: OfServer, RenderTimeout: OfServer,
	}
	outages := map[Kind]int{Refused: 502, Unidentified: 502, Unresolved: 502, OriginTimeout: 504}
	seen := map[Kind]bool{}
	for _, tt := range tests {
		seen[tt.err.Kind] = true
		t.Run(fmt.Sprintf("%s/%d", tt.code, tt.err.OriginStatus), func(t *testing.T) {
			if got := tt.err.Kind.Code(); got != tt.code {
				t.Errorf("code %s, want %s", got, tt.code)
			}
			if got := tt.err.Status(ImageKit); got != tt.imagekit {
				t.Errorf("ImageKit status %d, want %d", got, tt.imagekit)
			}
			if got := tt.err.Status(Imagizer); got != tt.imagizer {
				t.Errorf("Imagizer status %d, want %d", got, tt.imagizer)
			}
			wantOutage, isOutage := outages[tt.err.Kind]
			if !isOutage {
				wantOutage = tt.imagekit
			}
			if got := tt.err.Status(ImageKitOutages); got != wantOutage || tt.err.Kind.IsOutage() != isOutage {
				t.Errorf("ImageKit status with outages %d, want %d; it is an outage: %v", got, wantOutage, tt.err.Kind.IsOutage())
			}
			if got := tt.err.Fault(); got != faults[tt.err.Kind] {
				t.Errorf("it is a fault of the %s, want %s", got, faults[tt.err.Kind])
			}
		})
	}
	if (&Error{Kind: Limit, OriginStatus: 413}).Fault() != OfOrigin {
		t.Error("what an origin said by its status is not its failure")
	}
	for k := range table {
		if !Kind(k).Valid() {
			t.Errorf("kind %d is not valid", k)
		}
		if !seen[Kind(k)] {
			t.Errorf("kind %d (%s) has no row in this test", k, Kind(k).Code())
		}
	}
}

func TestKindsOfNobody(t *testing.T) {
	for _, k := range []Kind{Kind(len(table)), 255} {
		if k.Valid() {
			t.Errorf("kind %d is valid", k)
		}
	}
}

func TestHeaderIsSafe(t *testing.T) {
	tests := []struct{ message, want string }{
		{"No file was found on S3 at the specified path", "ENOENT - No file was found on S3 at the specified path"},
		{"a\r\nSet-Cookie: x", "ENOENT - a??Set-Cookie: x"},
		{"h\u00e9\x00\x7f", "ENOENT - h???"},
	}
	for _, tt := range tests {
		if got := New(NotFound, "%s", tt.message).Header(); got != tt.want {
			t.Errorf("Header() = %q, want %q", got, tt.want)
		}
	}
	if got := New(NotFound, "%s", strings.Repeat("é", 1000)).Header(); len(got) != maxHeader {
		t.Errorf("a long message gives %d bytes, want %d", len(got), maxHeader)
	}
}

func TestCauseIsForTheLogOnly(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.7:443: refused")
	e := New(Refused, "The web server refused the connection").Because(cause)
	if strings.Contains(e.Header(), "10.0.0.7") {
		t.Errorf("the header shows the cause: %s", e.Header())
	}
	if !strings.Contains(e.Error(), "10.0.0.7") {
		t.Errorf("the log text lacks the cause: %s", e.Error())
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is not unwrapped")
	}
}

func TestFrom(t *testing.T) {
	if From(nil) != nil {
		t.Error("From(nil) is not nil")
	}
	inner := New(Limit, "too large")
	if got := From(fmt.Errorf("fetching original: %w", inner)); got != inner {
		t.Errorf("a wrapped *Error is not found: %v", got)
	}
	got := From(errors.New("secret"))
	if got.Kind != Internal || strings.Contains(got.Header(), "secret") {
		t.Errorf("a stranger's error gives %q", got.Header())
	}
	if !Is(fmt.Errorf("x: %w", inner), Limit) || Is(inner, NotFound) || Is(nil, Internal) {
		t.Error("Is is wrong")
	}
}
