//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"time"
)

// lockFile locks nothing here: that each process takes a directory of its own is up to the
// operator.
func lockFile(string, string) (*os.File, error) { return nil, nil }

func unlockFile(*os.File) error { return nil }

// freeSpace is not known here.
func freeSpace(string) (bytes int64, ok bool) { return 0, false }

// lastUse is when a file was written.
func lastUse(info fs.FileInfo) time.Time { return info.ModTime() }
