package imagizer

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// parameters are all parameters of a query, in the order in which they are
// read. Parse and its messages are driven by it, and a test compares
// docs/reference/imagizer.md with it.
var parameters []row

// The table is filled here, since it refers to itself: layers have queries of
// their own.
func init() {
	parameters = []row{
		{name: "preset", state: ours, takes: "the name of a preset that this server has", read: readNothing, aside: true},

		// Where the original is.
		{name: "origin", takes: "a host or a URL without a query, such as https://www.example.com", read: readText(func(p *picture) *string { return &p.where.origin }), aside: true},
		{name: "hostname", takes: "a host or a URL without a query, such as https://www.example.com", read: readText(func(p *picture) *string { return &p.where.hostname }), aside: true},
		{name: "source_url", takes: "the whole URL of the original", read: readText(func(p *picture) *string { return &p.where.sourceURL }), aside: true},
		{name: "bucket", takes: "the name of an S3 bucket: " + takesBucket, read: readBucket, aside: true},
		{name: "region", takes: takesRegion, read: readRegion, aside: true},

		// Size and crop.
		{name: "width", alias: "w", takes: takesLength, read: readWidth},
		{name: "height", alias: "h", takes: takesLength, read: readHeight},
		{name: "crop", takes: takesCrop, read: readCrop},
		{name: "crop=face", state: later, why: needsFaces},
		{name: "dpr", takes: "0.1 to 10", read: readNumber(0.1, 10, func(p *picture) *float64 { return &p.dpr })},
		{name: "scale", takes: "0.01 to 10", read: readNumber(0.01, 10, func(p *picture) *float64 { return &p.scale })},
		{name: "pad", takes: "0 to 65535 pixels", read: readWhole(0, maxPixels, func(p *picture) *int { return &p.pad })},
		{name: "pad_color", takes: takesColor, read: readPadColor},
		{name: "upscale", state: ours, takes: takesBoolean, read: readUpscale, flag: true},
		{name: "fp_x", state: ours, takes: "0 to 1", read: readPointX},
		{name: "fp_y", state: ours, takes: "0 to 1", read: readPointY},
		{name: "trim", state: ours, takes: takesTrim, read: readTrim, flag: true},
		{name: "page", state: ours, takes: "1 to 10000", read: readWhole(1, 10_000, func(p *picture) *int { return &p.page })},
		{name: "angle", takes: "degrees clockwise", read: readAngle},
		{name: "flip", state: ours, takes: takesFlip, read: readFlip},
		{name: "autorotate", takes: takesBoolean, read: readAutorotate, flag: true, whole: true},

		// Output.
		{name: "format", takes: takesFormat, read: readFormat},
		{name: "quality", takes: "1 to 100", read: readWhole(1, 100, func(p *picture) *int { return &p.output.Quality })},
		{name: "flatten", takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.flatten }), flag: true},
		{name: "lossless", state: ours, takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.output.Lossless }), flag: true},
		{name: "progressive", state: ours, takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.output.Progressive }), flag: true},
		{name: "strip", state: ours, takes: takesBoolean, read: readStrip, flag: true},

		// Effects and shape.
		{name: "auto_level", takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.step.Effects.WhiteBalance }), flag: true},
		{name: "auto_fix", takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.step.Effects.Tone }), flag: true},
		{name: "redeye", state: later, flag: true, why: needsEyes},
		{name: "brightness", takes: takesShift, read: readNumber(-1, 1, func(p *picture) *float64 { return &p.step.Effects.Adjust.Brightness })},
		{name: "contrast", state: ours, takes: takesShift, read: readNumber(-1, 1, func(p *picture) *float64 { return &p.step.Effects.Adjust.Contrast })},
		{name: "gamma", state: ours, takes: takesShift, read: readNumber(-1, 1, func(p *picture) *float64 { return &p.step.Effects.Adjust.Gamma })},
		{name: "saturation", state: ours, takes: takesShift, read: readNumber(-1, 1, func(p *picture) *float64 { return &p.step.Effects.Adjust.Saturation })},
		{name: "hue", state: ours, takes: "degrees", read: readNumber(-36000, 36000, func(p *picture) *float64 { return &p.step.Effects.Adjust.Hue })},
		{name: "blur", takes: takesPercent, read: readBlur},
		{name: "sharp_amount", takes: takesPercent, read: readSharpen},
		{name: "filter", takes: takesFilter, read: readFilter},
		{name: "colorize", takes: takesColor, read: readColorize},
		{name: "border", state: ours, takes: "0 to 65535 pixels", read: readBorder},
		{name: "border_color", state: ours, takes: takesColor, read: readBorderColor},
		{name: "radius", state: ours, takes: takesRadius, read: readRadius},

		// What lies on the image.
		{name: "mark", takes: "a path, which may have a query, or a whole URL", read: readMark},
		{name: "mark_scale", takes: "1 to 1000, percent of the width", read: readNumber(1, 1000, func(p *picture) *float64 { return &p.mark.scale })},
		{name: "mark_pos", takes: takesPosition, read: readPosition(func(p *picture) *position { return &p.mark.position })},
		{name: "mark_offset", takes: "0 to 100, percent of the shorter side", read: readNumber(0, 100, func(p *picture) *float64 { return &p.mark.offset })},
		{name: "mark_alpha", takes: takesPercent, read: readNumber(0, 100, func(p *picture) *float64 { return &p.mark.alpha })},
		{name: "layers", takes: takesLayers, read: readLayers},
		{name: "text", state: ours, takes: "a text", read: readContent},
		{name: "text_size", state: ours, takes: "1 to 65535 pixels", read: readNumber(1, maxPixels, func(p *picture) *float64 { return &p.text.size })},
		{name: "text_color", state: ours, takes: takesColor, read: readColor(func(p *picture) *transform.Color { return &p.text.color })},
		{name: "text_background", state: ours, takes: takesColor, read: readColor(func(p *picture) *transform.Color { return &p.text.background })},
		{name: "text_font", state: ours, takes: takesFont, read: readFont},
		{name: "text_align", state: ours, takes: "left, center or right", read: readAlign},
		{name: "text_width", state: ours, takes: "0 to 65535 pixels", read: readWhole(0, maxPixels, func(p *picture) *int { return &p.text.width })},
		{name: "text_pad", state: ours, takes: "0 to 65535 pixels", read: readWhole(0, maxPixels, func(p *picture) *int { return &p.text.pad })},
		{name: "text_pos", state: ours, takes: takesPosition, read: readPosition(func(p *picture) *position { return &p.text.position })},
		{name: "text_offset", state: ours, takes: "0 to 100, percent of the shorter side", read: readNumber(0, 100, func(p *picture) *float64 { return &p.text.offset })},
		{name: "text_alpha", state: ours, takes: takesPercent, read: readNumber(0, 100, func(p *picture) *float64 { return &p.text.alpha })},
		{name: "text_angle", state: ours, takes: "degrees clockwise", read: readNumber(-36000, 36000, func(p *picture) *float64 { return &p.text.angle })},

		// Response.
		{name: "meta", takes: takesBoolean, read: readFlag(func(p *picture) *bool { return &p.meta }), flag: true, aside: true, whole: true},
		{name: "face", state: later, flag: true, aside: true, why: needsFaces},
		{name: "cache_processed", state: never, flag: true, aside: true, why: needsPost},
		{name: "cache_queries", state: never, aside: true, why: needsPost},
		{name: "webp", state: ignored, flag: true, aside: true},
		{name: "mobile", state: ignored, flag: true, aside: true},
	}
	var names []string
	for _, r := range parameters {
		if _, value, ok := strings.Cut(r.name, "crop="); ok {
			cropsLater[value] = r
			continue
		}
		names = append(names, r.name)
		byName[r.name] = r
		if r.alias != "" {
			byName[r.alias] = r
		}
	}
	allNames = strings.Join(names, " ")
}

const (
	takesPercent = "0 to 100"
	takesShift   = "-1 to 1"
)

// byName has the rows of parameters, including aliases; cropsLater has those
// of single values of crop.
var byName, cropsLater = map[string]row{}, map[string]row{}

// allNames lists the parameters for messages.
var allNames string

// readNothing is for parameters that were handled when the query was parsed.
func readNothing(*picture, string) bool { return true }
