package browser

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long the tests wait for what should happen at once: machines can be slow.
const patience = 20 * time.Second

// chatDir has the program and what it serves.
var chatDir = filepath.FromSlash("../../../examples/chat")

// buildChat builds the program of examples/chat.
func buildChat(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "chat")
	args := append([]string{"build", "-o", binary}, raceFlags...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, ".")...)
	cmd.Dir = chatDir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// A server is a running program: the chat, or the server of the client's tests.
type server struct {
	t      *testing.T
	addr   string // host and port
	cmd    *exec.Cmd
	stderr bytes.Buffer // until Wait has returned, the process writes to it
	ended  bool
}

// freeAddr returns an address that nobody listens at.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve runs the chat at an address for the duration of the test.
func serve(t *testing.T, binary, addr string) *server {
	t.Helper()
	cmd := exec.Command(binary, "-addr", addr) //nolint:noctx // ended by the methods of server
	cmd.Dir = chatDir
	return run(t, addr, cmd)
}

// run runs a server for the duration of the test.
func run(t *testing.T, addr string, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{t: t, addr: addr, cmd: cmd}
	s.cmd.Stderr = &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !s.ended {
			s.kill()
		}
	})
	s.waitUp()
	return s
}

// waitUp waits until the server accepts connections.
func (s *server) waitUp() {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; <-time.After(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			s.kill()
			s.t.Fatalf("%v\n%s", err, &s.stderr)
		}
	}
}

// kill ends the server as a crash would.
func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Error(err)
	}
	_ = s.wait()
}

// interrupt ends the server as Ctrl-C does, and checks that it takes leave in order.
func (s *server) interrupt() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Error(err)
	}
	late := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer late.Stop()
	if err := s.wait(); err != nil {
		s.t.Errorf("after an interrupt: %v\n%s", err, &s.stderr)
	}
}

func (s *server) wait() error {
	s.t.Helper()
	s.ended = true
	err := s.cmd.Wait()
	if log := s.stderr.String(); strings.Contains(log, "DATA RACE") || strings.Contains(log, "panic") {
		s.t.Errorf("the server's log:\n%s", log)
	}
	return err
}
