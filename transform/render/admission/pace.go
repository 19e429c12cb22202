package admission

import "time"

// pace is how long jobs have held their share of late. The zero value knows
// nothing yet.
type pace struct{ mean time.Duration }

// The share of the newest job in the mean, as a divisor; and what a guess is
// bounded to.
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

// guess is after what time a client that comes again may find a place, when so
// many rooms full of jobs are before it: by Little's law a full room lasts as
// long as a job holds its share.
func (p *pace) guess(rooms float64) time.Duration {
	wait := float64(p.mean) * rooms
	return time.Duration(min(max(wait, float64(leastWait)), float64(mostWait)))
}
