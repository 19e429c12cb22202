package images

import (
	"net/http"

	"go.uber.org/zap"
)

// What becomes of damaged originals.
const (
	damagedRefuse  = "refuse"
	damagedDeliver = "deliver"
)

// noteDamaged logs and counts an answer that lacks something.
func (h *Handler) noteDamaged(r *http.Request) {
	metrics.damaged.Inc()
	if c := h.logger.Check(zap.WarnLevel, "What is there of a damaged original is delivered"); c != nil {
		c.Write(zap.String("host", r.Host), zap.String("path", receivedPath(r)))
	}
}
