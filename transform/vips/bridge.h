// The C side of the binding: what cannot be said in Go, because it is variadic,
// a macro, or a callback.

#ifndef CADDY_IMAGES_BRIDGE_H
#define CADDY_IMAGES_BRIDGE_H

#include <stdint.h>
#include <stdlib.h>
#include <vips/vips.h>

// What setting an argument can answer.
enum {
	BRIDGE_OK = 0,
	BRIDGE_UNKNOWN, // the operation has no such argument
	BRIDGE_TYPE,	// it has, but of another type
	BRIDGE_RANGE	// the value is outside of its range
};

void bridge_silence(void);
int bridge_start(int concurrency);
gboolean bridge_vectors(void);
void bridge_choose_vectors(void);
int bridge_orc_calls(void);
void bridge_trim(void);
gboolean bridge_add_fonts(const char *folder);

gboolean bridge_has_operation(const char *name);
gboolean bridge_has_argument(const char *operation, const char *name);

VipsOperation *bridge_new(const char *name);
int bridge_set_int(VipsOperation *op, const char *name, int value);
int bridge_set_double(VipsOperation *op, const char *name, double value);
int bridge_set_string(VipsOperation *op, const char *name, const char *value);
int bridge_set_object(VipsOperation *op, const char *name, void *value);
int bridge_set_ints(VipsOperation *op, const char *name, const int *values, int n);
int bridge_set_doubles(VipsOperation *op, const char *name, const double *values, int n);
int bridge_set_images(VipsOperation *op, const char *name, VipsImage **values, int n);
int bridge_set_buffer(VipsOperation *op, const char *name, const void *data, size_t length, uintptr_t pin);
uintptr_t bridge_freed(void);

int bridge_get_int(VipsOperation *op, const char *name);
double bridge_get_double(VipsOperation *op, const char *name);
VipsImage *bridge_get_image(VipsOperation *op, const char *name);
VipsArea *bridge_get_area(VipsOperation *op, const char *name);

void bridge_pass_kill(VipsImage *image);
int bridge_build(VipsOperation **op);
void bridge_discard(VipsOperation *op);

// An animation that is drawn frame by frame, see reel.c.
typedef struct BridgeReel BridgeReel;
VipsImage *bridge_reel_new(VipsImage *film, int frames, BridgeReel **reel);
VipsImage *bridge_reel_hold(BridgeReel *reel, VipsImage *in);
typedef int (*BridgeMake)(VipsImage *in, VipsImage **out, const void *data);
int bridge_reel_make(BridgeReel *reel, VipsImage *in, VipsImage **out, BridgeMake make, void *data);
VipsImage *bridge_reel_join(BridgeReel *reel, VipsImage *last);
void bridge_reel_unref(BridgeReel *reel);

#endif
