package images

import (
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// options lists the options of each block of the Caddyfile. Messages call the
// blocks by these names.
var options = map[string][]string{
	"images": {
		"dialect", "origin", "go_on", "origin_failures", "max_source_size", "max_svg_size", "max_file_size", "max_pdf_size", "max_pixels", "max_frames", "max_dimension",
		"isolation", "fonts", "workers", "memory", "queue_size", "fetch_timeout", "render_timeout", "max_cost", "queue_timeout",
		"backend_timeout", "backend_connect_timeout", "allow_original_image_request", "allow_animated_gifs", "add_response_headers",
		"quality", "save_data", "metadata", "color_profile", "device_size", "formats", "cache_control", "damaged", "default_image", "canonical", "sizes", "forward_query", "cache_tag",
		"cache", "originals", "fresh", "max_fresh", "stale", "stale_if_error", "cache_not_found", "cache_failures",
	},
	"dialect imagekit": {"endpoint", "private_key", "require_signature", "web_proxy", "named", "restrict_unnamed", "unsupported", "optimize_plain", "mistyped_queries", "image_params_allowed"},
	"dialect imagizer": {
		"endpoint", "allow_dynamic_origin", "hosts_allowed", "buckets_allowed", "allow_data_urls", "image_params_allowed",
		"image_param_validations", "legacy_paths", "preset", "origin_query", "upscale", "post",
	},
	"post": {"token", "open", "max_size"},
}

// unknownOption returns the error for an option that a block does not have.
// It names the block that has it, else a similar option, else all options.
func unknownOption(d *caddyfile.Dispenser, block, option string) error {
	var elsewhere []string
	for other, names := range options {
		if slices.Contains(names, option) {
			elsewhere = append(elsewhere, other)
		}
	}
	if len(elsewhere) > 0 {
		slices.Sort(elsewhere)
		return d.Errf("%s has no option %q; it is one of %s", block, option, strings.Join(elsewhere, " and of "))
	}
	if near := nearest(option, options[block]); near != "" {
		return d.Errf("%s has no option %q; did you mean %s?", block, option, near)
	}
	return d.Errf("%s has no option %q; the options are %s", block, option, strings.Join(options[block], ", "))
}

// nearest returns the name that a word is probably a misspelling of, or "".
// At most a third of the word may differ.
func nearest(word string, names []string) (near string) {
	least := len(word)/3 + 1
	for _, name := range names {
		if n := distance(word, name); n < least {
			near, least = name, n
		}
	}
	return near
}

// distance returns the Levenshtein distance of two words in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
