//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/caddy-images/caddy-images/bench/corpus"
)

// nginxConfig takes the module (a directive or nothing), the user (likewise),
// a directory for nginx's own files, four times, the address and the corpus.
const nginxConfig = `%s
%s
worker_processes auto;
pid %[3]s/nginx.pid;
error_log %[3]s/nginx.log;
daemon off;
events {
	worker_connections 256;
}
http {
	access_log off;
	client_body_temp_path %[3]s/nginx-body;
	proxy_temp_path %[3]s/nginx-proxy;
	fastcgi_temp_path %[3]s/nginx-fastcgi;
	uwsgi_temp_path %[3]s/nginx-uwsgi;
	scgi_temp_path %[3]s/nginx-scgi;
	server {
		listen %[4]s;
		location ~ "^/(?<width>[0-9]+)/(?<file>.+)$" {
			alias %[3]s/$file;
			image_filter resize $width -;
			image_filter_jpeg_quality 80;
			image_filter_webp_quality 80;
			image_filter_buffer 64M;
		}
	}
}
`

const nginxModule = "ngx_http_image_filter_module.so"

// startNginx runs nginx with its image_filter, which writes the format it
// reads.
func startNginx(o options, files files) (s *server, version string, err error) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		// The search path of users may lack it.
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			return nil, "", errors.New("nginx is not installed")
		}
	}
	out, err := exec.Command(program, "-v").CombinedOutput()
	if err != nil {
		return nil, "", err
	}
	version = strings.TrimPrefix(strings.TrimSpace(string(out)), "nginx version: ")
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	load, user := "", ""
	for _, dir := range []string{"/usr/lib/nginx/modules", "/usr/lib64/nginx/modules"} {
		if _, err := os.Stat(filepath.Join(dir, nginxModule)); err == nil {
			load = "load_module " + filepath.Join(dir, nginxModule) + ";"
		}
	}
	if os.Geteuid() == 0 {
		user = "user root;" // else its workers may not be allowed to read the corpus
	}
	config := filepath.Join(o.dir, "nginx.conf")
	text := fmt.Sprintf(nginxConfig, load, user, o.dir, address)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return nil, "", err
	}
	if out, err := exec.Command(program, "-t", "-q", "-c", config).CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("it has no image_filter: %s", lastLine(out))
	}
	s = &server{called: nameNginx, address: address, files: files,
		url: func(j job, file string) string { return fmt.Sprintf("/%d/%s", j.Width, file) },
		can: func(j job) bool {
			return j.isResize() && j.Format == "jpeg" && (j.Original == corpus.Photo12 || j.Original == corpus.Photo1)
		},
	}
	s.command = exec.Command(program, "-c", config)
	return s, version, s.start(o.dir)
}
