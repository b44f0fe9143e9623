// Package metrics names what a server counts, and counts it.
//
// The time series are static: a [Series] is a small number, so that counting is one index into an array, without a map,
// a string or an allocation. A server tells a [Recorder]; [Counters] is one that keeps the numbers in memory and serves
// them to Prometheus and to whatever else reads the OpenMetrics text format. Others, for a metrics library of your
// choice, find all they need in the methods of Series.
//
// No series has a label whose value a client can choose: their number is fixed.
package metrics

import (
	"iter"
	"strings"
)

// A Series is one time series: a gauge, which rises and falls, or a counter, which only rises.
type Series uint8

// The names below are those of the metric families, with the label that tells their series apart.
const (
	// socketio_sessions{transport}: open Engine.IO sessions, by what carries them now.
	SessionsPolling Series = iota
	SessionsWebSocket

	Sockets     // socketio_sockets: connected sockets of all namespaces
	QueuedBytes // socketio_queued_bytes: waiting to be written to clients, as Options.MaxQueuedBytes counts them
	Namespaces  // socketio_namespaces: that exist, with clients or without

	// socketio_sessions_opened_total{protocol}: Engine.IO sessions, by the version of the protocol.
	SessionsOpened3
	SessionsOpened4

	// socketio_sessions_closed_total{reason}: see engineio.CloseReason, and [ClosedBy].
	ClosedTransportClose
	ClosedTransportError
	ClosedPingTimeout
	ClosedParseError
	ClosedForced
	ClosedShutdown
	ClosedSlowConsumer
	ClosedPayloadTooLarge
	ClosedHandlersTooSlow
	ClosedOther

	// socketio_upgrades_total{result}: attempts to go from polling to WebSocket.
	UpgradesCompleted
	UpgradesFailed

	// socketio_requests_refused_total{reason}: HTTP requests answered with one of the protocol's errors. The first six
	// are its codes 0 to 5: see [RefusedWith].
	RefusedUnknownTransport
	RefusedUnknownSession
	RefusedHandshakeMethod
	RefusedBadRequest
	RefusedForbidden
	RefusedProtocolVersion
	RefusedShutdown

	MessagesReceived // socketio_messages_received_total: Engine.IO messages, not pings and the like
	MessagesSent     // socketio_messages_sent_total: the same, queued for a client
	ReceivedBytes    // socketio_received_bytes_total: in these messages, without framing
	SentBytes        // socketio_sent_bytes_total

	// socketio_messages_dropped_total{reason}: not sent, as their sender or the slow-consumer policy allows.
	DroppedVolatile
	DroppedSlowConsumer

	EventsReceived // socketio_events_received_total: Socket.IO events
	EventsSent     // socketio_events_sent_total: counted once for each recipient
	AcksUnexpected // socketio_acks_unexpected_total: received, and nobody waits for them
	AckTimeouts    // socketio_ack_timeouts_total: not received in time

	// socketio_connect_errors_total{reason}: clients refused by a namespace.
	ConnectErrorNamespace  // it does not exist
	ConnectErrorMiddleware // one of its middlewares refused, or panicked
	ConnectErrorLimit      // too many namespaces, or too much auth data

	// socketio_disconnects_total{reason}: of sockets; see socketio.DisconnectReason, and [DisconnectedBy].
	DisconnectsClient
	DisconnectsServer
	DisconnectsTransportClose
	DisconnectsTransportError
	DisconnectsPingTimeout
	DisconnectsParseError
	DisconnectsForced
	DisconnectsShutdown
	DisconnectsSlowConsumer
	DisconnectsPayloadTooLarge
	DisconnectsHandlersTooSlow
	DisconnectsOther

	HandlerErrors  // socketio_handler_errors_total: returned by handlers of events and by middlewares of sockets
	HandlerPanics  // socketio_handler_panics_total: of any function that the server calls, recovered
	ArgumentErrors // socketio_argument_errors_total: events whose arguments do not fit their handler

	// socketio_recoveries_total{result}: clients that asked for their state.
	RecoveriesRecovered
	RecoveriesExpired // the state is there no longer
	RecoveriesTrimmed // the state is there, but not all events that the client has missed, or they are too much
	RecoveriesUnknown // there never was such a state, it was used, or the client names an event that it cannot have received

	numSeries
)

// A family is a set of series under one name.
type family struct {
	name    string // with unit and, of a counter, _total
	counter bool
	unit    string
	label   string // "": one series
	help    string
}

// row is what the table says of a series.
type row struct {
	*family
	value string // of the label
}

// All lists the series, those of one name together.
func All() iter.Seq[Series] {
	return func(yield func(Series) bool) {
		for s := range numSeries {
			if !yield(s) {
				return
			}
		}
	}
}

// Name returns the name, by the conventions of OpenMetrics: it ends in _total if it is a counter's, after the unit if
// there is one.
func (s Series) Name() string { return table[s].name }

// Label returns the label by which series of the same name differ. Both are "" if there is only one.
func (s Series) Label() (name, value string) { return table[s].label, table[s].value }

// Help returns a sentence on what is counted.
func (s Series) Help() string { return table[s].help }

// Unit returns "bytes", or "" where things are counted.
func (s Series) Unit() string { return table[s].unit }

// IsCounter tells a counter from a gauge.
func (s Series) IsCounter() bool { return table[s].counter }

// String returns the series as PromQL writes it.
func (s Series) String() string {
	var b strings.Builder
	b.WriteString(s.Name())
	if name, value := s.Label(); name != "" {
		b.WriteString("{" + name + `="` + value + `"}`)
	}
	return b.String()
}

// ClosedBy returns the counter of sessions closed for a reason, ClosedOther if the reason has none of its own.
func ClosedBy(reason string) Series { return find(ClosedTransportClose, ClosedOther, reason) }

// DisconnectedBy returns the counter of sockets disconnected for a reason, DisconnectsOther if the reason has none of
// its own.
func DisconnectedBy(reason string) Series { return find(DisconnectsClient, DisconnectsOther, reason) }

// RefusedWith returns the counter of requests refused with one of Engine.IO's error codes, that of bad requests for
// other codes.
func RefusedWith(code int) Series {
	if code < 0 || code > int(RefusedProtocolVersion-RefusedUnknownTransport) {
		return RefusedBadRequest
	}
	return RefusedUnknownTransport + Series(code)
}

// find looks for a label's value among the series from first to last, which is the answer if there is none.
func find(first, last Series, value string) Series {
	for s := first; s < last; s++ {
		if table[s].value == value {
			return s
		}
	}
	return last
}
