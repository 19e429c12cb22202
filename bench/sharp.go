//go:build linux && cgo

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed sharp/server.mjs
var sharpServer []byte

//go:embed sharp/package.json
var sharpPackage []byte

// startSharp installs sharp, once, and runs the server. version is what is
// installed.
func startSharp(o options, files files) (s *server, version string, err error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, "", fmt.Errorf("%s is not installed", tool)
		}
	}
	dir := filepath.Join(o.dir, "sharp")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", err
	}
	for name, text := range map[string][]byte{"server.mjs": sharpServer, "package.json": sharpPackage} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return nil, "", err
		}
	}
	if version, err = sharpVersion(dir); err != nil {
		install := exec.Command("npm", "install", "--no-audit", "--no-fund")
		install.Dir = dir
		if out, err := install.CombinedOutput(); err != nil {
			return nil, "", fmt.Errorf("npm install sharp: %w: %s", err, lastLine(out))
		}
		if version, err = sharpVersion(dir); err != nil {
			return nil, "", err
		}
	}
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	s = &server{called: nameSharp, address: address, files: files, url: job.query}
	s.command = exec.Command("node", "server.mjs", o.dir, port)
	s.command.Dir = dir
	return s, version, s.start(o.dir)
}

func sharpVersion(dir string) (string, error) {
	const ask = `import('sharp').then(({default: s}) => console.log('sharp ' + s.versions.sharp + ' with libvips ' + s.versions.vips + ', node ' + process.version))`
	cmd := exec.Command("node", "-e", ask)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", errors.New("sharp cannot be loaded")
	}
	return strings.TrimSpace(string(out)), nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
