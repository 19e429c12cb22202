package workers

// End is why a worker is no more.
type End string

// The ends of workers.
const (
	Replaced   End = "replaced"    // after MaxJobs, with more than MaxResident, or after a font
	Broken     End = "broken"      // an image crashed it, or had it talk nonsense
	Killed     End = "killed"      // by somebody else, while it had an image
	TimedOut   End = "timed_out"   // killed: its image took longer than it may
	Cancelled  End = "cancelled"   // killed: its client left, and it did not stop soon
	Died       End = "died"        // while it had no image
	NotStarted End = "not_started" // before it was ready
	Closed     End = "closed"      // with its pool
)

// Ends are all ends.
var Ends = []End{Replaced, Broken, Killed, TimedOut, Cancelled, Died, NotStarted, Closed}
