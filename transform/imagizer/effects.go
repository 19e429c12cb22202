package imagizer

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

func readAngle(p *picture, v string) bool {
	const most = 36000
	degrees, ok := within(v, -most, most)
	p.step.Rotate = transform.Num(degrees)
	return ok
}

func readBlur(p *picture, v string) bool {
	n, ok := whole(v, 0, 100)
	p.step.Effects.Blur = transform.Num(float64(n))
	return ok
}

// readSharpen maps the largest amount, 100, to ten times the usual strength.
func readSharpen(p *picture, v string) bool {
	n, ok := whole(v, 0, 100)
	p.step.Effects.Sharpen = transform.Sharpen{On: n > 0, Amount: float64(n)}
	return ok
}

// filters are the looks by number. Imagizer documents one, 21, which is grey.
// The order of the others is ours.
var filters = [...]transform.Effects{
	1:  {Look: transform.Sepia},
	2:  {Look: transform.Warm},
	3:  {Look: transform.Cool},
	4:  {Look: transform.Vivid},
	5:  {Look: transform.Faded},
	6:  {Look: transform.Noir},
	7:  {Look: transform.Silver},
	8:  {Look: transform.Cyanotype},
	9:  {Look: transform.Duotone},
	10: {Look: transform.CrossProcess},
	11: {Look: transform.Lomo},
	12: {Look: transform.Vignette},
	13: {Look: transform.Invert},
	14: {Look: transform.Solarize},
	15: {Look: transform.Posterize},
	16: {Look: transform.Pixelate},
	17: {Look: transform.Emboss},
	18: {Look: transform.Edges},
	19: {Look: transform.Sketch},
	20: {Contrast: true},
	21: {Grayscale: true},
}

const takesFilter = "the number of a filter, 1 to 21, or 0 for none"

func readFilter(p *picture, v string) bool {
	n, ok := number(v)
	if !ok || n < 0 || n >= float64(len(filters)) || n != float64(int(n)) {
		return false
	}
	f := filters[int(n)]
	p.step.Effects.Look, p.step.Effects.Contrast, p.step.Effects.Grayscale = f.Look, f.Contrast, f.Grayscale
	return true
}

// colorizeBy is the strength of the tint, in percent.
const colorizeBy = 100

func readColorize(p *picture, v string) bool {
	c, ok := parseColor(v)
	p.step.Effects.Colorize = transform.Colorize{Color: c, Intensity: colorizeBy}
	return ok
}

const takesFlip = "h, v or hv"

func readFlip(p *picture, v string) bool {
	p.step.Flip = transform.Flip{Horizontal: strings.Contains(v, "h"), Vertical: strings.Contains(v, "v")}
	return v == "h" || v == "v" || v == "hv" || v == "vh"
}

const takesRadius = "pixels or max, or four of them with commas for the corners, clockwise from the top left"

func readRadius(p *picture, v string) bool {
	parts := strings.Split(v, ",")
	if len(parts) == 1 {
		parts = []string{v, v, v, v}
	}
	if len(parts) != 4 {
		return false
	}
	c := &p.step.Corners
	for i, to := range []*transform.Radius{&c.TopLeft, &c.TopRight, &c.BottomRight, &c.BottomLeft} {
		if *to = (transform.Radius{Max: parts[i] == "max"}); to.Max {
			continue
		}
		n, ok := whole(parts[i], 0, maxPixels)
		if !ok {
			return false
		}
		if n > 0 {
			to.Px = transform.Num(float64(n))
		}
	}
	return true
}

func readBorder(p *picture, v string) bool {
	n, ok := whole(v, 0, maxPixels)
	if p.step.Border = (transform.Border{}); n > 0 {
		p.step.Border = transform.Border{Width: transform.Num(float64(n)), Color: transform.Black}
	}
	return ok
}

// readBorderColor is called after readBorder.
func readBorderColor(p *picture, v string) bool {
	c, ok := parseColor(v)
	if p.step.Border.Width.IsSet() {
		p.step.Border.Color = c
	}
	return ok
}

func readPadColor(p *picture, v string) bool {
	c, ok := parseColor(v)
	p.padColor = &c
	return ok
}
