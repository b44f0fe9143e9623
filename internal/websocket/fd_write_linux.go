//go:build linux && (amd64 || arm64)

package websocket

import (
	"syscall"
	"unsafe"
)

// writeFD writes what the kernel takes, without waiting.
//
// It does not tell the scheduler of the system call, which for a few
// microseconds is not worth losing the processor to another thread: a tenth
// of a broadcast (BenchmarkFanOut). MSG_DONTWAIT makes sure that it is only
// those, whatever the mode of the socket.
func writeFD(fd uintptr, b []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, fd,
			uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
			syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0)
		if errno == 0 {
			return int(n), nil
		}
		if errno != syscall.EINTR {
			return 0, errno
		}
	}
}
