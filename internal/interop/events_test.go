package interop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

func TestEvents(t *testing.T) {
	scenarios(t, "events", handleEvents,
		"kinds", "names", "typed", "large", "binary", "order", "upgrade", "volatile", "compress")
	scenarios(t, "events", handleCatchAll, "catchAll")
}

func handleEvents(io *socketio.Server) {
	io.Handle("echo", func(s *socketio.Socket, args ...any) { s.Emit("echo", args...) })
	io.Handle("message", func(s *socketio.Socket, args ...any) { s.Send(args...) })
	io.Handle("name", func(s *socketio.Socket, name string) { s.Emit(name, name) })
	io.Handle("typed", typed)
	io.Handle("missing", func(a, b int, c string, d *bool) string { return fmt.Sprintf("%d,%d,%q,%t", a, b, c, d == nil) })
	io.Handle("volatile", func(s *socketio.Socket, n int) error { // the acknowledgement says that all have been sent
		for i := range n {
			s.Volatile().Emit("maybe", i)
			s.Emit("sure", i)
		}
		return nil
	})
	io.Handle("compress", func(s *socketio.Socket, flag bool, text string) {
		s.Compress(flag).Emit("compressed", flag, text)
		io.Compress(flag).Emit("broadcast", flag, text)
	})
	io.OnConnection(countTogether)
}

// handleCatchAll keeps a log of the events of each socket.
func handleCatchAll(io *socketio.Server) {
	io.OnConnection(func(s *socketio.Socket) {
		var log []string
		s.OnAny(func(m *socketio.Message) { log = append(log, "in "+m.Event) })
		s.OnAnyOutgoing(func(m *socketio.Message) { log = append(log, "out "+m.Event) })
		s.On("log", func() []string { return log })
	})
	io.Handle("mark", func(s *socketio.Socket) { s.Emit("mark") }) // which the catch-all sees first
}

type place struct {
	Name string `json:"name"`
	At   struct {
		Lat float64 `json:"lat"`
		Lon float64 `json:"lon"`
	} `json:"at"`
	Tags  []string `json:"tags"`
	Photo []byte   `json:"photo"`
}

func typed(n int, f float64, s string, b bool, p *place, l []int) (int, float64, string, bool, *place, int) {
	sum := 0
	for _, v := range l {
		sum += v
	}
	p.Name = strings.ToUpper(p.Name)
	return n + 1, 2 * f, s + "!", !b, p, sum
}

// countTogether sends and receives numbers at the same time: "start" begins to send, as many as the client says or, for
// 0, until "stop", which gives what was received and how many were sent.
func countTogether(s *socketio.Socket) {
	var (
		seen []int
		want int // to send
		sent int // guarded by busy
		busy sync.WaitGroup
	)
	ctx, stop := context.WithCancel(s.Context())
	s.On("n", func(n int, bytes []byte) {
		if n < 0 {
			n = int(bytes[0])<<8 | int(bytes[1])
		}
		seen = append(seen, n)
	})
	s.On("start", func(total int) {
		want = total
		busy.Go(func() { // ends when all are sent, or with ctx
			sent = sendNumbers(ctx, s, total)
		})
	})
	s.On("stop", func() any {
		if want == 0 {
			stop()
		}
		busy.Wait()
		return map[string]any{"seen": seen, "sent": sent}
	})
}

// sendNumbers sends 0, 1, 2, …: total of them or, if it is 0, some every now and then until ctx ends.
func sendNumbers(ctx context.Context, s *socketio.Socket, total int) (sent int) {
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for ctx.Err() == nil && (total == 0 || sent < total) {
		if sent%50 == 7 {
			s.Emit("n", -1, []byte{byte(sent >> 8), byte(sent)})
		} else {
			s.Emit("n", sent)
		}
		sent++
		if total == 0 && sent%3 == 0 {
			<-tick.C
		}
	}
	return sent
}

func TestAcks(t *testing.T) {
	scenarios(t, "acks", handleAcks, "answers", "many", "timeouts", "errors", "asked", "twice")
}

func handleAcks(io *socketio.Server) {
	io.Handle("sum", func(a, b int) int { return a + b })
	io.Handle("nothing", func() error { return nil })
	io.Handle("several", func() (string, int, any) { return "a", 2, map[string]any{"three": []int{3}} })
	io.Handle("reverse", func(b []byte) []byte { slices.Reverse(b); return b })
	io.Handle("nested", func(v struct {
		A [][]byte `json:"a"`
	},
	) map[string]any {
		return map[string]any{"b": map[string]any{"c": v.A[0]}}
	})
	io.Handle("late", func(n int, ack func(string, int)) {
		time.AfterFunc(time.Duration(n)*time.Millisecond, func() { ack("late", n) })
	})
	io.Handle("silent", func(*socketio.Message) {})
	io.Handle("fail", func(message string) (int, error) {
		if message == "" {
			return 1, nil
		}
		return 0, &socketio.AckError{Message: message, Data: map[string]int{"code": 7}}
	})
	io.Handle("secret", func() error { return errors.New("the password is 1234") })
	io.Handle("checked", func(s string) string { return s })
	io.Handle("twice", func(m *socketio.Message) {
		m.Ack(1)
		if err := m.Ack(2); !errors.Is(err, socketio.ErrAcked) {
			panic(fmt.Sprintf("second Ack: %v", err)) // which fails the test
		}
	})
	io.Handle("ask", ask)
	io.Handle("flood", flood)
	io.OnConnection(func(s *socketio.Socket) {
		s.Use(func(m *socketio.Message) error {
			if m.Event == "checked" && string(m.Raw(0)) == `"no"` {
				return &socketio.AckError{Message: "not allowed"}
			}
			return nil
		})
	})
}

// ask asks the client something and answers with what it gets, or with the error.
func ask(s *socketio.Socket, m *socketio.Message) {
	var (
		event string
		ms    int
	)
	must(m.Scan(&event, &ms))
	answer, err := s.Timeout(time.Duration(ms)*time.Millisecond).EmitWithAck(s.Context(), event, 1, []byte{1, 2})
	if err != nil {
		m.Ack(err.Error())
		return
	}
	m.Ack(values(answer)...)
}

// flood asks many times at once, and adds up the answers.
func flood(s *socketio.Socket, n int) int {
	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		sum int
	)
	for i := range n {
		wg.Go(func() {
			var v int
			if answer, err := s.EmitWithAck(s.Context(), "flood", i); err == nil && answer.Scan(&v) == nil {
				mu.Lock()
				defer mu.Unlock()
				sum += v
			}
		})
	}
	wg.Wait()
	return sum
}

// TestAckOfLeaver has the server wait for an acknowledgement of a client that leaves instead.
func TestAckOfLeaver(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		result := make(chan error, 1)
		s.io.Handle("ask", func(sock *socketio.Socket) {
			_, err := sock.EmitWithAck(t.Context(), "question")
			result <- err
		})
		s.start(t)
		s.run(t, m, "acks.left", nil, nil)
		if err := receive(t, "result of EmitWithAck", result); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("EmitWithAck: %v, want %v", err, socketio.ErrDisconnected)
		}
	})
}
