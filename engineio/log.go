package engineio

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

const levelDebug = slog.LevelDebug

func attr(key, value string) slog.Attr { return slog.String(key, value) }

// sidPrefix is how much of a session id is logged: the whole is a secret.
const sidPrefix = 6

// log writes a line about the session.
func (s *Session) log(msg string, attrs ...slog.Attr) { s.logAt(levelDebug, msg, attrs...) }

func (s *Session) logAt(level slog.Level, msg string, attrs ...slog.Attr) {
	l := s.server.opts.Logger
	if ctx := context.Background(); l.Enabled(ctx, level) {
		l.LogAttrs(ctx, level, msg, append(attrs, attr("session", s.id[:min(sidPrefix, len(s.id))]))...)
	}
}

// logClose says why the session has ended: at level Info if a limit or broken packets ended it, which its client's
// users will ask about, and otherwise at Debug, since connections come and go.
func (s *Session) logClose(reason CloseReason, cause error) {
	level := levelDebug
	switch reason {
	case ParseError, SlowConsumer, PayloadTooLarge:
		level = slog.LevelInfo
	case TransportClose, TransportError, PingTimeout, ForcedClose, ServerShutdown:
	default: // of the package above
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{
		attr("reason", string(reason)), attr("transport", s.Transport()), attr("address", s.Address()),
	}
	if cause != nil {
		attrs = append(attrs, attr("cause", cause.Error()))
	}
	s.logAt(level, "engineio: session closed", attrs...)
}

func appendErrorBody(b []byte, code ErrorCode, message string) []byte {
	b = append(b, `{"code":`...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, `,"message":`...)
	return append(appendQuote(b, message), '}')
}

// appendQuote appends a JSON string.
func appendQuote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // an error means that invalid UTF-8 was replaced
	return b
}
