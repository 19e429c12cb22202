package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// moduleFolders are where libraries keep code that they load later, relative
// to their own directory: modules of libvips, codecs of libheif, loaders of
// gdk-pixbuf.
var moduleFolders = []string{"vips-modules-*", "libheif", "gdk-pixbuf-2.0"}

// dataFolders are the directories of [ReadPaths] below a prefix other than
// /usr.
var dataFolders = []string{"etc/fonts", "share/fonts", "share/fontconfig", "var/cache/fontconfig", "share/poppler"}

// libraryPaths returns the paths needed by libraries outside of the system's
// directories, such as below /opt: neighbouring libraries, modules, and data
// that fontconfig and poppler find by their build prefix. Nothing else in
// those directories is granted, since they may contain anything.
func libraryPaths(system []string) (paths []string) {
	maps, _ := os.ReadFile("/proc/self/maps") // without it only those of the environment remain
	folders := append(libraryFolders(maps), filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
	slices.Sort(folders)
	for _, folder := range slices.Compact(folders) {
		if !filepath.IsAbs(folder) || isRoot(folder) || isBelow(folder, system) {
			continue
		}
		paths = append(paths, librariesIn(folder)...)
		for _, modules := range moduleFolders {
			found, _ := filepath.Glob(filepath.Join(quoted(folder), modules))
			paths = append(paths, found...)
		}
		if prefix, ok := prefixOf(folder); ok {
			for _, data := range dataFolders {
				paths = append(paths, filepath.Join(prefix, data))
			}
		}
	}
	return append(paths, namedPaths()...)
}

// namedPaths returns the paths in environment variables of a worker's
// libraries. They include fontconfig's configuration, but not fonts.
func namedPaths() (paths []string) {
	for _, variable := range []string{"LIBHEIF_PLUGIN_PATH", "FONTCONFIG_PATH"} {
		paths = append(paths, filepath.SplitList(os.Getenv(variable))...)
	}
	paths = append(paths, os.Getenv("FONTCONFIG_FILE"))
	return slices.DeleteFunc(paths, func(path string) bool { return !filepath.IsAbs(path) || isRoot(path) })
}

// libraryFolders returns the directories of the libraries in a process's
// mappings (proc_pid_maps(5)).
func libraryFolders(maps []byte) (folders []string) {
	for line := range bytes.Lines(maps) {
		start := bytes.IndexByte(line, '/')
		if start < 0 {
			continue
		}
		path := strings.TrimSuffix(strings.TrimSuffix(string(line[start:]), "\n"), " (deleted)")
		// Anonymous memory has a name in the root directory
		// (memfd_create(2)).
		if folder := filepath.Dir(path); isLibrary(filepath.Base(path)) && !isRoot(folder) && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// isLibrary reports whether a file has the name of a shared library.
func isLibrary(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.")
}

func librariesIn(folder string) (paths []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // an unreadable directory needs no grant
	}
	for _, e := range entries {
		if isLibrary(e.Name()) && !e.IsDir() {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	return paths
}

// prefixOf returns /opt/vips for /opt/vips/lib, /opt/vips/lib64 and
// /opt/vips/lib/x86_64-linux-gnu.
func prefixOf(folder string) (prefix string, ok bool) {
	for range 2 {
		prefix = filepath.Dir(folder)
		if name := filepath.Base(folder); name == "lib" || name == "lib64" {
			return prefix, !isRoot(prefix)
		}
		folder = prefix
	}
	return "", false
}

// isBelow reports whether a path is one of the directories, or below one.
func isBelow(path string, folders []string) bool {
	path = filepath.Clean(path)
	return slices.ContainsFunc(folders, func(folder string) bool {
		return path == folder || strings.HasPrefix(path, folder+"/")
	})
}

// quoted returns a glob pattern that matches only the path.
func quoted(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
