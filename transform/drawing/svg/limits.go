package svg

// What a file may hold, and what it may come to. The first group bounds this package
// and what a library's parser does; real drawings have at most a tenth of each.
const (
	// mostElements are in one file. A map of 2.9 MB has 50,000; librsvg itself ends
	// at a million.
	mostElements = 400_000

	// mostNested is how deep elements are in each other. libxml2 ends at 256.
	mostNested = 256

	// mostAttributes are on one element; librsvg ends at 65,535, which it compares
	// with each other.
	mostAttributes = 1_000

	// mostName is the longest name of an element, attribute or entity.
	mostName = 1_000

	// mostExpanded is how many bytes all references to entities stand for. Editors
	// declare names of namespaces, and styles, some dozens of bytes each.
	mostExpanded = 1 << 20

	// mostEntityDepth is how deep entities refer to each other.
	mostEntityDepth = 8

	// mostMatching is how many selectors of style sheets are compared with how many
	// elements, a product: about 50 ns each. A selector that looks at siblings counts
	// for each of these.
	mostMatching = 100_000_000

	// mostImages is how deep drawings embed drawings.
	mostImages = 4

	// mostSteps bounds this package's own work: references followed.
	mostSteps = 4_000_000
)

// What a drawing may come to.
const (
	// mostDrawn is how many elements are drawn, each as often as it is referred to.
	// librsvg draws some 100,000 simple ones in a second.
	mostDrawn = 1_000_000

	// mostReferring is how deep what is drawn is nested, references included. librsvg
	// draws by recursion, and 1,000 elements that use each other end its stack.
	mostReferring = 400

	// mostHeld is how many surfaces as large as the result are needed at a time:
	// groups that are see-through, masks, results of filters.
	mostHeld = 100

	// mostFont is the largest letter, in pixels of the result; FreeType ends at 65,535.
	// mostLine is the longest text in units of the drawing, size times letters: Pango
	// counts in 1/1024 of one, in 32 bits, and librsvg aborts when they overflow.
	mostFont = 20_000
	mostLine = 1_000_000

	// mostText is how many letters there are in all, and mostTextRun in one text: Pango
	// breaks lines in time that grows faster than their length.
	mostText    = 500_000
	mostTextRun = 50_000

	// mostDashes is how many dashes lines are made of, about 300 ns each.
	mostDashes = 20_000_000

	// mostOrder is how many numbers the matrix of an feConvolveMatrix has: for each
	// pixel, each is multiplied. 9x9 is the largest seen.
	mostOrder = 400

	// mostOctaves are those of an feTurbulence. From the eighth on nothing is seen.
	mostOctaves = 16

	// mostPrimitives are in one filter.
	mostPrimitives = 200

	// leastKernelUnit is the smallest kernelUnitLength, in units of the
	// drawing. librsvg enlarges its image by how many of them a pixel has.
	leastKernelUnit = 0.1

	// mostNumber is the largest number in what is drawn. Cairo's coordinates end at
	// 2^23 pixels; what lies beyond is cut off, so drawings do have numbers above.
	mostNumber = 1e15

	// MostWork is what drawing may take, in seconds of a processor as estimated.
	MostWork = 20
)
