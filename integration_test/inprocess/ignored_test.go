//go:build cgo

package inprocess_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestUnsupportedIgnore(t *testing.T) {
	s := metered(t, `images {
	workers 1
	origin fs ROOT
	dialect imagekit {
		unsupported ignore
		named cut w-30,e-bgremove
	}
}`)
	for _, tt := range []struct{ path, warning, kind string }{
		{"/tr:w-40,e-bgremove/red.jpg", "EINVAL - e-bgremove was ignored: it needs an AI service", "ai"},
		{"/red.jpg?tr=w-40,h-30,fo-cat", "EINVAL - fo-cat was ignored: it needs a detector of objects, which this server does not have", "focus"},
		{"/red.jpg?tr=w-40,vc-h264", "EINVAL - vc was ignored: videos are not transformed", "video"},
		{"/red.jpg?tr=w-40,c2pa-true", "EINVAL - c2pa was ignored: content credentials are neither kept nor signed", "other"},
		{"/red.jpg?tr=w-40,vc-a%0d%0aX-Evil:%201", "", ""}, // as two steps
		{"/red.jpg?tr=n-cut", "EINVAL - e-bgremove was ignored: it needs an AI service", "ai"},
		{"/red.jpg?tr=w-40,e-upscale,fo-face,so-1", "EINVAL - e-upscale was ignored: it needs an AI service; fo-face was ignored: it needs a detector of faces, which this server does not have; so was ignored: videos are not transformed", "ai"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			counter := `ignored_total{kind="` + tt.kind + `"}`
			before := s.readings(t)[counter]
			a := s.get(t, tt.path)
			if a.Header.Get("X-Evil") != "" {
				t.Error("a header was made up")
			}
			if tt.warning == "" {
				return
			}
			a.wants(t, 200, "Ik-Warning", tt.warning, "Cache-Control", "public, max-age=3600", "Ik-Error", "none")
			until(t, "it is counted", func() bool { return s.readings(t)[counter] == before+1 })
			tag := a.Header.Get("ETag")
			s.get(t, tt.path, "If-None-Match", tag).wants(t, 304, "Ik-Warning", tt.warning, "Cache-Control", "public, max-age=3600")
			s.ask(t, http.MethodHead, tt.path).wants(t, 200, "Ik-Warning", tt.warning)
		})
	}
	s.get(t, "/tr:w-40/red.jpg").wants(t, 200, "Ik-Warning", "none", "Cache-Control", "public, max-age=31536000")
	s.get(t, "/tr:w-40,e-edit-prompt-blur%20the%20faces/red.jpg").wants(t, 400, "Ik-Warning", "none")
	s.get(t, "/tr:w-40,e-bgremove/no.jpg").wants(t, 404, "Ik-Warning", "none")
	a, b := s.get(t, "/tr:w-40,e-bgremove/red.jpg"), s.get(t, "/tr:w-40/red.jpg")
	if !bytes.Equal(a.body, b.body) {
		t.Error("it is another picture than without what was left out")
	}
}

// By default it is refused, and a configuration's Cache-Control is kept where it is
// stricter.
func TestUnsupportedCacheControl(t *testing.T) {
	for options, want := range map[string]string{
		"":                             "public, max-age=3600",
		"cache_control \"max-age=60\"": "max-age=60",
		"cache_control \"public, max-age=86400, s-maxage=7200, immutable, stale-while-revalidate=86400\"": "public, max-age=3600, s-maxage=3600",
		"cache_control origin":                "max-age=3600",
		"cache_control \"no-store\"":          "no-store",
		"cache_control \"private, no-cache\"": "private, no-cache",
	} {
		s := serve(t, "images {\n origin fs ROOT\n "+options+"\n dialect imagekit {\n  unsupported ignore\n }\n}")
		s.get(t, "/tr:w-40,e-bgremove/red.jpg").wants(t, 200, "Cache-Control", want)
	}
	s := serve(t, "images {\n origin fs ROOT\n}")
	s.get(t, "/tr:w-40,e-bgremove/red.jpg").wants(t, 400, "Ik-Error", "EINVAL - e-bgremove is not supported: it needs an AI service (character 6)")
}

// A video passes through, whatever is asked of it; what may hide something, and what
// does not show originals, refuses.
func TestUnsupportedIgnoreOfVideos(t *testing.T) {
	for name, directives := range map[string]string{
		"an origin of one's own": "images {\n origin fs ROOT\n dialect imagekit {\n  unsupported ignore\n  named small w-5\n }\n}",
		"next":                   "root ROOT\nimages {\n dialect imagekit {\n  unsupported ignore\n  named small w-5\n }\n}\nfile_server",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.originals(t, map[string][]byte{"clip.mp4": []byte(mp4)})
			for _, path := range []string{"/tr:w-300/clip.mp4", "/clip.mp4?tr=w-300,vc-h264,so-5", "/clip.mp4?tr=f-mp4,l-video,i-b.mp4,l-end", "/clip.mp4?tr=n-small"} {
				a := s.get(t, path)
				a.wants(t, 200, "Content-Type", "video/mp4")
				if string(a.body) != mp4 {
					t.Errorf("%s: %q", path, a.body)
				}
				if got := a.Header.Get("Ik-Warning"); !strings.Contains(got, "the transformation was ignored: the original is a video") {
					t.Errorf("%s: Ik-Warning is %q", path, got)
				}
				if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "max-age=3600") {
					t.Errorf("%s: Cache-Control is %q", path, got)
				}
			}
			for _, path := range []string{"/tr:bl-30/clip.mp4", "/tr:w-300:bl-30/clip.mp4", "/tr:l-image,i-clip.mp4,bl-30,l-end/clip.mp4", "/clip.mp4/ik-thumbnail.jpg"} {
				if a := s.get(t, path); a.StatusCode < 400 {
					t.Errorf("%s is answered with %d", path, a.StatusCode)
				}
			}
			s.get(t, "/tr:w-300/text.txt")
		})
	}
	s := serve(t, "images {\n origin fs ROOT\n allow_original_image_request off\n dialect imagekit {\n  unsupported ignore\n }\n}")
	s.originals(t, map[string][]byte{"clip.mp4": []byte(mp4)})
	s.get(t, "/tr:w-300/clip.mp4").wants(t, 401)
	s = serve(t, "images {\n origin fs ROOT\n}")
	s.originals(t, map[string][]byte{"clip.mp4": []byte(mp4)})
	s.get(t, "/tr:w-300/clip.mp4").wants(t, 400)
}

// A private video is not shown because its transformation has a name: that is for what
// is made of it.
func TestUnsupportedIgnoreOfPrivateVideos(t *testing.T) {
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		w.Header().Set("Is-Private-File", "true")
		_, _ = w.Write([]byte(mp4))
	})
	s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n dialect imagekit {\n  unsupported ignore\n  named small w-5\n }\n}")
	s.get(t, "/clip.mp4?tr=n-small").wants(t, 401)
}

func TestMistypedQueries(t *testing.T) {
	picture := ""
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		picture = r.URL.RawQuery
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("text"))
	})
	web := "origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }"
	for _, tt := range []struct {
		directives string
		w, tr      int // statuses
	}{
		{"images {\n origin fs ROOT\n}", 400, 400},
		{"images {\n origin fs ROOT\n " + web + "\n}", 200, 400},
		{"images {\n " + web + "\n}", 200, 400},
		{"root ROOT\nimages\nfile_server", 200, 200},
		{"root ROOT\nimages {\n origin fs ROOT\n origin next\n}\nfile_server", 200, 200},
		{"root ROOT\nimages {\n dialect imagekit {\n  mistyped_queries refuse\n }\n}\nfile_server", 400, 400},
		{"images {\n origin fs ROOT\n dialect imagekit {\n  mistyped_queries ignore\n }\n}", 200, 200},
		{"images {\n origin fs ROOT\n dialect imagekit {\n  mistyped_queries refuse_tr\n }\n}", 200, 400},
		{"images {\n origin fs ROOT\n dialect imagekit {\n  endpoint /\n }\n}", 400, 400},
	} {
		t.Run(strings.NewReplacer("\n", ",", "{", "", "}", "").Replace(tt.directives), func(t *testing.T) {
			s := serve(t, tt.directives)
			s.get(t, "/red.jpg?w=300").wants(t, tt.w)
			for _, query := range []string{"tr:w-300", "v=1?tr=w-300"} {
				s.get(t, "/red.jpg?"+query).wants(t, tt.tr)
			}
			for _, query := range []string{"v=1", "t=5", "updatedAt=1653775928", "ik-sdk-version=js-1", "utm_source=w", ""} {
				s.get(t, "/red.jpg?"+query).wants(t, 200)
			}
			s.get(t, "/text.txt?w=300").wants(t, 200)
		})
	}
	if picture == "" {
		t.Error("the web server was not asked with the query")
	}
}
