package inprocess_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestEndpointPlaceholder(t *testing.T) {
	t.Setenv("CADDY_IMAGES_ENDPOINT", "/media")
	s := serve(t, "images {\n origin fs ROOT\n dialect imagekit {\n  endpoint {env.CADDY_IMAGES_ENDPOINT}\n }\n}\nrespond other")
	s.get(t, "/media/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	if a := s.get(t, "/tr:w-100/red.jpg"); string(a.body) != "other" {
		t.Errorf("a URL outside of the endpoint gives %q", a.body)
	}
}

// Two handlers of one configuration have nothing in common but the processors.
func TestTwoHandlers(t *testing.T) {
	s := serve(t, `handle /a/* {
	images {
		dialect imagekit {
			endpoint /a
		}
		origin fs ROOT
		max_dimension 50
	}
}
handle /b/* {
	images {
		dialect imagekit {
			endpoint /b
		}
		origin fs ROOT/sub
	}
}`)
	s.get(t, "/a/tr:w-40/red.jpg").wants(t, 200)
	s.get(t, "/a/tr:w-60/red.jpg").wants(t, 400)
	s.get(t, "/b/tr:w-60/red.jpg").wants(t, 404)
	s.get(t, "/b/tr:w-60/a%20b.jpg").wants(t, 200)
}

// A reload waits for the requests that are being served, and they get what they
// asked for.
func TestReload(t *testing.T) {
	const requests = 8
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	asked, goOn := make(chan struct{}, requests), make(chan struct{})
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-goOn
		_, _ = w.Write(picture)
	})
	directives := "images {\n origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }\n}"
	s := serve(t, directives)
	var clients sync.WaitGroup
	for i := range requests {
		clients.Go(func() {
			a := s.get(t, fmt.Sprintf("/tr:w-40/%d.jpg", i))
			a.wants(t, 200)
			a.wantsSize(t, 40, 30)
		})
	}
	for range requests {
		<-asked
	}
	loaded := make(chan error)
	go func() { loaded <- load(t, s.config(portOf(t, s), directives+"\nheader X-New yes")) }()
	until(t, "the new configuration", func() bool {
		resp, err := http.Get(s.url + "/tr:nonsense/x.jpg")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.Header.Get("X-New") == "yes"
	})
	close(goOn)
	clients.Wait()
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
}
