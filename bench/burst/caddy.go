//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const caddyfile = `{
	admin off
	persist_config off
	auto_https off
	servers {
		timeouts {
			write 5m
		}
	}
}

http://%[1]s {
	images /post* {
		dialect imagizer {
			endpoint /post
			post {
				open
			}
		}
		memory %[3]s
		cache off
		origin web %[2]s {
			allow_private 127.0.0.1
		}
	}
	images {
		memory %[3]s
		cache off
		origin web %[2]s {
			allow_private 127.0.0.1
		}
	}
}
`

// caddy is the server that is measured.
type caddy struct {
	url, dir, log string
	command       *exec.Cmd
	ended         chan struct{}
	group         *group
}

func startCaddy(o options, origin string) (*caddy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	_ = l.Close()
	s := &caddy{url: "http://" + address, ended: make(chan struct{})}
	if s.dir, err = os.MkdirTemp("", "burst"); err != nil {
		return nil, err
	}
	config := filepath.Join(s.dir, "Caddyfile")
	if err := os.WriteFile(config, fmt.Appendf(nil, caddyfile, address, origin, o.memory), 0o600); err != nil {
		return nil, err
	}
	s.log = filepath.Join(s.dir, "log")
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	if s.group, err = newGroup(o.cgroup, o.limit<<20); err != nil {
		return nil, err
	}
	s.command = exec.Command(o.caddy, "run", "--config", config, "--adapter", "caddyfile")
	s.command.Env = append(os.Environ(), "HOME="+s.dir, "XDG_DATA_HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir)
	s.command.Stdout, s.command.Stderr = log, log
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.group.start(s.command); err != nil {
		return nil, err
	}
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	return s, nil
}

// warmUp waits for the server and lets each worker draw something.
func (s *caddy) warmUp() error {
	c := client()
	defer c.CloseIdleConnections()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if response, err := c.Get(s.url + "/tr:w-50/100000-0.jpg"); err == nil {
			defer response.Body.Close()
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				return fmt.Errorf("%s (%s), %v; see %s", response.Status, response.Header.Get("Ik-Error"), err, s.log)
			}
			break
		}
		if s.hasEnded() || time.Now().After(deadline) {
			return fmt.Errorf("caddy does not start, see %s", s.log)
		}
	}
	for i := range 20 {
		(&outcome{}).get(c, fmt.Sprintf("%s/tr:w-50/100000-%d.jpg", s.url, i))
	}
	time.Sleep(4 * time.Second)
	return nil
}

func (s *caddy) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

func (s *caddy) close() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
	}
	s.group.remove()
	_ = os.RemoveAll(s.dir)
}
