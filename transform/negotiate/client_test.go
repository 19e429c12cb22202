package negotiate

import (
	"net/http"
	"strings"
	"testing"
)

func TestSavesData(t *testing.T) {
	for text, want := range map[string]bool{
		"on": true, "On": true, " on ": true, "on;level=2": true, "x, on": true,
		"": false, "off": false, "onn": false, "1": false,
	} {
		if got := SavesData(http.Header{"Save-Data": {text}}); got != want {
			t.Errorf("%q saves data: %v", text, got)
		}
	}
	if SavesData(nil) {
		t.Error("a client that says nothing saves data")
	}
}

func TestMobile(t *testing.T) {
	const (
		phone   = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
		iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
		firefox = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"
		desktop = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
	)
	for _, tt := range []struct {
		hint, agent string
		want        bool
		vary        string
	}{
		{"?1", "", true, "Sec-CH-UA-Mobile"},
		{"?0", phone, false, "Sec-CH-UA-Mobile"},
		{"?1", desktop, true, "Sec-CH-UA-Mobile"},
		{"", phone, true, "Sec-CH-UA-Mobile User-Agent"},
		{"", iPhone, true, "Sec-CH-UA-Mobile User-Agent"},
		{"", firefox, true, "Sec-CH-UA-Mobile User-Agent"},
		{"", desktop, false, "Sec-CH-UA-Mobile User-Agent"},
		{"yes", "", false, "Sec-CH-UA-Mobile User-Agent"},
		{"", "", false, "Sec-CH-UA-Mobile User-Agent"},
	} {
		header := http.Header{"Sec-Ch-Ua-Mobile": {tt.hint}, "User-Agent": {tt.agent}}
		got, vary := Mobile(header)
		if got != tt.want || strings.Join(vary, " ") != tt.vary {
			t.Errorf("%q %q: mobile %v by %s", tt.hint, tt.agent, got, vary)
		}
	}
}
