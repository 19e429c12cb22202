package workers

// End is the reason why a worker ended.
type End string

// The reasons.
const (
	Replaced   End = "replaced"    // after MaxJobs, above MaxResident, or after a font
	Broken     End = "broken"      // an image crashed it, or made it violate the protocol
	Killed     End = "killed"      // from outside, while it had an image
	TimedOut   End = "timed_out"   // killed: its image took too long
	Cancelled  End = "cancelled"   // killed: its client left and it did not stop soon
	Died       End = "died"        // while idle
	NotStarted End = "not_started" // before it was ready
	Closed     End = "closed"      // with its pool
)

// Ends are all ends.
var Ends = []End{Replaced, Broken, Killed, TimedOut, Cancelled, Died, NotStarted, Closed}
