// Package program runs the programs of the examples for their tests: in processes of their own, so that they can be
// interrupted and killed.
package program

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Patience is how long the tests wait for what should happen soon: machines can be slow.
const Patience = 30 * time.Second

// Build builds programs, with the race detector if the test has it, and returns the directory that they are in.
func Build(t *testing.T, packages ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	args := append([]string{"build", "-o", dir + string(filepath.Separator)}, raceFlags...)
	if out, err := exec.CommandContext(t.Context(), "go", append(args, packages...)...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

// FreeAddr returns an address that nobody listens at.
func FreeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A Process is a running program. What it prints is shown if the test fails. Its methods fail the test on errors.
type Process struct {
	t      *testing.T
	cmd    *exec.Cmd
	output output
	done   chan struct{} // closed when it has ended, with err
	err    error
}

// Start runs a program, until the test ends at the latest.
func Start(t *testing.T, path string, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, cmd: exec.Command(path, args...), done: make(chan struct{})} //nolint:noctx // see Cleanup
	p.output.changed = make(chan struct{})
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		text, _ := p.output.read()
		if strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
			t.Errorf("%s has a data race, or panics", filepath.Base(path))
		}
		if t.Failed() {
			t.Logf("output of %s %q:\n%s", filepath.Base(path), args, text)
		}
	})
	return p
}

// WaitFor waits until the program has printed a text.
func (p *Process) WaitFor(text string) {
	p.t.Helper()
	p.WaitForMore(text, 1)
}

// WaitForMore waits until the program has printed a text a number of times.
func (p *Process) WaitForMore(text string, times int) {
	p.t.Helper()
	late := time.After(Patience)
	for {
		all, changed := p.output.read()
		if strings.Count(all, text) >= times {
			return
		}
		select {
		case <-changed:
		case <-late:
			p.t.Fatalf("%s did not print %q %d times", filepath.Base(p.cmd.Path), text, times)
		}
	}
}

// Output returns what the program has printed.
func (p *Process) Output() string {
	text, _ := p.output.read()
	return text
}

// Kill ends the program as a crash would.
func (p *Process) Kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	<-p.done
}

// Interrupt ends the program as Ctrl-C does. It has to leave in order.
func (p *Process) Interrupt() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		p.t.Errorf("%s after an interrupt: %v", filepath.Base(p.cmd.Path), err)
	}
}

// Wait waits until the program ends by itself, and returns its error if it has one.
func (p *Process) Wait() error {
	p.t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(Patience):
		p.t.Fatalf("%s does not end", filepath.Base(p.cmd.Path))
		return nil
	}
}

// An output is what a process has printed so far.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed, and replaced, when there is more
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(b)
}

func (o *output) read() (text string, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}
