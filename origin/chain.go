package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Chain asks several origins in order, until one has the original.
//
// Only errors.NotFound, and what GoOn adds, lets it ask the next. A chain is
// for reading one collection that lives in several places, and a place that
// fails is not a place where the file is absent: going on by default would
// show an old image, or none, for as long as the first origin has a bad day.
//
// A chain with a RequestBound origin must not be coalesced as a whole; Coalesce
// its origins one by one.
type Chain struct {
	Origins []Origin

	// GoOn are kinds of failure beside NotFound after which the next origin is
	// asked too; see ParseGoOn.
	GoOn []errors.Kind
}

// telling orders what an origin can fail with, the most telling first: what
// somebody has to mend, before what may mend itself, before plain absence.
var telling = []errors.Kind{
	errors.ClientClosed,
	errors.Internal,
	errors.AccessDenied,
	errors.Limit,
	errors.BadOriginRequest,
	errors.Unidentified,
	errors.OriginTimeout,
	errors.Refused,
	errors.Unresolved,
	errors.NotFound,
}

// Fetch implements Origin. A chain that found nothing fails with the most
// telling failure of all origins it asked, the first of equals: an EACCES is
// hidden neither behind an ENOENT nor behind an ECONNREFUSED.
func (c Chain) Fetch(ctx context.Context, req Request) (*Source, error) {
	var told *errors.Error
	var causes []error
	for _, o := range c.Origins {
		source, err := o.Fetch(ctx, req)
		if err == nil {
			return source, nil
		}
		failure := errors.From(err)
		causes = append(causes, failure.Err)
		if told == nil || rank(failure.Kind) < rank(told.Kind) {
			told = failure
		}
		if failure.Kind != errors.NotFound && !slices.Contains(c.GoOn, failure.Kind) {
			break
		}
	}
	if told == nil || told.Kind == errors.NotFound && len(c.Origins) > 1 {
		return nil, errors.New(errors.NotFound, "No file was found at any origin at the specified path").Because(stderrors.Join(causes...))
	}
	return nil, told
}

// Forget implements Sharing for the origins that do.
func (c Chain) Forget(matches func(Request) bool) int {
	forgotten := 0
	for _, o := range c.Origins {
		if s, ok := o.(Sharing); ok {
			forgotten += s.Forget(matches)
		}
	}
	return forgotten
}

// rank returns a kind's place in telling; a kind that no origin should fail
// with is more telling than any that it may.
func rank(k errors.Kind) int { return slices.Index(telling, k) }

// goOnNames are the failures that a configuration may let a chain go on after.
// errors.Limit is not among them: an original that is too large was found.
var goOnNames = []struct {
	name string
	kind errors.Kind
}{
	{"not_found", errors.NotFound},
	{"access_denied", errors.AccessDenied},
	{"bad_request", errors.BadOriginRequest},
	{"failed", errors.Unidentified},
	{"timeout", errors.OriginTimeout},
	{"refused", errors.Refused},
	{"unresolved", errors.Unresolved},
}

// ParseGoOn reads a kind of Chain.GoOn as configurations name it: `not_found`,
// `access_denied`, `bad_request`, `failed` (5xx, reset, TLS, broken HTTP),
// `timeout`, `refused` or `unresolved`. The error lists the names.
func ParseGoOn(name string) (errors.Kind, error) {
	names := make([]string, 0, len(goOnNames))
	for _, known := range goOnNames {
		if known.name == name {
			return known.kind, nil
		}
		names = append(names, known.name)
	}
	return 0, fmt.Errorf("%q is no failure of an origin; the names are %s", name, strings.Join(names, ", "))
}
