package server

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// key identifies a variant, and its strong entity tag is a hash of it: engine
// version, plan, what is chosen for the client, validators of all files, and
// the areas of interest in them.
type key [][]byte

// variantKey returns the key of the variant. It is computed from the plan and from facts.
func (q *request) variantKey() key {
	accepts := q.accepts(q.r, q.asked.Plan)
	choice := make([]byte, 0, 64)
	for _, f := range accepts {
		choice = append(append(choice, f.String()...), ' ')
	}
	for _, quality := range []int{q.client.quality.JPEG, q.client.quality.WebP, q.client.quality.AVIF} {
		choice = append(strconv.AppendInt(choice, int64(quality), 10), ' ')
	}
	if slices.Contains(accepts, transform.AVIF) {
		choice = fmt.Append(choice, render.AVIFPixels(q.renderTimeout()))
	}
	if stays(q.asked.Plan, q.original.format, q.r) {
		choice = append(choice, "stays"...)
	}
	k := make(key, 0, 8+3*len(q.layers)) // and what the key of the cache adds
	k = append(k, []byte(q.Engine.Version()), q.asked.Plan.Key(), choice, q.original.validator)
	for _, f := range q.layers {
		k = append(k, f.validator)
	}
	if len(q.areas) > 0 {
		k = append(k, fmt.Append(nil, q.areas))
	}
	return k
}

// renderKey returns what stands for a render in flight, so that equal requests share it:
// the key of the variant, what the files are besides what their origins call their
// versions, and all limits of the render. What was posted is not shared.
func (q *request) renderKey(k key) string {
	if q.sent != nil {
		return ""
	}
	parts := append(slices.Clip(k), []byte(q.Site), fmt.Append(nil, q.asked.Ref, q.missing != nil))
	for _, f := range q.files() {
		parts = append(parts, f.Kept.ID[:], binary.BigEndian.AppendUint64(nil, f.Facts.Hash), binary.BigEndian.AppendUint64(nil, uint64(f.size)))
	}
	parts = append(parts, fmt.Append(nil, q.Limits, q.MaxSourceSize, int64(q.MaxCost), q.DeliversDamaged, int64(q.QueueTimeout), int64(q.renderTimeout()), q.client.quality))
	return strongTag(parts...)
}

// tag is the entity tag of the variant.
func (k key) tag() string { return strongTag(k...) }

// otherTags gives a response the entity tags that may stand in place of the variant's: one
// for each effort that it may be made with, and others for what may be made of damaged
// files. They are computed if a client may have one of them, or gets one.
func (k key) otherTags(a *response, deliversDamaged bool) {
	a.reduced, a.damaged = nil, nil
	for reduced := range byte(render.MostReduced) {
		a.reduced = append(a.reduced, strongTag(append(slices.Clip(k), []byte{reduced + 1})...))
	}
	if deliversDamaged {
		for reduced := range byte(render.MostReduced + 1) {
			a.damaged = append(a.damaged, strongTag(append(slices.Clip(k), []byte("damaged"), []byte{reduced})...))
		}
	}
}

// strongTag returns an entity tag (RFC 9110 section 8.8.3) that is a hash of
// the parts.
func strongTag(parts ...[]byte) string {
	size := 0
	for _, p := range parts {
		size += 8 + len(p)
	}
	text := make([]byte, 0, size)
	for _, p := range parts {
		// Lengths separate parts whose concatenations would be equal.
		text = binary.BigEndian.AppendUint64(text, uint64(len(p)))
		text = append(text, p...)
	}
	sum := sha256.Sum256(text)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}
