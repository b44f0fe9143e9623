package socketio_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/metrics"
)

// dialTCP opens a WebSocket over TCP and joins the main namespace. It needs no goroutine and keeps no buffer.
func dialTCP(addr string) (net.Conn, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	request := "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := io.WriteString(conn, request+string(textFrame("40"))); err != nil {
		return nil, err
	}
	var got []byte
	for buf := make([]byte, 1024); !strings.Contains(string(got), `40{"sid"`); {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, fmt.Errorf("%w after %q", err, got)
		}
		got = append(got, buf[:n]...)
	}
	return conn, nil
}

// TestStress lets many clients and goroutines do everything at once over TCP, for the race detector to watch. In the
// end all is empty.
func TestStress(t *testing.T) {
	const clients, rounds = 30, 20
	var c metrics.Counters
	server := socketio.NewServer(&socketio.ServerOptions{Metrics: &c})
	n := server.Namespace
	rooms := []string{"r0", "r1", "r2", "r3"}
	room := func() string { return rooms[rand.IntN(len(rooms))] }
	n.Use(func(s *socketio.Socket) error { s.Join(room()); return nil })
	n.Handle("echo", func(s *socketio.Socket, text string) string { s.SetData(text); return text })
	n.Handle("join", func(s *socketio.Socket, r string) { s.Join(r); s.Leave(room()) })
	n.Handle("ask", func(s *socketio.Socket) {
		_, _ = s.Timeout(time.Millisecond).EmitWithAck(s.Context(), "q")
	})
	n.Handle("quit", func(s *socketio.Socket) { s.Disconnect(rand.IntN(2) == 0) })
	n.OnConnection(func(s *socketio.Socket) {
		off := s.On("echo", func(m *socketio.Message) { _ = s.Broadcast().Emit("relay", m.Event) })
		s.Once("join", off)
		s.OnAnyOutgoing(func(*socketio.Message) {})
		s.OnDisconnecting(func(socketio.DisconnectReason) {
			if len(s.Rooms()) == 0 {
				t.Error("OnDisconnecting sees no rooms")
			}
		})
	})
	httpServer := httptest.NewServer(server)
	addr := httpServer.Listener.Addr().String()

	stop := make(chan struct{})
	var busy, users sync.WaitGroup
	for range 4 { // end with stop
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				_ = n.To(room()).Except(room()).Emit("news", []byte("x"))
				_ = n.Volatile().Emit("tick")
				_, _ = n.To(room()).Timeout(time.Millisecond).EmitWithAck(context.Background(), "all?")
				_ = n.To(room()).SocketsJoin(room())
				_ = n.To(room()).SocketsLeave(room())
				list, _ := n.FetchSockets(context.Background())
				for s := range n.Sockets() {
					s.Join(room())
					_ = s.Rooms()
					_ = s.Emit("you", len(list))
					if rand.IntN(1000) == 0 {
						s.Disconnect(true)
					}
				}
			}
		})
	}
	for range clients { // end when their rounds are over
		users.Go(func() {
			for range rounds {
				conn, err := dialTCP(addr)
				if err != nil {
					continue // the server has disconnected it at once
				}
				go func() { // ends with the connection
					_, _ = io.Copy(io.Discard, bufio.NewReader(conn))
				}()
				for i := range 20 {
					text := fmt.Sprintf(`42%d["echo","hi"]`, i)
					switch rand.IntN(12) {
					case 0:
						text = `42["join","` + room() + `"]`
					case 1:
						text = `42["ask"]`
					case 2:
						text = fmt.Sprintf(`43%d["answer"]`, rand.IntN(1000))
					case 3:
						text = `42["quit"]`
					case 4:
						text = "41"
					}
					if _, err := conn.Write(wiretest.Frame(1, []byte(text))); err != nil {
						break
					}
				}
				_ = conn.Close()
			}
		})
	}
	users.Wait()
	close(stop)
	busy.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	isErr(t, "Shutdown", server.Shutdown(ctx), nil)
	httpServer.Close()
	sockets, left := n.Occupancy()
	equal(t, "sockets and rooms", [2]int{sockets, left}, [2]int{})
	equal(t, "connections", server.ConnectionCount(), 0)
	expectIdle(t, &c, 1)
}
