//go:build cgo

package inprocess_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

// caddyImages runs `caddy images` with arguments.
func caddyImages(stdin string, args ...string) (stdout, stderr string, err error) {
	cmd := &cobra.Command{Use: "images", SilenceUsage: true, SilenceErrors: true}
	caddycmd.Commands()["images"].CobraFunc(cmd)
	var out, said bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&said)
	cmd.SetArgs(args)
	err = cmd.Execute()
	return out.String(), said.String(), err
}

// Every name of an original purges its variants, and nothing else.
func TestPurgeByName(t *testing.T) {
	shop, from := newShop(t, "ETag", `"1"`, "Cache-Tag", "lakes, alps")
	s, admin := administered(t, "images /shop/* {\n dialect imagekit {\n  endpoint /shop\n }\n originals 1MiB\n "+from+"\n}\n"+
		"images /zoo/* {\n dialect imagizer {\n  endpoint /zoo\n }\n originals 1MiB\n "+from+"\n}")
	const kit, zoo = "/shop/folder/a.png?tr=w-20,f-png", "/zoo/folder/a.png?width=20&format=png"
	for _, tt := range []struct {
		body   string
		purges bool
	}{
		{`{"urls": ["https://img.example.com/shop/folder/a.png"]}`, true},
		{`{"urls": ["https://img.example.com/shop/tr:w-300,h-20/folder/a.png"]}`, true},
		{`{"urls": ["https://img.example.com/shop/folder/a.png?tr=w-20,f-png"]}`, true},
		{`{"urls": ["http://img.example.com/zoo/folder/a.png?width=1000"]}`, true},
		{`{"urls": ["http://img.example.com/shop/folder/*"]}`, true},
		{`{"paths": ["/folder/a.png"]}`, true},
		{`{"paths": ["folder/*"]}`, true},
		{`{"tags": ["alps"]}`, true},
		{`{"all": true}`, true},
		{`{"urls": ["https://img.example.com/shop/folder/b.png", "https://img.example.com/shop/folder/a.png"], "tags": ["none"]}`, true},
		{`{"urls": ["https://img.example.com/shop/a.png"], "paths": ["/folder/a.pn"], "tags": ["alp"]}`, false},
	} {
		for _, path := range []string{kit, zoo} {
			s.get(t, path).wants(t, 200)
			s.get(t, path).wants(t, 200)
		}
		shop.whole.Store(0)
		response, err := http.Post(admin.url+"/images/cache", "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("%s: %s", tt.body, response.Status)
		}
		for _, path := range []string{kit, zoo} {
			hit := strings.HasPrefix(s.get(t, path).Header.Get("Cache-Status"), "caddy-images; hit")
			if hit == tt.purges {
				t.Errorf("%s: %s is a hit afterwards: %v", tt.body, path, hit)
			}
		}
	}
}

// What cannot be purged is said, and nothing is purged then.
func TestPurgeByNameRefusals(t *testing.T) {
	s, admin := administered(t, "images {\n dialect imagekit {\n  endpoint /shop\n }\n origin fs ROOT\n}")
	const path = "/shop/tr:w-20/red.jpg"
	for range 2 {
		s.get(t, path).wants(t, 200)
	}
	for body, says := range map[string]string{
		``:                                     "no JSON",
		`{}`:                                   "names nothing to purge",
		`{"soft": true}`:                       "names nothing to purge",
		`{"url": ["https://a.example/b"]}`:     `unknown field \"url\"`,
		`{"all": true, "paths": ["/red.jpg"]}`: "it takes no urls",
		`{"all": true} {"all": true}`:          "more than one JSON value",
		`{"urls": ["/shop/red.jpg"]}`:          "is no URL of an image",
		`{"urls": ["https://u:p@a.example/shop/red.jpg"]}`:            "is no URL of an image",
		`{"urls": ["https://a.example/elsewhere/red.jpg"]}`:           "no images handler reads",
		`{"urls": ["https://a.example/shop/red.jpg"], "paths": [""]}`: "has 0 bytes",
		`{"paths": ["/a/../red.jpg"]}`:                                "segment",
		`{"paths": ["` + strings.Repeat(`a", "`, 1001) + `b"]}`:       "more than 1000",
	} {
		response, err := http.Post(admin.url+"/images/cache", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		_, _ = said.ReadFrom(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != 400 || !strings.Contains(said.String(), says) {
			t.Errorf("%.100s: %s, %s, want %q", body, response.Status, said.String(), says)
		}
		if !strings.Contains(s.get(t, path).Header.Get("Cache-Status"), "; detail=memory") {
			t.Fatalf("%.100s purges", body)
		}
	}
}

// The commands do what they say at a running Caddy.
func TestCommands(t *testing.T) {
	s, admin := administered(t, "images {\n origin fs ROOT\n}")
	address := strings.TrimPrefix(admin.url, "http://")
	dir := t.TempDir()
	forms := filepath.Join(dir, "forms")
	if err := os.WriteFile(forms, []byte("# widths\n/tr:w-20{}\n\n{}?tr=w-30\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, said, err := caddyImages("/red.jpg\nmissing.jpg\n"+s.url+"/red.jpg\n", "warm", "--base", s.url, "--transformations", forms, "-")
	if err == nil || err.Error() != "2 requests failed" || !strings.Contains(out, "6 images requested in ") || !strings.Contains(out, ", 2 failed.") {
		t.Errorf("warm: %q, %v", out, err)
	}
	if !strings.Contains(said, s.url+"/tr:w-20/missing.jpg: 404 ENOENT - No file was found on disk at the specified path\n") || strings.Count(said, "\n") != 2 {
		t.Errorf("warm says %q", said)
	}
	for _, path := range []string{"/tr:w-20/red.jpg", "/red.jpg?tr=w-30"} {
		a := s.get(t, path, "Accept", "image/avif,image/webp,*/*")
		if !strings.Contains(a.Header.Get("Cache-Status"), "; detail=memory") {
			t.Errorf("%s: %s", path, a.Header.Get("Cache-Status"))
		}
	}
	out, _, err = caddyImages("", "stats", "--address", address)
	for _, want := range []string{"1 handler, up ", "libvips 8.", "\nmemory ", "\nrecords ", "\nfiles ", "\nworker "} {
		if !strings.Contains(out, want) || err != nil {
			t.Errorf("stats: %v, %q is not in\n%s", err, want, out)
		}
	}
	out, _, err = caddyImages("", "purge", "--address", address, s.url+"/tr:w-20/red.jpg")
	if err != nil || out != "Purged 1 original and 2 variants in memory; 0 fetches and renders in flight will not be shared.\n" {
		t.Errorf("purge: %q, %v", out, err)
	}
	out, _, err = caddyImages("", "purge", "--address", address, "--soft", "/red*", "--tag", "none")
	if err != nil || !strings.HasPrefix(out, "Purged ") {
		t.Errorf("purge: %q, %v", out, err)
	}
}

func TestCommandRefusals(t *testing.T) {
	_, admin := administered(t, "images {\n origin fs ROOT\n}")
	address := strings.TrimPrefix(admin.url, "http://")
	for _, tt := range []struct{ stdin, args, says string }{
		{"", "purge --address " + address, "there is nothing to purge"},
		{"", "purge --address " + address + " --all /a.jpg", "it takes no urls"},
		{"", "purge --address " + address + " https://a.example/../a.jpg", ""},
		{"", "purge --address 127.0.0.1:1 /a.jpg", "a running Caddy with this module"},
		{"", "stats --address 127.0.0.1:1", "a running Caddy with this module"},
		{"", "stats --address " + address + " more", "unknown command"},
		{"", "warm", "accepts 1 arg(s)"},
		{"", "warm -", "there are no lines"},
		{"# nothing\n", "warm -", "there are no lines"},
		{"/a.jpg", "warm -", "for paths give the site as --base"},
		{"http://a.example", "warm -", "has no path"},
		{"/a.jpg", "warm --base a.example -", "it takes a URL"},
		{"/a.jpg", "warm --concurrency 0 --base http://127.0.0.1:1 -", "it takes 1 to 256"},
		{"/a.jpg", "warm --base http://127.0.0.1:1 -", "1 request failed"},
		{"/a.jpg", "warm --base http://127.0.0.1:1 /no/such/file", "no such file"},
	} {
		_, _, err := caddyImages(tt.stdin, strings.Fields(tt.args)...)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.args, err, tt.says)
		}
	}
}
