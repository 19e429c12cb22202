package admission

import "github.com/KimMachineGun/automemlimit/memlimit"

// share is the part of the available memory that jobs get, as a divisor. The
// other half is for originals and results in transit, caches, the rest of the
// process and, outside of a container, other processes.
const share = 2

// fallback is the budget if the available memory is unknown.
const fallback = 1 << 30

// DefaultBudget returns the default budget: half of the memory that the
// process may use, which is the limit of its control group or else the
// machine's memory.
func DefaultBudget() int64 { return half(memlimit.FromCgroup, memlimit.FromSystem) }

// half uses the smallest known limit: a group's may exceed the machine's.
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
