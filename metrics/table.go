package metrics

// The families. No text in here needs escaping.
var (
	sessions = family{
		name: "socketio_sessions", label: "transport",
		help: "Open Engine.IO sessions.",
	}
	sockets = family{
		name: "socketio_sockets",
		help: "Connected sockets of all namespaces.",
	}
	queued = family{
		name: "socketio_queued_bytes", unit: "bytes",
		help: "Bytes waiting to be written to clients.",
	}
	namespaces = family{
		name: "socketio_namespaces",
		help: "Namespaces that exist.",
	}
	opened = family{
		name: "socketio_sessions_opened_total", counter: true, label: "protocol",
		help: "Engine.IO sessions opened.",
	}
	closed = family{
		name: "socketio_sessions_closed_total", counter: true, label: "reason",
		help: "Engine.IO sessions closed.",
	}
	upgrades = family{
		name: "socketio_upgrades_total", counter: true, label: "result",
		help: "Attempts to go from long-polling to WebSocket.",
	}
	refused = family{
		name: "socketio_requests_refused_total", counter: true, label: "reason",
		help: "HTTP requests refused.",
	}
	messagesReceived = family{
		name: "socketio_messages_received_total", counter: true,
		help: "Engine.IO messages received.",
	}
	messagesSent = family{
		name: "socketio_messages_sent_total", counter: true,
		help: "Engine.IO messages queued for clients.",
	}
	receivedBytes = family{
		name: "socketio_received_bytes_total", counter: true, unit: "bytes",
		help: "Bytes of the Engine.IO messages received.",
	}
	sentBytes = family{
		name: "socketio_sent_bytes_total", counter: true, unit: "bytes",
		help: "Bytes of the Engine.IO messages queued for clients.",
	}
	dropped = family{
		name: "socketio_messages_dropped_total", counter: true, label: "reason",
		help: "Engine.IO messages dropped instead of sent.",
	}
	eventsReceived = family{
		name: "socketio_events_received_total", counter: true,
		help: "Events received.",
	}
	eventsSent = family{
		name: "socketio_events_sent_total", counter: true,
		help: "Events sent, once for each recipient.",
	}
	acksUnexpected = family{
		name: "socketio_acks_unexpected_total", counter: true,
		help: "Acknowledgements received that nobody waits for.",
	}
	ackTimeouts = family{
		name: "socketio_ack_timeouts_total", counter: true,
		help: "Acknowledgements not received in time.",
	}
	connectErrors = family{
		name: "socketio_connect_errors_total", counter: true, label: "reason",
		help: "Clients refused by a namespace.",
	}
	disconnects = family{
		name: "socketio_disconnects_total", counter: true, label: "reason",
		help: "Sockets disconnected.",
	}
	handlerErrors = family{
		name: "socketio_handler_errors_total", counter: true,
		help: "Errors returned by handlers of events.",
	}
	handlerPanics = family{
		name: "socketio_handler_panics_total", counter: true,
		help: "Panics of handlers, recovered.",
	}
	argumentErrors = family{
		name: "socketio_argument_errors_total", counter: true,
		help: "Events whose arguments do not fit their handler.",
	}
	recoveries = family{
		name: "socketio_recoveries_total", counter: true, label: "result",
		help: "Clients that asked for their state after a disconnection.",
	}
)

// table has a row for each series; those of a family follow each other.
var table = [numSeries]row{
	SessionsPolling:   {&sessions, "polling"},
	SessionsWebSocket: {&sessions, "websocket"},

	Sockets:     {&sockets, ""},
	QueuedBytes: {&queued, ""},
	Namespaces:  {&namespaces, ""},

	SessionsOpened3: {&opened, "3"},
	SessionsOpened4: {&opened, "4"},

	ClosedTransportClose:  {&closed, "transport close"},
	ClosedTransportError:  {&closed, "transport error"},
	ClosedPingTimeout:     {&closed, "ping timeout"},
	ClosedParseError:      {&closed, "parse error"},
	ClosedForced:          {&closed, "forced close"},
	ClosedShutdown:        {&closed, "server shutting down"},
	ClosedSlowConsumer:    {&closed, "slow consumer"},
	ClosedPayloadTooLarge: {&closed, "payload too large"},
	ClosedHandlersTooSlow: {&closed, "handlers too slow"},
	ClosedOther:           {&closed, "other"},

	UpgradesCompleted: {&upgrades, "completed"},
	UpgradesFailed:    {&upgrades, "failed"},

	RefusedUnknownTransport: {&refused, "transport unknown"},
	RefusedUnknownSession:   {&refused, "session id unknown"},
	RefusedHandshakeMethod:  {&refused, "bad handshake method"},
	RefusedBadRequest:       {&refused, "bad request"},
	RefusedForbidden:        {&refused, "forbidden"},
	RefusedProtocolVersion:  {&refused, "unsupported protocol version"},
	RefusedShutdown:         {&refused, "server shutting down"},

	MessagesReceived: {&messagesReceived, ""},
	MessagesSent:     {&messagesSent, ""},
	ReceivedBytes:    {&receivedBytes, ""},
	SentBytes:        {&sentBytes, ""},

	DroppedVolatile:     {&dropped, "volatile"},
	DroppedSlowConsumer: {&dropped, "slow consumer"},

	EventsReceived: {&eventsReceived, ""},
	EventsSent:     {&eventsSent, ""},
	AcksUnexpected: {&acksUnexpected, ""},
	AckTimeouts:    {&ackTimeouts, ""},

	ConnectErrorNamespace:  {&connectErrors, "unknown namespace"},
	ConnectErrorMiddleware: {&connectErrors, "middleware"},
	ConnectErrorLimit:      {&connectErrors, "limit"},

	DisconnectsClient:          {&disconnects, "client namespace disconnect"},
	DisconnectsServer:          {&disconnects, "server namespace disconnect"},
	DisconnectsTransportClose:  {&disconnects, "transport close"},
	DisconnectsTransportError:  {&disconnects, "transport error"},
	DisconnectsPingTimeout:     {&disconnects, "ping timeout"},
	DisconnectsParseError:      {&disconnects, "parse error"},
	DisconnectsForced:          {&disconnects, "forced close"},
	DisconnectsShutdown:        {&disconnects, "server shutting down"},
	DisconnectsSlowConsumer:    {&disconnects, "slow consumer"},
	DisconnectsPayloadTooLarge: {&disconnects, "payload too large"},
	DisconnectsHandlersTooSlow: {&disconnects, "handlers too slow"},
	DisconnectsOther:           {&disconnects, "other"},

	HandlerErrors:  {&handlerErrors, ""},
	HandlerPanics:  {&handlerPanics, ""},
	ArgumentErrors: {&argumentErrors, ""},

	RecoveriesRecovered: {&recoveries, "recovered"},
	RecoveriesExpired:   {&recoveries, "expired"},
	RecoveriesTrimmed:   {&recoveries, "trimmed"},
	RecoveriesUnknown:   {&recoveries, "unknown"},
}
