package sandbox

// ReadPaths returns the paths that a worker reads after its libraries are
// loaded: fonts, and what the libraries load on demand. They include parts of
// home directories only if libraries are loaded from there.
func ReadPaths() []string {
	system := systemPaths()
	return append(system, libraryPaths(system)...)
}

func systemPaths() []string {
	return []string{
		"/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig",

		// Character encodings of PDFs that do not embed them.
		"/usr/share/poppler",

		// Modules: codecs of libheif, loaders for images inside of SVGs,
		// character sets; and the libraries that these load.
		"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",

		// Translations and time zones.
		"/usr/share/locale", "/etc/localtime", "/usr/share/zoneinfo",
	}
}
