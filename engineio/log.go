package engineio

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/internal/websocket"
)

const levelDebug = slog.LevelDebug

func attr(key, value string) slog.Attr { return slog.String(key, value) }

// sidPrefix is how much of a session id is logged.
const sidPrefix = 6

// log writes a line about the session.
func (s *Session) log(msg string, attrs ...slog.Attr) { s.logAt(levelDebug, msg, attrs...) }

func (s *Session) logAt(level slog.Level, msg string, attrs ...slog.Attr) {
	l := s.server.opts.Logger
	if ctx := context.Background(); l.Enabled(ctx, level) {
		l.LogAttrs(ctx, level, msg, append(attrs, attr("session", s.LogID()))...)
	}
}

// LogID returns the beginning of the session id, by which the log names the session: the whole is a secret.
func (s *Session) LogID() string { return logID(s.id) }

func logID(sid string) string { return sid[:min(sidPrefix, len(sid)/2)] }

// logClose says why the session has ended: at level Info if a limit or broken packets ended it, which its client's
// users will ask about, and otherwise at Debug, since connections come and go.
func (s *Session) logClose(reason CloseReason, cause error) {
	attrs := []slog.Attr{
		attr("reason", string(reason)), attr("transport", s.Transport()), attr("address", s.Address()),
	}
	if cause != nil {
		attrs = append(attrs, attr("cause", cause.Error()))
	}
	s.logAt(closeLevel(reason, cause), "engineio: session closed", attrs...)
}

func closeLevel(reason CloseReason, cause error) slog.Level {
	switch reason {
	case ParseError, SlowConsumer, PayloadTooLarge:
		return slog.LevelInfo
	case TransportError:
		if isBreach(cause) {
			return slog.LevelInfo
		}
	case TransportClose, PingTimeout, ForcedClose, ServerShutdown:
	default: // of the package above
		return slog.LevelInfo
	}
	return levelDebug
}

// isBreach tells a client that breaks the protocol from a connection that breaks.
func isBreach(cause error) bool {
	return slices.ContainsFunc([]error{
		errOverlap, errBadContent, errBadDirection,
		websocket.ErrProtocol, websocket.ErrInvalidUTF8, websocket.ErrTooManyFragments, websocket.ErrInvalidDeflate,
	}, func(breach error) bool { return errors.Is(cause, breach) })
}

// logRefusal says why a request is refused: at level Debug, but the first one for its origin, and the first one for
// protocol 3, at Warn, since that may be all that is wrong with a new server. Of what the client sent only the origin is
// told, which whoever sets Options.Origins has to know.
func (s *Server) logRefusal(r *http.Request, err *requestError) {
	l, level := s.opts.Logger, levelDebug
	if err.warnOnce != nil && err.warnOnce.CompareAndSwap(false, true) {
		level = slog.LevelWarn
	}
	if !l.Enabled(r.Context(), level) {
		return
	}
	address, _ := s.proxies.origin(r)
	attrs := []slog.Attr{attr("error", err.Error()), attr("address", address)}
	if origin := r.Header.Get("Origin"); err.code == CodeForbidden && origin != "" {
		const most = 100
		attrs = append(attrs, attr("origin", origin[:min(most, len(origin))]))
	}
	l.LogAttrs(r.Context(), level, "engineio: request refused", attrs...)
}

// warnOfWriter says once why no WebSocket can be accepted, which no client is to blame for.
func (s *Server) warnOfWriter(r *http.Request) {
	if s.writerWarned.CompareAndSwap(false, true) {
		s.opts.Logger.LogAttrs(r.Context(), slog.LevelWarn, "engineio: WebSockets are refused",
			attr("error", "the http.ResponseWriter cannot be hijacked: a middleware in front of the server wraps it "+
				"without an Unwrap method, or is an http.TimeoutHandler"))
	}
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
