package socketio_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// What wants an acknowledgement or may be dropped is not kept for clients that are away.
func TestRecoveryKeepsNot(t *testing.T) {
	for _, row := range []struct {
		name string
		emit func(a *app, s *socketio.Socket) error
	}{
		{"volatile", func(a *app, _ *socketio.Socket) error { return a.Volatile().Emit("lost") }},
		{"volatile to the socket", func(_ *app, s *socketio.Socket) error { return s.Volatile().Emit("lost") }},
		{"acknowledged", func(a *app, _ *socketio.Socket) error {
			_, err := a.EmitWithAck(a.t.Context(), "lost")
			return err
		}},
		{"acknowledged, to the socket", func(a *app, s *socketio.Socket) error {
			_, err := s.EmitWithAck(a.t.Context(), "lost")
			return err
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := recovering(t, socketio.RecoveryOptions{})
			v, _ := a.visit("")
			s := v.socket()
			v.drop()
			_ = row.emit(a, s) // whatever it says, nothing comes of it
			_ = a.Emit("kept")
			back, missed := v.back("")
			equal(t, "sid", back.SID, v.SID)
			expectMissed(t, missed, `42["kept","`)
			back.silent()
		})
	}
}

// An acknowledgement's event carries no offset, and takes none.
func TestRecoveryOffsetOfAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		wait := asked(func() (socketio.Args, error) { return v.socket().EmitWithAck(t.Context(), "q", "x") })
		v.Expect(`420["q","x"]`)
		v.Send(`430[1]`)
		_, err := wait(t)
		isErr(t, "error", err, nil)
		_ = a.Emit("e")
		v.Expect(`42["e","0000000001"]`)
	})
}

// Events are kept as long as clients may be away: who missed an older one, while it was connected, starts anew.
func TestRecoveryExpiredEvents(t *testing.T) {
	for _, row := range []struct {
		name      string
		after     time.Duration
		recovered bool
	}{{"in time", 50 * time.Second, true}, {"too late", 70 * time.Second, false}} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{
				PingInterval: time.Hour, Recovery: &socketio.RecoveryOptions{MaxDisconnection: time.Minute},
			})
			v, _ := a.visit("")
			_ = a.Emit("seen")
			last := v.Text()
			_ = a.Emit("lost")    // by the network
			time.Sleep(row.after) // fake time
			v.drop()
			_ = a.Emit("missed")
			back, missed := v.back(offset(last))
			equal(t, "same id", back.SID == v.SID, row.recovered)
			if row.recovered {
				expectMissed(t, missed, `42["lost","`, `42["missed","`)
			} else {
				expectMissed(t, missed)
			}
		})
	}
}
