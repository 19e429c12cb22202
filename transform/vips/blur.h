#ifndef CADDY_IMAGES_BLUR_H
#define CADDY_IMAGES_BLUR_H

#include "bridge.h"

int bridge_blur(VipsImage *in, VipsImage **out, const int *mask, int n, gboolean alpha, double amount, double threshold);

// The same for each frame of a reel, of which in is a stage.
int bridge_reel_blur(BridgeReel *reel, VipsImage *in, VipsImage **out, const int *mask, int n, gboolean alpha, double amount, double threshold);

#endif
