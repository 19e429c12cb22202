//go:build cgo

package inprocess_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// ImageKit's API purges for who has the key, and for nobody else.
func TestPurgeAPI(t *testing.T) {
	_, from := newShop(t, "ETag", `"1"`)
	t.Setenv("PURGE_KEY", "private_key")
	s := serve(t, "handle_path /api/* {\n images_purge {\n  private_key {env.PURGE_KEY}\n  hosts img.example.com other.example.com:8443\n }\n respond \"next\" 418\n}\n"+
		"images /shop/* {\n dialect imagekit {\n  endpoint /shop\n }\n "+from+"\n}")
	const path = "/shop/tr:w-20/folder/a.png"
	fill := func() {
		t.Helper()
		for range 2 {
			s.get(t, path).wants(t, 200)
		}
	}
	isHit := func() bool { return strings.HasPrefix(s.get(t, path).Header.Get("Cache-Status"), "caddy-images; hit") }
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	ask := func(method, url, body, authorization string) (int, map[string]string, http.Header) {
		t.Helper()
		r, err := http.NewRequest(method, s.url+url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(body, "text:") {
			r.Header.Set("Content-Type", "text/plain")
		}
		r.Header.Set("Authorization", authorization)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var text bytes.Buffer
		_, _ = text.ReadFrom(response.Body)
		said := map[string]string{}
		if err := json.Unmarshal(text.Bytes(), &said); err != nil && response.StatusCode != 418 {
			t.Errorf("%s %s: %q, %v", method, url, text.String(), err)
		}
		return response.StatusCode, said, response.Header
	}
	key := basic("private_key", "do_not_set")
	const purge = "/api/v1/files/purge"
	for _, body := range []string{
		`{"url": "https://img.example.com/shop/folder/a.png"}`,
		`{"url": "http://OTHER.example.com:8443/shop/folder/a.png?tr=w-300"}`,
		`{"url": "https://img.example.com/shop/tr:h-20/folder/a.png"}`,
		`{"url": "https://img.example.com/shop/folder/a.png*"}`,
		`{"url": "https://img.example.com/shop/folder/*"}`,
	} {
		fill()
		status, said, header := ask("POST", purge, body, key)
		if status != 201 || len(said["requestId"]) != 48 || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %v", body, status, said)
		}
		if isHit() {
			t.Errorf("%s purges nothing", body)
		}
		if status, said, _ := ask("GET", purge+"/"+said["requestId"], "", "bearer private_key"); status != 200 || said["status"] != "Completed" {
			t.Errorf("its status: %d, %v", status, said)
		}
	}
	fill()
	const good = `{"url": "https://img.example.com/shop/folder/a.png"}`
	for _, tt := range []struct {
		method, url, body, authorization string
		status                           int
	}{
		{"POST", purge, good, "", 401},
		{"POST", purge, good, basic("", "private_key"), 401},
		{"POST", purge, good, basic("private_ke", ""), 401},
		{"POST", purge, good, basic("{env.PURGE_KEY}", ""), 401},
		{"POST", purge, good, "Bearer private_key2", 401},
		{"POST", purge, good, "Basic private_key", 401},
		{"GET", purge + "/000000000000000000000000000000000000000000000000", "", key, 404},
		{"GET", purge + "/x", "", key, 404},
		{"GET", purge + "/000000000000000000000000000000000000000000000000", "", "", 401},
		{"POST", purge, "text:" + good, key, 415},
		{"POST", purge, `{"url": "https://img.example.org/shop/folder/a.png"}`, key, 400},
		{"POST", purge, `{"url": "https://other.example.com/shop/folder/a.png"}`, key, 400},
		{"POST", purge, `{"url": "https://img.example.com/zoo/folder/a.png"}`, key, 400},
		{"POST", purge, `{"url": "/shop/folder/a.png"}`, key, 400},
		{"POST", purge, `{"url": ""}`, key, 400},
		{"POST", purge, `[]`, key, 400},
		{"POST", purge, `{"url": "` + strings.Repeat("a", 100_000) + `"}`, key, 400},
		{"GET", purge, "", key, 418},
		{"POST", purge + "s", good, key, 418},
		{"DELETE", "/api/folder/a.png", "", key, 418},
	} {
		if status, said, _ := ask(tt.method, tt.url, tt.body, tt.authorization); status != tt.status || strings.Contains(said["message"], "private_key2") {
			t.Errorf("%s %s %.80s with %q: %d, %v, want %d", tt.method, tt.url, tt.body, tt.authorization, status, said, tt.status)
		}
		if !isHit() {
			t.Fatalf("%s %s %.80s with %q purges", tt.method, tt.url, tt.body, tt.authorization)
		}
	}
}

// So does Imagizer's.
func TestPurgeByDelete(t *testing.T) {
	_, from := newShop(t, "ETag", `"1"`)
	s := serve(t, "images_purge {\n private_key secret\n imagizer\n}\nimages {\n dialect imagizer\n "+from+"\n}")
	const path = "/folder/a.png?width=20"
	isHit := func() bool { return strings.HasPrefix(s.get(t, path).Header.Get("Cache-Status"), "caddy-images; hit") }
	for _, purge := range []string{"/folder/a.png", "/", "/cache", "/fold*"} {
		for range 2 {
			s.get(t, path).wants(t, 200)
		}
		for _, other := range []string{"/folder/b.png", "/a.png"} {
			s.ask(t, http.MethodDelete, other, "Authorization", "Bearer secret").wants(t, 200)
		}
		s.ask(t, http.MethodDelete, purge).wants(t, 401, "Www-Authenticate", `Basic realm="images", charset="UTF-8"`)
		s.ask(t, http.MethodDelete, "/a/../b.png", "Authorization", "Bearer secret").wants(t, 400)
		if !isHit() {
			t.Fatalf("%s is purged too early", path)
		}
		s.ask(t, http.MethodDelete, purge, "Authorization", "Bearer secret").wants(t, 200)
		if isHit() {
			t.Errorf("DELETE %s purges nothing", purge)
		}
	}
}
