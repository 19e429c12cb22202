package sandbox

// ReadPaths returns what a worker reads after its libraries are loaded: fonts
// for text in an image, and what the libraries load when they first need it.
// Of a home directory nothing is in it, unless libraries are loaded from
// there: then those, and what they load.
func ReadPaths() []string {
	system := systemPaths()
	return append(system, libraryPaths(system)...)
}

func systemPaths() []string {
	return []string{
		"/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig",

		// How letters are encoded in a PDF that does not say it itself.
		"/usr/share/poppler",

		// Modules: codecs of libheif, readers of images inside an SVG,
		// character sets; and the libraries that these load.
		"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",

		// How messages are worded and times are told.
		"/usr/share/locale", "/etc/localtime", "/usr/share/zoneinfo",
	}
}
