//go:build cgo

#define _GNU_SOURCE // RTLD_NEXT
#include "bridge.h"

#include <vips/vector.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif

// Before 8.15, and later where it was built without Highway, libvips resizes,
// convolves and morphs 8-bit images with programs that Orc compiles for each
// operation. Orc keeps their code in one list per process. Before 0.4.34 it changes
// that list without a lock, and libvips holds one while it compiles but none while
// it frees: a job that ends corrupts the heap if another one begins or ends in that
// moment.
//
// So compiling and freeing go through the functions below, one at a time: where
// the linker lets a program's function go before a library's of that name (ELF).
// They are weak, so that they give way to a liborc that is linked statically.
// Where they are not called Orc is off; see bridge_vectors.

#if defined(__ELF__)

static GMutex orc_lock;

typedef int (*compile_fn)(void *program);
typedef void (*free_fn)(void *program);

static compile_fn
orc_compile(void)
{
	return (compile_fn) dlsym(RTLD_NEXT, "orc_program_compile");
}

static free_fn
orc_free(void)
{
	return (free_fn) dlsym(RTLD_NEXT, "orc_program_free");
}

static gint orc_calls;

__attribute__((weak)) int
orc_program_compile(void *program)
{
	compile_fn compile = orc_compile();
	int result;

	g_mutex_lock(&orc_lock);
	g_atomic_int_inc(&orc_calls);
	result = compile(program);
	g_mutex_unlock(&orc_lock);
	return result;
}

__attribute__((weak)) void
orc_program_free(void *program)
{
	free_fn release = orc_free();

	g_mutex_lock(&orc_lock);
	g_atomic_int_inc(&orc_calls);
	release(program);
	g_mutex_unlock(&orc_lock);
}

static gboolean
orc_is_guarded(void)
{
	return orc_compile() && orc_free() &&
		dlsym(RTLD_DEFAULT, "orc_program_compile") == (void *) orc_program_compile &&
		dlsym(RTLD_DEFAULT, "orc_program_free") == (void *) orc_program_free;
}

int
bridge_orc_calls(void)
{
	return g_atomic_int_get(&orc_calls);
}

#else

static gboolean
orc_is_guarded(void)
{
	return FALSE;
}

int
bridge_orc_calls(void)
{
	return 0;
}

#endif

// Reports whether libvips has Highway, which compiles nothing while it runs. Only
// 8.15 and newer have the function, and the headers may be older than the library.
static gboolean
has_highway(void)
{
#ifndef _WIN32
	gint64 (*targets)(void) = (gint64 (*)(void)) dlsym(RTLD_DEFAULT, "vips_vector_get_builtin_targets");

	return targets && targets();
#elif VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 15
	return vips_vector_get_builtin_targets() != 0;
#else
	return FALSE;
#endif
}

// Reports whether libvips computes with vector instructions, which may be asked
// before it is started. Nothing compiles with Orc unless it is guarded.
gboolean
bridge_vectors(void)
{
	return vips_vector_isenabled() && (has_highway() || orc_is_guarded());
}

void
bridge_choose_vectors(void)
{
	vips_vector_set_enabled(bridge_vectors());
}
