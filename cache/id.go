package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/origin"
)

// id stands for the original that a request names.
func (o *Origin) id(req origin.Request, by Binding) ID {
	parts := []string{
		o.Identity, req.Ref.Server, req.Ref.Path, req.Ref.Query, strings.ToLower(req.Host), req.Root, req.Sender,
		strconv.FormatInt(req.MaxBytes, 10), by.Request,
	}
	if req.Stream.Wanted {
		parts = append(parts, "stream") // its record lacks what reading all of it would tell
	}
	return idOf(parts...)
}

// varied is the ID of an original that depends on headers of the request.
func varied(id ID, names []string, header http.Header) ID {
	parts := []string{string(id[:])}
	for _, name := range names {
		parts = append(parts, strings.ToLower(name), strings.Join(header.Values(name), ", "))
	}
	return idOf(parts...)
}

// idOf is a hash of texts. Lengths keep apart what would be equal when strung together.
func idOf[T string | []byte](parts ...T) (id ID) {
	size := 0
	for _, p := range parts {
		size += 8 + len(p)
	}
	text := make([]byte, 0, size)
	for _, p := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(p)))
		text = append(text, p...)
	}
	sum := sha256.Sum256(text)
	copy(id[:], sum[:])
	return id
}

// KeyOf is the key of a variant: of the original that it is filed under, and of everything
// that it is made of.
func KeyOf(original ID, parts ...[]byte) Key {
	return Key{Original: original, Entry: idOf(parts...)}
}
