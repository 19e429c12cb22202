package workers

import "time"

// State is a worker at one moment.
type State struct {
	PID      int
	Since    time.Time // it is ready
	Jobs     int       // that it was given
	Busy     bool      // with the last of them
	Resident int64     // bytes; 0 where the platform does not tell
	Version  string    // of its drawing, as it says
}
