package origin

import "time"

// Facts is what reading an original has told: all that responses depend on,
// besides what its origin says, without the bytes.
type Facts struct {
	Format    string // by its bytes, as transform.Format is called; empty for no image
	Size      int64  // bytes; negative if unknown
	Hash      uint64 // XXH64 of the bytes; 0 if not all were read
	MediaType string // to send the file with as it is
	IsStill   bool   // an animation that is drawn as its first frame
	IsVideo   bool
}

// Kept is what a cache knows of an original.
type Kept struct {
	// ID stands for the original, whatever its version; the zero value if it is not
	// known.
	ID [16]byte

	// Storable reports whether what is made of the original may be kept for others.
	Storable bool

	// Validated is when the origin last said that this version is the current one; zero
	// if this request has asked it.
	Validated time.Time

	// Fresh is how long the version may be used without asking again, from now on;
	// negative for one that is stale.
	Fresh time.Duration

	// Tags are the names that the original can be purged by.
	Tags []string
}
