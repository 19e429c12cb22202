package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// server is a running Caddy.
type server struct {
	url string
	cmd *exec.Cmd
	dir string
}

// startCaddy serves two folders on a free port of loopback: the samples at the
// root, and pictures of one's own at /photos/ where there are some.
func startCaddy(ctx context.Context, caddy string, d dialect, samples, photos string) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gallery-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(config, []byte(caddyfile(address, d, samples, photos)), 0o600); err != nil {
		return nil, err
	}
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, caddy, "run", "--config", config, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s (make build makes it): %w", caddy, err)
	}
	s := &server{url: "http://" + address, cmd: cmd, dir: dir}
	for range 500 {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			return s, conn.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen:\n%s", caddy, log.String())
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.dir)
}

// caddyfile has what the examples of the documentation take for granted.
func caddyfile(address string, d dialect, samples, photos string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n\tadmin off\n\tpersist_config off\n\tlog {\n\t\tlevel ERROR\n\t}\n}\nhttp://%s {\n\tbind 127.0.0.1\n\timages {\n\t\tdialect %s {\n\t\t\t%s\n\t\t}\n\t}\n", address, d.name, d.options)
	if photos != "" {
		fmt.Fprintf(&b, "\thandle_path /photos/* {\n\t\troot %q\n\t\tfile_server\n\t}\n", absolute(photos))
	}
	if font := anyFont("/usr/share/fonts"); font != "" {
		fmt.Fprintf(&b, "\thandle /fonts/My.ttf {\n\t\troot %q\n\t\trewrite %q\n\t\tfile_server\n\t}\n", filepath.Dir(font), "/"+filepath.Base(font))
	}
	fmt.Fprintf(&b, "\thandle {\n\t\trewrite /logos/small.png /logo.png\n\t\trewrite /dice.png /logo.png\n\t\trewrite /a.png /logo.png\n\t\trewrite /folder/default.jpg /lake.jpg\n\t\troot %q\n\t\tfile_server\n\t}\n}\n", absolute(samples))
	return b.String()
}

// anyFont is the first font below a folder; nothing where there is none.
func anyFont(dir string) (font string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".ttf" {
			font = path
			return fs.SkipAll
		}
		return nil
	})
	return font
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
