package socketio_test

import (
	"testing"
	"testing/synctest"

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
