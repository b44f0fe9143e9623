package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// wasmDir has the program whose page is Go, too.
var wasmDir = filepath.FromSlash("../../../examples/wasm")

// TestWasm has pages of examples/wasm, in which the Go client is, draw together.
func TestWasm(t *testing.T) {
	binary := buildWasm(t)
	each(t, allWays, func(t *testing.T, w way) {
		s := serveWasm(t, binary, freeAddr(t))
		ann, bob := openBoard(t, s, w, "Ann"), openBoard(t, s, w, "Bob")
		ann.online(w, 2)
		bob.online(w, 2)
		if got := ann.pollsOf("/socket.io/"); slices.Contains(w.transports, "polling") {
			if !slices.Equal(got, []network.ResourceType{network.ResourceTypeFetch}) {
				t.Errorf("the page polls by %q", got)
			}
		} else if got != nil {
			t.Errorf("the page uses %q", got)
		}

		ann.draw(50)
		bob.shows(50)
		bob.draw(100)
		ann.shows(100)
		carl := openBoard(t, s, w, "Carl")
		carl.online(w, 3)
		carl.shows(50, 100) // in the picture that one of the others has answered with, as binary

		s.kill()
		for _, b := range []*drawing{ann, bob, carl} {
			b.wait(`document.querySelector("#status").textContent === "connecting…"`)
		}
		ann.draw(150)
		again := serveWasm(t, binary, s.addr)
		for _, b := range []*drawing{ann, bob, carl} {
			b.online(w, 3)
			b.shows(50, 100, 150)
		}

		ann.do(chromedp.Click(chromedp.ID("leave")))
		ann.wait(`document.querySelector("#status").textContent === "away"`)
		bob.online(w, 2)
		bob.draw(200)
		carl.shows(200)
		ann.draw(250) // for herself
		ann.do(chromedp.Click(chromedp.ID("return")))
		ann.online(w, 3)
		ann.shows(200)
		bob.draw(300)
		ann.shows(300)
		if evaluate[bool](bob.page, "return "+lineIsThere, 250) {
			t.Error("what somebody draws who has left is seen by the others")
		}
		again.interrupt()
	})
}

// buildWasm builds the server of the page, and once the page's program, so that servers have it soon.
func buildWasm(t *testing.T) (binary string) {
	t.Helper()
	dir := t.TempDir()
	binary = filepath.Join(dir, "wasm")
	build := func(env []string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "go", append([]string{"build", "-o"}, args...)...)
		cmd.Dir = wasmDir
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	build(nil, append(append([]string{binary}, raceFlags...), ".")...)
	build([]string{"GOOS=js", "GOARCH=wasm"}, filepath.Join(dir, "page.wasm"), "./page")
	return binary
}

func serveWasm(t *testing.T, binary, addr string) *server {
	t.Helper()
	cmd := exec.Command(binary, "-addr", addr) //nolint:noctx // ended by the methods of server
	cmd.Dir = wasmDir
	return run(t, addr, cmd)
}

// A drawing is a page of the board.
type drawing struct{ *page }

func openBoard(t *testing.T, s *server, w way, name string) *drawing {
	t.Helper()
	d := &drawing{open(t, sharedBrowser(t), w.name+" "+name, "http://"+s.addr+"/?transports="+strings.Join(w.transports, ","))}
	var mu sync.Mutex
	var log bytes.Buffer // guarded by mu
	err := chromedp.Listen(d.ctx, func(ev any) {
		if ev, ok := ev.(*runtime.EventConsoleAPICalled); ok {
			mu.Lock()
			defer mu.Unlock()
			for _, arg := range ev.Args {
				log.Write(arg.Value)
				log.WriteByte('\n')
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, bad := range []string{"panic", "fatal error", "deadlock", "ERROR"} {
			if bytes.Contains(log.Bytes(), []byte(bad)) {
				t.Errorf("the console of %s has %q", d.name, bad)
			}
		}
		if t.Failed() {
			t.Logf("console of %s:\n%s", d.name, &log)
		}
	})
	return d
}

// online waits until the page is connected by the last transport, and sees how many are.
func (d *drawing) online(w way, here int) {
	d.t.Helper()
	d.wait(`document.querySelector("#status").textContent === a[0] && document.querySelector("#here").textContent === a[1]`,
		"connected by "+w.last(), string(rune('0'+here)))
}

// draw draws a line at a height, from the left to the right.
func (d *drawing) draw(y float64) {
	d.t.Helper()
	box := evaluate[[]float64](d.page, `
		const { x, y } = document.querySelector('#board').getBoundingClientRect();
		return [x, y];
	`)
	for _, step := range []struct {
		typ     input.DispatchMouseEventType
		x       float64
		buttons int64
	}{
		{input.DispatchMouseEventTypeMousePressed, 100, 1},
		{input.DispatchMouseEventTypeMouseMoved, 250, 1},
		{input.DispatchMouseEventTypeMouseMoved, 400, 1},
		{input.DispatchMouseEventTypeMouseReleased, 400, 0},
	} {
		if _, err := chromedp.Call(d.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: step.typ, X: box[0] + step.x, Y: box[1] + y,
			Button: input.MouseButtonLeft, Buttons: step.buttons, ClickCount: 1,
		}); err != nil {
			d.t.Fatal(err)
		}
	}
	d.shows(y)
}

// lineIsThere is a condition of a height.
const lineIsThere = `[150, 350].every((x) =>
	document.querySelector('#board').getContext('2d').getImageData(x, a[0], 1, 1).data[3] > 0)`

// shows waits until the page has lines at these heights.
func (d *drawing) shows(heights ...float64) {
	d.t.Helper()
	for _, y := range heights {
		d.wait(lineIsThere, y)
	}
}
