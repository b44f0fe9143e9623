package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// findBrowser returns the path of Chromium or Chrome.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("There is no Chromium or Chrome: `make test` installs one where it can; or set CHROME to its path.")
	return ""
}

// startBrowser starts a headless browser for the duration of the test, with more options than those of all tests.
func startBrowser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	ctx, cancel := launch(t, more...)
	t.Cleanup(cancel)
	return ctx
}

// launch starts a headless browser.
func launch(t *testing.T, more ...chromedp.ExecAllocatorOption) (ctx context.Context, cancel func()) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(findBrowser(t)),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // its sandbox refuses to run as root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	ctx, cancelBrowser := chromedp.NewContext(allocator)
	cancel = func() { cancelBrowser(); cancelAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		t.Fatalf("the browser does not start: %v", err)
	}
	return ctx, cancel
}

// A page is one person's tab, in a browser context of its own: no cookies or storage shared.
type page struct {
	t    *testing.T
	name string // in messages of the test
	ctx  context.Context

	mu sync.Mutex
	// Guarded by mu.
	exceptions []string
	frames     []string // text that the server sent by WebSocket
	requests   []*network.EventRequestWillBeSent
}

// open opens a page.
func open(t *testing.T, browser context.Context, name, url string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &page{t: t, name: name, ctx: ctx}
	if err := chromedp.Listen(ctx, p.event); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.report)
	p.do(chromedp.EmulateViewport(1200, 800), chromedp.Navigate(url))
	return p
}

func (p *page) event(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		p.exceptions = append(p.exceptions, text)
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, ev)
	case *network.EventWebSocketFrameReceived:
		p.frames = append(p.frames, string(ev.Response.PayloadData))
	}
}

// report says what went wrong in the page, and how it looked if the test failed.
func (p *page) report() {
	p.mu.Lock()
	exceptions := p.exceptions
	p.mu.Unlock() // events go on
	for _, e := range exceptions {
		p.t.Errorf("%s: exception in the page: %s", p.name, e)
	}
	if !p.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	var png []byte
	_, err := chromedp.Call(ctx, cdppage.BringToFront, cdp.Empty{}) // what is behind is not drawn
	if err == nil {
		png, err = chromedp.Run(ctx, chromedp.CaptureScreenshot())
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(p.t.ArtifactDir(), p.name+".png"), png, 0o600)
	}
	p.t.Logf("screenshot of %s, kept with -artifacts: %v", p.name, err)
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// wait waits until a JavaScript expression is true, in which a is the array of the arguments.
func (p *page) wait(condition string, args ...any) {
	p.t.Helper()
	a, err := json.Marshal(args)
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = chromedp.Run(p.ctx, chromedp.Poll[bool](fmt.Sprintf("((a) => Boolean(%s))(%s)", condition, a),
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		p.t.Fatalf("%s: %v; waited for: %s %s\nthe page:\n%s", p.name, err, condition, a, text)
	}
}

// waitFrame waits until the server has sent a WebSocket message that contains the text.
func (p *page) waitFrame(text string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !p.hasFrame(text); {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: no WebSocket message with %q", p.name, text)
		}
		p.do(chromedp.Evaluate[chromedp.Void]("0")) // events arrive before its answer
	}
}

func (p *page) hasFrame(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.frames {
		if strings.Contains(f, text) {
			return true
		}
	}
	return false
}

// enter presses the Enter key, without the character that chromedp's own would type after it.
var enter = chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
	for _, typ := range []input.DispatchKeyEventType{
		input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp,
	} {
		if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: typ, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13,
		}); err != nil {
			return err
		}
	}
	return nil
})
