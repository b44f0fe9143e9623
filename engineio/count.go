package engineio

import "github.com/socketio-go/socketio/metrics"

// count adds n to a series of Options.Metrics.
func (s *Server) count(series metrics.Series, n int) {
	if s.opts.Metrics != nil {
		s.opts.Metrics.Add(series, int64(n))
	}
}

func (s *Session) count(series metrics.Series, n int) { s.server.count(series, n) }

// countQueueLocked tells the metrics how much waits, and the trace when nothing does any more. Until the session is
// opened, nothing would say that it is over.
func (s *Session) countQueueLocked() {
	opts := &s.server.opts
	if !s.opened || opts.Metrics == nil && opts.Trace.Drained == nil {
		return
	}
	if n := s.queued + s.inflight + s.writing; n != s.counted {
		s.count(metrics.QueuedBytes, n-s.counted)
		s.counted = n
		if n == 0 {
			s.traceDrainedLocked()
		}
	}
}

// countSent counts what Send was given, and what became of it.
func (s *Session) countSent(group []Message, err error, flags Flags) {
	switch {
	case s.server.opts.Metrics == nil:
	case err == nil:
		bytes := 0
		for _, m := range group {
			bytes += len(m.Data())
		}
		s.count(metrics.MessagesSent, len(group))
		s.count(metrics.SentBytes, bytes)
	case err != ErrDropped: //nolint:errorlint // never wrapped
	case flags&Volatile != 0:
		s.count(metrics.DroppedVolatile, len(group))
	default:
		s.count(metrics.DroppedSlowConsumer, len(group))
	}
}

// carrierSeries is the gauge of the sessions that have the same transport. Called with mu held.
func (s *Session) carrierSeries() metrics.Series {
	if s.ws != nil {
		return metrics.SessionsWebSocket
	}
	return metrics.SessionsPolling
}

func (s *Session) openedSeries() metrics.Series {
	if s.eio3 {
		return metrics.SessionsOpened3
	}
	return metrics.SessionsOpened4
}
