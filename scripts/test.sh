#!/bin/sh
# test.sh [long]: all tests but the long ones, or the long ones and all others.
#
# What needs no cgo is built and tested without it first; then everything, with the race detector. Drawing is tested
# without it, except for what happens at the same time: those tests compare pixels, one by one and on one goroutine, for
# which the detector takes ten times as long. They keep one processor busy, so they run beside the others. Last, what
# draws is tested with a newer libvips, too.
set -eu
cd "$(dirname "$0")/.."

drawing=./transform/render/draw
# What depends on what libvips does. What it takes is estimated in test-long: that takes minutes.
native="./transform/vips ./transform/header $drawing ./transform/render/admission ./transform/render/sandbox ./transform/render/workers"

with_newer_libvips() {
	echo '== drawing, with a newer libvips'
	if scripts/libvips.sh true; then
		# shellcheck disable=SC2086 # a list of words
		scripts/libvips.sh go test -timeout 40m "$@" $native
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

drawn=$(mktemp)
CGO_ENABLED=1 go test -timeout 40m $drawing >"$drawn" 2>&1 &
drawer=$!
trap 'kill $drawer 2>/dev/null || true; rm -f "$drawn"' EXIT

echo '== all tests but drawing, with the race detector'
failed=
# The pictures of the quickstart are drawn by one goroutine, and were above.
others=$(go list ./... | grep -vx -e "$module/${drawing#./}" -e "$module/examples/quickstart/samples")
# shellcheck disable=SC2086 # a list of words
CGO_ENABLED=1 go test -race -timeout 40m $others || failed=1
echo '== drawing'
wait $drawer || failed=1
cat "$drawn"
CGO_ENABLED=1 go test -race -timeout 40m -run 'Concurren|Cancel|Deadline|Engine|Leak' $drawing || failed=1
# What compares libvips with itself at length is done with it in test-long.
with_newer_libvips -skip 'TestEstimate|TestThreads|TestPatchIsLikeWhole|TestSequential|TestRowsBelowLayer|TestConcurrency|TestLeak' || failed=1
[ -z "$failed" ]
