#!/bin/sh
# lint.sh: gofmt, go vet with and without cgo, staticcheck.
set -eu
cd "$(dirname "$0")/.."

echo '== gofmt'
unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
	printf 'these files are not formatted:\n%s\n' "$unformatted" >&2
	exit 1
fi
echo '== go vet'
CGO_ENABLED=0 go vet ./...
CGO_ENABLED=1 go vet ./...
echo '== staticcheck'
CGO_ENABLED=1 bin/staticcheck ./...
