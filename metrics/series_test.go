package metrics

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^socketio(_[a-z]+)+$`)
	label := regexp.MustCompile(`^[a-z]+$`)
	seen := map[string]bool{}
	var last *family
	families := map[*family]bool{}
	for s := range All() {
		r := table[s]
		if r.family == nil {
			t.Fatalf("series %d has no row", s)
		}
		if seen[s.String()] {
			t.Errorf("%v twice", s)
		}
		seen[s.String()] = true
		if r.family != last && families[r.family] {
			t.Errorf("%v is not where the others of its family are", s)
		}
		families[r.family], last = true, r.family
		stem, counter := strings.CutSuffix(s.Name(), "_total")
		if !name.MatchString(s.Name()) || counter != s.IsCounter() {
			t.Errorf("%v: bad name", s)
		}
		if bytes := strings.HasSuffix(stem, "_bytes"); bytes != (s.Unit() == "bytes") || !bytes && s.Unit() != "" {
			t.Errorf("%v: bad unit", s)
		}
		if l, v := s.Label(); (l == "") != (v == "") || l != "" && !label.MatchString(l) {
			t.Errorf("%v: bad label", s)
		}
		if s.Help() == "" || !strings.HasSuffix(s.Help(), ".") {
			t.Errorf("%v: help is not a sentence", s)
		}
		if strings.ContainsAny(r.value+s.Help(), "\\\"\n") {
			t.Errorf("%v: text needs escaping, which nobody does", s)
		}
	}
	if got := len(slices.Collect(All())); got != int(numSeries) {
		t.Errorf("All lists %d series of %d", got, numSeries)
	}
	for range All() {
		break // or the iterator panics
	}
}

func TestString(t *testing.T) {
	for s, want := range map[Series]string{
		SessionsWebSocket: `socketio_sessions{transport="websocket"}`,
		QueuedBytes:       `socketio_queued_bytes`,
		SentBytes:         `socketio_sent_bytes_total`,
		ClosedPingTimeout: `socketio_sessions_closed_total{reason="ping timeout"}`,
	} {
		if got := s.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLookups(t *testing.T) {
	for _, row := range []struct {
		name      string
		got, want Series
	}{
		{"first close reason", ClosedBy("transport close"), ClosedTransportClose},
		{"last close reason", ClosedBy("handlers too slow"), ClosedHandlersTooSlow},
		{"other close reason", ClosedBy("moonlight"), ClosedOther},
		{"no close reason", ClosedBy(""), ClosedOther},
		{"a disconnection's", ClosedBy("client namespace disconnect"), ClosedOther},
		{"first disconnect reason", DisconnectedBy("client namespace disconnect"), DisconnectsClient},
		{"last disconnect reason", DisconnectedBy("handlers too slow"), DisconnectsHandlersTooSlow},
		{"other disconnect reason", DisconnectedBy("moonlight"), DisconnectsOther},
		{"code 0", RefusedWith(0), RefusedUnknownTransport},
		{"code 3", RefusedWith(3), RefusedBadRequest},
		{"code 5", RefusedWith(5), RefusedProtocolVersion},
		{"code 6", RefusedWith(6), RefusedBadRequest},
		{"code -1", RefusedWith(-1), RefusedBadRequest},
		{"code 257", RefusedWith(257), RefusedBadRequest},
	} {
		if row.got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, row.got, row.want)
		}
	}
}
