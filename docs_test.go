package images_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	images "github.com/caddy-images/caddy-images"
)

// page is a page of the documentation.
type page struct{ path, text string }

func pages(t *testing.T) []page {
	t.Helper()
	var files []string
	err := filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no docs: %v", err)
	}
	var all []page
	for _, file := range append(files, "README.md", "CHANGELOG.md", "CONTRIBUTING.md") {
		all = append(all, readPage(t, file))
	}
	return all
}

func readPage(t *testing.T, file string) page {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return page{file, string(text)}
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// blocks returns the fenced blocks of a language.
func (p page) blocks(language string) []string {
	var found []string
	for _, m := range fence.FindAllStringSubmatch(p.text, -1) {
		if m[1] == language {
			found = append(found, m[2])
		}
	}
	return found
}

// Every Caddyfile in the docs is one that people copy: it is formatted, adapts
// without a warning, and can be loaded.
func TestDocsCaddyfiles(t *testing.T) {
	setKeys(t)
	for _, p := range pages(t) {
		for _, block := range p.blocks("caddyfile") {
			if formatted := string(caddyfile.Format([]byte(block))); strings.TrimSpace(formatted) != strings.TrimSpace(block) {
				t.Errorf("%s: not as caddy fmt has it:\n%s\nbut\n%s", p.path, block, formatted)
			}
			config, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(asSite(block)), map[string]any{"filename": p.path})
			if err != nil || len(warnings) > 0 {
				t.Errorf("%s:\n%s\ngives %v %v", p.path, block, err, warnings)
				continue
			}
			var parsed any
			if err := json.Unmarshal(config, &parsed); err != nil {
				t.Fatal(err)
			}
			handler := findHandler(parsed)
			if handler == nil {
				t.Errorf("%s: no images handler in\n%s", p.path, block)
				continue
			}
			provision(t, p, handler)
		}
	}
}

// Every JSON in the docs is the configuration of a handler that can be loaded.
func TestDocsJSON(t *testing.T) {
	setKeys(t)
	for _, p := range pages(t) {
		for _, block := range p.blocks("json") {
			var handler map[string]any
			if err := json.Unmarshal([]byte(block), &handler); err != nil || handler["handler"] != "images" {
				t.Errorf("%s: no JSON of an images handler: %v\n%s", p.path, err, block)
				continue
			}
			provision(t, p, handler)
		}
	}
}

// setKeys sets the environment that the examples take secrets from.
func setKeys(t *testing.T) {
	t.Helper()
	for _, name := range []string{"CMS_TOKEN", "IMAGEKIT_PRIVATE_KEY", "POST_TOKEN", "S3_KEY", "S3_SECRET"} {
		t.Setenv(name, "test")
	}
}

// asSite wraps directives without a site's address in a site.
func asSite(block string) string {
	first, _, _ := strings.Cut(block, "\n")
	address, _, _ := strings.Cut(first, " ")
	if address == "{" || strings.ContainsAny(address, ".:") {
		return block
	}
	return string(caddyfile.Format([]byte(":80 {\n" + block + "}\n")))
}

// provision loads a handler from JSON, in which every field must be known.
func provision(t *testing.T, p page, config map[string]any) {
	t.Helper()
	delete(config, "handler")
	var h images.Handler
	strictly(t, p, config, &h)
	for _, raw := range h.OriginsRaw {
		var origin map[string]any
		if err := json.Unmarshal(raw, &origin); err != nil {
			t.Fatal(err)
		}
		name, _ := origin["type"].(string)
		delete(origin, "type")
		module, err := caddy.GetModule("http.images.origins." + name)
		if err != nil {
			t.Errorf("%s: %v", p.path, err)
			continue
		}
		strictly(t, p, origin, module.New())
	}
	if h.Fonts != "" {
		h.Fonts = t.TempDir() // what the example names is on the reader's machine
	}
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	defer cancel()
	defer func() {
		if err := h.Cleanup(); err != nil {
			t.Errorf("%s: %v", p.path, err)
		}
	}()
	if err := h.Provision(ctx); err != nil {
		t.Errorf("%s: %v\n%v", p.path, err, config)
	}
}

func strictly(t *testing.T, p page, config, into any) {
	t.Helper()
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v\n%s", p.path, err, raw)
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

func TestDocsLinks(t *testing.T) {
	for _, p := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := p.path
			if target != "" {
				file = filepath.Join(filepath.Dir(p.path), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere", p.path, m[1])
			} else if anchor != "" && !hasAnchor(readPage(t, file), anchor) {
				t.Errorf("%s: the link %s leads to no heading", p.path, m[1])
			}
		}
	}
}

// hasAnchor knows how GitHub makes an anchor of a heading.
func hasAnchor(p page, anchor string) bool {
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
		var b strings.Builder
		for _, r := range strings.ToLower(m[1]) {
			switch {
			case r == ' ':
				b.WriteByte('-')
			case r == '-' || r == '_' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
				b.WriteRune(r)
			}
		}
		if b.String() == anchor {
			return true
		}
	}
	return false
}
