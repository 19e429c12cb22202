//go:build !unix

package disk

func isFull(error) bool { return false }

func isReadOnly(error) bool { return false }

// syncFolder does nothing: directories cannot be synced.
func syncFolder(string) error { return nil }
