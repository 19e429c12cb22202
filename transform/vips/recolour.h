#ifndef CADDY_IMAGES_RECOLOUR_H
#define CADDY_IMAGES_RECOLOUR_H

#include "bridge.h"

// How samples become those of another colour space, see recolour.go.
typedef struct {
	const float *light; // of each code value: 256 or 65536
	size_t lights;
	float matrix[9];
	const uint8_t *encode; // 65536

	const float *tone; // tones of them; NULL for no system
	size_t tones;
	float luma[3];
	float exponent;
	float most; // the light of the last tone
} Recolour;

int bridge_recolour(VipsImage *in, VipsImage **out, const Recolour *recolour);

#endif
