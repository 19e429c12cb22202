package sandbox_test

import (
	"net"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"
)

func init() {
	attempts["network"] = []attempt{
		{name: "TCP connection", do: func(o order) error { return dial("tcp", o.TCP) }},
		{name: "UDP packet", do: func(o order) error {
			c, err := net.Dial("udp", o.UDP)
			if err != nil {
				return err
			}
			defer c.Close()
			_, err = c.Write([]byte("x"))
			return err
		}},
		{name: "Unix connection", do: func(o order) error { return dial("unix", o.Unix) }},
		{name: "abstract Unix connection", do: func(o order) error { return dial("unix", o.Abstract) }},
		{name: "TCP listener", do: func(order) error { return listenOnce("tcp", "127.0.0.1:0") }},
		{name: "Unix listener", do: func(o order) error { return listenOnce("unix", filepath.Join(o.Folder, "s")) }},
		{name: "socket of IPv4", do: socket(unix.AF_INET, unix.SOCK_STREAM)},
		{name: "socket of IPv6", do: socket(unix.AF_INET6, unix.SOCK_DGRAM)},
		{name: "socket of netlink", do: socket(unix.AF_NETLINK, unix.SOCK_RAW)},
		{name: "socket of packets", do: socket(unix.AF_PACKET, unix.SOCK_RAW), needs: "luck"},
		{name: "socket of virtual machines", do: socket(unix.AF_VSOCK, unix.SOCK_STREAM), needs: "luck"},
		{name: "pair of sockets", do: func(order) error {
			pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			if err == nil {
				unix.Close(pair[0])
				unix.Close(pair[1])
			}
			return err
		}},
		{name: "io_uring", needs: "luck", do: func(order) error {
			var parameters [120]byte
			fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&parameters)), 0)
			return closed(fd, errno)
		}},
	}
}

func socket(family, kind int) func(order) error {
	return func(order) error {
		fd, err := unix.Socket(family, kind, 0)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
}

func listenOnce(network, address string) error {
	l, err := net.Listen(network, address)
	if err == nil {
		l.Close()
	}
	return err
}

// closed closes what a system call opened.
func closed(fd uintptr, errno unix.Errno) error {
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}
