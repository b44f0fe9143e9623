package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/internal/wire"
	"github.com/socketio-go/socketio/examples/wasm/board"
)

// What the pages do is in internal/interop/browser: TestWasm. Here, clients outside of a browser take their place.

// A painter is somebody who has the page open.
type painter struct {
	*socketio.Client
	t     *testing.T
	lines chan board.Line
	here  chan int
}

// open connects somebody who has a picture, or none.
func open(t *testing.T, url, picture string) *painter {
	t.Helper()
	p := &painter{socketio.NewClient(url, nil), t, make(chan board.Line, 100), make(chan int, 100)}
	t.Cleanup(func() { p.Close() })
	board.Draw.On(p, func(line board.Line) { p.lines <- line })
	board.Here.On(p, func(n int) { p.here <- n })
	board.Picture.On(p, func(context.Context, struct{}) ([]byte, error) { return []byte(picture), nil })
	if err := p.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// sees waits until so many are here.
func (p *painter) sees(want int) {
	p.t.Helper()
	for got := -1; got != want; {
		got = receive(p.t, p.here)
	}
}

func (p *painter) picture() string {
	p.t.Helper()
	picture, err := board.Picture.Do(p.t.Context(), p, struct{}{})
	if err != nil {
		p.t.Fatal(err)
	}
	return string(picture)
}

func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain")
		panic("not reached")
	}
}

func TestBoard(t *testing.T) {
	url := wire.Serve(t, newServer())
	ann := open(t, url, "")
	ann.sees(1)
	if got := ann.picture(); got != "" {
		t.Errorf("alone, the picture is %q", got)
	}
	bob := open(t, url, "\x89PNG of Bob")
	ann.sees(2)
	bob.sees(2)
	line := board.Line{From: board.Point{0.5, 1}, To: board.Point{2, 3}, Color: "red"}
	if err := board.Draw.Emit(ann, line); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, bob.lines); got != line {
		t.Errorf("Bob sees %v", got)
	}
	if got := ann.picture(); got != "\x89PNG of Bob" {
		t.Errorf("the picture is %q", got)
	}
	open(t, url, "").sees(3)
	ann.sees(3)
	if len(ann.lines) > 0 { // which would have come before that number
		t.Errorf("Ann sees her own line: %v", <-ann.lines)
	}
	bob.Close()
	ann.sees(2)
	if got := ann.picture(); got != "" {
		t.Errorf("without Bob, the picture is %q", got)
	}
}

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	if err := build(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join(dir, "page.wasm"))
	if err != nil || !strings.HasPrefix(string(program), "\x00asm") {
		t.Errorf("the program: %v", err)
	}
	handler, err := routes(newServer(), dir)
	if err != nil {
		t.Fatal(err)
	}
	url := wire.Serve(t, handler)
	for path, want := range map[string]string{
		"/": `<canvas id="board"`, "/start.js": "new Go()", "/style.css": "canvas", "/built/wasm_exec.js": "globalThis.Go",
	} {
		if got := wire.Get(t, url+path); !strings.Contains(got, want) {
			t.Errorf("%s has no %q", path, want)
		}
	}
}
