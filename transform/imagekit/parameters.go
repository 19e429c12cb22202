package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// parameters are all parameters of tr. Parse and its messages are driven by
// it, and a test compares docs/reference/imagekit.md with it.
var parameters = append([]row{
	// Size and crop.
	{name: "w", takes: "pixels, or a part of the original's width between 0 and 1", read: readWidth, expression: true},
	{name: "w-auto", takes: "no value", read: readAutoWidth},
	{name: "h", takes: "pixels, or a part of the original's height between 0 and 1", read: readHeight, expression: true},
	{name: "ar", takes: "width-height, such as 4-3", read: readAspect, expression: true},
	{name: "c", takes: strategies(crops) + ", or a value of cm", read: readCrop},
	{name: "cm", takes: strategies(cropModes) + " or resize", read: readCropMode},
	{name: "fo", takes: "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right, auto, custom or auto-custom_override", read: readFocus},
	{name: "fo-face", state: later, why: needsFaces},
	{name: "x", takes: takesPlace, read: readX, expression: true},
	{name: "y", takes: takesPlace, read: readY, expression: true},
	{name: "xc", takes: takesPlace, read: readCenterX, expression: true},
	{name: "yc", takes: takesPlace, read: readCenterY, expression: true},
	{name: "z", state: later, why: needsDetector},
	{name: "dpr", takes: "0.1 to 5", read: readDPR, expression: true},
	{name: "dpr-auto", takes: "no value", read: readAutoDPR},

	// Output.
	{name: "q", takes: "1 to 100 or auto", read: readQuality, wish: transform.WishQuality},
	{name: "f", takes: "auto, jpg, jpeg, png, webp, avif, gif, svg or orig", read: readFormat, wish: transform.WishFormat, where: ofPictures},
	{name: "f-mp4", state: never, why: isVideo},
	{name: "f-webm", state: never, why: isVideo},
	{name: "pr", takes: takesBoolean, read: readProgressive, wish: transform.WishProgressive, where: ofPictures},
	{name: "lo", takes: takesBoolean, read: readLossless, wish: transform.WishLossless, where: ofPictures},
	{name: "md", takes: takesBoolean, read: readMetadata, unconditional: true, where: ofPictures},
	{name: "cp", takes: takesBoolean, read: readProfile, unconditional: true, where: ofPictures},
	{name: "orig", takes: "no value, true or false", read: readOriginal, unconditional: true, where: ofPictures},
	{name: "dn", takes: "1 to 1200", read: readDensity, unconditional: true, where: ofPictures, expression: true},
	{name: "c2pa", state: never, why: "content credentials are neither kept nor signed"},
	{name: "n", takes: "the name of a transformation that the server has", read: readName, where: ofPictures},
	{name: "di", takes: "the path of a file, with @@ for a slash", read: readDefault, unconditional: true, where: ofPictures},
	{name: "pg", takes: "1 to 10000", read: readPage, unconditional: true},

	// Effects and shape.
	{name: "bl", takes: "1 to 100", read: readBlur},
	{name: "e-grayscale", takes: "no value", read: readGrayscale},
	{name: "e-contrast", takes: "no value", read: readContrast},
	{name: "e-sharpen", takes: "no value, or a number up to 10000", read: readSharpen},
	{name: "e-usm", takes: "no value, or radius-sigma-amount-threshold, such as 2-2-0.8-0.024", read: readUnsharp},
	{name: "e-shadow", takes: takesShadow, read: readShadow},
	{name: "e-gradient", takes: takesGradient, read: readGradient},
	{name: "e-colorize", takes: takesColorize, read: readColorize},
	{name: "e-distort", takes: takesDistort, read: readDistort},
	{name: "cr", takes: takesReplace, read: readReplace},
	{name: "rt", takes: "auto, or degrees up to 36000, with an N in front for counter-clockwise", read: readRotation},
	{name: "fl", takes: "h, v, h_v or v_h", read: readFlip},
	{name: "r", takes: "pixels or max, or four of them for the corners: tl_tr_br_bl", read: readRadius},
	{name: "b", takes: "width_colour, such as 5_FF0000; the width is 1 or more pixels", read: readBorder, expression: true},
	{name: "t", takes: "true, false or 1 to 99", read: readTrim},
	{name: "o", takes: "0 to 100, whole percents, or a fraction below 1", read: readOpacity},
	{name: "bg", takes: takesColor, read: readBackground},
	{name: "bg-blurred", takes: takesBlurred, read: readBlurred, details: true},
	{name: "bg-dominant", takes: "no value", read: readDominant, details: true},
	{name: "bg-gradient_dominant", takes: "no value, 2 or 4", read: readDominantGradient, details: true},
	{name: "bg-genfill", state: never, why: needsAI},

	// AI.
	{name: "e-bgremove", state: never, why: needsAI},
	{name: "e-removedotbg", state: never, why: needsAI},
	{name: "e-changebg", state: never, why: needsAI},
	{name: "e-edit", state: never, why: needsAI},
	{name: "e-dropshadow", state: never, why: needsAI},
	{name: "e-retouch", state: never, why: needsAI},
	{name: "e-upscale", state: never, why: needsAI},
	{name: "e-genvar", state: never, why: needsAI},

	// Conditions and layers.
	{name: "if", takes: "a condition, transformations, and if-end", isChoice: true},
	{name: "l-image", takes: "i or ie, a place, transformations, and l-end", isLayer: true},
	{name: "i", takes: "the path of an image, with @@ for a slash, or ik_canvas", read: readInput, where: ofLayers},
	{name: "ie", takes: "the same in Base64", read: readInput, where: ofLayers},
	{name: "lx", takes: takesOffset, read: readLeft, where: ofLayers, expression: true},
	{name: "ly", takes: takesOffset, read: readTop, where: ofLayers, expression: true},
	{name: "lxc", takes: takesOffset, read: readMiddleX, where: ofLayers, expression: true},
	{name: "lyc", takes: takesOffset, read: readMiddleY, where: ofLayers, expression: true},
	{name: "lap", takes: takesPosition, read: readAnchor, where: ofLayers},
	{name: "lfo", takes: takesPosition, read: readLayerFocus, where: ofLayers},
	{name: "lm", takes: "multiply, displace, cutout or cutter", read: readBlend, where: ofLayers},
	{name: "al", takes: "1 to 9", read: readLevel, where: ofMadeLayers},
	{name: "l-text", takes: "i or ie, a place, how the text looks, and l-end", isLayer: true},
	{name: "fs", takes: "pixels, 1 or more", read: readFontSize, where: ofTexts, expression: true},
	{name: "ff", takes: "the name of a font family, or the path of a .ttf or .otf file with @@ for a slash", read: readFont, where: ofTexts},
	{name: "co", takes: takesColor, read: readTextColor, where: ofTexts},
	{name: "ia", takes: "left, center or right", read: readAlign, where: ofTexts},
	{name: "pa", takes: "pixels for all sides, or up to four numbers as in CSS: top_right_bottom_left", read: readPadding, where: ofTexts, expression: true},
	{name: "tg", takes: "b, i and strikethrough, joined with _", read: readTypography, where: ofTexts},
	{name: "lh", takes: "pixels, 1 or more", read: readLineHeight, where: ofTexts, expression: true},
	{name: "l-video", state: never, why: isVideo},
	{name: "l-subtitles", state: never, why: isVideo},
	{name: "l-subtitle", state: never, why: isVideo},

	// Video.
	{name: "so", state: never, why: isVideo},
	{name: "eo", state: never, why: isVideo},
	{name: "du", state: never, why: isVideo},
	{name: "vc", state: never, why: isVideo},
	{name: "ac", state: never, why: isVideo},
	{name: "sr", state: never, why: isVideo},
}, moreParameters()...)

// moreParameters returns parameters that come in families.
func moreParameters() []row {
	var rows []row
	for _, name := range objects {
		rows = append(rows, row{name: "fo-" + name, state: later, why: needsObjects})
	}
	for _, name := range strings.Fields("lso leo ldu fol fsh") {
		rows = append(rows, row{name: name, state: never, why: isVideo})
	}
	for _, name := range strings.Fields("ot ote ots otf otc ott otw otbg otp otia") {
		rows = append(rows, row{name: name, state: removed, why: "l-text"})
	}
	for _, name := range strings.Fields("oi oib oiar oibg oidpr oiq oic oicm oifo oit oix oiy oixc oiyc") {
		rows = append(rows, row{name: name, state: removed, why: "l-image"})
	}
	for _, name := range strings.Fields("ox oy oh ow ofo oa or") {
		rows = append(rows, row{name: name, state: removed, why: "l-image or l-text"})
	}
	return append(rows, row{name: "obg", state: removed, why: "l-image with i-ik_canvas"})
}

const (
	takesPlace    = "pixels, with an N in front for a negative number"
	takesOffset   = "pixels, with an N in front to count the other way"
	takesPosition = "center, top, left, bottom, right, top_left, top_right, bottom_left or bottom_right"
	takesBoolean  = "true or false"
)

func strategies(list []strategy) string {
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

var byName = func() map[string]row {
	m := make(map[string]row, len(parameters))
	for _, r := range parameters {
		m[r.name] = r
	}
	return m
}()

// supportedNames lists the supported parameters for messages; bg includes
// bg-blurred.
var supportedNames = func() string {
	var names []string
	for _, r := range parameters {
		key, _, _ := strings.Cut(r.name, "-")
		_, isValue := byName[key]
		if r.state == supported && r.where <= ofPictures && (key == r.name || !isValue) {
			names = append(names, r.name)
		}
	}
	return strings.Join(names, " ")
}()

// longestName limits the search in find.
const longestName = 32

// find splits an item into the longest name that has a row, and its value. A
// name ends at a hyphen. A name that includes a value, and is not supported
// or has details, may also end at an underscore: bg-blurred_25_N30,
// fo-cat_dog.
func find(text string) (r row, value string, ok bool) {
	for i := 0; i <= min(len(text), longestName); i++ {
		if i < len(text) && text[i] != '-' && text[i] != '_' {
			continue
		}
		found, is := byName[text[:i]]
		if !is || i < len(text) && text[i] == '_' && !found.details && (found.state == supported || !strings.Contains(found.name, "-")) {
			continue
		}
		r, ok = found, true
		value = strings.TrimPrefix(text[i:], "-")
		if found.details {
			value = strings.TrimPrefix(value, "_")
		}
	}
	return r, value, ok
}
