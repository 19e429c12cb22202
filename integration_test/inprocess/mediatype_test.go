package inprocess_test

import (
	"net/http"
	"strings"
	"testing"
)

// The type is the word of whoever put the file there. One well-formed type goes out,
// and what is not exactly a known harmless one can run nothing: browsers run scripts
// in all that ends in +xml, and choose one of several types.
func TestRFC9110_8_3_OneMediaType(t *testing.T) {
	const bytesOnly = "application/octet-stream"
	tests := []struct {
		lines    []string
		sent     string
		harmless bool
	}{
		{[]string{"image/jpeg"}, "image/jpeg", true},
		{[]string{"Image/PNG; x=y"}, "image/png; x=y", true},
		{[]string{"image/x-icon"}, "image/x-icon", true},
		{[]string{"application/pdf"}, "application/pdf", true},
		{[]string{"video/mp4; codecs=\"avc1.4d002a\""}, "video/mp4; codecs=avc1.4d002a", true},
		{[]string{"audio/mpeg"}, "audio/mpeg", true},
		{[]string{"font/woff2"}, "font/woff2", true},

		{[]string{"image/png, text/html"}, bytesOnly, false},
		{[]string{"text/html, image/png"}, bytesOnly, false},
		{[]string{"image/png", "text/html"}, bytesOnly, false},
		{[]string{"image/png", "image/png"}, bytesOnly, false},
		{[]string{"image/png,text/html;charset=utf-8"}, bytesOnly, false},
		{[]string{"image/png;,text/html"}, "image/png", true}, // the one type that is sent
		{[]string{"image/png; charset=utf-8, text/html"}, "image/png", true},
		{[]string{"image/png text/html"}, bytesOnly, false},
		{[]string{"image/png\ttext/html"}, bytesOnly, false},
		{[]string{"image"}, bytesOnly, false},
		{[]string{"image/"}, bytesOnly, false},
		{[]string{"/png"}, bytesOnly, false},
		{[]string{"*/*"}, bytesOnly, false},
		{[]string{"text/html/image/png"}, bytesOnly, false},
		{[]string{"\"image/png\""}, bytesOnly, false},
		{[]string{"imäge/png"}, bytesOnly, false},
		{[]string{"text/html; charset=\"utf-8\"; charset=utf-7"}, bytesOnly, false},
		{[]string{"multipart/x-mixed-replace; boundary=x"}, bytesOnly, false},
		{[]string{"message/rfc822"}, bytesOnly, false},

		{[]string{"image/svg+xml"}, "image/svg+xml", false},
		{[]string{"IMAGE/svg+xml"}, "image/svg+xml", false},
		{[]string{"image/svg+xml;charset=utf-8"}, "image/svg+xml; charset=utf-8", false},
		{[]string{"image/svg+xml ; x"}, "image/svg+xml", false},
		{[]string{"image/X+XML"}, "image/x+xml", false},
		{[]string{"image/x-foo"}, "image/x-foo", false},
		{[]string{"image/png+xml"}, "image/png+xml", false},
		{[]string{"image/svg"}, "image/svg", false},
		{[]string{"video/x+xml"}, "video/x+xml", false},
		{[]string{"video/x-unknown"}, "video/x-unknown", false},
		{[]string{"audio/html"}, "audio/html", false},
		{[]string{"font/x"}, "font/x", false},
		{[]string{"application/pdf+xml"}, "application/pdf+xml", false},
		{[]string{"application/xml"}, "application/xml", false},
		{[]string{"application/xhtml+xml"}, "application/xhtml+xml", false},
		{[]string{"text/xml"}, "text/xml", false},
		{[]string{"TEXT/HTML"}, "text/html", false},
		{[]string{"text/css"}, "text/css", false},
		{[]string{"text/plain; charset=utf-8"}, "text/plain; charset=utf-8", false},
		{[]string{"binary/octet-stream"}, bytesOnly, false},
		{[]string{""}, bytesOnly, false},
	}
	var lines []string
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = lines
		w.Header()["Set-Cookie"] = []string{"a=secret"}
		_, _ = w.Write([]byte("<x/>"))
	})
	for origin, directives := range map[string]string{
		"web":  "images {\n origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }\n}",
		"next": "images\nreverse_proxy " + addr,
	} {
		s := serve(t, "header Content-Security-Policy \"base-uri 'none'\"\n"+directives)
		for _, tt := range tests {
			lines = tt.lines
			a := s.get(t, "/file?ik-attachment=true")
			if isUntouched := origin == "next" && a.Header.Get("Cache-Control") == ""; isUntouched {
				if strings.HasPrefix(tt.lines[0], "image/") {
					t.Errorf("%q is passed on untouched", tt.lines)
				}
				continue
			}
			a.wants(t, 200, "X-Content-Type-Options", "nosniff", "Set-Cookie", "none")
			if got := a.Header.Values("Content-Type"); len(got) != 1 || got[0] != tt.sent {
				t.Errorf("%s, %q: the type %q is sent, want %q", origin, tt.lines, got, tt.sent)
			}
			policies := strings.Join(a.Header.Values("Content-Security-Policy"), " + ")
			if got := !strings.Contains(policies, "default-src 'none'") || !strings.Contains(policies, "sandbox"); got != tt.harmless {
				t.Errorf("%s, %q has the policy %q", origin, tt.lines, policies)
			}
			if !strings.Contains(policies, "base-uri 'none'") {
				t.Errorf("%s, %q has lost the site's own policy: %q", origin, tt.lines, policies)
			}
		}
	}
}
