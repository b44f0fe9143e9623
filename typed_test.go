package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
)

type chatMessage struct {
	Room string `json:"room"`
	Text string `json:"text"`
}

const (
	chat  socketio.Event[chatMessage]         = "chat"
	greet socketio.Call[chatMessage, string]  = "greet"
	nudge socketio.Event[struct{}]            = "nudge"
	count socketio.Call[struct{}, int]        = "count"
	reset socketio.Call[struct{}, struct{}]   = "reset"
	login socketio.Call[string, *chatMessage] = "login"
)

// What a typed event sends is what the untyped call sends.
func TestTypedEmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		s.Join("room")
		remote, err := a.FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, nil)
		msg := chatMessage{"a", "hello"}
		for what, err := range map[string]error{
			"socket":    chat.Emit(s, msg),
			"emitter":   chat.Emit(s.Timeout(time.Second), msg),
			"server":    chat.Emit(a.Server, msg),
			"namespace": chat.Emit(a.Of("/"), msg),
			"broadcast": chat.Emit(a.To("room"), msg),
			"remote":    chat.Emit(remote[0], msg),
		} {
			isErr(t, what, err, nil)
			c.Expect(`42["chat",{"room":"a","text":"hello"}]`)
		}
		c.silent()

		isErr(t, "nothing", nudge.Emit(s, struct{}{}), nil)
		c.Expect(`42["nudge"]`)
		isErr(t, "pointer", socketio.Event[*chatMessage]("p").Emit(s, &msg), nil)
		c.Expect(`42["p",{"room":"a","text":"hello"}]`)
		isErr(t, "nil pointer", socketio.Event[*chatMessage]("p").Emit(s, nil), nil)
		c.Expect(`42["p",null]`)
		isErr(t, "any", socketio.Event[any]("any").Emit(s, nil), nil)
		c.Expect(`42["any",null]`)
		isErr(t, "any of an empty struct", socketio.Event[any]("any").Emit(s, struct{}{}), nil)
		c.Expect(`42["any",{}]`)
		isErr(t, "bytes", socketio.Event[[]byte]("bytes").Emit(s, []byte{1, 2}), nil)
		c.Expect(`451-["bytes",{"_placeholder":true,"num":0}]`)
		equal(t, "attachment", c.Binary(), []byte{1, 2})

		isErr(t, "reserved", socketio.Event[int]("connect").Emit(s, 1), parser.ErrReservedEvent)
		c.Close()
		synctest.Wait()
		isErr(t, "disconnected", chat.Emit(s, msg), socketio.ErrDisconnected)
	})
}

// receiving registers a typed handler on a socket, which notes what it gets.
func receiving[T any](j *journal) func(*socketio.Socket) {
	return func(s *socketio.Socket) {
		socketio.Event[T]("e").On(s, func(v T) { j.add("%#v", v) })
	}
}

func TestTypedOn(t *testing.T) {
	for _, row := range []struct {
		name     string
		register func(*journal) func(*socketio.Socket)
		args     string
		want     string
		mismatch bool
	}{
		{"string", receiving[string], `,"x"`, `"x"`, false},
		{"number", receiving[int64], `,9007199254740993`, `9007199254740993`, false},
		{"struct", receiving[chatMessage], `,{"room":"a","text":"b"}`, `socketio_test.chatMessage{Room:"a", Text:"b"}`, false},
		{"null into a struct", receiving[chatMessage], `,null`, `socketio_test.chatMessage{Room:"", Text:""}`, false},
		{"null into a pointer", receiving[*chatMessage], `,null`, `(*socketio_test.chatMessage)(nil)`, false},
		{"any", receiving[any], `,[1,"a"]`, `[]interface {}{1, "a"}`, false},
		{"no argument", receiving[string], ``, `""`, false},
		{"more arguments", receiving[string], `,"x",2,3`, `"x"`, false},
		{"nothing", receiving[struct{}], ``, `struct {}{}`, false},
		{"nothing, whatever comes", receiving[struct{}], `,"x",[1]`, `struct {}{}`, false},
		{"mismatch", receiving[int], `,"x"`, ``, true},
		{"mismatch in a struct", receiving[chatMessage], `,{"room":1}`, ``, true},
	} {
		bubble(t, row.name, func(t *testing.T) {
			var j journal
			a := serve(t, nil)
			a.OnConnection(row.register(&j))
			c := a.connect()
			c.Send(`42["e"` + row.args + `]`)
			j.expect(t, row.want)
			equal(t, "logged", len(a.logs.lines("event does not fit its handler")) == 1, row.mismatch)
		})
	}
}

func TestTypedBinary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		socketio.Event[[]byte]("raw").Handle(a.Server, func(_ *socketio.Socket, b []byte) { j.add("% x", b) })
		type upload struct{ Data []byte }
		socketio.Call[upload, []byte]("deep").Handle(a.Server, func(_ *socketio.Socket, u upload) ([]byte, error) {
			return append([]byte{0}, u.Data...), nil
		})
		c := a.connect()
		c.Send(`451-["raw",{"_placeholder":true,"num":0}]`)
		c.SendBinary([]byte{1, 2})
		j.expect(t, "01 02")
		c.Send(`451-7["deep",{"Data":{"_placeholder":true,"num":0}}]`)
		c.SendBinary([]byte{3})
		c.Expect(`461-7[{"_placeholder":true,"num":0}]`)
		equal(t, "attachment", c.Binary(), []byte{0, 3})
	})
}

func TestTypedOnceAndOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		off := chat.Handle(a.Server, func(s *socketio.Socket, m chatMessage) { j.add("handle %t %s", s.Connected(), m.Text) })
		c := a.connect()
		s := c.socket()
		chat.Once(s, func(m chatMessage) { j.add("once %s", m.Text) })
		offOn := chat.On(s, func(m chatMessage) { j.add("on %s", m.Text) })
		c.Send(`42["chat",{"text":"1"}]`)
		j.expect(t, "handle true 1", "once 1", "on 1")
		c.Send(`42["chat",{"text":"2"}]`)
		j.expect(t, "handle true 2", "on 2")
		off()
		offOn()
		c.Send(`42["chat",{"text":"3"}]`)
		j.expect(t)
	})
}

// A typed handler is refused with the sentence of the untyped one.
func TestTypedMistakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		s := a.connect().socket()
		for _, row := range []struct {
			name     string
			register func()
			want     string
		}{
			{
				"reserved name", func() { socketio.Event[int]("disconnect").On(s, func(int) {}) },
				`"disconnect" is not an event that clients send: use OnDisconnect`,
			},
			{
				"reserved name, Handle", func() {
					socketio.Call[int, int]("connect_error").Handle(a.Server, func(*socketio.Socket, int) (int, error) { return 0, nil })
				},
				`"connect_error" is a reserved event name`,
			},
			{"nil", func() { chat.On(s, nil) }, `handler of "chat": it is nil`},
			{"nil, Once", func() { chat.Once(s, nil) }, `handler of "chat": it is nil`},
			{"nil, Handle", func() { chat.Handle(a.Server, nil) }, `handler of "chat": it is nil`},
			{"nil, Call", func() { greet.On(s, nil) }, `handler of "greet": it is nil`},
			{"nil, Call.Handle", func() { greet.Handle(a.Server, nil) }, `handler of "greet": it is nil`},
			{
				"channel", func() { socketio.Event[chan int]("e").On(s, func(chan int) {}) },
				`handler of "e": no argument can be decoded into a chan int`,
			},
			{
				"message", func() { socketio.Event[*socketio.Message]("e").On(s, func(*socketio.Message) {}) },
				`handler of "e": a *Message takes the place of all arguments`,
			},
			{
				"error as the answer", func() {
					socketio.Call[int, error]("e").On(s, func(context.Context, int) (error, error) { return nil, nil })
				},
				`handler of "e": declare the result of type error as error`,
			},
			{
				"func as the answer", func() {
					socketio.Call[int, func()]("e").On(s, func(context.Context, int) (func(), error) { return nil, nil })
				},
				`handler of "e": a result of type func() cannot be an acknowledgement`,
			},
		} {
			equal(t, row.name, panicText(row.register), "socketio: "+row.want)
		}
	})
}

func TestTypedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			greet.On(s, func(ctx context.Context, m chatMessage) (string, error) {
				switch m.Room {
				case "secret":
					return "", fmt.Errorf("wrapped: %w", &socketio.AckError{Message: "not you", Data: 7})
				case "broken":
					return "", errors.New("the database said no")
				case "bad":
					panic("oops")
				}
				equal(t, "context", ctx, s.Context())
				return "hello, " + m.Text, nil
			})
		})
		n := 0
		count.Handle(a.Server, func(s *socketio.Socket, _ struct{}) (int, error) { n++; return n, nil })
		reset.Handle(a.Server, func(s *socketio.Socket, _ struct{}) (struct{}, error) { n = 0; return struct{}{}, nil })
		login.Handle(a.Server, func(s *socketio.Socket, name string) (*chatMessage, error) { return nil, nil })
		c := a.connect()
		for _, row := range []struct{ send, want string }{
			{`421["greet",{"text":"Bob"}]`, `431["hello, Bob"]`},
			{`422["greet",{"room":"secret"}]`, `432[{"error":{"message":"not you","data":7}}]`},
			{`423["greet",{"room":"broken"}]`, `433[{"error":{"message":"internal error"}}]`},
			{`421["greet",{"room":"bad"}]`, `431[{"error":{"message":"internal error"}}]`},
			{`424["count"]`, `434[1]`},
			{`425["count",{"ignored":true}]`, `435[2]`},
			{`426["reset"]`, `436[]`},
			{`427["count"]`, `437[1]`},
			{`428["login","x"]`, `438[null]`},
		} {
			c.Send(row.send)
			c.Expect(row.want)
		}
		for _, unanswered := range []string{
			`421["greet",5]`, `42["greet",{}]`, `42["count"]`,
			`42["greet",{"room":"secret"}]`,
		} {
			c.Send(unanswered)
			c.silent()
		}
		equal(t, "panics logged", len(a.logs.lines("handler panicked")), 1)
		equal(t, "mismatches logged", len(a.logs.lines("does not fit")), 1)
	})
}

// ask makes a call and lets the client answer with the wire text.
func ask[Res any](t *testing.T, c *client, to *socketio.Socket, answer string) (res Res, err error) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		res, err = socketio.Call[int, Res]("ask").Do(t.Context(), to, 1)
	}()
	c.answerNext(`["ask",1]`, answer)
	<-done
	return res, err
}

// answerNext reads an event with the content, and acknowledges it.
func (c *client) answerNext(content, answer string) {
	c.TB.Helper()
	packet := c.Text()
	i := strings.IndexByte(packet, '[')
	if packet[i:] != content {
		c.TB.Fatalf("got %q, want %s", packet, content)
	}
	c.Send("43" + strings.TrimPrefix(packet[:i], "42") + answer)
}

func TestDo(t *testing.T) {
	type own struct {
		Error  string `json:"error"`
		Number int    `json:"number"`
	}
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()

		text, err := ask[string](t, c, s, `["yes"]`)
		equal(t, "answer", fmt.Sprint(text, err), "yes<nil>")
		text, err = ask[string](t, c, s, `[]`)
		equal(t, "empty answer", fmt.Sprint(text, err), "<nil>")
		_, err = ask[struct{}](t, c, s, `[{"whatever":1}]`)
		isErr(t, "no result", err, nil)
		_, err = ask[int](t, c, s, `["text"]`)
		equal(t, "mismatch", fmt.Sprint(err),
			`socketio: answer to "ask": parser: argument 0: cannot decode JSON string into Go int`)
		var arg *parser.ArgError
		equal(t, "mismatch is an ArgError", errors.As(err, &arg), true)

		o, err := ask[own](t, c, s, `[{"error":"own","number":3}]`)
		equal(t, "member error of the type's own", fmt.Sprint(o, err), "{own 3} <nil>")
		o, err = ask[own](t, c, s, `[{"error":"own"}]`)
		equal(t, "only member error of the type's own", fmt.Sprint(o, err), "{own 0} <nil>")
	})
}

// An answer is a failure if it is exactly that, whatever the type.
func TestDoFailure(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		want         *socketio.AckError
	}{
		{"of our own", `[{"error":{"message":"no","data":{"code":5}}}]`, &socketio.AckError{Message: "no", Data: map[string]any{"code": 5.0}}},
		{"without data", `[{"error":{"message":"no"}}]`, &socketio.AckError{Message: "no"}},
		{"spaced", `[ { "error" : { "message" : "no" } } ]`, &socketio.AckError{Message: "no"}},
		{"null data", `[{"error":{"message":"no","data":null}}]`, &socketio.AckError{Message: "no"}},
		{"other member", `[{"error":{"message":"no"},"ok":false}]`, nil},
		{"no message", `[{"error":{"code":1}}]`, nil},
		{"message is no text", `[{"error":{"message":1}}]`, nil},
		{"other member within", `[{"error":{"message":"no","code":1}}]`, nil},
		{"too many within", `[{"error":{"message":"no","data":1,"code":1}}]`, nil},
		{"error is a text", `[{"error":"no"}]`, nil},
		{"deeper", `[{"result":{"error":{"message":"no"}}}]`, nil},
		{"two values", `[{"error":{"message":"no"}},1]`, nil},
		{"text", `["\"error\""]`, nil},
		{"list", `[["error"]]`, nil},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			c := a.connect()
			_, err := ask[any](t, c, c.socket(), row.answer)
			var failed *socketio.AckError
			errors.As(err, &failed)
			equal(t, "failure", failed, row.want)
			if row.want == nil {
				isErr(t, "Do", err, nil)
			}
			_, err = ask[struct{}](t, c, c.socket(), row.answer)
			equal(t, "failure without a result", errors.As(err, &failed), row.want != nil)
		})
	}
}

func TestDoWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		_, err := count.Do(t.Context(), s.Timeout(time.Second), struct{}{})
		isErr(t, "timeout", err, socketio.ErrAckTimeout)
		c.Expect(`420["count"]`)
		c.Close()
		synctest.Wait()
		_, err = count.Do(t.Context(), s, struct{}{})
		isErr(t, "disconnected", err, socketio.ErrDisconnected)
	})
}

func TestDoAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		clients := []*client{a.connect(), a.connect(), a.connect(), a.connect()}
		type outcome struct {
			list []int
			err  error
		}
		start := func(to socketio.Broadcast) chan outcome {
			done := make(chan outcome, 1)
			go func() {
				list, err := count.DoAll(t.Context(), to, struct{}{})
				done <- outcome{list, err}
			}()
			return done
		}

		done := start(a.Timeout(time.Second))
		for _, c := range clients {
			c.answerNext(`["count"]`, `[5]`)
		}
		o := <-done
		equal(t, "all", fmt.Sprint(o), "{[5 5 5 5] <nil>}")

		done = start(a.Timeout(time.Second))
		clients[0].answerNext(`["count"]`, `[1]`)
		clients[1].answerNext(`["count"]`, `["text"]`)
		clients[2].answerNext(`["count"]`, `[{"error":{"message":"no"}}]`)
		o = <-done // the last one says nothing
		equal(t, "some", o.list, []int{1})
		isErr(t, "some", o.err, socketio.ErrAckTimeout)
		var failed *socketio.AckError
		var arg *parser.ArgError
		equal(t, "the failures", errors.As(o.err, &failed) && errors.As(o.err, &arg), true)

		o = <-start(a.To("nobody"))
		equal(t, "nobody", fmt.Sprint(o), "{[] <nil>}")
		list, err := count.DoAll(t.Context(), a.Of("/empty"), struct{}{})
		equal(t, "namespace", fmt.Sprint(list, err), "[] <nil>")
	})
}

func TestRemoteSocketEmitWithAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c, other := a.connect(), a.connect()
		remote, err := a.In(c.ids["/"]).FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, nil)
		done := make(chan string, 1)
		go func() {
			n, err := count.Do(t.Context(), remote[0], struct{}{})
			done <- fmt.Sprint(n, err)
		}()
		c.answerNext(`["count"]`, `[3]`)
		equal(t, "Do", <-done, "3 <nil>")
		other.silent()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = remote[0].EmitWithAck(ctx, "e", 1)
		isErr(t, "no answer", err, context.DeadlineExceeded)
		c.Close()
		synctest.Wait()
		_, err = remote[0].EmitWithAck(t.Context(), "e")
		isErr(t, "gone", err, socketio.ErrDisconnected)
	})
}
