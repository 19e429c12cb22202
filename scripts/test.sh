#!/bin/sh
# test.sh [long]: all tests, or those that take long.
#
# What needs no cgo is built and tested without it first; then everything, with the race detector. What is long runs
# without the detector, which would have it take three times as long.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" = long ]; then
	echo '== long tests'
	CADDY_IMAGES_LONG=1 CGO_ENABLED=1 go test -timeout 2h -p 1 ./...
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

echo '== all tests, with the race detector'
CGO_ENABLED=1 go test -race -timeout 40m ./...
