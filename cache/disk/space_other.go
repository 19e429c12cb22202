//go:build !(linux || darwin || freebsd)

package disk

// space is not known here, so min_free has no effect.
func space(string) (free, total int64, ok bool) { return 0, 0, false }
