//go:build unix

package browser

import (
	"syscall"
	"testing"
)

// TestClientServerFrozen stops the server, which goes on when the client has given it up.
func TestClientServerFrozen(t *testing.T) {
	each(t, pureWays, func(t *testing.T, w way) {
		s := serveProgram(t, freeAddr(t), programPings+"=400ms")
		p := openClient(t, w.name, "http://"+s.addr)
		p.connect(w, map[string]any{"reconnectionDelay": 50})
		signal := func(sig syscall.Signal) {
			t.Helper()
			if err := s.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
		}
		signal(syscall.SIGSTOP)
		p.run(`
			await until(() => !socket.connected);
			const [, reason, details] = logged('disconnect').at(-1);
			equal(reason, 'ping timeout');
			check(typeof details === 'string' && details, 'details: ' + details);
		`)
		signal(syscall.SIGCONT)
		p.run(`
			equal(await socket.emitWithAck('echo', 'again'), 'again');
			socket.disconnect();
		`)
		s.interrupt()
	})
}
