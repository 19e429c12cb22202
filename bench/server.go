//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
)

// server is a contender that is measured over HTTP.
type server struct {
	called  string
	address string
	files   files
	url     func(j job, file string) string
	can     func(j job) bool // nil: everything
	command *exec.Cmd
	ended   chan struct{}
	log     string
}

// patience limits the start of a server, and a response.
const patience = time.Minute

// start runs the server's program and waits until it listens. Its output goes
// to a file.
func (s *server) start(dir string) error {
	s.log = filepath.Join(dir, s.called+".log")
	log, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer log.Close()
	s.command.Stdout, s.command.Stderr = log, log
	dieWithParent(s.command)
	if err := s.command.Start(); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if conn, err := net.DialTimeout("tcp", s.address, time.Second); err == nil {
			return conn.Close()
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%s has ended, see %s", s.called, s.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.close()
	return fmt.Errorf("%s does not listen, see %s", s.called, s.log)
}

func (s *server) name() string    { return s.called }
func (s *server) pid() int        { return s.command.Process.Pid }
func (s *server) does(j job) bool { return s.can == nil || s.can(j) }

func (s *server) close() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
	}
}

func (s *server) once(j job, file int) ([]byte, error) {
	c, err := s.dial()
	if err != nil {
		return nil, err
	}
	defer c.conn.Close()
	var picture bytes.Buffer
	err = c.get(s.url(j, s.files.of(j, file)), &picture)
	return picture.Bytes(), err
}

func (s *server) run(j job, clients int, duration time.Duration, least int) (load.Result, error) {
	var connections []net.Conn
	defer func() {
		for _, c := range connections {
			_ = c.Close()
		}
	}()
	return load.Run(clients, duration, least, func() (load.Do, error) {
		c, err := s.dial()
		if err != nil {
			return nil, err
		}
		connections = append(connections, c.conn)
		return func(n int) error { return c.get(s.url(j, s.files.of(j, n)), io.Discard) }, nil
	})
}

// client is one connection. Go's own client needs two more goroutines for
// each, and processor time that belongs to the servers.
type client struct {
	server *server
	conn   net.Conn
	reader *bufio.Reader
}

func (s *server) dial() (*client, error) {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		return nil, err
	}
	return &client{s, conn, bufio.NewReader(conn)}, nil
}

// get requests an image. Any status other than 200 is an error.
func (c *client) get(path string, to io.Writer) error {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, c.server.address); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", c.server.called, path, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s %s", c.server.called, path, answer.Status, answer.Header.Get("Ik-Error"))
	}
	_, err = io.Copy(to, answer.Body)
	return err
}

// freeAddress returns an unused address.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// dieWithParent makes the kernel kill the process when this one ends. The
// thread that starts it must stay.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
