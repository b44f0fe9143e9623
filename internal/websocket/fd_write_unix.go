//go:build unix && !(linux && (amd64 || arm64))

package websocket

import (
	"errors"
	"syscall"
)

// writeFD writes what the kernel takes, without waiting: the sockets of
// package net do not block.
func writeFD(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), b)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}
