//go:build cgo

package vips

// #include "bridge.h"
import "C"

func (a Access) vips() C.VipsAccess {
	if a == Random {
		return C.VIPS_ACCESS_RANDOM
	}
	return C.VIPS_ACCESS_SEQUENTIAL
}

func (f FailOn) vips() C.VipsFailOn {
	return [...]C.VipsFailOn{
		FailOnTruncated: C.VIPS_FAIL_ON_TRUNCATED,
		FailOnNone:      C.VIPS_FAIL_ON_NONE,
		FailOnError:     C.VIPS_FAIL_ON_ERROR,
		FailOnWarning:   C.VIPS_FAIL_ON_WARNING,
	}[f]
}

// Kernel is the interpolation kernel for resizing.
type Kernel int

// The kernels.
const (
	KernelNearest  Kernel = C.VIPS_KERNEL_NEAREST
	KernelLinear   Kernel = C.VIPS_KERNEL_LINEAR
	KernelCubic    Kernel = C.VIPS_KERNEL_CUBIC
	KernelMitchell Kernel = C.VIPS_KERNEL_MITCHELL
	KernelLanczos2 Kernel = C.VIPS_KERNEL_LANCZOS2
	KernelLanczos3 Kernel = C.VIPS_KERNEL_LANCZOS3
)

// Extend is how the space around an embedded image is filled.
type Extend int

// The ways to fill. ExtendCopy repeats the edge.
const (
	ExtendBlack      Extend = C.VIPS_EXTEND_BLACK
	ExtendCopy       Extend = C.VIPS_EXTEND_COPY
	ExtendRepeat     Extend = C.VIPS_EXTEND_REPEAT
	ExtendMirror     Extend = C.VIPS_EXTEND_MIRROR
	ExtendWhite      Extend = C.VIPS_EXTEND_WHITE
	ExtendBackground Extend = C.VIPS_EXTEND_BACKGROUND
)

// Angle is a clockwise rotation.
type Angle int

// The lossless rotations.
const (
	Angle0   Angle = C.VIPS_ANGLE_D0
	Angle90  Angle = C.VIPS_ANGLE_D90
	Angle180 Angle = C.VIPS_ANGLE_D180
	Angle270 Angle = C.VIPS_ANGLE_D270
)

// Direction is an axis. A horizontal flip swaps left and right.
type Direction int

// The axes.
const (
	DirectionHorizontal Direction = C.VIPS_DIRECTION_HORIZONTAL
	DirectionVertical   Direction = C.VIPS_DIRECTION_VERTICAL
)

// BandFormat is the type of a sample.
type BandFormat int

// The types.
const (
	BandFormatUchar  BandFormat = C.VIPS_FORMAT_UCHAR
	BandFormatChar   BandFormat = C.VIPS_FORMAT_CHAR
	BandFormatUshort BandFormat = C.VIPS_FORMAT_USHORT
	BandFormatShort  BandFormat = C.VIPS_FORMAT_SHORT
	BandFormatUint   BandFormat = C.VIPS_FORMAT_UINT
	BandFormatInt    BandFormat = C.VIPS_FORMAT_INT
	BandFormatFloat  BandFormat = C.VIPS_FORMAT_FLOAT
	BandFormatDouble BandFormat = C.VIPS_FORMAT_DOUBLE
)

// Interpretation is the meaning of the bands: a colour space.
type Interpretation int

// The colour spaces.
const (
	InterpretationMultiband Interpretation = C.VIPS_INTERPRETATION_MULTIBAND
	InterpretationBW        Interpretation = C.VIPS_INTERPRETATION_B_W
	InterpretationHistogram Interpretation = C.VIPS_INTERPRETATION_HISTOGRAM
	InterpretationXYZ       Interpretation = C.VIPS_INTERPRETATION_XYZ
	InterpretationLAB       Interpretation = C.VIPS_INTERPRETATION_LAB
	InterpretationCMYK      Interpretation = C.VIPS_INTERPRETATION_CMYK
	InterpretationRGB       Interpretation = C.VIPS_INTERPRETATION_RGB
	InterpretationLCH       Interpretation = C.VIPS_INTERPRETATION_LCH
	InterpretationLABS      Interpretation = C.VIPS_INTERPRETATION_LABS
	InterpretationSRGB      Interpretation = C.VIPS_INTERPRETATION_sRGB
	InterpretationRGB16     Interpretation = C.VIPS_INTERPRETATION_RGB16
	InterpretationGrey16    Interpretation = C.VIPS_INTERPRETATION_GREY16
	InterpretationScRGB     Interpretation = C.VIPS_INTERPRETATION_scRGB
	InterpretationHSV       Interpretation = C.VIPS_INTERPRETATION_HSV
)

// Intent is how colours outside of the target's gamut are mapped.
type Intent int

// The intents of ICC.
const (
	IntentPerceptual Intent = C.VIPS_INTENT_PERCEPTUAL
	IntentRelative   Intent = C.VIPS_INTENT_RELATIVE
	IntentSaturation Intent = C.VIPS_INTENT_SATURATION
	IntentAbsolute   Intent = C.VIPS_INTENT_ABSOLUTE
)

// BlendMode is how an overlay is combined with its base, as in PDF and CSS.
type BlendMode int

// The modes.
const (
	BlendModeClear      BlendMode = C.VIPS_BLEND_MODE_CLEAR
	BlendModeSource     BlendMode = C.VIPS_BLEND_MODE_SOURCE
	BlendModeOver       BlendMode = C.VIPS_BLEND_MODE_OVER
	BlendModeIn         BlendMode = C.VIPS_BLEND_MODE_IN
	BlendModeOut        BlendMode = C.VIPS_BLEND_MODE_OUT
	BlendModeAtop       BlendMode = C.VIPS_BLEND_MODE_ATOP
	BlendModeDest       BlendMode = C.VIPS_BLEND_MODE_DEST
	BlendModeDestOver   BlendMode = C.VIPS_BLEND_MODE_DEST_OVER
	BlendModeDestIn     BlendMode = C.VIPS_BLEND_MODE_DEST_IN
	BlendModeDestOut    BlendMode = C.VIPS_BLEND_MODE_DEST_OUT
	BlendModeDestAtop   BlendMode = C.VIPS_BLEND_MODE_DEST_ATOP
	BlendModeXOR        BlendMode = C.VIPS_BLEND_MODE_XOR
	BlendModeAdd        BlendMode = C.VIPS_BLEND_MODE_ADD
	BlendModeSaturate   BlendMode = C.VIPS_BLEND_MODE_SATURATE
	BlendModeScreen     BlendMode = C.VIPS_BLEND_MODE_SCREEN
	BlendModeOverlay    BlendMode = C.VIPS_BLEND_MODE_OVERLAY
	BlendModeDarken     BlendMode = C.VIPS_BLEND_MODE_DARKEN
	BlendModeLighten    BlendMode = C.VIPS_BLEND_MODE_LIGHTEN
	BlendModeColorDodge BlendMode = C.VIPS_BLEND_MODE_COLOUR_DODGE
	BlendModeColorBurn  BlendMode = C.VIPS_BLEND_MODE_COLOUR_BURN
	BlendModeHardLight  BlendMode = C.VIPS_BLEND_MODE_HARD_LIGHT
	BlendModeSoftLight  BlendMode = C.VIPS_BLEND_MODE_SOFT_LIGHT
	BlendModeDifference BlendMode = C.VIPS_BLEND_MODE_DIFFERENCE
	BlendModeExclusion  BlendMode = C.VIPS_BLEND_MODE_EXCLUSION
)

// Boolean is a bitwise operation.
type Boolean int

// The operations. Shifts are by the other image's samples.
const (
	BooleanAnd    Boolean = C.VIPS_OPERATION_BOOLEAN_AND
	BooleanOr     Boolean = C.VIPS_OPERATION_BOOLEAN_OR
	BooleanEor    Boolean = C.VIPS_OPERATION_BOOLEAN_EOR
	BooleanLshift Boolean = C.VIPS_OPERATION_BOOLEAN_LSHIFT
	BooleanRshift Boolean = C.VIPS_OPERATION_BOOLEAN_RSHIFT
)

// Relational is a comparison.
type Relational int

// The comparisons.
const (
	RelationalEqual  Relational = C.VIPS_OPERATION_RELATIONAL_EQUAL
	RelationalNotEq  Relational = C.VIPS_OPERATION_RELATIONAL_NOTEQ
	RelationalLess   Relational = C.VIPS_OPERATION_RELATIONAL_LESS
	RelationalLessEq Relational = C.VIPS_OPERATION_RELATIONAL_LESSEQ
	RelationalMore   Relational = C.VIPS_OPERATION_RELATIONAL_MORE
	RelationalMoreEq Relational = C.VIPS_OPERATION_RELATIONAL_MOREEQ
)

// math2 is a function of two samples.
type math2 int

const (
	math2Pow   math2 = C.VIPS_OPERATION_MATH2_POW
	math2Atan2 math2 = C.VIPS_OPERATION_MATH2_ATAN2
)
