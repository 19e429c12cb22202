//go:build unix

package workers

import (
	"encoding/binary"
	"encoding/json"
	stderrors "errors"
	"fmt"
	"io"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// errNonsense is wrapped by errors that no sound worker causes.
var errNonsense = stderrors.New("the worker violates the protocol")

// answer is a message of a worker: exactly one of ready, accepted, result and
// failure is set.
type answer struct {
	id       uint64
	ready    *ready
	accepted bool
	result   *render.Result
	failure  *errors.Error
}

// ready is a worker's first message.
type ready struct {
	Version string   `json:"version"`
	Missing []string `json:"missing,omitempty"` // protections that the system lacks
	Error   string   `json:"error,omitempty"`   // why it cannot work
}

// failure is an encoded *errors.Error.
type failure struct {
	ID           uint64        `json:"id"`
	Kind         errors.Kind   `json:"kind"`
	Message      string        `json:"message"`
	OriginStatus int           `json:"origin_status,omitempty"`
	RetryAfter   time.Duration `json:"retry_after,omitempty"`
	Cause        string        `json:"cause,omitempty"`
}

const (
	idSize = 8
	// resultSize is the size of a result's numbers: id, format, width,
	// height, frames, reduction of effort, and whether a file was damaged.
	resultSize = idSize + 1 + 4 + 4 + 4 + 4 + 1
)

// readAnswer reads the next message of a worker.
func readAnswer(r io.Reader) (answer, error) {
	kind, payload, err := readFrame(r)
	if err != nil {
		return answer{}, err
	}
	switch kind {
	case frameReady:
		a := answer{ready: new(ready)}
		return a, parseText(payload, a.ready)
	case frameAccepted:
		if len(payload) == idSize {
			return answer{id: binary.BigEndian.Uint64(payload), accepted: true}, nil
		}
	case frameResult:
		if len(payload) >= resultSize {
			return parseResult(payload)
		}
	case frameFailure:
		return parseFailure(payload)
	case frameDetails:
		return parseDetails(payload)
	}
	return answer{}, fmt.Errorf("%w: a frame of kind %d with %d bytes", errNonsense, kind, len(payload))
}

func parseText(payload []byte, to any) error {
	if err := json.Unmarshal(payload, to); err != nil {
		return fmt.Errorf("%w: %w", errNonsense, err)
	}
	return nil
}

func parseResult(payload []byte) (answer, error) {
	number := func(at int) int { return int(int32(binary.BigEndian.Uint32(payload[at:]))) }
	a := answer{id: binary.BigEndian.Uint64(payload), result: &render.Result{
		Format:  transform.Format(payload[idSize]),
		Size:    transform.Size{Width: number(idSize + 1), Height: number(idSize + 5)},
		Frames:  number(idSize + 9),
		Reduced: number(idSize + 13),
		Body:    payload[resultSize:],
	}}
	r := a.result
	damaged := payload[resultSize-1]
	r.Damaged = damaged == 1
	if damaged > 1 || !r.Format.Writable() || r.Size.Width < 1 || r.Size.Height < 1 || r.Frames < 1 || r.Reduced < 0 || r.Reduced > render.MostReduced || len(r.Body) == 0 {
		return answer{}, fmt.Errorf("%w: %d frames of %v in format %d, %d bytes", errNonsense, r.Frames, r.Size, r.Format, len(r.Body))
	}
	return a, nil
}

// told are the encoded details of an original.
type told struct {
	ID      uint64            `json:"id"`
	Details transform.Details `json:"details"`
}

// parseDetails limits the details again: an image may have taken over the
// worker.
func parseDetails(payload []byte) (answer, error) {
	var t told
	if err := parseText(payload, &t); err != nil {
		return answer{}, err
	}
	details, ok := t.Details.Bounded()
	if !ok {
		return answer{}, fmt.Errorf("%w: invalid details", errNonsense)
	}
	return answer{id: t.ID, result: &render.Result{Details: &details}}, nil
}

func parseFailure(payload []byte) (answer, error) {
	var f failure
	if err := parseText(payload, &f); err != nil {
		return answer{}, err
	}
	if !f.Kind.Valid() {
		return answer{}, fmt.Errorf("%w: an error of kind %d", errNonsense, f.Kind)
	}
	e := errors.New(f.Kind, "%s", f.Message)
	e.OriginStatus, e.RetryAfter = f.OriginStatus, f.RetryAfter
	if f.Cause != "" {
		e.Err = stderrors.New(f.Cause)
	}
	return answer{id: f.ID, failure: e}, nil
}

func appendAccepted(to []byte, id uint64) []byte {
	return binary.BigEndian.AppendUint64(appendHeader(to, frameAccepted, idSize), id)
}

// appendResult appends a result's frame without its body, which follows.
func appendResult(to []byte, id uint64, r *render.Result) []byte {
	to = appendHeader(to, frameResult, resultSize+len(r.Body))
	to = binary.BigEndian.AppendUint64(to, id)
	to = append(to, byte(r.Format))
	for _, n := range []int{r.Size.Width, r.Size.Height, r.Frames, r.Reduced} {
		to = binary.BigEndian.AppendUint32(to, uint32(n))
	}
	if r.Damaged {
		return append(to, 1)
	}
	return append(to, 0)
}

func appendFailure(to []byte, id uint64, e *errors.Error) ([]byte, error) {
	// JSON escapes a byte to at most six.
	const most = maxText / 16
	f := failure{ID: id, Kind: e.Kind, Message: cut(e.Message, most), OriginStatus: e.OriginStatus, RetryAfter: e.RetryAfter}
	if e.Err != nil {
		f.Cause = cut(e.Err.Error(), most)
	}
	return appendText(to, frameFailure, f)
}

func appendText(to []byte, kind frameKind, v any) ([]byte, error) {
	payload, err := json.Marshal(v)
	return append(appendHeader(to, kind, len(payload)), payload...), err
}

// cut shortens a text for a frame or a log.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
