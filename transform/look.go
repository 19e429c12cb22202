package transform

// Look is a set of effects that goes by a name.
type Look uint8

// The looks.
const (
	NoLook       Look = iota
	Sepia             // brown, as old prints are
	Warm              // a little more red and less blue
	Cool              // a little more blue and less red
	Vivid             // more colour and more contrast
	Faded             // less of both, and no black
	Noir              // grey, with hard contrast
	Silver            // grey, soft and light
	Cyanotype         // from white to Prussian blue
	Duotone           // from orange to violet
	CrossProcess      // slide film in the wrong bath: yellow lights, blue shadows
	Lomo              // vivid, and dark in the corners
	Vignette          // dark in the corners
	Invert            // a negative
	Solarize          // a negative of what is light
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

// Valid reports whether l is one of the looks; one that came from outside may
// be none.
func (l Look) Valid() bool { return int(l) < len(looks) }

// Neighbours reports whether a pixel of the look is made of those around it,
// each of which is then needed several times.
func (l Look) Neighbours() bool { return l >= Emboss }
