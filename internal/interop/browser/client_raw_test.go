package browser

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/websocket"
)

// A hostile is what a server sends that no proper one would.
type hostile struct {
	name string
	// Instead of the packets that open the connection and the namespace; "": proper ones.
	open, connect string
	// After them: packets of Engine.IO. One that begins with "b" is binary, in base64.
	packets []string
	body    string // instead of the packets, of a poll
}

// A rawServer is at /raw/: a connection with ?row=n in its query is sent what that row says, if it is the row's first,
// and then, as all others are, the event "alive".
type rawServer struct {
	rows []hostile
	t    *testing.T

	mu sync.Mutex
	// Guarded by mu.
	seen  map[int]bool    // rows
	polls map[string]*raw // by sid
}

// serveRaw serves the page under test and a rawServer.
func serveRaw(t *testing.T, rows []hostile) (url string) {
	t.Helper()
	s := &rawServer{rows: rows, t: t, seen: map[int]bool{}, polls: map[string]*raw{}}
	files := socketio.NewServer(nil)
	t.Cleanup(func() { files.Close() })
	mux := http.NewServeMux()
	mux.Handle("/", clientPage(files))
	mux.Handle("/raw/", s)
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	t.Cleanup(h.CloseClientConnections) // polls that wait
	return h.URL
}

// A raw is one connection to a rawServer.
type raw struct {
	row  *hostile // nil: nothing hostile
	sid  string
	out  chan string // packets, or a body, for the next poll
	ws   *websocket.Conn
	once sync.Once
}

func (s *rawServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if sid := r.URL.Query().Get("sid"); sid != "" {
		s.poll(w, r, sid)
		return
	}
	n, err := strconv.Atoi(r.URL.Query().Get("row"))
	if err != nil || n >= len(s.rows) {
		http.Error(w, "no such row", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	c := &raw{sid: fmt.Sprintf("raw-%d-%d", n, len(s.polls)), out: make(chan string, 1000)}
	if !s.seen[n] {
		c.row = &s.rows[n]
	}
	s.seen[n] = true
	s.polls[c.sid] = c
	s.mu.Unlock()
	open := fmt.Sprintf(`0{"sid":%q,"upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`, c.sid)
	if c.row != nil && c.row.open != "" {
		open = c.row.open
	}
	if !websocket.IsUpgrade(r) {
		_, _ = io.WriteString(w, open)
		return
	}
	if c.ws, err = websocket.Accept(w, r, nil); err != nil {
		s.t.Error(err)
		return
	}
	c.write(open)
	go c.ws.Serve(c) // ends with the connection
}

func (s *rawServer) poll(w http.ResponseWriter, r *http.Request, sid string) {
	s.mu.Lock()
	c := s.polls[sid]
	s.mu.Unlock()
	if c == nil {
		http.Error(w, `{"code":1,"message":"Session ID unknown"}`, http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err == nil && strings.Contains(string(body), "40") {
			c.greet()
		}
		if string(body) == "1" {
			c.write("6") // ends the poll that waits
		}
		_, _ = io.WriteString(w, "ok")
		return
	}
	select {
	case body := <-c.out:
		_, _ = io.WriteString(w, body)
	case <-r.Context().Done():
	}
}

// write sends packets: those of one call together.
func (c *raw) write(packets ...string) {
	if c.ws == nil {
		c.out <- strings.Join(packets, "\x1e")
		return
	}
	var frames [][]byte
	for _, p := range packets {
		op, payload := websocket.OpText, []byte(p)
		if rest, ok := strings.CutPrefix(p, "b"); ok {
			if b, err := base64.StdEncoding.DecodeString(rest); err == nil {
				op, payload = websocket.OpBinary, b
			}
		}
		frames = append(frames, websocket.AppendFrame(nil, op, payload))
	}
	_, _ = c.ws.Write(frames)
}

// greet answers the client that wants into the namespace.
func (c *raw) greet() {
	c.once.Do(func() {
		connect := `40{"sid":"proper"}`
		if c.row == nil {
			c.write(connect, `42["alive"]`)
			return
		}
		if c.row.connect != "" {
			connect = c.row.connect
		}
		if c.row.body != "" && c.ws == nil {
			c.write(connect)
			c.out <- c.row.body
			c.write(`42["alive"]`)
			return
		}
		c.write(append(append([]string{connect}, c.row.packets...), `42["alive"]`)...)
	})
}

func (c *raw) Message(_ websocket.Opcode, data []byte) {
	if strings.HasPrefix(string(data), "40") {
		c.greet()
	}
}
func (*raw) BatchDone()   {}
func (*raw) Drained()     {}
func (*raw) Closed(error) {}
