package images

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/web"
)

// keeping is an origin of somebody else's, made of one of ours, that keeps what it gives
// in spite of its contract.
type keeping struct {
	body []byte
	*web.Origin
}

func (k *keeping) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	if k.body != nil {
		return &origin.Source{Body: k.body}, nil
	}
	s, err := origin.Read(ctx, bytes.NewReader(make([]byte, held.RegionSize)), held.RegionSize, req.MaxBytes)
	if err == nil {
		k.body = s.Body
	}
	return s, err
}

type keepingBound struct{ *keeping }

func (keepingBound) RequestBound() {}

// What another module's originals are in stays there, whatever it keeps. What ours give
// may go.
func TestBodiesOfStrangeOriginsStay(t *testing.T) {
	room := origin.Room{Bodies: held.New(1<<30, true).Bodies, Timeout: time.Second}
	strange := &keeping{Origin: new(web.Origin)}
	for _, o := range []origin.Origin{
		origin.Coalesce(counted(strange, strange), room),
		origin.Coalesce(counted(keepingBound{&keeping{}}, strange), room),
	} {
		for range 2 {
			source, err := o.Fetch(t.Context(), origin.Request{MaxBytes: 1 << 30})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := held.Descriptor(source.Body); ok {
				t.Errorf("what %T gives may go", o)
			}
			source.Close()
		}
	}
	ours := origin.Coalesce(counted(&keeping{}, next.Origin{}), room)
	source, err := ours.Fetch(t.Context(), origin.Request{MaxBytes: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := held.Descriptor(source.Body); ok != held.HasRegions {
		t.Error("what our own origins give is on the heap")
	}
	source.Close()
	if got := room.Bodies.State().Bytes; got != 0 {
		t.Errorf("%d bytes are held in the end", got)
	}
	for _, info := range caddy.GetModules("http.images.origins") {
		if module := info.New(); !keepsNothing(module) {
			t.Errorf("%T is not among the origins that keep nothing", module)
		}
	}
}
