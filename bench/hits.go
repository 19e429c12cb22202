//go:build linux && cgo

package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
	"github.com/caddy-images/caddy-images/bench/usage"
)

// hitKind is a way to have an image from the cache.
type hitKind struct {
	name  string
	site  string // directives; {origin} is the address of the originals, {dir} their folder
	path  func(width int) string
	share float64 // of file_server's requests/s to reach; 0 for no goal
}

const fileServer = "file_server"

var hitKinds = []hitKind{
	{fileServer, "root {dir}\nfile_server", func(width int) string { return fmt.Sprintf("/%d.jpg", width) }, 0},
	{"memory", "images {\n cache memory 64MiB\n origin web http://{origin} {\n  allow_private 127.0.0.0/8\n }\n}", hitQuery, .9},
	{"disk", "images {\n cache disk {dir}/cache 64MiB\n origin web http://{origin} {\n  allow_private 127.0.0.0/8\n }\n}", hitQuery, .8},
	{"origin fs", "images {\n origin fs {dir}\n}", hitQuery, .75},
	{"path form", "images {\n origin web http://{origin} {\n  allow_private 127.0.0.0/8\n }\n}", func(width int) string {
		return fmt.Sprintf("/tr:w-%d,f-jpg/noise.jpg", width)
	}, .75},
	{"origin next", "root {dir}\nimages\nfile_server", hitQuery, 0},
}

func hitQuery(width int) string { return fmt.Sprintf("/noise.jpg?tr=w-%d,f-jpg", width) }

// hitWidths give about 20 and 200 kB.
var hitWidths = []int{310, 760}

// hitClients are how many ask at a time.
var hitClients = []int{1, 32}

// hitRounds is how many short rounds take the place of one.
const hitRounds = 4

// hitKey identifies a measurement.
type hitKey struct {
	kind, protocol string
	width, clients int
}

// hits are hits of the cache beside Caddy's file_server with the same bytes, all in one
// process.
type hits struct {
	process *server
	sites   map[string]*server // by kind and protocol
	sizes   map[int]int        // of the images, in bytes, by their widths
	all     map[hitKey]measurement
}

// measureHits starts Caddy and measures.
func measureHits(o options) (*hits, error) {
	h := &hits{sites: map[string]*server{}, sizes: map[int]int{}, all: map[hitKey]measurement{}}
	dir := filepath.Join(o.dir, "hits")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := h.start(o, dir); err != nil {
		return nil, err
	}
	defer h.process.close()
	if err := h.fill(dir); err != nil {
		return nil, err
	}
	for round := range hitRounds * o.rounds {
		for _, protocol := range []string{"HTTP/1.1", "TLS"} {
			for _, width := range hitWidths {
				for _, clients := range hitClients {
					for n := range hitKinds {
						kind := hitKinds[(n+round)%len(hitKinds)]
						k := hitKey{kind.name, protocol, width, clients}
						m, err := h.once(kind, k, o.time/hitRounds)
						if err != nil {
							return nil, err
						}
						if m.Rate() > h.all[k].Rate() { // that of the round that was disturbed least
							h.all[k] = m
						}
					}
				}
			}
		}
	}
	return h, nil
}

// start runs Caddy with a site for each kind and protocol.
func (h *hits) start(o options, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := writeNoise(filepath.Join(dir, "noise.jpg")); err != nil {
		return err
	}
	if err := writeCertificate(dir); err != nil {
		return err
	}
	config := "{\n\tadmin off\n\tpersist_config off\n\tauto_https off\n}\n"
	var originals string
	for _, kind := range hitKinds {
		for _, protocol := range []string{"HTTP/1.1", "TLS"} {
			address, err := freeAddress()
			if err != nil {
				return err
			}
			if originals == "" {
				originals = address // of file_server
			}
			scheme, certificate := "http", ""
			if protocol == "TLS" {
				scheme, certificate = "https", fmt.Sprintf("tls %[1]s/cert.pem %[1]s/key.pem\n", dir)
			}
			site := bytes.NewBufferString(kind.site).Bytes()
			site = bytes.ReplaceAll(site, []byte("{dir}"), []byte(dir))
			site = bytes.ReplaceAll(site, []byte("{origin}"), []byte(originals))
			config += fmt.Sprintf("%s://%s {\n%s%s\n}\n", scheme, address, certificate, site)
			h.sites[kind.name+protocol] = &server{called: kind.name, address: address}
		}
	}
	file := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		return err
	}
	h.process = &server{called: "hits", address: originals}
	h.process.command = exec.Command(o.caddy, "run", "--config", file, "--adapter", "caddyfile")
	h.process.command.Env = append(os.Environ(), "HOME="+o.dir, "XDG_DATA_HOME="+o.dir, "XDG_CONFIG_HOME="+o.dir)
	return h.process.start(o.dir)
}

// fill has every image rendered, and gives file_server the same bytes.
func (h *hits) fill(dir string) error {
	for _, width := range hitWidths {
		for _, kind := range hitKinds[1:] {
			c, err := h.dial(hitKey{kind: kind.name, protocol: "HTTP/1.1"})
			if err != nil {
				return err
			}
			var picture bytes.Buffer
			if err := c.get(kind.path(width), &picture); err != nil {
				return err
			}
			_ = c.conn.Close()
			h.sizes[width] = picture.Len()
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", width)), picture.Bytes(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// dial opens a connection to the site of a kind.
func (h *hits) dial(k hitKey) (*client, error) {
	c, err := h.sites[k.kind+k.protocol].dial()
	if err != nil || k.protocol != "TLS" {
		return c, err
	}
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true, ServerName: "127.0.0.1"}) // of this run
	c.conn = conn
	c.reader.Reset(conn)
	return c, conn.Handshake()
}

// once measures one round.
func (h *hits) once(kind hitKind, k hitKey, duration time.Duration) (m measurement, err error) {
	var connections []net.Conn
	defer func() {
		for _, c := range connections {
			_ = c.Close()
		}
	}()
	before, err := usage.CPU(h.process.pid())
	if err != nil {
		return m, err
	}
	m.Result, err = load.Run(k.clients, duration, k.clients, func() (load.Do, error) {
		c, err := h.dial(k)
		if err != nil {
			return nil, err
		}
		connections = append(connections, c.conn)
		return func(int) error { return c.get(kind.path(k.width), io.Discard) }, nil
	})
	if err != nil {
		return m, fmt.Errorf("hits, %s: %w", kind.name, err)
	}
	after, err := usage.CPU(h.process.pid())
	m.cpu = after - before
	return m, err
}

// print writes the tables, and what was to be reached.
func (h *hits) print(to io.Writer) {
	var goals []target
	for _, protocol := range []string{"HTTP/1.1", "TLS"} {
		var t table
		head := []string{"Hits, " + protocol}
		for _, width := range hitWidths {
			for _, clients := range hitClients {
				head = append(head, fmt.Sprintf("%d kB, %d", h.sizes[width]/1000, clients))
			}
		}
		t.row(head...)
		for _, kind := range hitKinds {
			row := []string{kind.name}
			for _, width := range hitWidths {
				for _, clients := range hitClients {
					got, limit := h.all[hitKey{kind.name, protocol, width, clients}], h.all[hitKey{fileServer, protocol, width, clients}]
					share := got.Rate() / limit.Rate()
					row = append(row, fmt.Sprintf("%.0f (%.2f), %d µs", got.Rate(), share, got.each().Microseconds()))
					if kind.share > 0 {
						goals = append(goals, target{
							fmt.Sprintf("%s, %s, %d kB, %d clients: at least %.2f of file_server's requests/s", kind.name, protocol, h.sizes[width]/1000, clients, kind.share),
							fmt.Sprintf("%.2f", share), share >= kind.share,
						})
					}
				}
			}
			t.row(row...)
		}
		t.print(to)
	}
	printTargets(to, goals)
}
