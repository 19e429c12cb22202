#ifndef CADDY_IMAGES_WARP_H
#define CADDY_IMAGES_WARP_H

#include "bridge.h"

// Where a pixel of a warped image comes from: x and y are its middle, u and v parts of
// the width and height of the image that is warped.
typedef struct {
	gboolean ring;
	double matrix[9]; // of a projection: (u, v) is that of (x, y, 1), divided by depth
	double half;	  // of a ring: the angle from its middle to an end, in radians
	double edge;	  // the radius of v = 0
	double slope;	  // v for each pixel farther out
	double up;		  // 1 for a ring whose middle is above its centre, -1 for one below
} Warp;

int bridge_warp(VipsImage *in, VipsImage **out, int width, int height, double left, double top, const Warp *warp);

// The same for each frame of a reel, of which in is a stage.
int bridge_reel_warp(BridgeReel *reel, VipsImage *in, VipsImage **out, int width, int height, double left, double top, const Warp *warp);

#endif
