//go:build unix

package websocket

import (
	"errors"
	"net"
	"syscall"
)

// rawConn returns access to the socket under nc, or nil. Only the types of
// package net qualify: what embeds them may have its own Read and Write, which
// must not be bypassed.
func rawConn(nc net.Conn) syscall.RawConn {
	var sc syscall.Conn
	switch nc := nc.(type) {
	case *net.TCPConn:
		sc = nc
	case *net.UnixConn:
		sc = nc
	default:
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil // nc.Read will tell
	}
	return raw
}

// readFD reads what there is, without waiting: the sockets of package net do
// not block.
func readFD(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), b)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}

// wouldBlock says whether readFD had nothing to read or writeFD no room.
func wouldBlock(err error) bool {
	return err != nil && (errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK))
}
