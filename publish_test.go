package socketio_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// Each event tells the client, as its last argument, where to resume.
func TestOffsets(t *testing.T) {
	bubble(t, "the offset", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		var seen []string
		v.socket().OnAnyOutgoing(func(m *socketio.Message) {
			for i := range m.Len() {
				seen = append(seen, string(m.Raw(i)))
			}
		})
		_ = a.Emit("hi", "~~~~~~~~~~", []string{"~~~~~~~~~~"})
		v.Expect(`42["hi","~~~~~~~~~~",["~~~~~~~~~~"],"0000000001"]`)
		synctest.Wait() // a volatile event needs a connection that is idle
		_ = v.socket().Volatile().Emit("hi")
		v.Expect(`42["hi","0000000001"]`)
		equal(t, "seen by OnAnyOutgoing", seen, []string{`"~~~~~~~~~~"`, `["~~~~~~~~~~"]`, `"0000000001"`, `"0000000001"`})
		args := make([]any, 1, 2)
		args[0] = "x"
		_ = a.Emit("hi", args...)
		v.Expect(`42["hi","x","0000000002"]`)
		equal(t, "the caller's arguments", args[:2], []any{"x", nil})
	})

	bubble(t, "of what a middleware sends", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		_ = a.Emit("before it came")
		a.Use(func(s *socketio.Socket) error { return s.Emit("welcome", "2") }) // the client would take "2" for an offset
		v, early := a.visit("")
		expectMissed(t, early, `42["welcome","2","0000000000"]`)
		v.drop()
		_ = a.Emit("missed 2")
		_ = a.Emit("missed 3")
		back, missed := v.back(offset(early[0]))
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["missed 2","`, `42["missed 3","`)
	})

	bubble(t, "of what a middleware sends to one who is back", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: true})
		gate := make(chan struct{})
		a.Use(func(s *socketio.Socket) error {
			if s.Recovered() {
				_ = s.Emit("welcome", "back")
				<-gate
			}
			return nil
		})
		v, _ := a.visit("")
		_ = a.Emit("seen")
		seen := offset(v.Text())
		v.drop()
		_ = a.Emit("missed")
		c := a.dial()
		c.Send(fmt.Sprintf(`40{"pid":%q,"offset":%q}`, v.PID, seen))
		welcome := c.Text()
		equal(t, "offset", offset(welcome), seen)
		c.Close() // it goes on from the last event that it has seen, which is the welcome
		synctest.Wait()
		close(gate)
		_, missed := v.back(offset(welcome))
		expectMissed(t, missed, `42["welcome","back","`, `42["missed","`)
	})
}

// An event to one socket is for its client and nobody else, whatever rooms have its name.
func TestEmitIsForOneClient(t *testing.T) {
	bubble(t, "another is in the room of its id", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		other, _ := a.visit("")
		other.socket().Join(v.SID)
		other.drop()
		_ = v.socket().Emit("private")
		_ = a.To(v.SID).Emit("to the room")
		_, missed := other.back("")
		expectMissed(t, missed, `42["to the room","`)
		old := v.socket()
		v.drop()
		_ = old.Emit("by the old socket")
		back, missed := v.back("")
		expectMissed(t, missed, `42["private","`, `42["to the room","`, `42["by the old socket","`)
		_ = old.Emit("again")
		expectMissed(t, []string{back.Text()}, `42["again","`)
	})
	bubble(t, "it has left the room of its id", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		s := v.socket()
		s.Leave(s.ID())
		_ = s.Emit("1")
		v.drop()
		_ = s.Emit("2")
		_, missed := v.back("")
		expectMissed(t, missed, `42["1","`, `42["2","`)
	})
}

// What was not to be compressed is not when it is sent again.
func TestMissedEventsKeepCompress(t *testing.T) {
	bubble(t, "permessage-deflate", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{PerMessageDeflate: true, Recovery: &socketio.RecoveryOptions{}})
		v, _ := a.visit("")
		s := v.socket()
		v.drop()
		long := strings.Repeat("secret", 500)
		_ = s.Compress(false).Emit("1", long)
		_ = a.Compress(false).Emit("2", long)
		_ = a.Emit("3", long)
		ws, _ := a.host.WebSocket("Sec-WebSocket-Extensions", "permessage-deflate")
		c := a.adopt(ws)
		c.Send(fmt.Sprintf(`40{"pid":%q}`, v.PID))
		expectMissed(t, []string{c.Text(), c.Text()}, `42["1","secret`, `42["2","secret`)
		if compressed := c.Text(); strings.Contains(compressed, "secret") {
			t.Error("nothing is compressed at all")
		}
	})
}

// closingLog calls a function while a session is closed and its sockets do not know yet.
type closingLog struct {
	slog.Handler
	fn *atomic.Pointer[func()]
}

func (l closingLog) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "engineio: session closed") {
		if fn := l.fn.Swap(nil); fn != nil {
			(*fn)()
		}
	}
	return nil
}

func (closingLog) Enabled(context.Context, slog.Level) bool { return true }

// While a connection is being closed by somebody else, its client can be back.
func TestRecoveryWhileClosing(t *testing.T) {
	bubble(t, "back, and emits", func(t *testing.T) {
		fn := &atomic.Pointer[func()]{}
		a := serve(t, &socketio.ServerOptions{
			Logger:   slog.New(closingLog{slog.DiscardHandler, fn}),
			Recovery: &socketio.RecoveryOptions{},
		})
		v, _ := a.visit("")
		old := v.socket()
		gate, reached := make(chan struct{}), make(chan struct{})
		closing := func() {
			isErr(t, "Emit", old.Emit("kept"), nil)
			close(reached)
			<-gate
		}
		fn.Store(&closing)
		v.Close()
		<-reached
		back, missed := v.back("")
		close(gate)
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["kept","`)
	})
}

// A client is back once more while its socket is being made, which counts as a user of the namespace once.
func TestTakeOverOfASocketInTheMaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &pausing{at: metrics.RecoveriesRecovered, reached: make(chan struct{}), gate: make(chan struct{})}
		a := serve(t, &socketio.ServerOptions{Metrics: r, Recovery: &socketio.RecoveryOptions{}})
		a.OfFunc(always)
		first := a.dial()
		first.Send("40/dyn,")
		var state struct{ PID string }
		_, answer, _ := strings.Cut(first.Text(), ",")
		if err := json.Unmarshal([]byte(answer), &state, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		first.Close()
		synctest.Wait()
		connect := fmt.Sprintf(`40/dyn,{"pid":%q}`, state.PID)
		second, third := a.dial(), a.dial()
		second.Send(connect)
		<-r.reached
		third.Send(connect)
		third.Expect("40/dyn," + answer)
		close(r.gate)
		second.closed()
		synctest.Wait()
		_ = a.Existing("/dyn").Emit("hi")
		expectMissed(t, []string{third.Text()}, `42/dyn,["hi","`)
		third.Send("41/dyn,")
		synctest.Wait()
		equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
	})
}

// pausing is a recorder that holds up the first who counts in a series.
type pausing struct {
	metrics.Counters
	at            metrics.Series
	paused        atomic.Bool
	reached, gate chan struct{}
}

func (p *pausing) Add(s metrics.Series, n int64) {
	if s == p.at && p.paused.CompareAndSwap(false, true) {
		close(p.reached)
		<-p.gate
	}
}

// A codec that breaks its promise is refused when the server is made.
func TestRecoveryNeedsPlainStrings(t *testing.T) {
	got := panicText(func() {
		socketio.NewServer(&socketio.ServerOptions{Parser: upperCase{}, Recovery: &socketio.RecoveryOptions{}})
	})
	if !strings.Contains(got, "recovery does not work with the Parser") {
		t.Errorf("panic: %q", got)
	}
}

type upperCase struct{ parser.JSON }

func (c upperCase) AppendEvent(
	dst []byte, namespace string, id uint64, hasID bool, event string, args []any,
) (text []byte, attachments [][]byte, err error) {
	text, attachments, err = c.JSON.AppendEvent(dst, namespace, id, hasID, event, args)
	return []byte(strings.ReplaceAll(string(text), "~", "-")), attachments, err
}
