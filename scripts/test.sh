#!/bin/sh
# test.sh [long]: all tests but the long ones, or the long ones and all others.
#
# What needs no cgo is built and tested without it first; then everything, with the race detector. Drawing is tested
# without it, but for what happens at the same time: those tests compare pixels, one by one and on one goroutine, for
# which the detector takes ten times as long. Last, what draws is tested with a newer libvips, too.
set -eu
cd "$(dirname "$0")/.."

drawing=./transform/render/draw
# What depends on what libvips does.
native="./transform/vips ./transform/header $drawing ./transform/render/admission ./transform/render/sandbox ./transform/render/workers"

with_newer_libvips() {
	echo '== drawing, with a newer libvips'
	if scripts/libvips.sh true; then
		# shellcheck disable=SC2086 # a list of words
		scripts/libvips.sh go test -timeout 40m $native
	else
		echo 'skipped: the tests of drawing ran with the libvips of this system only'
	fi
}

if [ "${1:-}" = long ]; then
	echo '== all tests and the long ones'
	CADDY_IMAGES_LONG=1 CGO_ENABLED=1 go test -p 1 -timeout 2h ./...
	echo '== drawing, with the race detector'
	CGO_ENABLED=1 go test -race -timeout 2h $drawing
	export CADDY_IMAGES_LONG=1
	with_newer_libvips
	exit
fi

echo '== without cgo: everything builds'
CGO_ENABLED=0 go build ./...

# Without cgo there is no libvips, so packages whose tests reach the binding are left to the run below, as are the
# tests that start a whole Caddy.
module=$(go list -m)
packages=$(CGO_ENABLED=1 go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... | awk -v vips="$module/transform/vips" '
	$1 !~ /\.test$/ || $1 ~ /\/integration_test\.test$/ { next }
	{ for (i = 1; i <= NF; i++) if ($i == vips) next; sub(/\.test$/, "", $1); print $1 }')
echo '== without cgo: the tests that need no libvips'
# shellcheck disable=SC2086 # a list of words
CGO_ENABLED=0 go test $packages

echo '== drawing'
CGO_ENABLED=1 go test -timeout 40m $drawing
CGO_ENABLED=1 go test -race -timeout 40m -run 'Concurren|Cancel|Deadline|Engine|Thread|Leak' $drawing

echo '== all other tests, with the race detector'
# shellcheck disable=SC2046 # a list of words
CGO_ENABLED=1 go test -race -timeout 40m $(go list ./... | grep -vx "$module/${drawing#./}")
with_newer_libvips
