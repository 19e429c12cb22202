#!/bin/sh
# fuzz.sh TIME: runs every fuzz target for that long.
set -eu
cd "$(dirname "$0")/.."
time=${1:-20s}

go list -f '{{.Dir}}' ./... | while read -r dir; do
	grep -hos '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //' | while read -r target; do
		echo "== $target in ${dir#"$PWD"/}"
		go -C "$dir" test -run '^$' -fuzz "^$target\$" -fuzztime "$time" . </dev/null || exit 1
	done || exit 1
done
