//go:build !unix

package disk

import "os"

func isFull(error) bool { return false }

func isReadOnly(error) bool { return false }

// syncFolder does nothing: directories cannot be synced.
func syncFolder(string) error { return nil }

func openFile(path string) (*os.File, error) { return os.Open(path) }
