package images_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	images "github.com/caddy-images/caddy-images"
	"github.com/caddy-images/caddy-images/internal/docstest"
)

// Every Caddyfile in the docs is one that people copy: it is formatted, adapts
// without a warning, and can be loaded.
func TestDocsCaddyfiles(t *testing.T) {
	setKeys(t)
	for _, p := range docstest.Pages(t) {
		for _, block := range p.Blocks("caddyfile") {
			if formatted := string(caddyfile.Format([]byte(block))); strings.TrimSpace(formatted) != strings.TrimSpace(block) {
				t.Errorf("%s: not as caddy fmt has it:\n%s\nbut\n%s", p.Path, block, formatted)
			}
			config, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(asSite(block)), map[string]any{"filename": p.Path})
			if err != nil || len(warnings) > 0 {
				t.Errorf("%s:\n%s\ngives %v %v", p.Path, block, err, warnings)
				continue
			}
			var parsed any
			if err := json.Unmarshal(config, &parsed); err != nil {
				t.Fatal(err)
			}
			handler := findHandler(parsed)
			if handler == nil {
				t.Errorf("%s: no images handler in\n%s", p.Path, block)
				continue
			}
			provision(t, p, handler)
		}
	}
}

// Every JSON in the docs is the configuration of a handler that can be loaded.
func TestDocsJSON(t *testing.T) {
	setKeys(t)
	for _, p := range docstest.Pages(t) {
		for _, block := range p.Blocks("json") {
			var handler map[string]any
			if err := json.Unmarshal([]byte(block), &handler); err != nil || handler["handler"] != "images" {
				t.Errorf("%s: no JSON of an images handler: %v\n%s", p.Path, err, block)
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
func provision(t *testing.T, p docstest.Page, config map[string]any) {
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
			t.Errorf("%s: %v", p.Path, err)
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
			t.Errorf("%s: %v", p.Path, err)
		}
	}()
	if err := h.Provision(ctx); err != nil {
		t.Errorf("%s: %v\n%v", p.Path, err, config)
	}
}

func strictly(t *testing.T, p docstest.Page, config, into any) {
	t.Helper()
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v\n%s", p.Path, err, raw)
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

func TestDocsLinks(t *testing.T) {
	pages := docstest.Pages(t)
	for _, p := range pages {
		for _, m := range link.FindAllStringSubmatch(p.Text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := p.Path
			if target != "" {
				file = filepath.Join(filepath.Dir(p.Path), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere", p.Path, m[1])
			} else if anchor != "" && !slices.ContainsFunc(pages, func(p docstest.Page) bool { return p.Path == filepath.ToSlash(file) && hasAnchor(p, anchor) }) {
				t.Errorf("%s: the link %s leads to no heading", p.Path, m[1])
			}
		}
	}
}

// hasAnchor knows how GitHub makes an anchor of a heading.
func hasAnchor(p docstest.Page, anchor string) bool {
	for _, m := range heading.FindAllStringSubmatch(p.WithoutBlocks(), -1) {
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
