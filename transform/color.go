package transform

import "fmt"

// Color is an sRGB colour. The zero value is transparent black.
type Color struct{ R, G, B, A uint8 }

// Opaque returns a colour without transparency.
func Opaque(r, g, b uint8) Color { return Color{r, g, b, 255} }

// Colours that rules name.
var (
	Black = Opaque(0, 0, 0)
	White = Opaque(255, 255, 255)
)

// String returns the colour as #rrggbbaa.
func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A) }
