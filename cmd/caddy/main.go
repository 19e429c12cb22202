// Command caddy is Caddy with its standard modules and this project's image handler: the program that
// `xcaddy build --with github.com/caddy-images/caddy-images` makes.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	// plug in Caddy modules here
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-images/caddy-images"
)

func main() {
	caddycmd.Main()
}
