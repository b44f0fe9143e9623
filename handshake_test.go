package socketio_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

func TestHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{Origins: []string{"https://app.example"}})
		a.Of("/n")
		ws := a.host.WS("EIO=4&transport=websocket&x=%26%3D%3Fa&twice=1&twice=2", "Origin", "https://app.example", "X-Token", "t", "X-List", "1", "X-List", "2")
		ws.Text()
		c := a.adopt(ws)
		time.Sleep(3 * time.Second) // fake time
		c.join("/", "")
		c.join("/n", `{"token":"abc","n":9007199254740993}`)
		h := c.socket().Handshake()
		equal(t, "address", h.Address, "192.0.2.2")
		equal(t, "xdomain", h.XDomain, true)
		equal(t, "secure", h.Secure, false)
		equal(t, "url", h.URL, "/socket.io/?EIO=4&transport=websocket&x=%26%3D%3Fa&twice=1&twice=2")
		equal(t, "query", h.Query.Get("x"), "&=?a")
		equal(t, "header", h.Headers.Values("X-List"), []string{"1", "2"})
		equal(t, "time", h.Time, time.Now())
		equal(t, "auth", string(h.Auth), "{}")

		h = c.socket("/n").Handshake()
		var auth struct {
			Token string `json:"token"`
			N     int64  `json:"n"`
		}
		isErr(t, "ScanAuth", h.ScanAuth(&auth), nil)
		equal(t, "token", auth.Token, "abc")
		equal(t, "number", auth.N, 9007199254740993)
		h.Auth[2] = 'X' // the caller's own
		h.Headers.Set("X-Token", "changed")
		h = c.socket("/n").Handshake()
		equal(t, "auth", string(h.Auth), `{"token":"abc","n":9007199254740993}`)
		equal(t, "header", h.Headers.Get("X-Token"), "t")
	})
}

// The JSON of a handshake is that of the official server: query values are strings, the last of several; auth is {}
// without one.
func TestHandshakeJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/n")
		for _, name := range []string{"/", "/n"} {
			a.Of(name).OnConnection(func(s *socketio.Socket) { _ = s.Emit("handshake", s.Handshake()) })
		}
		ws := a.host.WS("EIO=4&transport=websocket&x=%26%3D%3Fa&twice=1&twice=2", "X-List", "1", "X-List", "2")
		ws.Text()
		c := a.adopt(ws)
		read := func(prefix string) (got map[string]any) {
			text := c.Text()
			var event []any
			if err := json.Unmarshal([]byte(text[len(prefix):]), &event); err != nil {
				t.Fatal(text, err)
			}
			return event[1].(map[string]any)
		}
		c.join("/", "")
		got := read("42")
		headers := got["headers"].(map[string]any)
		equal(t, "header", headers["x-list"], any("1, 2"))
		equal(t, "header", headers["upgrade"], any("websocket"))
		delete(got, "headers")
		equal(t, "handshake", got, map[string]any{
			"time":    "Sat Jan 01 2000 00:00:00 GMT+0000",
			"address": "192.0.2.2",
			"xdomain": false,
			"secure":  false,
			"issued":  float64(time.Now().UnixMilli()),
			"url":     "/socket.io/?EIO=4&transport=websocket&x=%26%3D%3Fa&twice=1&twice=2",
			"query":   map[string]any{"EIO": "4", "transport": "websocket", "x": "&=?a", "twice": "2"},
			"auth":    map[string]any{},
		})
		c.join("/n", `{"a":{"b":[1]}}`)
		equal(t, "auth", read("42/n,")["auth"], any(map[string]any{"a": map[string]any{"b": []any{1.0}}}))
	})
}

func TestScanAuth(t *testing.T) {
	for _, row := range []struct {
		name, auth string
		want       string
		fails      bool
	}{
		{"none", ``, "", false},
		{"empty", `{}`, "", false},
		{"right", `{"token":"a"}`, "a", false},
		{"more", `{"token":"a","more":1}`, "a", false},
		{"twice", `{"token":"a","token":"b"}`, "b", false},
		{"null", `{"token":null}`, "", false},
		{"lone surrogate", `{"token":"\ud800"}`, "\uFFFD", false},
		{"wrong type", `{"token":1}`, "", true},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.Use(func(s *socketio.Socket) error {
				var auth struct {
					Token string `json:"token"`
				}
				if err := s.Handshake().ScanAuth(&auth); err != nil {
					return &socketio.ConnectError{Message: "bad auth"}
				}
				s.SetData(auth.Token)
				return nil
			})
			c := a.dial()
			if row.fails {
				c.Send("40" + row.auth)
				c.Expect(`44{"message":"bad auth"}`)
				return
			}
			c.join("/", row.auth)
			equal(t, "token", c.socket().Data(), any(row.want))
		})
	}
}

func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		p := a.host.Polling("Cookie", "a=b", "X-Custom", "1")
		p.Post("40")
		connectID(t, p.Get().Body, "/")
		for s := range a.Sockets() {
			r := s.Request()
			equal(t, "host", r.Host, "app.example")
			equal(t, "method", r.Method, http.MethodGet)
			equal(t, "path", r.URL.Path, "/socket.io/")
			cookie, err := r.Cookie("a")
			if err != nil || cookie.Value != "b" {
				t.Errorf("cookie: %v, %v", cookie, err)
			}
			equal(t, "header", r.Header.Get("X-Custom"), "1")
			r.Header.Set("X-Custom", "2") // the caller's own
			equal(t, "header", s.Request().Header.Get("X-Custom"), "1")
		}
	})
}

func TestIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		p := a.host.Polling()
		p.Post("40")
		id := connectID(t, p.Get().Body, "/")
		if id == p.SID {
			t.Error("the id of the socket is that of the session, which is a secret")
		}
		equal(t, "length", len(id), 20) // 120 bits
	})
}

func TestAllowRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{AllowRequest: func(r *http.Request) error {
			switch r.URL.Query().Get("fail") {
			case "told":
				return &engineio.Refusal{Message: "come back later"}
			case "":
				return nil
			}
			return errors.New("secret")
		}})
		for _, row := range []struct {
			query, body string
			status      int
		}{
			{"", "", http.StatusOK},
			{"&fail=told", `{"code":4,"message":"come back later"}`, http.StatusForbidden},
			{"&fail=1", `{"code":4,"message":"Forbidden"}`, http.StatusForbidden},
		} {
			answer := a.host.Request(http.MethodGet, "EIO=4&transport=polling"+row.query, "")
			equal(t, "status", answer.Status, row.status)
			if row.body != "" {
				equal(t, "body", answer.Body, row.body)
			}
		}
	})
}
