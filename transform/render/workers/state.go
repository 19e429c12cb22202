package workers

import "time"

// State is the current state of a worker.
type State struct {
	PID      int
	Since    time.Time // when it became ready
	Jobs     int       // given to it
	Busy     bool      // with the last of Jobs
	Resident int64     // bytes; 0 if the platform does not report it
	Version  string    // of what it draws with, by its own account
}
