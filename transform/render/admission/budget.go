package admission

import "github.com/KimMachineGun/automemlimit/memlimit"

// share is the part of the memory there is that jobs get, as a divisor. The
// other half is for originals and results on their way, what is cached, the rest
// of the process and, outside of a container, the machine's other work.
const share = 2

// fallback is the budget where nobody can tell how much memory there is.
const fallback = 1 << 30

// DefaultBudget returns the budget of a server that sets none: half of the
// memory that the process may use, which is its control group's limit or else
// all that the machine has.
func DefaultBudget() int64 { return half(memlimit.FromCgroup, memlimit.FromSystem) }

// half goes by the smallest limit that is known: a group's may exceed the
// machine.
func half(sources ...func() (uint64, error)) int64 {
	least := int64(0)
	for _, source := range sources {
		limit, err := source()
		if err != nil || int64(limit) <= 0 {
			continue
		}
		if bytes := int64(limit); least == 0 || bytes < least {
			least = bytes
		}
	}
	if least == 0 {
		return fallback
	}
	return least / share
}
