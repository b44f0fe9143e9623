package socketio_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
)

// A visit is one connection of a client that can recover its state.
type visit struct {
	*client
	SID string `json:"sid"`
	PID string `json:"pid"`
}

// visit connects with the given auth, and reads events until the answer to CONNECT.
func (a *app) visit(auth string) (v visit, missed []string) {
	a.t.Helper()
	v.client = a.dial()
	v.Send("40" + auth)
	for {
		p := v.Text()
		if !strings.HasPrefix(p, "40") {
			missed = append(missed, p)
			continue
		}
		if err := json.Unmarshal([]byte(p[2:]), &v); err != nil {
			a.t.Fatal(err)
		}
		v.ids["/"] = v.SID
		synctest.Wait()
		return v, missed
	}
}

// back connects again and asks for the state, as of the last event seen.
func (v visit) back(offset string) (visit, []string) {
	v.TB.Helper()
	auth := fmt.Sprintf(`{"pid":%q,"offset":%q}`, v.PID, offset)
	if offset == "" {
		auth = fmt.Sprintf(`{"pid":%q}`, v.PID)
	}
	return v.app.visit(auth)
}

// offset is the last argument of an event.
func offset(packet string) string {
	parts := strings.Split(packet, `"`)
	return parts[len(parts)-2]
}

// drop cuts the connection without a word.
func (v visit) drop() {
	v.Close()
	synctest.Wait()
}

func expectMissed(t *testing.T, got []string, events ...string) {
	t.Helper()
	if len(got) != len(events) {
		t.Fatalf("missed %q, want %q", got, events)
	}
	for i, want := range events {
		if !strings.HasPrefix(got[i], want) {
			t.Errorf("missed event %d is %q, want %s…", i, got[i], want)
		}
	}
}

func recovering(t *testing.T, r socketio.RecoveryOptions) *app {
	t.Helper()
	return serve(t, &socketio.ServerOptions{Recovery: &r})
}

// A client that is sent little, in a namespace where others are sent much: what it misses is kept, and what is forgotten
// was not for it.
func TestRecoveryOfAQuietClient(t *testing.T) {
	for _, row := range []struct {
		name  string
		quiet time.Duration // between the events to the client
		lost  int           // events that its dead connection takes
	}{
		{"one event is lost", 10 * time.Minute, 1},
		{"several are", 10 * time.Minute, 5},
		{"quiet just long enough to be noted", 15 * time.Second, 2},
		{"never sent anything", 0, 3},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{
				PingInterval: time.Hour, Recovery: &socketio.RecoveryOptions{MaxPackets: 20},
			})
			v, _ := a.visit("")
			v.socket().Join("quiet")
			last := ""
			if row.quiet > 0 {
				_ = a.To("quiet").Emit("seen")
				last = offset(v.Text())
			}
			busy := func() {
				for range 100 {
					_ = a.To("others").Emit("not for it")
				}
			}
			busy()
			time.Sleep(max(row.quiet, 15*time.Second)) // fake time
			busy()
			var want []string
			for i := range row.lost {
				_ = a.To("quiet").Emit("lost", i)
				want = append(want, fmt.Sprintf(`42["lost",%d,`, i))
			}
			v.drop()
			_ = a.To("quiet").Emit("missed")
			want = append(want, `42["missed",`)
			back, missed := v.back(last)
			equal(t, "recovered", back.SID == v.SID, true)
			expectMissed(t, missed, want...)
		})
	}

	bubble(t, "lost an event that is forgotten", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{PingInterval: time.Hour, Recovery: &socketio.RecoveryOptions{MaxPackets: 20}})
		v, _ := a.visit("")
		_ = v.socket().Emit("seen")
		last := offset(v.Text())
		time.Sleep(time.Minute) // fake time
		for i := range 2 {
			_ = v.socket().Emit("lost", i)
			for range 100 {
				_ = a.To("others").Emit("not for it")
			}
			time.Sleep(time.Minute) // fake time
		}
		_ = v.socket().Emit("lost", 2)
		v.drop()
		back, _ := v.back(last)
		equal(t, "recovered", back.SID == v.SID, false)
	})
}

func TestRecovery(t *testing.T) {
	bubble(t, "off by default", func(t *testing.T) {
		a := serve(t, nil)
		v, _ := a.visit("")
		_ = v.socket().Emit("hi")
		v.Expect(`42["hi"]`)
		equal(t, "pid", v.PID, "")
	})

	bubble(t, "id, rooms, data and missed events", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		j := &journal{}
		a.OnConnection(func(s *socketio.Socket) { j.add("recovered %t, %d rooms, %v", s.Recovered(), len(s.Rooms()), s.Data()) })
		v, _ := a.visit("")
		old := v.socket()
		old.Join("a", "b")
		old.SetData("bob")
		_ = old.Emit("hi", 1)
		last := v.Text()
		j.expect(t, "recovered false, 1 rooms, <nil>")
		v.drop()
		_ = a.Emit("all")
		_ = a.To("a", "b").Emit("once")
		_ = a.To("c").Emit("not this room")
		_ = a.Except("b").Emit("excepted")
		_ = a.Volatile().Emit("volatile")
		_ = a.To(v.SID).Emit("own room")
		_ = old.Emit("still running")
		back, missed := v.back(offset(last))
		expectMissed(t, missed, `42["all","`, `42["once","`, `42["own room","`, `42["still running","`)
		equal(t, "sid", back.SID, v.SID)
		equal(t, "pid", back.PID, v.PID)
		j.expect(t, "recovered true, 3 rooms, bob")
		_ = a.To("a").Emit("again")
		_ = old.Emit("by the old socket")
		expectMissed(t, []string{back.Text(), back.Text()}, `42["again","`, `42["by the old socket","`)
		back.silent()
	})

	bubble(t, "binary", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("b", []byte{1, 2}, []byte{3})
		c := a.dial()
		c.Send(fmt.Sprintf(`40{"pid":%q}`, v.PID))
		expectMissed(t, []string{c.Text()}, `452-["b",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},"`)
		equal(t, "attachments", append(c.Binary(), c.Binary()...), []byte{1, 2, 3})
	})

	bubble(t, "middlewares", func(t *testing.T) {
		for _, run := range []bool{false, true} {
			a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: run})
			j := &journal{}
			a.Use(func(s *socketio.Socket) error { j.add("recovered %t", s.Recovered()); return nil })
			v, _ := a.visit("")
			j.expect(t, "recovered false")
			v.drop()
			_ = a.Emit("missed")
			_, missed := v.back("")
			expectMissed(t, missed, `42["missed","`)
			if run {
				j.expect(t, "recovered true")
			} else {
				j.expect(t)
			}
		}
	})

	bubble(t, "events while a middleware runs", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: true})
		a.Use(func(s *socketio.Socket) error {
			if s.Recovered() {
				_ = a.Emit("meanwhile")
			}
			return nil
		})
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("missed")
		_, missed := v.back("")
		expectMissed(t, missed, `42["missed","`, `42["meanwhile","`)
	})

	bubble(t, "lost again before it was connected", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: true})
		hold := make(chan struct{})
		a.Use(func(s *socketio.Socket) error {
			if s.Recovered() {
				<-hold
			}
			return nil
		})
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("missed")
		c := a.dial()
		c.Send(fmt.Sprintf(`40{"pid":%q}`, v.PID))
		synctest.Wait()
		c.Close()
		synctest.Wait()
		close(hold)
		back, missed := v.back("")
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["missed","`)
	})
}

// What a client got while it was connected decides what it has missed.
func TestRecoveryOffsets(t *testing.T) {
	bubble(t, "received all, others were told much", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{MaxPackets: 5})
		v, _ := a.visit("")
		_ = v.socket().Emit("hi")
		last := v.Text()
		for i := range 20 {
			_ = a.To("others").Emit("n", i) // trims the history past the client's offset
		}
		v.drop()
		_ = a.Emit("missed")
		back, missed := v.back(offset(last))
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["missed","`)
	})

	bubble(t, "sent but not received", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		_ = v.socket().Emit("1")
		last := v.Text()
		_ = v.socket().Emit("2") // the network loses it
		v.drop()
		_, missed := v.back(offset(last))
		expectMissed(t, missed, `42["2","`)
	})

	bubble(t, "never received anything", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		_ = a.Emit("before it came")
		v, _ := a.visit("")
		_ = a.Emit("lost")
		v.drop()
		_ = a.Emit("missed")
		_, missed := v.back("")
		expectMissed(t, missed, `42["lost","`, `42["missed","`)
	})

	bubble(t, "a volatile event with a text at its end", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		_ = v.socket().Volatile().Emit("v", "text") // the client takes its last string for an offset
		last := v.Text()
		v.drop()
		_ = a.Emit("missed")
		back, missed := v.back(offset(last))
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["missed","`)
	})

	bubble(t, "twice in a row", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("1")
		v2, missed := v.back("")
		expectMissed(t, missed, `42["1","`)
		v2.drop()
		_ = a.Emit("2")
		_, missed = v2.back(offset(missed[0]))
		expectMissed(t, missed, `42["2","`)
	})
}

func TestNotRecovered(t *testing.T) {
	for _, row := range []struct {
		name string
		opts socketio.RecoveryOptions
		do   func(a *app, v visit) (auth string)
	}{
		{"unknown pid", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.drop()
			return `{"pid":"nobody"}`
		}},
		{"unknown offset", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.drop()
			return fmt.Sprintf(`{"pid":%q,"offset":"$"}`, v.PID)
		}},
		{"an offset to come", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.drop()
			return fmt.Sprintf(`{"pid":%q,"offset":"zzz"}`, v.PID)
		}},
		{"a very long offset", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.drop()
			return fmt.Sprintf(`{"pid":%q,"offset":"%s"}`, v.PID, strings.Repeat("9", 60_000))
		}},
		{"pid of another type", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.drop()
			return `{"pid":{"$ne":1}}`
		}},
		{"expired", socketio.RecoveryOptions{MaxDisconnection: time.Minute}, func(_ *app, v visit) string {
			v.drop()
			time.Sleep(time.Minute + time.Second) // fake time
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"trimmed by count", socketio.RecoveryOptions{MaxPackets: 2}, func(a *app, v visit) string {
			v.drop()
			for i := range 3 {
				_ = a.Emit("n", i)
			}
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"trimmed by bytes", socketio.RecoveryOptions{MaxBytes: 10_000}, func(a *app, v visit) string {
			v.drop()
			for range 3 {
				_ = a.Emit("n", make([]byte, 5000))
			}
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"more than the queue takes", socketio.RecoveryOptions{}, func(a *app, v visit) string {
			v.drop()
			for range 20 {
				_ = a.Emit("n", make([]byte, 50_000))
			}
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"too many absent", socketio.RecoveryOptions{MaxSessions: 1}, func(a *app, v visit) string {
			v.drop()
			other, _ := a.visit("")
			other.drop()
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"left by itself", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.Send("41")
			synctest.Wait()
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"disconnected by the server", socketio.RecoveryOptions{}, func(_ *app, v visit) string {
			v.socket().Disconnect(true)
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
		{"used before", socketio.RecoveryOptions{}, func(a *app, v visit) string {
			v.drop()
			first, _ := v.back("")
			equal(a.t, "first", first.SID, v.SID)
			first.socket().Disconnect(true)
			return fmt.Sprintf(`{"pid":%q}`, v.PID)
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := recovering(t, row.opts)
			v, _ := a.visit("")
			back, missed := a.visit(row.do(a, v))
			expectMissed(t, missed)
			if back.SID == v.SID || back.PID == v.PID || back.PID == "" || back.socket().Recovered() {
				t.Errorf("recovered as %+v from %+v", back, v)
			}
		})
	}
}

// A client may be back before the server has noticed that its old connection is dead; a stolen pid looks the same.
func TestRecoveryTakesOver(t *testing.T) {
	bubble(t, "one winner", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		j := &journal{}
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
		})
		v, _ := a.visit("")
		v.socket().Join("a")
		back, _ := v.back("")
		equal(t, "sid", back.SID, v.SID)
		v.closed()
		j.expect(t, "transport close")
		sockets, rooms := a.Occupancy()
		equal(t, "sockets and rooms", []int{sockets, rooms}, []int{1, 1})
		_ = a.To("a").Emit("hi")
		expectMissed(t, []string{back.Text()}, `42["hi","`)
	})

	bubble(t, "from one that is not connected yet", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: true})
		gate := make(chan struct{})
		visits := 0
		a.Use(func(*socketio.Socket) error {
			if visits++; visits == 2 {
				<-gate
			}
			return nil
		})
		v, _ := a.visit("")
		old := v.socket()
		v.drop()
		_ = a.Emit("1")
		c := a.dial()
		c.Send(fmt.Sprintf(`40{"pid":%q}`, v.PID))
		synctest.Wait()
		isErr(t, "Emit meanwhile", old.Emit("2"), nil)
		back, missed := v.back("")
		equal(t, "sid", back.SID, v.SID)
		expectMissed(t, missed, `42["1","`, `42["2","`)
		c.closed()
		close(gate)
		synctest.Wait()
		back.drop()
		clients, _ := a.Absent()
		equal(t, "absent", clients, 1)
		equal(t, "known", a.Live(), 0)
	})
}

// Concurrent emitters: a client that comes and goes sees each event once, in order of its number.
func TestRecoveryOrder(t *testing.T) {
	bubble(t, "ten emitters", func(t *testing.T) {
		const emitters, each = 10, 40
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		done := make(chan struct{})
		for e := range emitters {
			go func() {
				for i := range each {
					_ = a.Emit("n", e*each+i)
					time.Sleep(time.Duration(e+1) * time.Millisecond) // fake time
				}
				done <- struct{}{}
			}()
		}
		go func() {
			for range emitters {
				<-done
			}
			_ = a.Emit("end")
		}()
		last, at := uint64(0), ""
		for visits := 0; ; visits++ {
			var missed []string
			if visits > 0 {
				v, missed = v.back(at)
			}
			for i := 0; i < 25 || len(missed) > 0; i++ {
				var p string
				if len(missed) > 0 {
					p, missed = missed[0], missed[1:]
				} else {
					p = v.Text()
				}
				at = offset(p)
				n, err := strconv.ParseUint(at, 36, 64)
				if err != nil || n != last+1 {
					t.Fatalf("event %q follows number %d", p, last)
				}
				last = n
				if strings.HasPrefix(p, `42["end"`) {
					equal(t, "events", last, emitters*each+1)
					return
				}
			}
			v.drop()
		}
	})
}
