package socketio

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// pendingAcks are the acknowledgements that one socket owes. Guarded by the socket's mutex.
type pendingAcks map[uint64]ackWaiter

// An ackWaiter is told once: the answer, or why there is none.
type ackWaiter func(Args, error)

// An ackResult is what an ackWaiter was told.
type ackResult struct {
	args Args
	err  error
}

// await registers a waiter for the id.
func (s *Socket) await(id uint64, w ackWaiter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state >= stateLeaving {
		return ErrDisconnected
	}
	if len(s.acks) >= s.namespace.server.opts.MaxPendingAcks {
		return ErrTooManyAcks
	}
	if s.acks == nil {
		s.acks = pendingAcks{}
	}
	s.acks[id] = w
	return nil
}

// forget gives up waiting for the id.
func (s *Socket) forget(id uint64) { s.takeWaiter(id) }

// takeWaiter gives up waiting for the id, and returns its waiter if it was not told.
func (s *Socket) takeWaiter(id uint64) ackWaiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.acks[id]
	delete(s.acks, id)
	if len(s.acks) == 0 {
		s.acks = nil
	}
	return w
}

// gotAck completes an acknowledgement, on the reader's goroutine. One that nobody waits for, such as one that comes
// late, is ignored.
func (s *Socket) gotAck(id uint64, args Args) {
	if w := s.takeWaiter(id); w != nil {
		w(args, nil)
	} else {
		s.count(metrics.AcksUnexpected)
		s.log("socketio: unexpected acknowledgement", slog.Uint64("id", id))
	}
}

// withTimeout adds the time given to Timeout to a context.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, d, ErrAckTimeout)
}

// contextError is why a wait ended before some acknowledgements came: ErrAckTimeout, or the caller's own reason.
func (n *Namespace) contextError(ctx context.Context, missing int) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); errors.Is(cause, ErrAckTimeout) {
		err = cause
	}
	if errors.Is(err, ErrAckTimeout) || errors.Is(err, context.DeadlineExceeded) {
		n.server.opts.Metrics.Add(metrics.AckTimeouts, int64(missing))
	}
	return err
}
