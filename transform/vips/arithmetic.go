//go:build cgo

package vips

// Linear computes in*a + b with one pair for each band, or one for all. The
// result is in floats, or with uchar clipped to 0..255.
func (i *Image) Linear(a, b []float64, uchar bool) (*Image, error) {
	return i.image("linear", args{"a": a, "b": b, "uchar": uchar})
}

// Add adds the samples of the two; the result's type is large enough for it.
func (i *Image) Add(other *Image) (*Image, error) {
	return i.imageAs("left", "add", args{"right": other})
}

// Subtract subtracts other's samples.
func (i *Image) Subtract(other *Image) (*Image, error) {
	return i.imageAs("left", "subtract", args{"right": other})
}

// Multiply multiplies the samples of the two.
func (i *Image) Multiply(other *Image) (*Image, error) {
	return i.imageAs("left", "multiply", args{"right": other})
}

// Boolean combines the samples of the two bit by bit.
func (i *Image) Boolean(other *Image, operation Boolean) (*Image, error) {
	return i.imageAs("left", "boolean", args{"right": other, "boolean": int(operation)})
}

// RelationalConst compares each sample with one value for each band, or one
// for all: 255 if it holds, 0 otherwise.
func (i *Image) RelationalConst(relational Relational, values ...float64) (*Image, error) {
	return i.image("relational_const", args{"relational": int(relational), "c": values})
}

// Divide divides by other's samples; the result is in floats, and 0 where other
// is.
func (i *Image) Divide(other *Image) (*Image, error) {
	return i.imageAs("left", "divide", args{"right": other})
}

// Power raises each sample to the exponent; the result is in floats.
func (i *Image) Power(exponent float64) (*Image, error) {
	return i.image("math2_const", args{"math2": int(math2Pow), "c": []float64{exponent}})
}

// Atan2 returns the angle of the points (x, y), with y in the image and x in
// other, in degrees from 0 to 360.
func (i *Image) Atan2(other *Image) (*Image, error) {
	return i.imageAs("left", "math2", args{"right": other, "math2": int(math2Atan2)})
}
