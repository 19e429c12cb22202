package svg

import (
	"math"
	"strings"
)

// outline describes a shape.
type outline struct {
	length        float64 // of its line; an upper bound
	width, height float64 // of its bounding box; an upper bound
	points        int     // possible places of markers, including the ends
	relative      bool    // a length is relative to the viewport
}

// box is a bounding box.
type box struct {
	left, top, right, bottom float64
	used                     bool
}

func (b *box) add(x, y float64) {
	if !b.used {
		b.left, b.right, b.top, b.bottom, b.used = x, x, y, y, true
		return
	}
	b.left, b.right = min(b.left, x), max(b.right, x)
	b.top, b.bottom = min(b.top, y), max(b.bottom, y)
}

// arguments is the number of arguments of each path command.
var arguments = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// path parses path data (SVG 2, section 9.3). It continues after an error,
// where drawing ends. A curve is at most as long as the lines between its
// control points.
func path(d string) outline {
	var o outline
	var b box
	var x, y, startX, startY float64
	var command byte
	var relative bool
	for d != "" {
		c := d[0]
		lower := c | 0x20
		_, known := arguments[lower]
		switch {
		case isSpace(c) || c == ',':
			d = d[1:]
			continue
		case known:
			command, relative, d = lower, c == lower, d[1:]
			if command != 'z' {
				continue
			}
			o.length += math.Hypot(startX-x, startY-y)
			x, y = startX, startY
			o.points++
			continue
		case c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') || command == 0 || command == 'z':
			d = d[1:]
			continue
		}
		var v [7]float64
		n := 0
		for ; n < arguments[command]; n++ {
			d = strings.TrimLeft(d, " \t\r\n,")
			if command == 'a' && (n == 3 || n == 4) && d != "" { // a flag is one digit
				v[n], d = float64(d[0]-'0'), d[1:]
				continue
			}
			value, size := leadingNumber(d)
			if size == 0 {
				break
			}
			v[n], d = value, d[size:]
		}
		if n == 0 {
			d = d[min(1, len(d)):]
			continue
		}
		count := arguments[command]
		fromX, fromY := x, y
		if !relative {
			fromX, fromY = 0, 0
		}
		lastX, lastY := x, y
		to := func(px, py float64) {
			o.length += math.Hypot(px-x, py-y)
			x, y = px, py
			b.add(x, y)
		}
		switch command {
		case 'h':
			to(fromX+v[0], y)
		case 'v':
			to(x, fromY+v[0])
		case 'a':
			chord := math.Hypot(fromX+v[5]-x, fromY+v[6]-y)
			radius := max(math.Abs(v[0]), math.Abs(v[1]), chord)
			o.length += 2 * math.Pi * radius
			b.add(x-2*radius, y-2*radius)
			b.add(x+2*radius, y+2*radius)
			to(fromX+v[5], fromY+v[6])
		default:
			b.add(lastX, lastY)
			for i := 0; i+1 < count; i += 2 {
				to(fromX+v[i], fromY+v[i+1])
			}
			if command == 's' || command == 't' {
				o.length += 2 * math.Hypot(x-lastX, y-lastY) // the implied control point
			}
		}
		o.points++
		if command == 'm' {
			startX, startY = x, y
			command = 'l'
		}
	}
	o.points++
	o.width, o.height = b.right-b.left, b.bottom-b.top
	return o
}

// polygon returns the outline of a list of points.
func polygon(points string) outline {
	var b box
	var o outline
	var x, y, lastX, lastY float64
	n := 0
	for points != "" {
		v, size := leadingNumber(points)
		if size == 0 {
			points = points[1:]
			continue
		}
		points = points[size:]
		if n++; n%2 == 1 {
			x = v
			continue
		}
		y = v
		b.add(x, y)
		if o.points > 0 {
			o.length += math.Hypot(x-lastX, y-lastY)
		}
		lastX, lastY = x, y
		o.points++
	}
	o.width, o.height = b.right-b.left, b.bottom-b.top
	o.length += o.width + o.height
	o.points++
	return o
}
