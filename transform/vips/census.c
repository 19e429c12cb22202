//go:build cgo

#include "census.h"

#include <string.h>

#define SLOTS 1024 // of the table: a power of two, and four times the most colours

// A census is an image that is another one, pixel by pixel, and notes on the way which
// colours there are. Once there are more than it was asked for, and one of them is not
// gray, there is nothing left to note, and pixels pass without being looked at: of a
// photograph that is so after its first rows.
//
// Whoever computes the image may do so in several threads, and some pixels more than
// once. What was noted is complete when all of it was computed.
struct BridgeCensus {
	gint references;
	gint over; // nothing is left to note

	GMutex lock; // guards what follows
	int most, found; // found is most + 1 if there are more
	gboolean gray;
	guint64 colours[SLOTS];
	gboolean used[SLOTS];
};

void
bridge_census_unref(BridgeCensus *census)
{
	if (!g_atomic_int_dec_and_test(&census->references))
		return;
	g_mutex_clear(&census->lock);
	g_free(census);
}

static void
note(BridgeCensus *census, guint64 colour)
{
	guint slot = (guint) ((colour * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) >> 54) % SLOTS;

	if (census->found > census->most)
		return;
	for (; census->used[slot]; slot = (slot + 1) % SLOTS)
		if (census->colours[slot] == colour)
			return;
	if (++census->found > census->most)
		return;
	census->used[slot] = TRUE;
	census->colours[slot] = colour;
}

// A pixel's bytes as one number, and whether it is gray.
static inline guint64
colour_of(const VipsPel *pel, size_t size)
{
	guint64 colour = 0;

	for (size_t i = 0; i < size; i++)
		colour |= (guint64) pel[i] << (8 * i);
	return colour;
}

// The size of a pixel is constant where this is called, for the compiler's sake.
// Neighbours are mostly equal where colours are few.
static inline void
look(BridgeCensus *census, const VipsPel *pel, int width, size_t size, gboolean coloured)
{
	guint64 last = 0;

	for (int x = 0; x < width; x++, pel += size) {
		guint64 colour = colour_of(pel, size);

		if (x > 0 && colour == last)
			continue;
		last = colour;
		note(census, colour);
		if (coloured && (pel[0] != pel[1] || pel[0] != pel[2]))
			census->gray = FALSE;
	}
}

static int
generate(VipsRegion *or, void *seq, void *a, void *b, gboolean *stop)
{
	VipsRegion *ir = (VipsRegion *) seq;
	BridgeCensus *census = (BridgeCensus *) b;
	const VipsRect *r = &or->valid;
	const size_t size = VIPS_IMAGE_SIZEOF_PEL(or->im);

	(void) a;
	(void) stop;
	if (vips_region_prepare(ir, r) || vips_region_region(or, ir, r, r->left, r->top))
		return -1;
	if (g_atomic_int_get(&census->over))
		return 0;
	g_mutex_lock(&census->lock);
	for (int y = r->top; y < VIPS_RECT_BOTTOM(r) && !(census->found > census->most && !census->gray); y++) {
		const VipsPel *pel = VIPS_REGION_ADDR(or, r->left, y);

		switch (or->im->BandFmt == VIPS_FORMAT_UCHAR ? size : 0) {
		case 3:
			look(census, pel, r->width, 3, TRUE);
			break;
		case 4:
			look(census, pel, r->width, 4, TRUE);
			break;
		default:
			look(census, pel, r->width, size, FALSE);
		}
	}
	if (census->found > census->most && !census->gray)
		g_atomic_int_set(&census->over, TRUE);
	g_mutex_unlock(&census->lock);
	return 0;
}

VipsImage *
bridge_census_new(VipsImage *in, int most, BridgeCensus **out)
{
	VipsImage *image;
	BridgeCensus *census;

	if (in->Coding != VIPS_CODING_NONE || VIPS_IMAGE_SIZEOF_PEL(in) > sizeof(guint64) || most < 1 || most > SLOTS / 4) {
		vips_error("census", "%s", "not of pixels of 8 bytes at most, or too many colours");
		return NULL;
	}
	image = vips_image_new();
	if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, in, NULL)) {
		g_object_unref(image);
		return NULL;
	}
	image->dhint = in->dhint; // whatever suits the pipeline
	census = g_new0(BridgeCensus, 1);
	census->references = 2; // the caller's, and the image's
	census->most = most;
	census->gray = in->BandFmt == VIPS_FORMAT_UCHAR && (in->Bands == 3 || in->Bands == 4);
	g_mutex_init(&census->lock);
	g_object_set_data_full(G_OBJECT(image), "bridge-census", census, (GDestroyNotify) bridge_census_unref);
	if (vips_image_generate(image, vips_start_one, generate, vips_stop_one, in, census)) {
		bridge_census_unref(census);
		g_object_unref(image);
		return NULL;
	}
	*out = census;
	return image;
}

// How many colours were found; their pixels' bytes, the first the least, are written
// to an array of as many as were asked for, unless there are more.
int
bridge_census_colours(BridgeCensus *census, guint64 *colours)
{
	int found;

	g_mutex_lock(&census->lock);
	found = census->found;
	for (int slot = 0; slot < SLOTS && found <= census->most; slot++)
		if (census->used[slot])
			*colours++ = census->colours[slot];
	g_mutex_unlock(&census->lock);
	return found;
}

gboolean
bridge_census_gray(BridgeCensus *census)
{
	gboolean gray;

	g_mutex_lock(&census->lock);
	gray = census->gray;
	g_mutex_unlock(&census->lock);
	return gray;
}
