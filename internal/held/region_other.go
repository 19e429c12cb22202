//go:build !linux

package held

import "errors"

// HasRegions reports whether the system has memory with a descriptor.
const HasRegions = false

type memory struct{}

func newRegion(int) (*region, error) { return nil, errors.ErrUnsupported }

func (memory) descriptor() int { return -1 }

func (*region) resize(int) error { return errors.ErrUnsupported }

func (*region) seal(int) error { return errors.ErrUnsupported }

func (memory) clear([]byte) {}

func unmap([]byte) {}
