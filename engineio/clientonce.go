package engineio

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
)

var errPollLost = errors.New("the connection was lost while a poll waited for its answer")

// once returns a context for a poll, which must not be made twice: net/http makes a GET again whose connection is lost
// before the answer, but the server has taken packets out of its queue for the first one, and nobody would miss them.
func once(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	var written atomic.Bool // and not answered
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { written.Store(true) },
		GotFirstResponseByte: func() { written.Store(false) }, // what follows is the poll, redirected
		GetConn: func(string) {
			if written.Load() {
				cancel(errPollLost)
			}
		},
	}), cancel
}
