package transform

// Look is a named set of effects.
type Look uint8

// The looks.
const (
	NoLook       Look = iota
	Sepia             // brown, like old prints
	Warm              // a little more red and less blue
	Cool              // a little more blue and less red
	Vivid             // more colour and more contrast
	Faded             // less of both, without black
	Noir              // grey, high contrast
	Silver            // grey, low contrast, light
	Cyanotype         // from white to Prussian blue
	Duotone           // from orange to violet
	CrossProcess      // slide film in negative chemicals: yellow highlights, blue shadows
	Lomo              // vivid, and dark in the corners
	Vignette          // dark in the corners
	Invert            // a negative
	Solarize          // highlights negative
	Posterize         // four shades a channel
	Pixelate          // squares of a fiftieth of the longer side
	Emboss            // as a relief in grey
	Edges             // light edges on black
	Sketch            // dark lines on white
)

var looks = [...]string{
	NoLook: "none", Sepia: "sepia", Warm: "warm", Cool: "cool", Vivid: "vivid", Faded: "faded", Noir: "noir",
	Silver: "silver", Cyanotype: "cyanotype", Duotone: "duotone", CrossProcess: "cross_process", Lomo: "lomo",
	Vignette: "vignette", Invert: "invert", Solarize: "solarize", Posterize: "posterize", Pixelate: "pixelate",
	Emboss: "emboss", Edges: "edges", Sketch: "sketch",
}

// String returns the look's name, such as cross_process.
func (l Look) String() string { return looks[l] }

// Valid reports whether l is one of the looks. A decoded value may not be.
func (l Look) Valid() bool { return int(l) < len(looks) }

// Neighbours reports whether a pixel of the look depends on its neighbours,
// each of which is then read several times.
func (l Look) Neighbours() bool { return l >= Emboss }
