#!/usr/bin/env bash
# quickstart.sh: makes the sample pictures, serves examples/quickstart on $PORT and says where to look.
set -eu

cd "$(dirname "$0")/../examples/quickstart"
export PORT="${PORT:-8080}"

listening() { (: >"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

if listening; then
	echo "error: something listens on port $PORT already; choose another one: make run PORT=8081" >&2
	exit 1
fi

go run ./samples photos

# Tells where to look as soon as the server answers. It is Caddy that stays in the foreground, so that Ctrl-C reaches it.
announce() {
	until listening; do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	local base="http://localhost:$PORT"
	cat <<-END

		  caddy-images is up.

		  All samples on one page    $base/

		  Resize                     $base/tr:w-600/lake.jpg
		  Crop to a circle           $base/tr:w-400,h-400,r-max/spheres.jpg
		  Pad with a colour          $base/tr:w-600,h-600,cm-pad_resize,bg-1B2A5C/aurora.jpg
		  Turned upright by EXIF     $base/tr:w-400/balloon.jpg
		  An animation as WebP       $base/planet.gif?tr=w-240,f-webp
		  An error                   $base/tr:zoom-2/lake.jpg   (its ik-error header: curl -I)

		  Ctrl-C stops it. The configuration is examples/quickstart/Caddyfile.

	END
}
announce $$ &

exec ../../bin/caddy run --config Caddyfile
