package inprocess_test

import (
	"strings"
	"testing"
)

func TestClientHints(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	const both = "Sec-CH-DPR, Sec-CH-Width"
	tests := []struct {
		path          string
		headers       []string
		width, height int
		vary          string
		contentDPR    string
		acceptCH      string
	}{
		{"/tr:w-auto,dpr-auto/red.jpg", []string{"Sec-CH-DPR", "2", "Sec-CH-Width", "212"}, 300, 225, "Accept Sec-CH-Width Sec-CH-DPR", "2.83", both},
		{"/tr:w-auto/red.jpg", []string{"Sec-CH-Width", "101"}, 200, 150, "Accept Sec-CH-Width Sec-CH-DPR DPR", "none", both},
		{"/tr:w-auto/red.jpg", []string{"Width", "100"}, 100, 75, "Accept Sec-CH-Width Width Sec-CH-DPR DPR", "none", both},
		{"/tr:w-auto/red.jpg", nil, 400, 300, "Accept Sec-CH-Width Width", "none", both},
		{"/tr:w-auto/red.jpg", []string{"Sec-CH-Width", "10001"}, 400, 300, "Accept Sec-CH-Width Width", "none", both},
		{"/red.jpg?tr=w-100,dpr-auto,f-png", []string{"Sec-CH-DPR", "1.5"}, 150, 113, "Sec-CH-DPR", "1.5", "Sec-CH-DPR"},
		{"/tr:w-100,dpr-auto/red.jpg", []string{"Sec-CH-DPR", "1e9"}, 100, 75, "Accept Sec-CH-DPR DPR", "none", "Sec-CH-DPR"},
		{"/tr:w-100,dpr-2/red.jpg", []string{"Sec-CH-DPR", "3"}, 200, 150, "Accept", "none", "none"},

		// What the image came to, not what was asked for.
		{"/tr:w-auto,h-1000,c-at_max/red.jpg", []string{"Sec-CH-DPR", "1", "Sec-CH-Width", "800"}, 400, 300, "Accept Sec-CH-Width Sec-CH-DPR", "0.5", both},
	}
	for _, tt := range tests {
		a := s.get(t, tt.path, tt.headers...)
		a.wants(t, 200, "Content-DPR", tt.contentDPR, "Accept-CH", tt.acceptCH)
		a.wantsSize(t, tt.width, tt.height)
		if got := strings.ReplaceAll(strings.Join(a.Header.Values("Vary"), " + "), ",", ""); got != tt.vary {
			t.Errorf("%s %q: Vary is %s, want %s", tt.path, tt.headers, got, tt.vary)
		}
	}

	// The entity tag is that of what the hints come to.
	etag := s.get(t, "/tr:w-300/red.jpg").Header.Get("Etag")
	for _, width := range []string{"201", "212", "300"} {
		s.get(t, "/tr:w-auto/red.jpg", "Sec-CH-Width", width).wants(t, 200, "Etag", etag)
	}
	if got := s.get(t, "/tr:w-auto/red.jpg", "Sec-CH-Width", "200").Header.Get("Etag"); got == etag {
		t.Error("two sizes have one entity tag")
	}
	s.get(t, "/tr:w-auto/red.jpg", "Sec-CH-Width", "250", "If-None-Match", etag).wants(t, 304, "Accept-CH", both)
	s.get(t, "/tr:w-auto/no.jpg").wants(t, 404, "Accept-CH", "none", "Vary", "none")
	s.get(t, "/red.jpg", "Sec-CH-Width", "100").wants(t, 200, "Vary", "Accept", "Accept-CH", "none")
	s.get(t, "/tr:w-auto/icon.svg").wants(t, 200, "Content-Type", "image/svg+xml")
	s.get(t, "/tr:w-auto/icon.svg", "Sec-CH-Width", "90").wants(t, 200, "Content-Type", "image/png")
}

func TestSaveData(t *testing.T) {
	on := serve(t, "images {\n origin fs ROOT\n quality 80\n save_data\n}")
	for path, dependsOnIt := range map[string]bool{
		"/tr:w-100/half.png":           true,
		"/tr:f-jpg/half.png":           true,
		"/tr:f-jpg,q-70/half.png":      false,
		"/tr:f-png/half.png":           false,
		"/tr:f-webp,lo-true/half.png":  false,
		"/tr:orig-true/half.png":       false,
		"/half.png":                    true,
		"/half.png?tr=orig-true":       false,
		"/tr:f-auto/icon.svg":          false,
		"/tr:f-webp,lo-false/half.png": true,
	} {
		usual, saving := on.get(t, path), on.get(t, path, "Save-Data", "on")
		usual.wants(t, 200)
		varies := strings.Contains(strings.Join(usual.Header.Values("Vary"), ","), "Save-Data")
		if varies != dependsOnIt || (usual.Header.Get("Etag") != saving.Header.Get("Etag")) != dependsOnIt {
			t.Errorf("%s: Vary is %q, the tags are %s and %s", path, usual.Header.Values("Vary"), usual.Header.Get("Etag"), saving.Header.Get("Etag"))
		}
	}
	// Three quarters of 80.
	saved := on.get(t, "/tr:f-jpg,w-150/half.png", "Save-Data", "on")
	if want := on.get(t, "/tr:f-jpg,w-150,q-60/half.png"); string(saved.body) != string(want.body) {
		t.Errorf("%d bytes are saved to, quality 60 has %d", len(saved.body), len(want.body))
	}
	off := serve(t, "images {\n origin fs ROOT\n}")
	usual := off.get(t, "/tr:f-jpg/half.png")
	off.get(t, "/tr:f-jpg/half.png", "Save-Data", "on").wants(t, 200, "Etag", usual.Header.Get("Etag"), "Vary", "none")
}

func TestDeviceSize(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n device_size desktop 200x200\n device_size mobile 50x100\n}")
	phone := []string{"Sec-CH-UA-Mobile", "?1"}
	for _, tt := range []struct {
		path          string
		headers       []string
		width, height int
		vary          string
	}{
		{"/tr:f-jpg/red.jpg", nil, 200, 150, "Sec-CH-UA-Mobile User-Agent"},
		{"/tr:f-jpg/red.jpg", []string{"User-Agent", "x Mobile y"}, 50, 38, "Sec-CH-UA-Mobile User-Agent"},
		{"/tr:f-jpg/red.jpg", phone, 50, 38, "Sec-CH-UA-Mobile"},
		{"/tr:f-png,fl-h/half.png", []string{"Sec-CH-UA-Mobile", "?0"}, 200, 100, "Sec-CH-UA-Mobile"},
		{"/tr:f-jpg,w-300/red.jpg", phone, 300, 225, ""},
		{"/tr:f-jpg:h-150/red.jpg", phone, 200, 150, ""},
		{"/tr:orig-true/red.jpg", phone, 400, 300, ""},
		{"/red.jpg", phone, 50, 38, "Accept Sec-CH-UA-Mobile"},
		{"/red.jpg?tr=orig-true", phone, 400, 300, ""},
	} {
		a := s.get(t, tt.path, tt.headers...)
		a.wants(t, 200)
		a.wantsSize(t, tt.width, tt.height)
		if got := strings.ReplaceAll(strings.Join(a.Header.Values("Vary"), " + "), ",", ""); got != tt.vary {
			t.Errorf("%s %q: Vary is %s, want %s", tt.path, tt.headers, got, tt.vary)
		}
	}
	s.get(t, "/tr:f-auto/icon.svg", phone...).wants(t, 200, "Content-Type", "image/svg+xml", "Vary", "Accept")

	same := serve(t, "images {\n origin fs ROOT\n device_size desktop 40x40\n device_size mobile 40x40\n}")
	same.get(t, "/tr:f-jpg/red.jpg", phone...).wants(t, 200, "Vary", "none")
	phones := serve(t, "images {\n origin fs ROOT\n device_size mobile 40x40\n}")
	phones.get(t, "/tr:f-jpg/red.jpg", phone...).wantsSize(t, 40, 30)
	phones.get(t, "/tr:f-jpg/red.jpg").wantsSize(t, 400, 300)
}
