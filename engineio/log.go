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
func (s *Session) log(msg string, attrs ...slog.Attr) {
	l := s.server.opts.Logger
	if ctx := context.Background(); l.Enabled(ctx, levelDebug) {
		l.LogAttrs(ctx, levelDebug, msg, append(attrs, attr("session", s.id[:min(sidPrefix, len(s.id))]))...)
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
