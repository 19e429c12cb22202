//go:build cgo

#include "recolour.h"

#include <math.h>
#include <string.h>

// libvips has no operation that changes all bands of a pixel by one of its luminance, and
// what it has for tables and matrices makes an image of floats of each step. Here it is one
// loop.

// A copy that belongs to an image, and is freed with it.
static void *
keep(VipsImage *image, const void *data, size_t size)
{
	void *copy = vips_malloc(VIPS_OBJECT(image), size);

	if (copy)
		memcpy(copy, data, size);
	return copy;
}

// shown is what the display of a system shows of light.
static inline float
shown(const Recolour *r, float light)
{
	float at = sqrtf(VIPS_CLIP(0, light / r->most, 1)) * (r->tones - 1);
	size_t i = VIPS_MIN((size_t) at, r->tones - 2);

	return r->tone[i] + (at - i) * (r->tone[i + 1] - r->tone[i]);
}

static inline uint8_t
encode(const Recolour *r, const float m[3], const float light[3])
{
	float v = m[0] * light[0] + m[1] * light[1] + m[2] * light[2];

	return r->encode[(int) (VIPS_CLIP(0, v, 1) * 65535 + 0.5f)];
}

static inline void
recolour_pixel(const Recolour *r, float light[3], uint8_t *out)
{
	if (r->tone) {
		float y = r->luma[0] * light[0] + r->luma[1] * light[1] + r->luma[2] * light[2];
		float gain = y > 0 ? powf(y, r->exponent) : 0;

		for (int i = 0; i < 3; i++)
			light[i] = shown(r, gain * light[i]);
	}
	for (int i = 0; i < 3; i++)
		out[i] = encode(r, r->matrix + 3 * i, light);
}

static int
recolour_region(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
	VipsRegion *in = (VipsRegion *) seq;
	const VipsRect *area = &out->valid;
	const Recolour *r = (const Recolour *) b;
	const int bands = in->im->Bands, colours = bands < 3 ? 1 : 3;
	const gboolean alpha = bands > colours, deep = in->im->BandFmt == VIPS_FORMAT_USHORT;

	(void) a;
	(void) stop;
	if (vips_region_prepare(in, area))
		return -1;
	for (int y = 0; y < area->height; y++) {
		const uint8_t *p = (const uint8_t *) VIPS_REGION_ADDR(in, area->left, area->top + y);
		const uint16_t *p16 = (const uint16_t *) p;
		uint8_t *q = (uint8_t *) VIPS_REGION_ADDR(out, area->left, area->top + y);

		for (int x = 0; x < area->width; x++, p += bands, p16 += bands) {
			float light[3];

			for (int i = 0; i < 3; i++) {
				int band = colours == 3 ? i : 0;

				light[i] = r->light[deep ? p16[band] : p[band]];
			}
			recolour_pixel(r, light, q);
			q += 3;
			if (alpha)
				*q++ = deep ? p16[colours] >> 8 : p[colours];
		}
	}
	return 0;
}

int
bridge_recolour(VipsImage *in, VipsImage **out, const Recolour *recolour)
{
	const size_t values = in->BandFmt == VIPS_FORMAT_USHORT ? 65536 : 256;
	Recolour *r;

	*out = NULL;
	if (in->Coding != VIPS_CODING_NONE || in->Bands > 4 || recolour->lights != values || (recolour->tone && recolour->tones < 2) ||
		(in->BandFmt != VIPS_FORMAT_UCHAR && in->BandFmt != VIPS_FORMAT_USHORT)) {
		vips_error("recolour", "%s", "not of 8 or 16 bits a sample in at most four bands, or no table for that");
		return -1;
	}
	*out = vips_image_new();
	g_object_ref(in);
	vips_object_local(*out, in);
	r = (Recolour *) keep(*out, recolour, sizeof(Recolour));
	if (!r ||
		!(r->light = (const float *) keep(*out, recolour->light, recolour->lights * sizeof(float))) ||
		!(r->encode = (const uint8_t *) keep(*out, recolour->encode, 65536)) ||
		(recolour->tone && !(r->tone = (const float *) keep(*out, recolour->tone, recolour->tones * sizeof(float)))) ||
		vips_image_pipelinev(*out, VIPS_DEMAND_STYLE_THINSTRIP, in, NULL)) {
		VIPS_UNREF(*out);
		return -1;
	}
	(*out)->Bands = in->Bands == 2 || in->Bands == 4 ? 4 : 3;
	(*out)->BandFmt = VIPS_FORMAT_UCHAR;
	(*out)->Type = VIPS_INTERPRETATION_sRGB;
	if (vips_image_generate(*out, vips_start_one, recolour_region, vips_stop_one, in, r)) {
		VIPS_UNREF(*out);
		return -1;
	}
	return 0;
}
