package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// join picks a name, which brings the page to the room of its address.
func (p *page) join() {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.ID("name"), p.name), chromedp.Click(chromedp.CSS("#enter button")))
	p.wait(`document.querySelector("#status").dataset.state === "online"`)
}

// typeText writes into the message field, at once as an input method does.
func (p *page) typeText(text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.ID("text")))
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// say sends a message with the Enter key, and waits until the server has taken it.
func (p *page) say(text string) {
	p.t.Helper()
	p.typeText(text)
	p.do(enter)
	p.wait(`[...document.querySelectorAll(".own:not(.pending, .failed) .text")].at(-1)?.textContent === a[0]`, text)
	p.wait(`document.querySelector("#text").value === ""`)
}

// hears waits until the last message of somebody else is this one.
func (p *page) hears(from, text string) {
	p.t.Helper()
	p.wait(`[...document.querySelectorAll(".message:not(.own)")].some((m) =>
		m.querySelector(".from").textContent === a[0] && m.querySelector(".text").textContent === a[1])`, from, text)
}

// sees waits until exactly these people are listed as here, oneself first.
func (p *page) sees(names ...string) {
	p.t.Helper()
	p.wait(`JSON.stringify([...document.querySelectorAll("#people-list .name")].map((n) => n.textContent)) ===
		JSON.stringify(a[0])`, names)
	p.wait(`document.querySelector("#people .count").textContent === String(a[0])`, len(names))
}

// note waits for a quiet line of the system.
func (p *page) note(text string) {
	p.t.Helper()
	p.wait(`[...document.querySelectorAll("#log .note")].some((n) => n.textContent === a[0])`, text)
}

func TestChat(t *testing.T) {
	s := serve(t, buildChat(t), freeAddr(t))
	browser := startBrowser(t)
	ann := open(t, browser, "Ann", "http://"+s.addr)
	ann.join()
	ann.sees("Ann")
	bob := open(t, browser, "Bob", "http://"+s.addr)
	bob.join()
	bob.sees("Bob", "Ann")
	ann.sees("Ann", "Bob")
	ann.note("Bob joined")

	ann.say("Hello Bob")
	bob.hears("Ann", "Hello Bob")
	bob.say("Hi Ann! Grüße, 你好 🎉")
	ann.hears("Bob", "Hi Ann! Grüße, 你好 🎉")

	for _, p := range []*page{ann, bob} { // they are upgraded to WebSocket
		p.waitFrame("3probe")
		p.say("by WebSocket")
		p.waitFrame("[]") // the acknowledgement
	}

	bob.typeText("I am thinking")
	ann.wait(`document.querySelector("#typing").textContent === "Bob is typing"`)
	bob.do(enter)
	ann.hears("Bob", "I am thinking")
	ann.wait(`document.querySelector("#typing").textContent === ""`)

	const markup = `<img src=x onerror="document.title='owned'"><script>alert(1)</script>`
	ann.say(markup)
	bob.hears("Ann", markup)
	bob.wait(`!document.querySelector("#log img, #log script") && !document.title.includes("owned")`)

	testScrolling(ann, bob)
	testRooms(ann, bob)

	eve := open(t, browser, "Eve", "http://"+s.addr+"/#Den")
	eve.join()
	ann.sees("Ann", "Bob", "Eve")
	eve.do(chromedp.Navigate("about:blank"))
	ann.sees("Ann", "Bob")
	ann.note("Eve left")
}

// testScrolling has Bob read old messages while Ann says more.
func testScrolling(ann, bob *page) {
	const atEnd = `(({ scrollHeight, scrollTop, clientHeight }) =>
		scrollHeight - scrollTop - clientHeight < 1)(document.querySelector("#scroll"))`
	for range 3 {
		ann.say(strings.Repeat("Once upon a time … ", 40) + "and")
	}
	bob.wait(atEnd)
	bob.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#scroll").scrollTop = 0`))
	ann.say("And so on.")
	bob.hears("Ann", "And so on.")
	bob.wait(`document.querySelector("#scroll").scrollTop === 0 && document.querySelector("#latest").checkVisibility()`)
	bob.do(chromedp.Click(chromedp.ID("latest")))
	bob.wait(atEnd)
	bob.do(chromedp.EmulateViewport(390, 700))
	bob.wait(atEnd)
	bob.do(chromedp.EmulateViewport(1200, 800))
}

// testRooms has Ann create a room, into which Bob follows.
func testRooms(ann, bob *page) {
	ann.do(chromedp.SendKeys(chromedp.ID("new-room"), "Den"), chromedp.Click(chromedp.CSS("#create button")))
	ann.wait(`document.querySelector("#room-name").textContent === "Den"`)
	ann.sees("Ann")
	bob.sees("Bob")
	bob.note("Ann left")
	bob.say("not for the den")
	bob.wait(`[...document.querySelectorAll("#room-list .name")].some((n) => n.textContent === "Den")`)
	bob.do(chromedp.Evaluate[chromedp.Void](
		`[...document.querySelectorAll("#room-list button")].find((b) => b.innerText.startsWith("Den")).click()`))
	bob.sees("Bob", "Ann")
	ann.sees("Ann", "Bob")
	bob.say("here I am")
	ann.hears("Bob", "here I am")
	ann.wait(`!document.querySelector("#log").textContent.includes("not for the den")`)
}

func TestReconnect(t *testing.T) {
	for _, row := range []struct {
		name string
		end  func(*server)
	}{
		{"killed", (*server).kill},
		{"interrupted", (*server).interrupt},
	} {
		t.Run(row.name, func(t *testing.T) {
			binary := buildChat(t)
			s := serve(t, binary, freeAddr(t))
			browser := startBrowser(t)
			ann := open(t, browser, "Ann", "http://"+s.addr+"/#Reading%20room")
			bob := open(t, browser, "Bob", "http://"+s.addr+"/#Reading%20room")
			ann.join()
			bob.join()
			ann.say("before")
			bob.hears("Ann", "before")

			row.end(s)
			for _, p := range []*page{ann, bob} {
				p.wait(`document.querySelector("#status").textContent.startsWith("reconnecting")`)
				p.wait(`document.querySelector("#banner").checkVisibility()`)
				p.wait(`document.querySelector("#banner").textContent.includes("attempt 2")`)
			}
			again := serve(t, binary, s.addr)
			for _, p := range []*page{ann, bob} {
				p.wait(`document.querySelector("#status").dataset.state === "online"`)
				p.wait(`document.querySelector("#room-name").textContent === "Reading room"`)
				p.wait(`!document.querySelector("#banner").checkVisibility()`)
			}
			ann.sees("Ann", "Bob")
			ann.say("after")
			bob.hears("Ann", "after")
			bob.hears("Ann", "before") // it stays on the page, though the server has forgotten it
			bob.say("welcome back")
			ann.hears("Bob", "welcome back")
			again.interrupt()
		})
	}
}

func TestHeaders(t *testing.T) {
	s := serve(t, buildChat(t), freeAddr(t))
	for _, path := range []string{"/", "/app.js"} {
		res, err := http.Get("http://" + s.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		policy := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(policy, "default-src 'self';") {
			t.Errorf("%s: %s, %q", path, res.Status, policy)
		}
	}
	s.interrupt()
}
