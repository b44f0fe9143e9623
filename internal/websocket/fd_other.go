//go:build !unix

package websocket

import (
	"errors"
	"net"
	"syscall"
)

// rawConn returns nil: without sockets that behave as in Unix, all reads and
// writes go through the net.Conn.
func rawConn(net.Conn) syscall.RawConn { return nil }

func readFD(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func writeFD(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func wouldBlock(error) bool { return false }
