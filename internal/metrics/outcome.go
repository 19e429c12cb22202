package metrics

import "github.com/caddy-images/caddy-images/errors"

// Outcome is what a fetch says about the origin. It distinguishes a missing
// file from an origin that is down, whatever status clients get.
type Outcome string

// The outcomes.
const (
	Found     Outcome = "found"
	Passed    Outcome = "passed"    // the response of `next` was passed through
	Missing   Outcome = "missing"   // it responded, and has no such file
	Denied    Outcome = "denied"    // it responded, and refuses
	Down      Outcome = "down"      // no response, or one that says that it fails
	Abandoned Outcome = "abandoned" // all clients that waited for it left
	Other     Outcome = "other"     // a limit, or a failure of this server
)

// Outcomes are all outcomes.
var Outcomes = []Outcome{Found, Passed, Missing, Denied, Down, Abandoned, Other}

// OutcomeOf returns the outcome of a fetch that ended in an error of a kind.
func OutcomeOf(k errors.Kind) Outcome {
	switch {
	case k.IsOutage():
		return Down
	case k == errors.NotFound:
		return Missing
	case k == errors.AccessDenied, k == errors.BadOriginRequest:
		return Denied
	case k == errors.ClientClosed:
		return Abandoned
	}
	return Other
}
