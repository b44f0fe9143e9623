package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// asked starts EmitWithAck and returns what it will return.
func asked(emit func() (socketio.Args, error)) func(t *testing.T) (any, error) {
	type result struct {
		args socketio.Args
		err  error
	}
	c := make(chan result, 1)
	go func() { // ends with the acknowledgement
		args, err := emit()
		c <- result{args, err}
	}()
	synctest.Wait()
	return func(t *testing.T) (any, error) {
		t.Helper()
		select {
		case r := <-c:
			var v any
			if err := r.args.Scan(&v); err != nil {
				t.Error(err)
			}
			return v, r.err
		case <-time.After(time.Hour):
			t.Fatal("EmitWithAck does not return")
			return nil, nil
		}
	}
}

func TestEmitWithAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		for i, row := range []struct {
			ack  string
			want any
		}{{`["x"]`, "x"}, {`[]`, nil}, {`[1,2]`, 1.0}, {`[null]`, nil}, {`[{"a":[]}]`, map[string]any{"a": []any{}}}, {``, nil}} {
			wait := asked(func() (socketio.Args, error) { return s.EmitWithAck(t.Context(), "e", i) })
			c.Expect(fmt.Sprintf(`42%d["e",%d]`, i, i)) // ids start at 0
			equal(t, "acknowledgements awaited", s.PendingAcks(), 1)
			c.Send(fmt.Sprintf(`43%d%s`, i, row.ack))
			got, err := wait(t)
			equal(t, "answer", got, row.want)
			isErr(t, "error", err, nil)
			equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		}
	})
}

// Any number may be awaited at a time, and answered in any order.
func TestAcksInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		var waits []func(*testing.T) (any, error)
		for i := range 10 {
			waits = append(waits, asked(func() (socketio.Args, error) { return s.EmitWithAck(t.Context(), "e") }))
			c.Expect(fmt.Sprintf(`42%d["e"]`, i))
		}
		for i := 9; i >= 0; i-- {
			c.Send(fmt.Sprintf(`43%d[%d]`, i, i))
			got, err := waits[i](t)
			equal(t, "answer", got, any(float64(i)))
			isErr(t, "error", err, nil)
		}
	})
}

// Ids are exact up to 64 bits (threats, T45).
func TestAckIDs(t *testing.T) {
	for _, row := range []struct {
		id     string
		closed bool
	}{
		{"0", false},
		{"1", false},
		{"9007199254740993", false},
		{"18446744073709551615", false},
		{"18446744073709551616", true},
		{"111111111111111111111", true},
	} {
		bubble(t, row.id, func(t *testing.T) {
			a := serve(t, nil)
			a.Handle("e", func() {})
			a.Handle("ack", func() int { return 1 })
			c := a.connect()
			c.Send(`42` + row.id + `["ack"]`)
			if row.closed {
				c.closed()
				return
			}
			c.Expect(`43` + row.id + `[1]`)
		})
	}
}

func TestEmitWithAckFails(t *testing.T) {
	own := errors.New("own reason")
	for _, row := range []struct {
		name string
		emit func(context.Context, *socketio.Socket) (socketio.Args, error)
		act  func(*client, *socketio.Socket)
		want error
		took time.Duration
	}{
		{
			"timeout", func(ctx context.Context, s *socketio.Socket) (socketio.Args, error) {
				return s.Timeout(time.Second).EmitWithAck(ctx, "e")
			}, nil, socketio.ErrAckTimeout, time.Second,
		},
		{
			"deadline", func(ctx context.Context, s *socketio.Socket) (socketio.Args, error) {
				ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				return s.Timeout(time.Minute).EmitWithAck(ctx, "e")
			}, nil, context.DeadlineExceeded, 2 * time.Second,
		},
		{
			"cancelled", func(ctx context.Context, s *socketio.Socket) (socketio.Args, error) {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(time.Second, func() { cancel(own) })
				return s.EmitWithAck(ctx, "e")
			}, nil, context.Canceled, time.Second,
		},
		{
			"cancelled before", func(ctx context.Context, s *socketio.Socket) (socketio.Args, error) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return s.EmitWithAck(ctx, "e")
			}, nil, context.Canceled, 0,
		},
		{"client leaves", nil, func(c *client, _ *socketio.Socket) { c.Send("41") }, socketio.ErrDisconnected, 0},
		{"server disconnects", nil, func(_ *client, s *socketio.Socket) { s.Disconnect(false) }, socketio.ErrDisconnected, 0},
		{"connection breaks", nil, func(c *client, _ *socketio.Socket) { c.Close() }, socketio.ErrDisconnected, 0},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.answering()
			c := a.connect()
			s := c.socket()
			start := time.Now()
			wait := asked(func() (socketio.Args, error) {
				if row.emit == nil {
					return s.EmitWithAck(t.Context(), "e")
				}
				return row.emit(t.Context(), s)
			})
			c.Expect(`420["e"]`)
			if row.act != nil {
				row.act(c, s)
			}
			_, err := wait(t)
			isErr(t, "error", err, row.want)
			equal(t, "time", time.Since(start), row.took)
			equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
			if row.act == nil {
				c.Send(`430["late"]`)
				c.open()
			}
		})
	}
}

func TestEmitWithAckAfterDisconnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		s.Disconnect(false)
		c.Expect("41")
		synctest.Wait()
		isErr(t, "error of Emit", s.Emit("e"), socketio.ErrDisconnected)
		isErr(t, "error of a volatile one", s.Volatile().Emit("e"), socketio.ErrDisconnected)
		_, err := s.Timeout(time.Second).EmitWithAck(t.Context(), "e")
		isErr(t, "error", err, socketio.ErrDisconnected)
		equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		c.silent()
	})
}

// A handler may wait for its own socket, also when several events have arrived at once, and in OnConnection.
func TestEmitWithAckInAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			ask := func() string {
				var answer string
				args, err := s.Timeout(time.Minute).EmitWithAck(s.Context(), "question")
				if err != nil {
					t.Error(err)
				}
				_ = args.Scan(&answer)
				return answer
			}
			s.On("e", ask)
			_ = s.Emit("welcome", ask())
		})
		c := a.connect()
		c.Expect(`420["question"]`)
		c.Send(`430["Bob"]`)
		c.Expect(`42["welcome","Bob"]`)
		start := time.Now()
		c.Send(`427["e"]`, `428["e"]`)
		c.Expect(`421["question"]`)
		c.Send(`431["a"]`)
		c.Expect(`437["a"]`, `422["question"]`)
		c.Send(`432["b"]`)
		c.Expect(`438["b"]`)
		equal(t, "time", time.Since(start), 0)
	})
}

// Acknowledgements that nobody waits for are ignored.
func TestUnknownAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Of("/n")
		c, other := a.connect("/", "/n"), a.connect()
		s := c.socket()
		c.Send(`43999["x"]`, `430[]`, `43[]`, `43`)
		c.open()
		wait := asked(func() (socketio.Args, error) { return s.Timeout(time.Minute).EmitWithAck(t.Context(), "e") })
		c.Expect(`420["e"]`)
		other.Send(`430["of another socket"]`)
		other.open()
		c.Send(`43/n,0["of another namespace"]`, `430["right"]`, `430["duplicate"]`)
		got, err := wait(t)
		equal(t, "answer", got, any("right"))
		isErr(t, "error", err, nil)
		c.open()
	})
}

func TestMaxPendingAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxPendingAcks: 2})
		c := a.connect()
		s := c.socket()
		emit := func() (socketio.Args, error) { return s.EmitWithAck(t.Context(), "e") }
		wait0, wait1 := asked(emit), asked(emit)
		c.Expect(`420["e"]`, `421["e"]`)
		_, err := emit()
		isErr(t, "error", err, socketio.ErrTooManyAcks)
		answers, err := a.EmitWithAck(t.Context(), "broadcast")
		isErr(t, "error of a broadcast", err, socketio.ErrTooManyAcks)
		equal(t, "answers", len(answers), 0)
		c.silent()
		c.Send(`430[]`)
		_, err = wait0(t)
		isErr(t, "error", err, nil)
		wait4 := asked(emit)
		c.Expect(`424["e"]`)
		c.Send(`431[]`, `434[]`)
		_, err1 := wait1(t)
		_, err4 := wait4(t)
		isErr(t, "error", errors.Join(err1, err4), nil)
	})
}

func TestBinaryAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("result", func(b []byte) []byte { return append(b, '!') })
		a.Handle("func", func(b []byte, ack func(string, []byte)) { ack("x", b) })
		a.Handle("struct", func() any { return struct{ Data []byte }{[]byte("deep")} })
		c := a.connect()
		const ph = `{"_placeholder":true,"num":0}`
		c.Send(`451-1["result",` + ph + `]`)
		c.SendBinary([]byte("abc"))
		c.Expect(`461-1[` + ph + `]`)
		equal(t, "attachment", string(c.Binary()), "abc!")
		c.Send(`451-2["func",` + ph + `]`)
		c.SendBinary([]byte{})
		c.Expect(`461-2["x",` + ph + `]`)
		equal(t, "attachment", string(c.Binary()), "")
		c.Send(`423["struct"]`)
		c.Expect(`461-3[{"Data":` + ph + `}]`)
		equal(t, "attachment", string(c.Binary()), "deep")

		wait := asked(func() (socketio.Args, error) { return c.socket().EmitWithAck(t.Context(), "e", []byte("q")) })
		c.Expect(`451-0["e",` + ph + `]`)
		equal(t, "attachment", string(c.Binary()), "q")
		c.Send(`461-0[` + ph + `]`)
		c.SendBinary([]byte("answer"))
		got, err := wait(t)
		equal(t, "answer", got, any([]byte("answer")))
		isErr(t, "error", err, nil)
	})
}

// An acknowledgement after the disconnection reaches nobody, and the caller hears of it.
func TestAckAfterDisconnection(t *testing.T) {
	for _, row := range []struct {
		name  string
		leave func(*client)
	}{
		{"client leaves", func(c *client) { c.Send("41") }},
		{"server disconnects", func(c *client) { c.socket().Disconnect(false); c.Expect("41") }},
		{"connection breaks", func(c *client) { c.Close() }},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var m *socketio.Message
			a.Handle("e", func(got *socketio.Message) { m = got })
			c := a.connect()
			c.Send(`421["e"]`)
			synctest.Wait()
			row.leave(c)
			synctest.Wait()
			isErr(t, "Ack", m.Ack("too late"), socketio.ErrDisconnected)
			if row.name != "connection breaks" {
				c.silent()
			}
		})
	}
}
