package images_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/caddy-images/caddy-images"

// mayImport says which packages of the house a package may import, in one
// direction (docs/architecture.md).
var mayImport = map[string][]string{
	".":                           {"cache", "cache/disk", "cache/memory", "cache/s3", "errors", "internal/cli", "internal/engines", "internal/fromimagizer", "internal/held", "internal/metrics", "internal/placed", "origin", "origin/fs", "origin/next", "origin/s3", "origin/web", "server", "transform", "transform/imagekit", "transform/imagizer", "transform/render"},
	"cache":                       {"errors", "internal/held", "internal/httpcache", "origin"},
	"cache/disk":                  {"cache", "cache/internal/breaker", "cache/internal/packed"},
	"cache/internal/breaker":      {},
	"cache/internal/packed":       {"cache"},
	"cache/memory":                {"cache"},
	"cache/s3":                    {"cache", "cache/internal/breaker", "cache/internal/packed", "origin/s3"},
	"server":                      {"cache", "errors", "internal/held", "internal/metrics", "internal/vary", "origin", "origin/next", "origin/web", "internal/httpcache", "server/form", "server/reroute", "server/writer", "transform", "transform/font", "transform/header", "transform/negotiate", "transform/render", "transform/sniff", "transform/strip"},
	"server/reroute":              {"errors", "origin", "server/writer", "transform"},
	"internal/httpcache":          {"internal/vary"},
	"server/form":                 {"errors", "origin"},
	"server/writer":               {"internal/vary"},
	"errors":                      {},
	"origin":                      {"errors", "internal/coalesce", "internal/held"},
	"origin/web":                  {"errors", "internal/placed", "origin", "origin/internal/option"},
	"origin/s3":                   {"errors", "internal/placed", "origin", "origin/internal/option"},
	"origin/fs":                   {"errors", "internal/placed", "origin", "origin/internal/option"},
	"origin/internal/option":      {},
	"origin/next":                 {"errors", "internal/held", "internal/vary", "origin"},
	"transform":                   {"errors", "origin"},
	"transform/sniff":             {},
	"transform/font":              {},
	"transform/gif":               {},
	"transform/header":            {"transform/drawing/natural", "transform/gif", "transform/sniff"},
	"transform/colorimetry":       {"transform/header"},
	"transform/strip":             {"transform/header", "transform/sniff"},
	"transform/damage":            {"transform/sniff"},
	"transform/drawing/natural":   {},
	"transform/drawing/pdf":       {"errors"},
	"transform/drawing/svg":       {"errors", "transform/drawing/natural", "transform/header", "transform/sniff"},
	"transform/exif":              {"transform"},
	"transform/xmp":               {"transform"},
	"transform/iptc":              {},
	"transform/metadata":          {"transform", "transform/exif", "transform/iptc", "transform/xmp"},
	"transform/icc":               {"transform"},
	"transform/endpoint":          {"errors", "origin"},
	"transform/imagekit":          {"errors", "origin", "transform", "transform/endpoint"},
	"transform/imagizer":          {"errors", "origin", "transform", "transform/endpoint"},
	"transform/negotiate":         {"errors", "origin", "transform"},
	"transform/vips":              {"errors", "transform", "transform/sniff"},
	"transform/render":            {"errors", "internal/coalesce", "internal/held", "origin", "transform"},
	"transform/render/admission":  {"errors", "transform", "transform/drawing/natural", "transform/drawing/pdf", "transform/drawing/svg", "transform/header", "transform/render", "transform/render/steps", "transform/sniff"},
	"transform/render/draw":       {"errors", "transform", "transform/colorimetry", "transform/damage", "transform/drawing/svg", "transform/exif", "transform/font", "transform/gif", "transform/header", "transform/icc", "transform/metadata", "transform/render", "transform/render/indexed", "transform/render/palette", "transform/render/saliency", "transform/render/steps", "transform/sniff", "transform/vips"},
	"transform/render/steps":      {"transform"},
	"transform/render/saliency":   {},
	"transform/render/indexed":    {},
	"transform/render/palette":    {"transform"},
	"transform/render/sandbox":    {},
	"transform/render/workers":    {"errors", "internal/held", "transform", "transform/render", "transform/render/draw", "transform/render/sandbox", "transform/vips"},
	"internal/engines":            {"internal/held", "internal/metrics", "transform/render", "transform/render/admission", "transform/render/draw", "transform/render/workers", "transform/vips"},
	"internal/metrics":            {"cache", "errors", "origin", "origin/next", "transform", "transform/render"},
	"internal/vary":               {},
	"internal/cli":                {},
	"internal/coalesce":           {},
	"internal/held":               {"errors"},
	"internal/placed":             {},
	"internal/fromimagizer":       {"transform/imagizer"},
	"cmd/caddy":                   {"."},
	"examples/quickstart/samples": {},
	"examples/gallery":            {},
	"bench":                       {"bench/corpus", "bench/load", "bench/usage", "transform/sniff", "transform/vips"},
	"bench/corpus":                {},
	"bench/burst":                 {"bench/usage"},
	"bench/encoders":              {"transform", "transform/render", "transform/render/draw", "transform/sniff", "transform/vips"},
	"bench/load":                  {},
	"bench/usage":                 {},
}

// adapters are the packages that may know Caddy.
var adapters = []string{".", "server", "server/reroute", "server/writer", "internal/engines", "origin/web", "origin/s3", "origin/fs", "origin/next", "origin/internal/option", "cache/disk", "cache/memory", "cache/s3", "internal/placed", "internal/cli", "cmd/caddy"}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		name := rel(p.path)
		allowed, known := mayImport[name]
		if !known && name != "." && !strings.HasPrefix(name, "internal/") && !strings.HasPrefix(name, "integration_test") {
			t.Errorf("%s is in no row of mayImport", name)
		}
		for _, imported := range p.imports {
			if imported == "C" && name != "transform/vips" {
				t.Errorf("%s imports C", name)
			}
			if strings.HasPrefix(imported, "github.com/caddyserver/caddy") && !slices.Contains(adapters, name) && known {
				t.Errorf("%s imports Caddy: %s", name, imported)
			}
			if known && imported == module || strings.HasPrefix(imported, module+"/") && known {
				if !slices.Contains(allowed, rel(imported)) {
					t.Errorf("%s imports %s", name, rel(imported))
				}
			}
		}
	}
}

func rel(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

type pkg struct {
	path    string
	imports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all = append(all, pkg{words[0], words[1:]})
	}
	return all
}
