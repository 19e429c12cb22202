package images

// The origins that come with the handler.
import (
	_ "github.com/caddy-images/caddy-images/origin/fs"
	_ "github.com/caddy-images/caddy-images/origin/s3"
	_ "github.com/caddy-images/caddy-images/origin/web"
)
