//go:build unix

package workers

import (
	"os"
	"strings"
)

// marker is the variable that makes this executable a worker; see worker.go.
const marker = "CADDY_IMAGES_WORKER"

// inherited are the variables that affect how the executable and its
// libraries are found and behave. Any other may be a secret.
var inherited = []string{
	"LD_LIBRARY_PATH=", "LD_PRELOAD=", "DYLD_LIBRARY_PATH=", "DYLD_FALLBACK_LIBRARY_PATH=",
	"FONTCONFIG_FILE=", "FONTCONFIG_PATH=", "FONTCONFIG_SYSROOT=",
	"LIBHEIF_PLUGIN_PATH=", "GODEBUG=", "GOTRACEBACK=", "GORACE=",
}

// environment returns the environment of a worker.
func environment() []string {
	env := []string{
		marker + "=1",
		// By default glibc gives each thread an arena, and never frees one.
		"MALLOC_ARENA_MAX=2",
		// One thread draws while another listens.
		"GOMAXPROCS=2",
	}
	for _, variable := range os.Environ() {
		for _, name := range inherited {
			if strings.HasPrefix(variable, name) {
				env = append(env, variable)
			}
		}
	}
	return env
}
