//go:build linux && cgo

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// caddyfile serves the corpus. Nothing is cached, and the queue has room for
// all clients.
const caddyfile = `{
	admin off
	persist_config off
	auto_https off
}

http://%s {
	images {
		cache off
		origin fs %s
		isolation %s
		memory %s
		cache off
	}
}
`

// startCaddy runs the program with the handler.
func startCaddy(called, isolation string, o options, files files) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(o.dir, called+".Caddyfile")
	text := fmt.Sprintf(caddyfile, address, o.dir, isolation, o.memory)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return nil, err
	}
	s := &server{called: called, address: address, files: files, url: job.path}
	s.command = exec.Command(o.caddy, "run", "--config", config, "--adapter", "caddyfile")
	s.command.Env = append(os.Environ(), "HOME="+o.dir, "XDG_DATA_HOME="+o.dir, "XDG_CONFIG_HOME="+o.dir)
	return s, s.start(o.dir)
}
