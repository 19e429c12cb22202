package server

import (
	"time"
	"unsafe"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform/strip"
)

// beginClaim makes a claim on memory for the files of the request, of which none
// is held. Files that came with the request, or in its URL, are counted on their own.
func (q *request) beginClaim() {
	if q.claim != nil && q.holds() {
		return // what is still needed is taken if it is free
	}
	q.claim.Settle()
	refs := q.asked.Plan.Refs()
	isAlone := len(refs) == 0 && q.sent == nil
	q.claim = q.Memory.Bodies.Claim(q.QueueTimeout, isAlone, func() (known, guessed int64) {
		if q.sent == nil {
			known, guessed = q.sizeOf(q.asked.Ref)
		}
		for _, ref := range refs {
			k, g := q.sizeOf(ref)
			known, guessed = known+k, guessed+g
		}
		return known, guessed
	})
	if q.sent != nil {
		q.claim.NeverWait()
	}
}

// sizeOf returns how many bytes a file has, as far as that is known, or probably.
func (q *request) sizeOf(ref origin.Ref) (known, guessed int64) {
	if sized, ok := q.originOf(ref, q.asked.Proof).(origin.Sized); ok {
		if n, ok := sized.SizeOf(q.ctx, q.originRequest(q.r, ref)); ok {
			return n, 0
		}
	}
	return 0, min(q.Memory.Bodies.Estimate(), q.MaxSourceSize)
}

// holds reports whether the bytes of a file are held.
func (q *request) holds() bool {
	for _, f := range q.files() {
		if f != nil && f.Body != nil {
			return true
		}
	}
	return false
}

// holdResult counts a variant until release is called. The files stay held
// until there is room for it.
func (q *request) holdResult(v variant) (release func(), err error) {
	if v.isOriginal || v.isFile {
		return func() {}, nil
	}
	release, err = q.Memory.Results.Hold(q.ctx, v.body, q.patience(), q.QueueTimeout)
	if err == nil {
		q.release()
	}
	return release, err
}

// patience returns how much longer the request may wait.
func (q *request) patience() time.Duration {
	return max(q.QueueTimeout-q.claim.Waited(), time.Millisecond)
}

// stripped returns the original without its metadata, a copy that is counted
// until the request is over. ok is false if that cannot be made.
func (q *request) stripped() (body []byte, ok bool, err error) {
	original := q.original.Body
	q.copied, err = q.Memory.Results.Reserve(q.ctx, int64(len(original)), q.patience(), q.QueueTimeout)
	if err != nil {
		return nil, false, err
	}
	body, ok = strip.Metadata(original)
	if !ok || unsafe.SliceData(body) == unsafe.SliceData(original) {
		q.copied.Shrink(0)
	}
	q.copied.Shrink(int64(len(body)))
	return body, ok, nil
}

// release gives up the bytes of all files, and what was reserved for others.
func (q *request) release() {
	closeAll(q.files())
	q.claim.Settle()
}
