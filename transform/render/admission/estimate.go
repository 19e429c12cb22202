package admission

import (
	"math"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/drawing/natural"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Cost is what drawing a job takes, about and rather too much. The original itself is
// not in it, the result is.
type Cost struct {
	// Memory is in bytes, at its peak.
	Memory int64

	// Time is that of a processor, on all threads together. What encoding an AVIF takes
	// is not in it: render.Job.CheckEncoding bounds that.
	Time time.Duration

	// Readable is false for a header that cannot be read: Memory is then that
	// of an image as large as the limits allow, and Time is that of what else
	// is drawn.
	Readable bool
}

// Estimate returns the memory of a job's cost: how many bytes drawing it
// takes at its peak.
func Estimate(job render.Job) (peak int64, readable bool, err error) {
	c, err := CostOf(job)
	return c.Memory, c.Readable, err
}

// CostOf follows the job's plan as drawing does, over the sizes that the original's
// header announces. What Trim will leave is not known before it happened; all counts.
// The error is errors.Limit, for an original that is larger, for a drawing that comes
// to too much, and for a result that cannot be encoded in time.
func CostOf(job render.Job) (Cost, error) {
	drawings, err := structuresOf(job)
	if err != nil {
		return Cost{Readable: true}, err
	}
	if job.Inspect {
		return inspecting(job, drawings)
	}
	s, readable, err := open(job, drawings)
	if s == nil {
		return Cost{Memory: peakOf(job, readable), Readable: readable}, err
	}
	failed := s.run(job.Plan.Steps) != nil
	if err := s.refused(); err != nil {
		return Cost{Readable: true}, err
	}
	if failed {
		if s.header.Format == sniff.PDF {
			// Another page may be drawn for all that.
			return Cost{Memory: peakOf(job, false), Time: s.time()}, nil
		}
		return s.cost(), nil // drawing ends here, and says why
	}
	if !s.trimmed {
		// The result's size is known, and with it whether it can be written in time.
		if err := s.job.CheckEncoding(s.job.Encoding(s.facts), s.facts.Size); err != nil {
			return Cost{Readable: true}, err
		}
	}
	s.encode()
	s.spendOnEncoding()
	return s.cost(), nil
}

func (s *sketch) cost() Cost { return Cost{Memory: s.most(), Time: s.time(), Readable: !s.unread} }

// inspecting is CostOf for a job that decodes no pixels. A drawing is taken apart all
// the same.
func inspecting(job render.Job, drawings structures) (Cost, error) {
	job.Plan = transform.Plan{Page: job.Plan.Page, Still: true}
	s, _, err := open(job, drawings)
	if s == nil {
		return Cost{Memory: base, Readable: true}, err
	}
	if s.header.Format == sniff.SVG || s.header.Format == sniff.PDF {
		s.peak += s.decoding()
	}
	return Cost{Memory: s.peak, Readable: true}, nil
}

// peakOf is for a file of which there is no sketch: one that is refused before
// anything is decoded, or whose header cannot be read.
func peakOf(job render.Job, readable bool) int64 {
	if readable {
		return base
	}
	return base + unreadPixel*job.Limits.MaxPixels
}

// sketch is an image as package draw has it, without pixels.
type sketch struct {
	job    render.Job
	header header.Header

	facts     transform.Facts
	pixel     int64          // bytes of one pixel
	decoded   transform.Size // by the decoder, until the first link of the chain
	upright   bool
	settled   bool // copied to memory, once at least: the file is read
	resampled bool // pixels are made of several, here or in a layer

	trimmed bool // by who knows how much; or the page of a PDF, none of which is larger

	inMemory bool  // nothing was drawn since the last copy
	copied   int64 // bytes of that copy
	patches  int   // layers that may be small, since that copy

	drawn []transform.Step // so far, without those of branches that were not chosen

	peak int64 // of all but what follows

	// copies is what the largest two copies take of which one was made of the
	// other, for a copy is kept until the next one is whole.
	copies int64

	// passing is what the layer that takes most takes beyond what is left of it
	// when it is drawn, for they are drawn one after the other.
	passing int64

	structures structures // of the drawings in the job
	work       float64    // that drawing them takes, in seconds
	refusal    error      // of one that comes to too much at its size

	seconds float64 // of a processor, so far

	whole  render.Job // of which this is a layer, or the same
	unread bool       // a layer has a header that cannot be read
}

// most returns the peak of everything so far.
func (s *sketch) most() int64 { return s.peak + s.copies + s.passing }

// open reads the header. There is no sketch of a file that is not an image,
// whose header cannot be read, or that is too large.
func open(job render.Job, drawings structures) (s *sketch, readable bool, err error) {
	known, read := sniff.Sniff, header.Read
	if page := job.Plan.Page; page > 0 {
		known, read = sniff.Document, func(file []byte) (header.Header, bool) { return header.ReadPage(file, page) }
	}
	format, ok := known(job.Original)
	if !ok {
		return nil, true, nil
	}
	if format == sniff.PDF {
		if err := job.Limits.CheckPDF(len(job.Original)); err != nil {
			return nil, true, err
		}
	}
	h, ok := read(job.Original)
	if !ok && format == sniff.SVG {
		return nil, true, errors.New(errors.BadImage, "The SVG's root element is not at its beginning, or cannot be read")
	}
	if !ok {
		return nil, false, nil
	}
	drawing, _ := drawings.of(job.Original)
	s = sketchOf(h, transform.Shape(drawing.Natural), job)
	s.structures = drawings
	if format == sniff.PDF {
		err = checkPaper(h, job.Limits)
	} else {
		err = job.Limits.CheckOriginal(s.facts.Size, s.facts.Frames)
	}
	if err != nil {
		return nil, true, err
	}
	return s, true, nil
}

// sketchOf returns an image with a header. That of an SVG has a size in parts
// of a pixel.
func sketchOf(h header.Header, exact transform.Shape, job render.Job) *sketch {
	left := 1 // the orientation that is left out of account
	if heif := h.Format == sniff.AVIF || h.Format == sniff.HEIC; job.Plan.AsStored && !heif {
		left, h.Orientation = h.Orientation, 1
	}
	if job.Plan.Still {
		h.Frames = 1
	}
	s := &sketch{job: job, whole: job, header: h, peak: base, upright: h.Orientation == 1}
	s.facts = transform.Facts{Size: transform.Size{Width: h.Width, Height: h.Height}, Frames: h.Frames, Alpha: h.Alpha}
	s.facts.Format, _ = transform.ParseFormat(string(h.Format))
	if h.Format == sniff.SVG || h.Format == sniff.PDF {
		if times, err := job.Plan.Output.Enlarged(s.facts.Format); err == nil {
			s.facts.Size = transform.Size{Width: enlarged(h.Width, times), Height: enlarged(h.Height, times)}
			if exact != (transform.Shape{}) {
				s.facts.Size.Width, s.facts.Size.Height = natural.Size(exact).Pixels(times)
			}
			exact = transform.Shape{Width: exact.Width * times, Height: exact.Height * times}
		}
	}
	if exact != s.facts.Shape() {
		s.facts.Exact, s.facts.InitialExact = exact, exact
	}
	if h.Orientation >= 5 {
		s.facts.Size = transform.Size{Width: h.Height, Height: h.Width}
	}
	s.facts.Initial = s.facts.Size
	s.facts.Area = job.Area(s.facts.Size, left)
	s.trimmed = h.Format == sniff.PDF
	s.pixel = int64(h.Channels) * int64(h.Depth) / 8
	if !job.Encoding(s.facts).Animated() {
		s.facts.Frames = 1
	}
	return s
}

// enlarged returns a length of a drawing at a multiple of its size.
func enlarged(v int, times float64) int { return int(math.Ceil(float64(v) * times)) }

// begin adds what decoding takes. Of an animation one frame is in memory at a
// time, besides the rows that the decoder has just returned.
func (s *sketch) begin(first transform.Step) {
	file := s.facts.Size
	s.decoded = file
	if s.facts.Frames > 1 {
		s.peak += s.decoding() + s.pixel*(file.Pixels()+filmRows*int64(file.Width))
		s.spendOnDecoding()
		s.settled, s.inMemory = true, true
		return
	}
	r, err := transform.Resolve(first, s.facts)
	if err == nil && !first.Trim.On && s.job.Limits.CheckRecipe(r, file, 1) == nil && r.Scale != file {
		s.decoded = s.onLoad(r.Scale)
	}
	s.peak += s.decoding()
	s.drawing(s.decoded)
	s.spendOnDecoding()
}

// onLoad returns the size that a file is decoded at when the image is to have
// the target's.
func (s *sketch) onLoad(target transform.Size) transform.Size {
	file := s.facts.Size
	switch s.header.Format {
	case sniff.JPEG:
		for _, shrink := range []int{8, 4, 2} {
			if small := (transform.Size{Width: file.Width / shrink, Height: file.Height / shrink}); small.Width >= target.Width && small.Height >= target.Height {
				return small
			}
		}
	case sniff.WebP:
		if target.Width < file.Width && target.Height < file.Height {
			return target
		}
	case sniff.SVG:
		if target.Pixels() <= s.job.Limits.MaxPixels {
			return target
		}
		return s.onPaper(target) // of which a part is kept
	case sniff.PDF:
		return s.onPaper(target)
	}
	return file
}

// apply follows one link of the chain.
func (s *sketch) apply(step transform.Step) error {
	if step.Trim.On {
		s.trimmed, s.upright = true, true
		s.spend(trimming, s.all(s.facts.Size))
		s.reread(true)
		s.colour()
	}
	r, err := transform.Resolve(step, s.facts)
	if err != nil && s.trimmed {
		return nil // trimming may leave an image that the step can be drawn on
	}
	if err != nil {
		return err
	}
	if err := s.job.Limits.CheckRecipe(r, s.facts.Size, s.facts.Frames); err != nil {
		return err
	}
	s.spendOnRecipe(r)
	s.resamples(r)
	before := s.facts.Size
	if r.Scale != before || r.Drawn() != before || r.Rotate != 0 {
		s.facts.Exact = transform.Shape{}
	}
	if r.CropFirst {
		s.reread(!s.upright)
	}
	if r.Scale != before {
		from := before
		if s.decoded != (transform.Size{}) {
			from = s.decoded
		}
		s.lines(from, r.Scale)
		s.inMemory = false
	}
	s.decoded = transform.Size{}
	if !r.CropFirst {
		s.facts.Size = r.Scale
		s.reread(!s.upright)
	}
	s.upright = true
	s.crop(r, before)
	s.colour()
	s.inMemory = s.inMemory && len(s.drawn) > 1 // the first link changes the colours, or may
	s.effects(r)
	s.pad(r)
	s.distort(r)
	s.reread(r.Rotate != 0)
	s.reread(r.Flip != (transform.Flip{}))
	corners := r.Corners != [4]float64{}
	if s.facts.Size != r.Drawn() {
		s.facts.Size, s.inMemory = r.Drawn(), false
	}
	s.facts.Area = r.Carry(s.facts.Area, before)
	if corners {
		s.reread(true)
		s.peak += maskPixel * s.facts.Size.Pixels()
	}
	s.reread(r.Shadow.On)
	if r.Opacity < 1 || r.Background.On {
		s.inMemory = false
	}
	s.seeThrough(r, corners)
	return s.layers(step.Layers)
}

// resamples notes a recipe that makes new colours of those of neighbours.
func (s *sketch) resamples(r transform.Recipe) {
	right := r.Rotate == 0 || r.Rotate == 90 || r.Rotate == 180 || r.Rotate == 270
	if r.Scale != s.facts.Size || r.Distort.Kind != transform.NoDistort || !right {
		s.resampled = true
	}
}

// crop counts a search, and the rows above the crop, which a file that is read
// from top to bottom keeps on its way.
func (s *sketch) crop(r transform.Recipe, before transform.Size) {
	if r.Crop.Size == r.Scale {
		return
	}
	if r.Seek {
		s.settle()
		s.peak += seeking
	}
	if !s.settled {
		skipped := transform.Size{Width: before.Width, Height: scaled(r.Crop.Y, before.Height, r.Scale.Height)}
		s.peak += s.pixel * skipped.Pixels()
	}
	s.facts.Size, s.inMemory = r.Crop.Size, false
}

// effects counts the copies that effects are drawn on, and the rows that threads hold
// of them.
func (s *sketch) effects(r transform.Recipe) {
	corners := r.Look == transform.Vignette || r.Look == transform.Lomo
	blurred := s.pixel
	if s.facts.Alpha {
		blurred = rowPixel
	}
	most := int64(0)
	for _, e := range []struct {
		on, copied bool
		rows       int64 // a thread's
		covered    int64 // rows that a mask covers: what it makes is a copy, too
		pixel      int64 // bytes of one in these
	}{
		{r.WhiteBalance || r.Tone, true, fewRows, 0, 0},
		{r.Adjust != transform.Adjust{}, false, fewRows, 0, 0},
		{r.Grayscale, false, fewRows, 0, 0},
		{r.Contrast, true, fewRows, 0, 0},
		{r.Blur > 0, true, 0, blurRows(r.Blur / 2), blurred},
		{r.Sharpen.On, true, manyRows, 0, 0},
		{r.Unsharp != transform.Unsharp{}, true, fewRows, unsharpRows(r.Unsharp), rowPixel},
		{r.Look != transform.NoLook && !corners, r.Look.Neighbours(), fewRows, 0, 0},
		{corners, false, manyRows, 0, 0},
		{r.Replace.On, true, manyRows, 0, 0},
		{r.Colorize.Intensity > 0 || !r.Gradient.IsZero(), false, manyRows, 0, 0},
	} {
		if !e.on {
			continue
		}
		s.reread(e.copied)
		if s.inMemory = false; e.covered > 0 {
			s.settle()
			s.peak += e.pixel * min(e.covered, int64(s.facts.Size.Height)) * int64(s.facts.Size.Width)
			continue
		}
		most = max(most, e.rows)
	}
	if size := s.facts.Size; size.Pixels() >= spread {
		s.peak += (s.threads() - 1) * rowPixel * min(most, int64(size.Height)) * int64(size.Width)
	}
	if r.Replace.On {
		s.peak += replacing
	}
}

// pad counts the image in which a background's colours are looked for, and
// the small one that a blurred background is made of.
func (s *sketch) pad(r transform.Recipe) {
	b := r.Background
	if b.On && b.Kind != transform.SolidBackground {
		s.settle()
	}
	if r.Canvas == s.facts.Size {
		return
	}
	if b.On && b.Kind == transform.BlurredBackground {
		if small, _, copied := b.Blurred.Small(r.Canvas); copied {
			s.peak += s.pixel * small.Pixels()
		}
	}
	s.facts.Size, s.inMemory = r.Canvas, false
}

// distort counts an image that is bent, a copy, and the smaller one that a
// perspective is made of.
func (s *sketch) distort(r transform.Recipe) {
	if r.Distort.Kind == transform.NoDistort {
		return
	}
	s.reread(true)
	_, _, canvas := r.Distort.Canvas(s.facts.Size)
	s.facts.Alpha = true
	s.colour()
	if r.Distort.Kind == transform.Perspective {
		s.peak += s.pixel * s.facts.Size.Pixels()
	}
	s.facts.Size = canvas
	s.settle()
}

// seeThrough notes whether the recipe leaves the image transparent somewhere.
func (s *sketch) seeThrough(r transform.Recipe, corners bool) {
	padded := r.Canvas != r.Crop.Size && r.Background.On && r.Background.Kind == transform.SolidBackground && r.Background.Color.A != 255
	tilted := r.Rotate != 0 && r.Rotate != 90 && r.Rotate != 180 && r.Rotate != 270
	framed := r.Border > 0 && r.BorderColor.A != 255
	if padded || tilted || framed || corners || r.Opacity < 1 {
		s.facts.Alpha = true
	}
	if r.Background.IsOpaque() || r.Background.On && r.Background.Kind == transform.SolidBackground && r.Opacity < 1 {
		s.facts.Alpha = false
	}
	s.colour()
}

// colour notes that the image is now sRGB of 8 bits.
func (s *sketch) colour() {
	s.pixel = 3
	if s.facts.Alpha {
		s.pixel = 4
	}
}

// lines counts the rows that are held while an image is scaled.
func (s *sketch) lines(from, to transform.Size) {
	pixel := s.pixel
	if s.facts.Alpha {
		pixel = 4 * 4 // multiplied by its transparency: floats
	}
	rows := min(from.Height, leastRows+rowsPerFactor*from.Height/max(to.Height, 1), mostRows)
	s.peak += pixel * int64(from.Width) * int64(rows)
}

// all returns the number of pixels in all frames of a size.
func (s *sketch) all(size transform.Size) int64 { return size.Pixels() * int64(s.facts.Frames) }

// threads returns how many may draw the image.
func (s *sketch) threads() int64 { return int64(max(s.job.Threads, render.Threads(1))) }

// scaled returns the row of an image that a row of its scaled self comes
// from.
func scaled(row, height, to int) int {
	return min(height, int(int64(row)*int64(height)/int64(max(to, 1))))
}
