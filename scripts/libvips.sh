#!/bin/sh
# libvips.sh install|command…: a libvips newer than the system's, to test with.
#
#   install     has npm fetch the prebuilt one that tools/libvips names, where it runs: Linux with glibc on amd64
#   command…    runs a command with it in place of the system's, such as: scripts/libvips.sh go test ./transform/...
#
# Where it is missing, a command is not run, and the exit status is 75.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$root/tools/libvips/node_modules
library=$folder/@img/sharp-libvips-linux-x64
headers=$folder/@img/sharp-libvips-dev

die() { printf '%s\n' "$1" >&2; exit "${2:-1}"; }

if [ "${1:-}" = install ]; then
	[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "note: no prebuilt newer libvips for $(uname -s) on $(uname -m)" 0
	command -v npm >/dev/null || die 'note: no npm, and so no newer libvips' 0
	npm ci --prefix "$root/tools/libvips" --no-fund --no-audit --ignore-scripts ||
		die 'note: npm cannot fetch the newer libvips' 0
	touch "$folder"
	exit
fi

[ $# -gt 0 ] || die 'usage: libvips.sh install|command…'
file=$(echo "$library"/lib/libvips-cpp.so.*)
[ -f "$file" ] && [ -d "$headers/include/vips" ] || die 'there is no newer libvips in tools/libvips/node_modules' 75
version=${file##*/libvips-cpp.so.}

# GLib is in the library, too.
cat >"$folder/vips.pc" <<PC
Name: vips
Description: libvips, with all that it needs in one file
Version: $version
Cflags: -I"$headers/include" -I"$headers/include/glib-2.0" -I"$library/lib/glib-2.0/include"
Libs: -L"$library/lib" -l:${file##*/} -Wl,-rpath,"$library/lib"
PC
export PKG_CONFIG_PATH="$folder"
# Go's build cache asks for flags, and not for what pkg-config says: without another one it would take what was
# compiled with the system's libvips.
export CGO_CFLAGS="${CGO_CFLAGS:--O2 -g} -DCADDY_IMAGES_LIBVIPS=$version"
export CGO_ENABLED=1
exec "$@"
