//go:build cgo

#include "blur.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

// A separable convolution with a mask of whole numbers that takes as long as the
// mask has steps, however wide it is: from one pixel to the next, a sum over the mask
// changes by what enters it at each step and what leaves it there. The mask of
// libvips' gaussblur is 161 pixels wide for a sigma of 45, and has 17 steps up and 17
// down. The sums are those of a convolution that multiplies pixel by pixel. The image
// is read once, from top to bottom; a ring holds the rows that the mask covers,
// convolved across.

// Step is a rise of the mask on its left and the fall on its right that mirrors it:
// when the mask moves on by one, the pixel at enters, seen from the old middle, counts
// as often as times more, and the one at leaves less.
typedef struct {
	int enters, leaves, times;
} Step;

typedef struct {
	const int *mask;
	int reach; // of the mask, to either side
	int scale; // its sum
	int n;
	Step *step;
	const void **enters, **leaves; // the samples of each step
} Steps;

static void
find_steps(Steps *s, const int *mask, int n)
{
	s->mask = mask;
	s->reach = n / 2;
	s->step = g_new(Step, s->reach + 1);
	s->enters = g_new(const void *, s->reach + 1);
	s->leaves = g_new(const void *, s->reach + 1);
	for (int i = 0; i < n; i++)
		s->scale += mask[i];
	for (int i = 0; i <= s->reach; i++) {
		int rise = mask[i] - (i ? mask[i - 1] : 0);

		if (rise)
			s->step[s->n++] = (Step){ s->reach + 1 - i, i - s->reach, rise };
	}
}

static void
free_steps(Steps *s)
{
	g_free(s->step);
	g_free(s->enters);
	g_free(s->leaves);
}

// PIECE is how many samples are worked at together, for the processor's cache.
#define PIECE 2048

// KIND makes two functions for samples of a type, whose changes and sums have types
// of their own: NAME_across convolves a row of w pixels, with reach + 1 more at each
// end, and NAME_down moves the sums of count columns on by a row.
#define KIND(NAME, SAMPLE, CHANGE, SUM, MEAN) \
	static void \
	NAME##_change(const Steps *s, CHANGE *restrict change, int count) \
	{ \
		memset(change, 0, sizeof(CHANGE) * count); \
		for (int from = 0; from < count; from += PIECE) { \
			int here = VIPS_MIN(PIECE, count - from); \
\
			for (int n = 0; n < s->n; n++) { \
				const SAMPLE *enters = (const SAMPLE *) s->enters[n] + from; \
				const SAMPLE *leaves = (const SAMPLE *) s->leaves[n] + from; \
				CHANGE times = s->step[n].times; \
				CHANGE *restrict c = change + from; \
\
				if (enters != leaves) \
					for (int x = 0; x < here; x++) \
						c[x] += times * ((CHANGE) enters[x] - (CHANGE) leaves[x]); \
			} \
		} \
	} \
\
	static void \
	NAME##_across(const Steps *s, const void *row, CHANGE *restrict change, SAMPLE *restrict out, int w, int bands) \
	{ \
		const SAMPLE *first = (const SAMPLE *) row + (s->reach + 1) * bands; \
		int count = (w - 1) * bands; \
\
		for (int n = 0; n < s->n; n++) { \
			s->enters[n] = first + s->step[n].enters * bands; \
			s->leaves[n] = first + s->step[n].leaves * bands; \
		} \
		NAME##_change(s, change, count); \
		for (int b = 0; b < bands; b++) { \
			SUM sum = 0; \
\
			for (int i = -s->reach; i <= s->reach; i++) \
				sum += s->mask[i + s->reach] * (SUM) first[i * bands + b]; \
			out[b] = MEAN(sum, s->scale); \
			for (int x = b; x < count; x += bands) { \
				sum += change[x]; \
				out[x + bands] = MEAN(sum, s->scale); \
			} \
		} \
	} \
\
	static void \
	NAME##_down(const Steps *s, CHANGE *restrict change, SUM *restrict sums, int count) \
	{ \
		NAME##_change(s, change, count); \
		for (int x = 0; x < count; x++) \
			sums[x] += change[x]; \
	}

#define WHOLE(SUM, SCALE) (((uint32_t) (SUM) + (SCALE) / 2) / (uint32_t) (SCALE))
#define PART(SUM, SCALE) ((SUM) / (SCALE))

KIND(bytes, uint8_t, int16_t, int32_t, WHOLE)
KIND(floats, float, float, double, PART)

typedef struct {
	Steps steps;
	VipsImage *in;
	VipsRegion *ahead, *here; // of in: what is read, and what is blurred
	gboolean bytes;			  // all in whole numbers
	gboolean alpha;			  // the last band, by which colours are weighted
	double amount, threshold; // of an unsharp mask
	int w, h, bands;

	void *padded; // a row of in, with copies of its first and last pixel around
	void *change;
	void *sums;
	void *ring;
	int held; // rows of it
	int next; // row of in that is not in it yet
	uint8_t *line;
} Blur;

static size_t
sample_size(const Blur *b)
{
	return b->bytes ? sizeof(uint8_t) : sizeof(float);
}

// ring_row is that of a row of the image, or of the nearest one that there is.
static void *
ring_row(const Blur *b, int y)
{
	y = VIPS_CLIP(0, y, b->h - 1);
	return (char *) b->ring + sample_size(b) * b->w * b->bands * (y % b->held);
}

// row_of prepares rows several at a time: to ask for each alone costs much.
static const uint8_t *
row_of(VipsRegion *region, int y)
{
	VipsImage *in = region->im;
	VipsRect rows = { 0, y, in->Xsize, VIPS_MIN(16, in->Ysize - y) };

	if (region->valid.width != in->Xsize || y < region->valid.top || y >= VIPS_RECT_BOTTOM(&region->valid))
		if (vips_region_prepare(region, &rows))
			return NULL;
	return VIPS_REGION_ADDR(region, 0, y);
}

static void
to_floats(const Blur *b, const uint8_t *row, float *out)
{
	for (int x = 0; x < b->w * b->bands; x++)
		out[x] = row[x];
	if (b->alpha)
		for (int x = 0; x < b->w * b->bands; x += b->bands) {
			float alpha = out[x + b->bands - 1] / UCHAR_MAX;

			for (int i = 0; i < b->bands - 1; i++)
				out[x + i] *= alpha;
		}
}

static int
read_to(Blur *b, int y)
{
	int margin = b->steps.reach + 1;
	size_t pixel = sample_size(b) * b->bands;
	char *first = (char *) b->padded + pixel * margin;

	for (; b->next <= VIPS_MIN(y, b->h - 1); b->next++) {
		const uint8_t *row = row_of(b->ahead, b->next);

		if (!row)
			return -1;
		if (b->bytes)
			memcpy(first, row, pixel * b->w);
		else
			to_floats(b, row, (float *) first);
		for (int x = 0; x < margin; x++) {
			memcpy((char *) b->padded + pixel * x, first, pixel);
			memcpy(first + pixel * (b->w + x), first + pixel * (b->w - 1), pixel);
		}
		if (b->bytes)
			bytes_across(&b->steps, b->padded, b->change, ring_row(b, b->next), b->w, b->bands);
		else
			floats_across(&b->steps, b->padded, b->change, ring_row(b, b->next), b->w, b->bands);
	}
	return 0;
}

// first_sums are those of row 0.
static void
first_sums(Blur *b)
{
	for (int i = -b->steps.reach; i <= b->steps.reach; i++) {
		const void *row = ring_row(b, i);
		int times = b->steps.mask[i + b->steps.reach];

		for (int x = 0; x < b->w * b->bands; x++)
			if (b->bytes)
				((int32_t *) b->sums)[x] += times * ((const uint8_t *) row)[x];
			else
				((double *) b->sums)[x] += times * (double) ((const float *) row)[x];
	}
}

static void
next_sums(Blur *b, int y)
{
	Steps *s = &b->steps;

	for (int n = 0; n < s->n; n++) {
		s->enters[n] = ring_row(b, y + s->step[n].enters);
		s->leaves[n] = ring_row(b, y + s->step[n].leaves);
	}
	if (b->bytes)
		bytes_down(s, b->change, b->sums, b->w * b->bands);
	else
		floats_down(s, b->change, b->sums, b->w * b->bands);
}

// blurred is a sample of the row that sums are about.
static inline double
blurred(const Blur *b, int x)
{
	const double *sums = b->sums;
	double v = sums[x] / b->steps.scale;

	if (b->alpha && x % b->bands != b->bands - 1) {
		double alpha = sums[x - x % b->bands + b->bands - 1] / b->steps.scale;

		v = alpha > 1e-3 ? v * UCHAR_MAX / alpha : 0; // less is nothing, not quite added up
	}
	return v;
}

static int
write_row(Blur *b, VipsImage *out, int y)
{
	int count = b->w * b->bands;
	gboolean has_alpha = vips_image_hasalpha(b->in);
	const uint8_t *row = NULL;

	if (b->amount && !(row = row_of(b->here, y)))
		return -1;
	for (int x = 0; x < count; x++) {
		double v;

		if (b->bytes) {
			b->line[x] = WHOLE(((const int32_t *) b->sums)[x], b->steps.scale);
			continue;
		}
		v = blurred(b, x);
		if (row) {
			double difference = row[x] - v;
			gboolean kept = fabs(difference) <= b->threshold || (has_alpha && x % b->bands == b->bands - 1);

			v = kept ? row[x] : row[x] + b->amount * difference;
		}
		b->line[x] = VIPS_CLIP(0, v + 0.5, UCHAR_MAX);
	}
	return vips_image_write_line(out, y, b->line);
}

static int
blur(Blur *b, VipsImage *out)
{
	if (vips_image_pipelinev(out, VIPS_DEMAND_STYLE_THINSTRIP, b->in, NULL) ||
		read_to(b, b->steps.reach))
		return -1;
	first_sums(b);
	for (int y = 0; y < b->h; y++) {
		if (vips_image_iskilled(b->in) || write_row(b, out, y))
			return -1;
		if (y == b->h - 1)
			break;
		if (read_to(b, y + 1 + b->steps.reach))
			return -1;
		next_sums(b, y);
	}
	return 0;
}

// bridge_blur convolves an image of 8 bits a sample, across and down, with a
// symmetrical mask of n numbers, an odd one. What lies beyond an edge is as the edge.
// With alpha the last band is that, and what is transparent has no colour. An amount
// other than 0 makes it an unsharp mask: what differs by more than the threshold from
// what is blurred then differs by so many times more. The result is in memory.
int
bridge_blur(VipsImage *in, VipsImage **out, const int *mask, int n, gboolean alpha, double amount, double threshold)
{
	Blur b = {
		.in = in, .w = in->Xsize, .h = in->Ysize, .bands = in->Bands,
		.bytes = !alpha && !amount, .alpha = alpha, .amount = amount, .threshold = threshold
	};
	size_t samples = (size_t) b.w * b.bands;
	int answer = -1;

	*out = NULL;
	if (in->Coding != VIPS_CODING_NONE || in->BandFmt != VIPS_FORMAT_UCHAR) {
		vips_error("blur", "%s", "not of 8 bits a sample");
		return -1;
	}
	find_steps(&b.steps, mask, n);
	b.held = VIPS_MIN(2 * b.steps.reach + 2, b.h);
	b.padded = g_try_malloc0(sizeof(float) * (b.w + 2 * (b.steps.reach + 1)) * b.bands);
	b.change = g_try_malloc0(sizeof(float) * samples);
	b.sums = g_try_malloc0(sizeof(double) * samples);
	b.line = g_try_malloc0(samples);
	b.ring = g_try_malloc0(sample_size(&b) * samples * b.held);
	b.ahead = vips_region_new(in);
	b.here = vips_region_new(in);
	*out = vips_image_new_memory();
	if (b.padded && b.change && b.sums && b.line && b.ring)
		answer = blur(&b, *out);
	else
		vips_error("blur", "%s", "out of memory");
	free_steps(&b.steps);
	g_free(b.padded);
	g_free(b.change);
	g_free(b.sums);
	g_free(b.line);
	g_free(b.ring);
	g_object_unref(b.ahead);
	g_object_unref(b.here);
	if (answer)
		VIPS_UNREF(*out);
	return answer;
}

typedef struct {
	double amount, threshold;
	gboolean alpha;
	int n;
	int mask[];
} BlurOptions;

static int
make_blurred(VipsImage *in, VipsImage **out, const void *data)
{
	const BlurOptions *o = (const BlurOptions *) data;

	return bridge_blur(in, out, o->mask, o->n, o->alpha, o->amount, o->threshold);
}

int
bridge_reel_blur(BridgeReel *reel, VipsImage *in, VipsImage **out, const int *mask, int n, gboolean alpha, double amount, double threshold)
{
	BlurOptions *o = g_malloc(sizeof(BlurOptions) + sizeof(int) * n);

	*o = (BlurOptions){ .amount = amount, .threshold = threshold, .alpha = alpha, .n = n };
	memcpy(o->mask, mask, sizeof(int) * n);
	return bridge_reel_make(reel, in, out, make_blurred, o);
}
