package server

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// key is what a variant is made of, and what its strong entity tag stands for: the
// version of the drawing, the plan, what is chosen for the client, the bytes of all files,
// and the areas of interest in them.
type key [][]byte

// variantKey returns the key of the variant. It is computed from the plan and from facts.
func (q *request) variantKey() key {
	accepts := q.accepts(q.r, q.asked.Plan)
	choice := fmt.Append(nil, accepts, q.client.quality)
	if slices.Contains(accepts, transform.AVIF) {
		choice = fmt.Append(choice, render.AVIFPixels(q.renderTimeout()))
	}
	if stays(q.asked.Plan, q.original.format, q.r) {
		choice = append(choice, "stays"...)
	}
	k := key{[]byte(q.Engine.Version()), q.asked.Plan.Key(), choice, q.original.validator}
	for _, f := range q.layers {
		k = append(k, f.validator)
	}
	if len(q.areas) > 0 {
		k = append(k, fmt.Append(nil, q.areas))
	}
	return k
}

// tag is the entity tag of the variant.
func (k key) tag() string { return strongTag(k...) }

// otherTags gives a response the entity tags that may stand in place of the variant's: one
// for each effort that it may be made with, and others for what may be made of damaged
// files. They are computed if a client may have one of them, or gets one.
func (k key) otherTags(a *response, deliversDamaged bool) {
	a.hasty, a.damaged = nil, nil
	for haste := range byte(render.MostHaste) {
		a.hasty = append(a.hasty, strongTag(append(slices.Clip(k), []byte{haste + 1})...))
	}
	if deliversDamaged {
		for haste := range byte(render.MostHaste + 1) {
			a.damaged = append(a.damaged, strongTag(append(slices.Clip(k), []byte("damaged"), []byte{haste})...))
		}
	}
}

// strongTag makes an entity tag (RFC 9110 section 8.8.3) of what it stands for.
func strongTag(parts ...[]byte) string {
	hash := sha256.New()
	for _, p := range parts {
		// Lengths keep apart what would be equal when strung together.
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		hash.Write(p)
	}
	return `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16]) + `"`
}
