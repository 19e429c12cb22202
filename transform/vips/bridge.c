//go:build cgo

#define _GNU_SOURCE // RTLD_DEFAULT
#include "bridge.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifndef _WIN32
#include <dlfcn.h>
#endif

static void
ignore_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void) domain;
	(void) level;
	(void) message;
	(void) data;
}

// libvips prints a warning about every truncated file, so also about anything
// that clients upload.
void
bridge_silence(void)
{
	static const char *domains[] = {
		"VIPS",
		"Poppler", "GLib-GObject", // about missing pages of a PDF, or pages without a size
	};
	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
		g_log_set_handler(domains[i], G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION, ignore_log, NULL);
}

// libvips ends a thread that had nothing to do for 15 seconds. Before 8.15.4, a
// picture that takes the thread for its work in that very moment waits for ever,
// or writes into memory that is freed already. So threads wait without end: where
// the linker lets a program's function go before a library's of that name (ELF,
// unless libvips was linked with -Bsymbolic), libvips itself calls this one.
int
vips_semaphore_down_timeout(VipsSemaphore *s, gint64 timeout)
{
	(void) timeout;
	return vips_semaphore_down(s);
}

// libvips' cache of operations, even one of size zero, takes each in for a moment,
// and a job on another thread that asks for the same gets the very same images:
// what kills one kills the other, and either may be the one that frees them.
static void *
never_cache(VipsObjectClass *class, void *data)
{
	(void) data;
	VIPS_OPERATION_CLASS(class)->flags |= VIPS_OPERATION_NOCACHE;
	return NULL;
}

// The loader of WebP hands out rows from top to bottom, and holds no more than the
// frame at hand; but libvips 8.14 does not know that, and has it decode all frames
// into memory first.
static VipsForeignFlags (*webp_flags)(VipsForeignLoad *load);

static VipsForeignFlags
webp_film_flags(VipsForeignLoad *load)
{
	int n = 1;

	g_object_get(load, "n", &n, NULL);
	return webp_flags(load) | (n == 1 ? 0 : VIPS_FOREIGN_SEQUENTIAL);
}

static void
stream_webp(void)
{
	GType type = vips_type_find("VipsOperation", "webpload_buffer");

	if (type) {
		VipsForeignLoadClass *class = (VipsForeignLoadClass *) g_type_class_ref(type);

		webp_flags = class->get_flags;
		class->get_flags = webp_film_flags;
	}
}

int
bridge_start(int concurrency)
{
	// A picture that is read in any order is decoded into memory. Above this size
	// libvips would write it to a temporary file instead.
	g_setenv("VIPS_DISC_THRESHOLD", "1000g", TRUE);
	// Vector instructions change the bytes of results. A worker gets none of these
	// variables, and its results share their entity tags with those drawn in process.
	g_unsetenv("VIPS_NOVECTOR");
	g_unsetenv("IM_NOVECTOR");
	g_unsetenv("VIPS_VECTOR");
	if (VIPS_INIT("caddy-images"))
		return -1;
	bridge_choose_vectors();
	vips_class_map_all(VIPS_TYPE_OPERATION, never_cache, NULL);
	stream_webp();
	vips_concurrency_set(concurrency);
	return 0;
}

// glibc keeps what was freed, up to 32 MiB a piece, for the next time.
void
bridge_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

// libvips draws text with fontconfig, and adds single files in this way. It is
// looked up by its name, since nothing else here needs fontconfig's headers.
gboolean
bridge_add_fonts(const char *folder)
{
#ifndef _WIN32
	int (*add)(void *config, const char *folder) = (int (*)(void *, const char *)) dlsym(RTLD_DEFAULT, "FcConfigAppFontAddDir");

	return add && add(NULL, folder);
#else
	(void) folder;
	return FALSE;
#endif
}

gboolean
bridge_has_operation(const char *name)
{
	return vips_type_find("VipsOperation", name) != 0;
}

gboolean
bridge_has_argument(const char *operation, const char *name)
{
	GType type = vips_type_find("VipsOperation", operation);
	gpointer class;
	gboolean found;

	if (!type || !(class = g_type_class_ref(type)))
		return FALSE;
	found = g_object_class_find_property(class, name) != NULL;
	g_type_class_unref(class);
	return found;
}

// libvips looks whether an operation is blocked only after that has begun to
// build itself, with its file open already.
VipsOperation *
bridge_new(const char *name)
{
	VipsOperation *op = vips_operation_new(name);

	if (op && (VIPS_OPERATION_GET_CLASS(op)->flags & VIPS_OPERATION_BLOCKED)) {
		vips_error(name, "operation is blocked");
		g_object_unref(op);
		return NULL;
	}
	return op;
}

// GObject only warns on the console of a property that does not exist or a
// value that does not fit, and goes on with the default: ask before.
static int
set(VipsOperation *op, const char *name, GValue *value)
{
	GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(op), name);
	GValue wanted = G_VALUE_INIT;
	int answer = BRIDGE_OK;

	if (!pspec)
		answer = BRIDGE_UNKNOWN;
	else {
		g_value_init(&wanted, G_PARAM_SPEC_VALUE_TYPE(pspec));
		if (!g_value_transform(value, &wanted))
			answer = BRIDGE_TYPE;
		else if (g_param_value_validate(pspec, &wanted))
			answer = BRIDGE_RANGE;
		else
			g_object_set_property(G_OBJECT(op), name, &wanted);
		g_value_unset(&wanted);
	}
	g_value_unset(value);
	return answer;
}

int
bridge_set_int(VipsOperation *op, const char *name, int value)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, G_TYPE_INT);
	g_value_set_int(&v, value);
	return set(op, name, &v);
}

int
bridge_set_double(VipsOperation *op, const char *name, double value)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, G_TYPE_DOUBLE);
	g_value_set_double(&v, value);
	return set(op, name, &v);
}

int
bridge_set_string(VipsOperation *op, const char *name, const char *value)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, G_TYPE_STRING);
	g_value_set_string(&v, value);
	return set(op, name, &v);
}

int
bridge_set_object(VipsOperation *op, const char *name, void *value)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, G_OBJECT_TYPE(value));
	g_value_set_object(&v, value);
	return set(op, name, &v);
}

int
bridge_set_ints(VipsOperation *op, const char *name, const int *values, int n)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, VIPS_TYPE_ARRAY_INT);
	vips_value_set_array_int(&v, values, n);
	return set(op, name, &v);
}

int
bridge_set_doubles(VipsOperation *op, const char *name, const double *values, int n)
{
	GValue v = G_VALUE_INIT;

	g_value_init(&v, VIPS_TYPE_ARRAY_DOUBLE);
	vips_value_set_array_double(&v, values, n);
	return set(op, name, &v);
}

int
bridge_set_images(VipsOperation *op, const char *name, VipsImage **values, int n)
{
	GValue v = G_VALUE_INIT;
	VipsImage **array;
	int i;

	g_value_init(&v, VIPS_TYPE_ARRAY_IMAGE);
	vips_value_set_array_image(&v, n);
	array = vips_value_get_array_image(&v, NULL);
	for (i = 0; i < n; i++)
		array[i] = g_object_ref(values[i]);
	return set(op, name, &v);
}

static GMutex freed_lock;
static GArray *freed;

// A blob is freed on whichever thread lets go of it last: its pin is noted, for
// Go to fetch.
static int
on_blob_freed(void *data, void *area)
{
	uintptr_t pin = (uintptr_t) ((VipsArea *) area)->client;

	(void) data;
	g_mutex_lock(&freed_lock);
	if (!freed)
		freed = g_array_new(FALSE, FALSE, sizeof(pin));
	g_array_append_val(freed, pin);
	g_mutex_unlock(&freed_lock);
	return 0;
}

// The pin of a blob that was freed, each given once; 0 when there is none.
uintptr_t
bridge_freed(void)
{
	uintptr_t pin = 0;

	g_mutex_lock(&freed_lock);
	if (freed && freed->len) {
		pin = g_array_index(freed, uintptr_t, freed->len - 1);
		g_array_set_size(freed, freed->len - 1);
	}
	g_mutex_unlock(&freed_lock);
	return pin;
}

int
bridge_set_buffer(VipsOperation *op, const char *name, const void *data, size_t length, uintptr_t pin)
{
	GValue v = G_VALUE_INIT;
	VipsBlob *blob = vips_blob_new((VipsCallbackFn) on_blob_freed, data, length);

	VIPS_AREA(blob)->client = (void *) pin;
	g_value_init(&v, VIPS_TYPE_BLOB);
	g_value_take_boxed(&v, blob);
	return set(op, name, &v);
}

int
bridge_get_int(VipsOperation *op, const char *name)
{
	gint value = 0;

	g_object_get(op, name, &value, NULL);
	return value;
}

double
bridge_get_double(VipsOperation *op, const char *name)
{
	gdouble value = 0;

	g_object_get(op, name, &value, NULL);
	return value;
}

VipsImage *
bridge_get_image(VipsOperation *op, const char *name)
{
	VipsImage *value = NULL;

	g_object_get(op, name, &value, NULL);
	return value;
}

VipsArea *
bridge_get_area(VipsOperation *op, const char *name)
{
	VipsArea *value = NULL;

	g_object_get(op, name, &value, NULL);
	return value;
}

static void
on_eval(VipsImage *image, VipsProgress *progress, gpointer data)
{
	(void) data;
	if (image->kill)
		vips_image_set_kill(progress->im, TRUE);
}

// A loader that decodes everything before it hands out the first row does so
// into an image of its own, which nobody outside can kill: but the loaded image
// is told of its progress.
void
bridge_pass_kill(VipsImage *image)
{
	vips_image_set_progress(image, TRUE);
	g_signal_connect(image, "eval", G_CALLBACK(on_eval), NULL);
}

int
bridge_build(VipsOperation **op)
{
	return vips_cache_operation_buildp(op);
}

// An operation holds a reference to each of its outputs and each output one to
// its operation; this is where the circle is broken.
void
bridge_discard(VipsOperation *op)
{
	vips_object_unref_outputs(VIPS_OBJECT(op));
	g_object_unref(op);
}
