package admission

import "time"

// pace is the recent time for which jobs held their share. The zero value has
// no data.
type pace struct{ mean time.Duration }

// The weight of the newest job in the mean, as a divisor; and the bounds of a
// guess.
const (
	weight    = 8
	leastWait = time.Second
	mostWait  = time.Minute
)

func (p *pace) add(held time.Duration) {
	if p.mean == 0 {
		p.mean = held
		return
	}
	p.mean += (held - p.mean) / weight
}

// guess returns when a client should retry if so many rooms full of jobs
// precede it: by Little's law a full room lasts as long as a job holds its
// share.
func (p *pace) guess(rooms float64) time.Duration {
	wait := float64(p.mean) * rooms
	return time.Duration(min(max(wait, float64(leastWait)), float64(mostWait)))
}
