//go:build cgo

#include "bridge.h"

#include <string.h>

#define STRIP 16 // rows that are computed at once, at least

// libvips has the frames of an animation below each other in one tall image, and no
// operation that ends at the borders between them. So what is to be drawn is drawn of
// the first frame, in memory: a pipeline that is built once. When the result is read,
// each frame in turn takes the place of the first, and the pipeline is computed again.
//
// What a pipeline has computed into memory on its way, such as the pixels that a
// rotation reads in an order of its own, is a stage. For each frame all are computed
// anew, in the order in which they were added.
typedef struct {
	VipsImage *in;	 // the pipeline, from the stage before; NULL for the film
	VipsImage *held; // its pixels, of the frame at hand
	BridgeMake make; // what makes them of the pixels of in, a stage; NULL if they are the same
	void *data;		 // for make; owned by the stage
} Stage;

struct BridgeReel {
	gint references;
	VipsImage *film; // all frames, read once, from top to bottom
	int frames;
	GArray *stages;
	VipsImage *last; // the pipeline of the result, from the last stage

	GMutex lock; // guards what follows, and the pixels of the stages
	int frame;	 // the one at hand
	gboolean failed;

	// The result's pixels, of the frame at hand and those before it that have rows
	// that were asked for last: whoever asks may do so in tiles.
	GQueue *drawn;
	int first;		// the frame that is the queue's head
	VipsPel *spare; // of a frame that is over, or NULL
};

static void
clear_stage(gpointer data)
{
	Stage *stage = (Stage *) data;

	VIPS_UNREF(stage->in);
	VIPS_UNREF(stage->held);
	g_free(stage->data);
}

void
bridge_reel_unref(BridgeReel *reel)
{
	if (!g_atomic_int_dec_and_test(&reel->references))
		return;
	g_queue_free_full(reel->drawn, g_free);
	g_free(reel->spare);
	VIPS_UNREF(reel->last);
	g_array_free(reel->stages, TRUE);
	VIPS_UNREF(reel->film);
	g_mutex_clear(&reel->lock);
	g_free(reel);
}

static void
add_stage(BridgeReel *reel, VipsImage *in, VipsImage *held, BridgeMake make, void *data)
{
	Stage stage = { in, held, make, data };

	if (in)
		g_object_ref(in);
	g_object_ref(held);
	g_array_append_val(reel->stages, stage);
}

// Computes an image into memory of its size, on this thread or, where it is to have
// several, on those.
//
// Frames are marked as images that are read from top to bottom, though they could be
// read in any order: operations that shrink then keep rows that they will be asked for
// again, and take a third of the time. Of the frame before none must be left.
static int
fill(VipsImage *in, VipsPel *pixels)
{
	const size_t line = VIPS_IMAGE_SIZEOF_LINE(in), pel = VIPS_IMAGE_SIZEOF_PEL(in);
	int threads = vips_concurrency_get(), result = 0;

	if (vips_image_get_typeof(in, VIPS_META_CONCURRENCY))
		vips_image_get_int(in, VIPS_META_CONCURRENCY, &threads);
	vips_image_minimise_all(in);
	if (threads > 1) {
		VipsImage *out = vips_image_new_memory();

		if (!(result = vips_image_write(in, out)))
			memcpy(pixels, VIPS_IMAGE_ADDR(out, 0, 0), VIPS_IMAGE_SIZEOF_IMAGE(out));
		g_object_unref(out);
	}
	else {
		VipsRegion *region = vips_region_new(in);
		int across, down, lines;

		vips_get_tile_size(in, &across, &down, &lines);
		down = VIPS_MAX(down, STRIP);
		for (int y = 0; !result && y < in->Ysize; y += down)
			for (int x = 0; !result && x < in->Xsize; x += across) {
				VipsRect tile = { x, y, VIPS_MIN(across, in->Xsize - x), VIPS_MIN(down, in->Ysize - y) };

				if ((result = vips_region_prepare(region, &tile)))
					break;
				for (int i = 0; i < tile.height; i++)
					memcpy(pixels + (y + i) * line + x * pel, VIPS_REGION_ADDR(region, x, y + i), tile.width * pel);
			}
		g_object_unref(region);
	}
	return result;
}

// The header of an image is a field of its metadata too, to libvips.
static void *
copy_field(VipsImage *from, const char *name, GValue *value, void *to)
{
	static const char *header[] = {
		"width", "height", "bands", "format", "coding", "interpretation",
		"xoffset", "yoffset", "xres", "yres", "filename",
	};

	(void) from;
	for (size_t i = 0; i < G_N_ELEMENTS(header); i++)
		if (strcmp(name, header[i]) == 0)
			return NULL;
	vips_image_set((VipsImage *) to, name, value);
	return NULL;
}

// Memory for a frame, with the metadata of the film. The one does not know of the
// other: when libvips has computed something, it has all that this was made of forget
// the rows that it has at hand, and the film would forget those of the next frame.
static VipsImage *
new_frame(VipsImage *film, int frames)
{
	VipsImage *frame = vips_image_new_memory();

	vips_image_init_fields(frame, film->Xsize, film->Ysize / frames, film->Bands,
		film->BandFmt, film->Coding, film->Type, film->Xres, film->Yres);
	vips_image_map(film, copy_field, frame);
	vips_image_set_int(frame, VIPS_META_SEQUENTIAL, 1); // see fill
	if (vips_image_pipelinev(frame, VIPS_DEMAND_STYLE_THINSTRIP, NULL) || vips_image_write_prepare(frame)) {
		g_object_unref(frame);
		return NULL;
	}
	return frame;
}

// Copies a frame of the film to where the first stage has it.
static int
load_frame(BridgeReel *reel, VipsImage *held)
{
	const int top = reel->frame * held->Ysize;
	VipsRegion *region = vips_region_new(reel->film);
	int result = 0;

	for (int y = 0; !result && y < held->Ysize; y += STRIP) {
		VipsRect rows = { 0, top + y, held->Xsize, VIPS_MIN(STRIP, held->Ysize - y) };

		if ((result = vips_region_prepare(region, &rows)))
			break;
		for (int i = 0; i < rows.height; i++)
			memcpy(VIPS_IMAGE_ADDR(held, 0, y + i), VIPS_REGION_ADDR(region, 0, top + y + i),
				VIPS_IMAGE_SIZEOF_LINE(held));
	}
	g_object_unref(region);
	return result;
}

// A reel of a film, and its first frame.
VipsImage *
bridge_reel_new(VipsImage *film, int frames, BridgeReel **out)
{
	VipsImage *held = new_frame(film, frames);
	BridgeReel *reel;

	if (!held)
		return NULL;
	reel = g_new0(BridgeReel, 1);
	reel->references = 1;
	reel->film = g_object_ref(film);
	reel->frames = frames;
	reel->stages = g_array_new(FALSE, FALSE, sizeof(Stage));
	g_array_set_clear_func(reel->stages, clear_stage);
	reel->drawn = g_queue_new();
	g_mutex_init(&reel->lock);
	add_stage(reel, NULL, held, NULL, NULL);
	if (load_frame(reel, held)) {
		g_object_unref(held);
		bridge_reel_unref(reel);
		return NULL;
	}
	*out = reel;
	return held;
}

// The image in memory, which is a stage.
VipsImage *
bridge_reel_hold(BridgeReel *reel, VipsImage *in)
{
	VipsImage *held;

	if (in->dtype == VIPS_IMAGE_SETBUF || in->dtype == VIPS_IMAGE_SETBUF_FOREIGN)
		return g_object_ref(in);
	held = vips_image_new_memory();
	if (vips_image_write(in, held)) {
		g_object_unref(held);
		return NULL;
	}
	add_stage(reel, in, held, NULL, NULL);
	return held;
}

// What is made at once of an image in memory, a stage, and is one itself. The data are
// the reel's from now on.
int
bridge_reel_make(BridgeReel *reel, VipsImage *in, VipsImage **out, BridgeMake make, void *data)
{
	if (make(in, out, data)) {
		g_free(data);
		return -1;
	}
	add_stage(reel, in, *out, make, data);
	return 0;
}

static int
remake(Stage *stage)
{
	VipsImage *made = NULL;

	if (stage->make(stage->in, &made, stage->data))
		return -1;
	memcpy(VIPS_IMAGE_ADDR(stage->held, 0, 0), VIPS_IMAGE_ADDR(made, 0, 0), VIPS_IMAGE_SIZEOF_IMAGE(made));
	g_object_unref(made);
	return 0;
}

static int
compute(BridgeReel *reel, Stage *stage)
{
	if (!stage->in)
		return load_frame(reel, stage->held);
	if (stage->make)
		return remake(stage);
	return fill(stage->in, VIPS_IMAGE_ADDR(stage->held, 0, 0));
}

// Puts the next frame in place of the one at hand.
static int
next_frame(BridgeReel *reel)
{
	reel->frame += 1;
	for (guint i = 0; i < reel->stages->len; i++)
		if (compute(reel, &g_array_index(reel->stages, Stage, i)))
			return -1;
	return 0;
}

// The result's pixels of a frame.
static VipsPel *
draw_frame(BridgeReel *reel, int frame)
{
	if (reel->failed || frame < reel->first) {
		vips_error("reel", "frame %d is over", frame);
		return NULL;
	}
	while (reel->first + (int) g_queue_get_length(reel->drawn) <= frame) {
		int next = reel->first + (int) g_queue_get_length(reel->drawn);
		VipsPel *pixels = reel->spare ? reel->spare : g_malloc(VIPS_IMAGE_SIZEOF_IMAGE(reel->last));

		reel->spare = NULL;
		if ((reel->frame < next && next_frame(reel)) || fill(reel->last, pixels)) {
			g_free(pixels);
			return NULL;
		}
		g_queue_push_tail(reel->drawn, pixels);
	}
	return (VipsPel *) g_queue_peek_nth(reel->drawn, frame - reel->first);
}

static int
generate(VipsRegion *or, void *seq, void *a, void *b, gboolean *stop)
{
	BridgeReel *reel = (BridgeReel *) a;
	const VipsRect *r = &or->valid;
	const int height = reel->last->Ysize;
	const size_t line = VIPS_IMAGE_SIZEOF_LINE(reel->last), left = r->left * VIPS_IMAGE_SIZEOF_PEL(reel->last);

	(void) seq;
	(void) b;
	(void) stop;
	g_mutex_lock(&reel->lock);
	for (; reel->first < r->top / height && g_queue_get_length(reel->drawn); reel->first++) {
		g_free(reel->spare);
		reel->spare = g_queue_pop_head(reel->drawn);
	}
	for (int y = r->top; y < VIPS_RECT_BOTTOM(r); y++) {
		VipsPel *pixels = draw_frame(reel, y / height);

		if (!pixels) {
			reel->failed = TRUE;
			g_mutex_unlock(&reel->lock);
			return -1;
		}
		memcpy(VIPS_REGION_ADDR(or, r->left, y), pixels + (y % height) * line + left, VIPS_REGION_SIZEOF_LINE(or));
	}
	g_mutex_unlock(&reel->lock);
	return 0;
}

// All frames of the result, one below the other, to be read once. A thread alone asks
// for rows in their order; what a frame is computed with is the pipeline's affair.
VipsImage *
bridge_reel_join(BridgeReel *reel, VipsImage *last)
{
	VipsImage *tall = vips_image_new();

	reel->last = g_object_ref(last);
	if (vips_image_pipelinev(tall, VIPS_DEMAND_STYLE_FATSTRIP, last, NULL)) {
		g_object_unref(tall);
		return NULL;
	}
	tall->dhint = VIPS_DEMAND_STYLE_FATSTRIP; // whatever suits the pipeline
	tall->Ysize = last->Ysize * reel->frames;
	vips_image_set_int(tall, VIPS_META_PAGE_HEIGHT, last->Ysize);
	vips_image_set_int(tall, VIPS_META_CONCURRENCY, 1);
	g_atomic_int_inc(&reel->references);
	g_object_set_data_full(G_OBJECT(tall), "bridge-reel", reel, (GDestroyNotify) bridge_reel_unref);
	if (vips_image_generate(tall, NULL, generate, NULL, reel, NULL)) {
		g_object_unref(tall);
		return NULL;
	}
	return tall;
}
