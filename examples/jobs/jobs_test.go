package jobs_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/internal/program"
	"github.com/socketio-go/socketio/examples/jobs"
)

// A cast is the programs, and where they meet.
type cast struct {
	t         *testing.T
	dir, addr string
}

func TestPrograms(t *testing.T) {
	dir := program.Build(t, "./server", "./worker", "./ask")
	for name, test := range map[string]func(*testing.T, *cast){
		"jobs": testJobs, "worker lost": testWorkerLost, "server lost": testServerLost, "refused": testRefused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &cast{t, dir, program.FreeAddr(t)})
		})
	}
}

func (c *cast) start(name string, args ...string) *program.Process {
	c.t.Helper()
	return program.Start(c.t, filepath.Join(c.dir, name), args...)
}

func (c *cast) server() *program.Process { return c.start("server", "-addr", c.addr) }

func (c *cast) worker(args ...string) *program.Process {
	return c.start("worker", append([]string{"-url", "http://" + c.addr}, args...)...)
}

func (c *cast) ask(numbers ...string) *program.Process {
	return c.start("ask", append([]string{"-url", "http://" + c.addr}, numbers...)...)
}

// stuckWorker is a worker that does not answer. got receives what it was asked.
func (c *cast) stuckWorker() (worker *socketio.Client, got <-chan uint64) {
	c.t.Helper()
	ch := make(chan uint64, 100)
	worker = socketio.NewClient("http://"+c.addr+jobs.Workers, &socketio.ClientOptions{
		Auth: jobs.Worker{Name: "stuck", Token: "secret"},
	})
	jobs.Factor.On(worker, func(ctx context.Context, n uint64) ([]uint64, error) {
		ch <- n
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	c.t.Cleanup(func() { worker.Close() })
	if err := worker.Connect(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	return worker, ch
}

// done waits until a program has ended without an error.
func done(t *testing.T, p *program.Process) {
	t.Helper()
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func testJobs(t *testing.T, c *cast) {
	t.Helper()
	asker, first := c.ask("0", "1", "600851475143", "18446744073709551615"), c.worker()
	asker.WaitFor("not connected") // yet
	first.WaitFor("not connected")
	server := c.server()
	asker.WaitFor("0: 0 has no prime factors\n1 = \n600851475143 = 71 × 839 × 1471 × 6857\n")
	asker.WaitFor("18446744073709551615 = 3 × 5 × 17 × 257 × 641 × 65537 × 6700417\n")
	done(t, asker)

	first.Interrupt()
	server.WaitFor("worker left")
	second := c.worker("-name", "second")
	server.WaitFor("worker=second")
	server.Interrupt()
	second.WaitFor("disconnected")
	again := c.server()
	asker = c.ask("7", "8")
	asker.WaitFor("7 = 7\n8 = 2 × 2 × 2\n")
	done(t, asker)
	second.Interrupt()
	again.Interrupt()
}

func testWorkerLost(t *testing.T, c *cast) {
	t.Helper()
	server := c.server()
	server.WaitFor("serving")
	stuck, got := c.stuckWorker()
	asker := c.ask("15")
	if n := <-got; n != 15 {
		t.Fatalf("the worker was asked for %d", n)
	}
	stuck.Close()
	c.worker()
	asker.WaitFor("15 = 3 × 5\n")
	done(t, asker)
}

func testServerLost(t *testing.T, c *cast) {
	t.Helper()
	server := c.server()
	server.WaitFor("serving")
	stuck, got := c.stuckWorker()
	asker := c.ask("15", "21")
	<-got
	server.Kill()
	stuck.Close()
	c.worker()
	c.server()
	asker.WaitFor("15 = 3 × 5\n21 = 3 × 7\n")
	done(t, asker)
}

func testRefused(t *testing.T, c *cast) {
	t.Helper()
	server := c.server()
	server.WaitFor("serving")
	worker := c.worker("-token", "wrong")
	if err := worker.Wait(); err == nil {
		t.Error("a worker with another token ends without an error")
	}
	worker.WaitFor("this is not the token of the workers")
}
