#ifndef CADDY_IMAGES_BLUR_H
#define CADDY_IMAGES_BLUR_H

#include <vips/vips.h>

int bridge_blur(VipsImage *in, VipsImage **out, const int *mask, int n, gboolean alpha, double amount, double threshold);

#endif
