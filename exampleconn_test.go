package socketio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/socketio-go/socketio/internal/wiretest"
)

// An exampleConn is a client that prints what it hears, for the examples. Programs use the official clients instead.
type exampleConn struct {
	conn   net.Conn
	server *httptest.Server
	id     int
}

// exampleClient connects to the main namespace of a server.
func exampleClient(handler http.Handler) *exampleConn {
	server := httptest.NewServer(handler)
	conn, err := dialTCP(server.Listener.Addr().String())
	if err != nil {
		panic(err)
	}
	return &exampleConn{conn: conn, server: server}
}

// Close ends the connection.
func (c *exampleConn) Close() {
	c.conn.Close()
	c.server.Close()
}

// again is a further connection to the same server, in the main namespace.
func (c *exampleConn) again() *exampleConn {
	conn, err := dialTCP(c.server.Listener.Addr().String())
	if err != nil {
		panic(err)
	}
	return &exampleConn{conn: conn, server: c.server}
}

func (c *exampleConn) send(packet string) { c.write(textFrame(packet)) }

func (c *exampleConn) sendBinary(attachment []byte) { c.write(wiretest.Frame(2, attachment)) }

func (c *exampleConn) write(frame []byte) {
	if _, err := c.conn.Write(frame); err != nil {
		panic(err)
	}
}

// read returns the next packet or attachment, which is short.
func (c *exampleConn) read() string {
	var b [128]byte
	if _, err := io.ReadFull(c.conn, b[:2]); err != nil {
		panic(err)
	}
	n, err := io.ReadFull(c.conn, b[:b[1]])
	if err != nil {
		panic(err)
	}
	return string(b[:n])
}

// ask emits an event and prints the acknowledgement.
func (c *exampleConn) ask(event string, args ...any) {
	c.id++
	packet, err := json.Marshal(append([]any{event}, args...))
	if err != nil {
		panic(err)
	}
	c.send(fmt.Sprintf("42%d%s", c.id, packet))
	fmt.Fprintf(os.Stdout, "client: %s %v → %s\n", event, args, strings.TrimPrefix(c.read(), fmt.Sprintf("43%d", c.id)))
}

// hear prints the content of one packet.
func (c *exampleConn) hear() {
	packet := c.read()
	content := packet[strings.IndexAny(packet, "[{"):]
	if strings.HasPrefix(packet, "40") {
		content = "connected" // the id is random
	}
	fmt.Fprintln(os.Stdout, "client:", content)
}

// answer waits for an event and acknowledges it.
func (c *exampleConn) answer(text string) {
	packet := c.read()
	id := packet[len("42"):strings.IndexByte(packet, '[')]
	c.send(fmt.Sprintf("43%s[%q]", id, text))
}
