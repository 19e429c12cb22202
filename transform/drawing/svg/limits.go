package svg

// Limits on the content of a file. The first group limits this package and
// the library's parser; real drawings have at most a tenth of each.
const (
	// mostElements limits the elements of a file. A map of 2.9 MB has 50,000;
	// librsvg itself stops at a million.
	mostElements = 400_000

	// mostNested limits the nesting of elements. libxml2 stops at 256.
	mostNested = 256

	// mostAttributes limits the attributes of an element; librsvg stops at
	// 65,535, which it compares with each other.
	mostAttributes = 1_000

	// mostName limits the names of elements, attributes and entities.
	mostName = 1_000

	// mostExpanded limits the text of all entity references, in bytes.
	// Editors declare names of namespaces, and styles, of some dozens of
	// bytes each.
	mostExpanded = 1 << 20

	// mostEntityDepth limits the nesting of entities.
	mostEntityDepth = 8

	// mostMatching limits the product of selectors and elements, which are
	// compared at about 50 ns each. A selector about siblings counts for each
	// of these.
	mostMatching = 100_000_000

	// mostImages limits the nesting of embedded drawings.
	mostImages = 4

	// mostSteps limits this package's own work: followed references.
	mostSteps = 4_000_000
)

// Limits on the cost of a drawing.
const (
	// mostDrawn limits the drawn elements, counted as often as they are
	// referred to. librsvg draws about 100,000 simple ones in a second.
	mostDrawn = 1_000_000

	// mostReferring limits the nesting of what is drawn, including
	// references. librsvg draws recursively, and 1,000 nested use elements
	// overflow its stack.
	mostReferring = 400

	// mostHeld limits the simultaneous surfaces as large as the result:
	// transparent groups, masks, results of filters.
	mostHeld = 100

	// mostFont limits the font size in pixels of the result; FreeType stops
	// at 65,535. mostLine limits the length of a text in units of the
	// drawing, size times letters: Pango uses 1/1024 of a unit in 32 bits,
	// and librsvg aborts on overflow.
	mostFont = 20_000
	mostLine = 1_000_000

	// mostText limits the letters in all, and mostTextRun those of one text:
	// Pango's line breaking is superlinear.
	mostText    = 500_000
	mostTextRun = 50_000

	// mostDashes limits the dashes of all lines, at about 300 ns each.
	mostDashes = 20_000_000

	// mostOrder limits the matrix of an feConvolveMatrix, with a
	// multiplication per pixel and number. 9x9 is the largest observed.
	mostOrder = 400

	// mostOctaves limits those of an feTurbulence. From the eighth on they
	// are invisible.
	mostOctaves = 16

	// mostPrimitives limits the primitives of a filter.
	mostPrimitives = 200

	// leastKernelUnit is the smallest kernelUnitLength, in units of the
	// drawing. librsvg enlarges its image by its inverse.
	leastKernelUnit = 0.1

	// mostNumber limits the numbers in what is drawn. Cairo's coordinates end
	// at 2^23 pixels; larger ones are clipped, and occur in drawings.
	mostNumber = 1e15

	// MostWork limits the estimated processor time of a drawing, in seconds.
	MostWork = 20
)
