package imagekit

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// What is remembered of a transformation is what it says, whatever requests make of it, and
// is bounded.
func TestRemembered(t *testing.T) {
	d := new(Dialect)
	chain := func(tr string) transform.Request {
		t.Helper()
		got, err := d.readChain(tr, transform.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := d.parseChain(tr, transform.Plan{})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is remembered as %+v, want %+v", tr, got, want)
		}
		return got
	}
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for i := range 3 * mostRemembered {
				for _, tr := range []string{"w-300,dpr-auto", "w-auto", fmt.Sprintf("w-%d", 1+i), "l-image,i-a.png,w-auto,l-end", "if-w_gt_1,w-auto,if-else,dpr-auto,if-end", ""} {
					asked := chain(tr)
					// As for a client, and a site with device_size and videos.
					asked.Plan = asked.Plan.Settle(transform.Hints{Width: 100 + i, DPR: 2}).Within(transform.Size{Width: 10, Height: 10})
					asked.Plan.Steps = append(asked.Plan.Steps, transform.Step{})
					asked.Ignored = append(asked.Ignored, transform.Ignored{})
				}
			}
		})
	}
	clients.Wait()
	for _, tr := range []string{"w-100:w-100:w-100:w-100:w-100", "w-100," + strings.Repeat("h-100,", 40)} {
		chain(tr)
		if _, ok := d.read.get(tr); ok {
			t.Errorf("%s is remembered", tr)
		}
	}
	if n := len(d.read.young) + len(d.read.old); n > 2*mostRemembered {
		t.Errorf("%d are remembered", n)
	}
	if _, err := d.readChain("nonsense", transform.Plan{}); err == nil {
		t.Error("an error is forgotten")
	}
}
