package imagekit

import (
	"slices"
	"strings"
	"sync"

	"github.com/caddy-images/caddy-images/transform"
)

// Bounds of what is remembered, so that a client cannot fill the memory: about 3 MB.
const (
	mostRemembered    = 256 // in each half
	longestRemembered = 200 // bytes
	mostSteps         = 4
)

// remembered are transformations that were read lately: a site has few, and each is read for
// every request. What is given is shared and not changed by anyone. The zero value is ready.
type remembered struct {
	mu         sync.RWMutex
	young, old map[string]transform.Request
}

// get returns what was read of a transformation.
func (m *remembered) get(tr string) (transform.Request, bool) {
	m.mu.RLock()
	asked, ok := m.young[tr]
	if ok {
		m.mu.RUnlock()
		return asked, true
	}
	asked, ok = m.old[tr]
	m.mu.RUnlock()
	if ok {
		m.put(tr, asked)
	}
	return asked, ok
}

// put remembers it, and in the end forgets what was not asked for since.
func (m *remembered) put(tr string, asked transform.Request) {
	if len(tr) > longestRemembered || len(asked.Plan.Steps) > mostSteps {
		return
	}
	asked.Plan.Steps, asked.Ignored = slices.Clip(asked.Plan.Steps), slices.Clip(asked.Ignored)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young == nil || len(m.young) >= mostRemembered {
		m.old, m.young = m.young, make(map[string]transform.Request)
	}
	m.young[strings.Clone(tr)] = asked
}
