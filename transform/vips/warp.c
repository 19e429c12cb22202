//go:build cgo

#include "warp.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// libvips' mapim reads where each pixel comes from out of an image of floats, which
// takes a dozen operations to make, and works in floats with colours that are multiplied
// by alpha before and divided after. Here it is one loop, and two to three times as fast.

// origin_of reports whether a place comes from somewhere near the image.
static inline gboolean
origin_of(const Warp *w, double x, double y, double width, double height, double *sx, double *sy)
{
	const double *m = w->matrix;
	double u, v;

	if (w->ring) {
		v = w->slope * (sqrt(x * x + y * y) - w->edge);
		*sy = v * height - 0.5;
		if (!(*sy > -2 && *sy < height + 1))
			return FALSE;
		u = atan2(x, -w->up * y) / (2 * w->half) + 0.5;
	} else {
		double depth = m[6] * x + m[7] * y + m[8];

		u = (m[0] * x + m[1] * y + m[2]) / depth;
		v = (m[3] * x + m[4] * y + m[5]) / depth;
		*sy = v * height - 0.5;
	}
	*sx = u * width - 0.5;
	// What is not a number is nowhere.
	return *sx > -2 && *sx < width + 1 && *sy > -2 && *sy < height + 1;
}

// weights are those of four pixels in a row for a place that lies t behind the second:
// the cubic of Catmull and Rom, as in libvips' bicubic.
static inline void
weights(float t, float w[4])
{
	float t2 = t * t, t3 = t2 * t;

	w[0] = (-t3 + 2 * t2 - t) / 2;
	w[1] = (3 * t3 - 5 * t2 + 2) / 2;
	w[2] = (-3 * t3 + 4 * t2 + t) / 2;
	w[3] = (t3 - t2) / 2;
}

static inline uint8_t
to_byte(float v)
{
	return VIPS_CLIP(0, v + 0.5f, 255);
}

// Four channels at once, as every compiler that cgo can use has them.
typedef float Floats __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(4)));

static inline Floats
load(const uint8_t *p)
{
	Bytes b;

	memcpy(&b, p, sizeof(b));
	return __builtin_convertvector(b, Floats);
}

// inside is pick for a place of which all 16 pixels around are there, and a byte behind
// each of them.
static inline void
inside(const uint8_t *first, size_t row, int bands, const float across[4], const float down[4], uint8_t *out)
{
	Floats sum = { 0 };
	float alpha = 0;

	for (int j = 0; j < 4; j++) {
		const uint8_t *p = first + j * row;
		Floats s = { 0 };
		float a = 0;

		for (int i = 0; i < 4; i++, p += bands) {
			float weight = bands == 4 ? across[i] * p[3] : across[i];

			s += load(p) * weight;
			a += weight;
		}
		sum += s * down[j];
		alpha += a * down[j];
	}
	if (bands == 3)
		alpha = 255; // and the weights add up to 1
	else if (alpha < 0.5f)
		return;
	else
		sum /= alpha;
	out[0] = to_byte(sum[0]);
	out[1] = to_byte(sum[1]);
	out[2] = to_byte(sum[2]);
	out[3] = to_byte(alpha);
}

// near_edge is pick for a place where some of them are not.
static void
near_edge(const uint8_t *pixels, int width, int height, int bands, int x0, int y0, const float across[4], const float down[4], uint8_t *out)
{
	float red = 0, green = 0, blue = 0, alpha = 0;

	for (int j = 0; j < 4; j++)
		for (int i = 0; i < 4; i++) {
			int x = x0 + i, y = y0 + j;
			const uint8_t *p;
			float weight;

			if (x < 0 || x >= width || y < 0 || y >= height)
				continue;
			p = pixels + ((size_t) y * width + x) * bands;
			weight = down[j] * across[i] * (bands == 4 ? p[3] : 255);
			red += weight * p[0];
			green += weight * p[1];
			blue += weight * p[2];
			alpha += weight;
		}
	if (alpha < 0.5f)
		return;
	out[0] = to_byte(red / alpha);
	out[1] = to_byte(green / alpha);
	out[2] = to_byte(blue / alpha);
	out[3] = to_byte(alpha);
}

// pick interpolates the image, of three bands or of four with alpha, at a place. What is
// beyond its edges is transparent, and what is transparent has no colour.
static inline void
pick(const uint8_t *pixels, int width, int height, int bands, double sx, double sy, uint8_t *out)
{
	int x0 = (int) (sx + 2) - 3, y0 = (int) (sy + 2) - 3; // of the 16; both are above -2
	float across[4], down[4];

	weights(sx - (x0 + 1), across);
	weights(sy - (y0 + 1), down);
	if (x0 >= 0 && x0 + 4 < width && y0 >= 0 && y0 + 3 < height)
		inside(pixels + ((size_t) y0 * width + x0) * bands, (size_t) width * bands, bands, across, down, out);
	else
		near_edge(pixels, width, height, bands, x0, y0, across, down, out);
}

// bridge_warp draws an image of 8 bits a sample, with alpha, whose top left corner is at
// left and top. The result is in memory.
int
bridge_warp(VipsImage *in, VipsImage **out, int width, int height, double left, double top, const Warp *warp)
{
	const uint8_t *pixels;
	uint8_t *line;
	int answer = 0;

	*out = NULL;
	if (in->Coding != VIPS_CODING_NONE || in->BandFmt != VIPS_FORMAT_UCHAR || (in->Bands != 3 && in->Bands != 4)) {
		vips_error("warp", "%s", "not of 8 bits a sample in three bands, or four");
		return -1;
	}
	if (vips_image_wio_input(in))
		return -1;
	pixels = VIPS_IMAGE_ADDR(in, 0, 0);
	*out = vips_image_new_memory();
	line = g_try_malloc((size_t) 4 * width);
	if (!line || vips_image_pipelinev(*out, VIPS_DEMAND_STYLE_THINSTRIP, in, NULL))
		answer = -1;
	(*out)->Xsize = width;
	(*out)->Ysize = height;
	(*out)->Bands = 4;
	for (int y = 0; y < height && !answer; y++) {
		memset(line, 0, (size_t) 4 * width);
		for (int x = 0; x < width; x++) {
			double sx, sy;

			if (!origin_of(warp, left + x + 0.5, top + y + 0.5, in->Xsize, in->Ysize, &sx, &sy))
				continue;
			// Written twice, for the compiler to know the number of bands.
			if (in->Bands == 3)
				pick(pixels, in->Xsize, in->Ysize, 3, sx, sy, line + 4 * x);
			else
				pick(pixels, in->Xsize, in->Ysize, 4, sx, sy, line + 4 * x);
		}
		if (vips_image_iskilled(in) || vips_image_write_line(*out, y, line))
			answer = -1;
	}
	g_free(line);
	if (answer)
		VIPS_UNREF(*out);
	return answer;
}

typedef struct {
	int width, height;
	double left, top;
	Warp warp;
} WarpOptions;

static int
make_warped(VipsImage *in, VipsImage **out, const void *data)
{
	const WarpOptions *o = (const WarpOptions *) data;

	return bridge_warp(in, out, o->width, o->height, o->left, o->top, &o->warp);
}

int
bridge_reel_warp(BridgeReel *reel, VipsImage *in, VipsImage **out, int width, int height, double left, double top, const Warp *warp)
{
	WarpOptions *o = g_new(WarpOptions, 1);

	*o = (WarpOptions){ .width = width, .height = height, .left = left, .top = top, .warp = *warp };
	return bridge_reel_make(reel, in, out, make_warped, o);
}
