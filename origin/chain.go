package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Chain asks several origins in order until one has the original.
//
// It asks the next one only after errors.NotFound and the kinds in GoOn. A
// chain reads one collection that lives in several places, and a failure is
// not absence: going on by default would show an old image, or none, while
// the first origin is down.
//
// A chain with a RequestBound origin must not be coalesced as a whole;
// coalesce its origins individually.
type Chain struct {
	Origins []Origin

	// GoOn are the kinds of failure besides NotFound after which the next
	// origin is asked; see ParseGoOn.
	GoOn []errors.Kind
}

// telling orders failures, the most informative first: those that need
// fixing, before those that may pass, before absence.
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

// Fetch implements Origin. If no origin has the original, the error is the
// most informative of all: an EACCES is hidden neither by an ENOENT nor by an
// ECONNREFUSED.
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

// Forget implements Sharing.
func (c Chain) Forget(matches func(Request) bool) int {
	forgotten := 0
	for _, o := range c.Origins {
		if s, ok := o.(Sharing); ok {
			forgotten += s.Forget(matches)
		}
	}
	return forgotten
}

// SizeOf implements Sized.
func (c Chain) SizeOf(ctx context.Context, req Request) (int64, bool) {
	for _, o := range c.Origins {
		if sized, ok := o.(Sized); ok {
			if n, ok := sized.SizeOf(ctx, req); ok {
				return n, true
			}
		}
	}
	return 0, false
}

// rank returns a kind's position in telling. A kind that origins should not
// return ranks first.
func rank(k errors.Kind) int { return slices.Index(telling, k) }

// goOnNames are the failures after which a chain may go on. errors.Limit is
// not among them: an original that is too large was found.
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

// ParseGoOn parses a kind for Chain.GoOn: `not_found`, `access_denied`,
// `bad_request`, `failed` (5xx, reset, TLS, broken HTTP), `timeout`,
// `refused` or `unresolved`. The error lists the names.
func ParseGoOn(name string) (errors.Kind, error) {
	names := make([]string, 0, len(goOnNames))
	for _, known := range goOnNames {
		if known.name == name {
			return known.kind, nil
		}
		names = append(names, known.name)
	}
	return 0, fmt.Errorf("%q is not a failure of an origin; the names are %s", name, strings.Join(names, ", "))
}
