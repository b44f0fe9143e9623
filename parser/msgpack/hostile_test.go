package msgpack

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/parser"
)

// What is announced costs nothing: T47.
func TestHostile(t *testing.T) {
	head := string(obj("type", 2, "nsp", "/", "data", arr("e", 0)))
	head = head[:len(head)-1]
	for _, row := range []struct {
		name, in string
		want     error
	}{
		{"array32", head + "\xdd\xff\xff\xff\xff", ErrSyntax},
		{"array32 with little in it", head + "\xdd\xff\xff\xff\xff" + strings.Repeat("\xc0", 1000), ErrSyntax},
		{"map32", head + "\xdf\xff\xff\xff\xff", ErrSyntax},
		{"bin32", head + "\xc6\x7f\xff\xff\xff", ErrSyntax},
		{"str32", head + "\xdb\xff\xff\xff\xff", ErrSyntax},
		{"ext32", head + "\xc9\xff\xff\xff\xff\x00", ErrSyntax},
		{"nested arrays", head + strings.Repeat("\x91", 100_000), parser.ErrDepth},
		{"nested arrays, closed", head + strings.Repeat("\x91", 100_000) + "\xc0", parser.ErrDepth},
		{"nested maps", head + strings.Repeat("\x81\xa0", 100_000), parser.ErrDepth},
		{"nested arrays in options", "\x81\xa1o" + strings.Repeat("\x91", 100_000), ErrSyntax},
		{"nested arrays before the type", "\x81\xa4data" + strings.Repeat("\x91", 100_000) + "\xc0", parser.ErrType},
		{"packet of 2^32-1 members", "\xdf\xff\xff\xff\xff", ErrSyntax},
		{"arguments", head[:len(head)-3] + "\xdd\xff\xff\xff\xff\xa1e", ErrSyntax},
		{"many pieces of binary data", head + "\xdc\xff\xff" + strings.Repeat("\xc4\x00", 0xffff), parser.ErrAttachments},
		{"too large", head + "\xc6\x00\x0f\x42\x40" + strings.Repeat("x", 1_000_000), parser.ErrTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, in := NewDecoder(nil), []byte(row.in)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, ok, err := d.Binary(in)
			runtime.ReadMemStats(&after)
			if ok || !errors.Is(err, row.want) || !reflect.DeepEqual(p, parser.Packet{}) {
				t.Errorf("%t, %v; want %v", ok, err, row.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	bins := func(n int) raw {
		list := make([]any, n)
		for i := range list {
			list[i] = []byte{1}
		}
		return event(arr(list...))
	}
	nested := func(n int) raw { return event(raw(strings.Repeat("\x91", n) + "\x01")) }
	for _, row := range []struct {
		name   string
		limits *parser.Limits
		in     func(n int) raw
		most   int
		want   error
	}{
		{"attachments", nil, bins, MaxAttachments, parser.ErrAttachments},
		{"own attachments", &parser.Limits{MaxAttachments: 3}, bins, 3, parser.ErrAttachments},
		{"depth", nil, nested, 9_999, parser.ErrDepth},
		{"own depth", &parser.Limits{MaxDepth: 5}, nested, 4, parser.ErrDepth},
		{"bytes", &parser.Limits{MaxBytes: 30}, func(n int) raw {
			return event(raw(appendString(nil, strings.Repeat("x", n-len(event(""))))))
		}, 30, parser.ErrTooLarge},
		{"namespace", &parser.Limits{MaxNamespace: 4}, func(n int) raw {
			return obj("type", 1, "nsp", "/"+strings.Repeat("x", n-1))
		}, 4, parser.ErrNamespace},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := NewDecoder(row.limits)
			if _, ok, err := d.Binary([]byte(row.in(row.most))); !ok || err != nil {
				t.Errorf("%d: %v", row.most, err)
			}
			if _, ok, err := d.Binary([]byte(row.in(row.most + 1))); ok || !errors.Is(err, row.want) {
				t.Errorf("%d: %v, want %v", row.most+1, err, row.want)
			}
		})
	}
}

// Errors hold nothing of what a client has sent: they are logged.
func TestErrorsHoldNoInput(t *testing.T) {
	const secret = "s3cret"
	for _, in := range []raw{
		event(obj(secret, secret+"\xff")), obj("type", secret), obj("type", 2, "nsp", secret), arr(secret),
		obj("type", 2, "nsp", "/", "data", secret), obj("type", 2, "nsp", "/", "data", arr("disconnect", secret)),
	} {
		if _, err := decode(in); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", in, err)
		}
	}
}
