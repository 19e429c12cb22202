#ifndef CADDY_IMAGES_CENSUS_H
#define CADDY_IMAGES_CENSUS_H

#include "bridge.h"

// The colours of an image, counted while it is computed, see census.c.
typedef struct BridgeCensus BridgeCensus;

VipsImage *bridge_census_new(VipsImage *in, int most, BridgeCensus **census);
int bridge_census_colours(BridgeCensus *census, guint64 *colours);
gboolean bridge_census_gray(BridgeCensus *census);
void bridge_census_unref(BridgeCensus *census);

#endif
