package engineio_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const form = "application/x-www-form-urlencoded"

var jsonpOptions = engineio.Options{AllowEIO3: true, AllowJSONP: true}

// script undoes what a page does that runs the answer: it returns what ___eio[callback] is given.
func script(t *testing.T, res wiretest.Answer, callback string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(res.Body, "___eio["+callback+"](")
	quoted, end := strings.CutSuffix(rest, ");")
	var payload string
	if err := json.Unmarshal([]byte(quoted), &payload); err != nil || !ok || !end || res.Status != 200 {
		t.Fatalf("answered %d %q (%v)", res.Status, res.Body, err)
	}
	if ct := res.Header.Get("Content-Type"); ct != "text/javascript; charset=UTF-8" {
		t.Errorf("Content-Type %q", ct)
	}
	if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("header %v", res.Header)
	}
	return payload
}

func TestJSONP(t *testing.T) {
	run(t, &jsonpOptions, func(t *testing.T, a *app) {
		const handshake = "EIO=3&transport=polling&b64=1&j="
		open := script(t, a.Request(get, handshake+"0", ""), "0")
		query := handshake + "0&sid=" + wiretest.SID(open)
		p := a.peer()
		p.send("a\u2028b\u2029c\"\\\n</script>😀")
		res := a.Request(get, query, "")
		if want := `___eio[0]("20:4a\u2028b\u2029c\"\\\n</script>😀");`; res.Body != want {
			t.Errorf("polled %q, want %q", res.Body, want)
		}
		script(t, res, "0")

		_ = p.Send(0, engineio.CopyBinary([]byte{1, 2, 3}))
		query = strings.Replace(query, "&j=0", "&j=15", 1) // each poll may name another function
		if got := script(t, a.Request(get, query, ""), "15"); got != "6:b4AQID" {
			t.Errorf("polled %q", got)
		}

		body := "d=" + url.QueryEscape("13:4a b+c&d=e;f%3:4😀")
		if res := a.Request(post, query, body, "Content-Type", form); res.Status != 200 || res.Body != "ok" {
			t.Errorf("POST answered %d %q", res.Status, res.Body)
		}
		p.expect("a b+c&d=e;f%", "😀")
		if got := script(t, a.Request(get, query, ""), "15"); got != "13:4a b+c&d=e;f%3:4😀" {
			t.Errorf("polled %q", got)
		}

		c := &polling3{a, open, query}
		answer := c.poll()
		p.Session.Close()
		if got := script(t, <-answer, "15"); got != "1:1" {
			t.Errorf("closed, polled %q", got)
		}
	})
	t.Run("bytes for who did not say base64", func(t *testing.T) {
		run(t, &jsonpOptions, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			_ = p.Send(0, text("€"), engineio.CopyBinary([]byte{1, 2, 3}))
			if got := script(t, a.Request(get, c.query+"&j=1", ""), "1"); got != "2:4€6:b4AQID" {
				t.Errorf("polled %q", got)
			}
		})
	})
}

// TestJSONPForms has what a client posts, and what arrives of it.
func TestJSONPForms(t *testing.T) {
	d := func(s string) string { return "d=" + url.QueryEscape(s) }
	for _, row := range []struct {
		name, form string
		status     int
		got        []string
	}{
		{"message", d("2:4a"), 200, []string{"a"}},
		{"several", d("2:4a2:4b"), 200, []string{"a", "b"}},
		{"line end", d(`4:4a\nb`), 200, []string{"a\nb"}},
		{"backslash and n", d(`5:4a\\nb`), 200, []string{`a\nb`}},
		{"backslash and line end", d(`6:4a\\\nb`), 200, []string{`a\\nb`}}, // as the official server
		{"real line end", d("4:4a\nb"), 200, []string{"a\nb"}},
		{"other parameters", "x=y&" + d("2:4a") + "&z", 200, []string{"a"}},
		{"999 other parameters", d("2:4a") + strings.Repeat("&x", 999), 200, []string{"a"}},
		{"no packets", "d=", 200, nil},

		{"too many parameters", d("2:4a") + strings.Repeat("&x", 1000), 400, nil},
		{"no d", "e=2%3A4a", 400, nil},
		{"no form", "2:4a", 400, nil},
		{"broken escape", "d=2%3A4%zz", 400, nil},
		{"no payload", d("4a"), 400, nil},
		{"length before the line end is undone", d(`5:4a\nb`), 400, nil},
		{"nothing but parameters", strings.Repeat("&", 900_000), 400, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &jsonpOptions, func(t *testing.T, a *app) {
				a.onMessage = ignore
				c, p := a.polling3("")
				res := a.Request(post, c.query+"&j=0", row.form, "Content-Type", form)
				if row.status == 200 && (res.Status != 200 || res.Body != "ok") {
					t.Errorf("answered %d %q", res.Status, res.Body)
				}
				p.expect(row.got...)
				if row.status == 200 {
					p.expectOpen()
				} else {
					expectError(t, res, row.status, badRequest)
					p.expectClose(engineio.ParseError)
				}
			})
		})
	}
	t.Run("bytes", func(t *testing.T) {
		run(t, &jsonpOptions, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			expectError(t, a.Request(post, c.query+"&j=0", "\x00\x02\xff4a", "Content-Type", octets), 400, badRequest)
			p.expectClose(engineio.TransportError)
		})
	})
}

// TestJSONPRefused: what could make a page run what it should not is refused, and JSONP is off unless asked for.
func TestJSONPRefused(t *testing.T) {
	off := engineio.Options{AllowEIO3: true}
	for _, row := range []struct {
		name, query string
		opts        *engineio.Options
		status      int
	}{
		{"allowed", "EIO=3&transport=polling&j=0", &jsonpOptions, 200},
		{"20 digits", "EIO=3&transport=polling&j=01234567890123456789", &jsonpOptions, 200},
		{"off by default", "EIO=3&transport=polling&j=0", &off, 400},
		{"off by default, odd callback", "EIO=3&transport=polling&j=x", &off, 400},
		{"protocol 4", "EIO=4&transport=polling&j=0", &jsonpOptions, 400},
		{"protocol 4, nothing allowed", "EIO=4&transport=polling&j=1", nil, 400},
		{"no callback", "EIO=3&transport=polling&j=", &jsonpOptions, 400},
		{"no value", "EIO=3&transport=polling&j", &jsonpOptions, 400},
		{"function", "EIO=3&transport=polling&j=alert", &jsonpOptions, 400},
		{"bracket", "EIO=3&transport=polling&j=0]%3Balert(1)%3B%5B0", &jsonpOptions, 400},
		{"negative", "EIO=3&transport=polling&j=-1", &jsonpOptions, 400},
		{"line end", "EIO=3&transport=polling&j=0%0A", &jsonpOptions, 400},
		{"other digits", "EIO=3&transport=polling&j=%D9%A1", &jsonpOptions, 400},
		{"21 digits", "EIO=3&transport=polling&j=012345678901234567890", &jsonpOptions, 400},
		{"the last counts", "EIO=3&transport=polling&j=0&j=x", &jsonpOptions, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, row.opts, func(t *testing.T, a *app) {
				res := a.Request(get, row.query, "")
				if row.status != 200 {
					expectError(t, res, 400, badRequest)
					return
				}
				_, callback, _ := strings.Cut(row.query, "j=")
				script(t, res, callback)
			})
		})
	}
	t.Run("origins", func(t *testing.T) { // JSONP does not get around them
		run(t, &jsonpOptions, func(t *testing.T, a *app) {
			res := a.Request(get, "EIO=3&transport=polling&j=0", "", "Origin", "https://evil.example")
			expectError(t, res, 403, forbidden)
		})
	})
	t.Run("later requests", func(t *testing.T) {
		run(t, &jsonpOptions, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			for _, j := range []string{"x", "", "0]"} {
				expectError(t, a.Request(get, c.query+"&j="+j, ""), 400, badRequest)
				expectError(t, a.Request(post, c.query+"&j="+j, "d=2%3A4a"), 400, badRequest)
			}
			p.expect()
			p.expectOpen()
		})
	})
}
