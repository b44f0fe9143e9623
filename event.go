package socketio

import "reflect"

// An Event is the name of an event that has one argument, with the type of that argument: what is sent and what is
// received cannot differ.
//
//	const Chat socketio.Event[ChatMsg] = "chat"
//
//	Chat.On(s, func(msg ChatMsg) { … })
//	err := Chat.Emit(io.To("room"), ChatMsg{…})
//
// For the other end it is an event as any other: socket.emit("chat", {…}). T may be whatever a parameter of a handler
// may be (see [Listener]), such as []byte, a pointer, which is nil for null, or any. An Event[struct{}] has no
// arguments: nothing is sent, and what arrives with it is ignored. A handler that answers belongs to a [Call].
//
// The methods have the names of those that they call, and panic as those do.
type Event[T any] string

// What a typed event is sent to and registered with is anything that has these methods of an [Emitter], a [Listener] or a
// [Namespace]: also a value that wraps one of them.
type (
	canEmit interface {
		Emit(event string, args ...any) error
	}
	canListen interface {
		On(event string, handler any) (off func())
		Once(event string, handler any) (off func())
	}
	canHandle interface {
		Handle(event string, handler any) (off func())
	}
)

// Emit sends the event to a socket, an emitter such as s.Volatile(), a broadcast such as io.To("room"), a namespace,
// the server, or a remote socket. It returns what their own Emit returns.
func (e Event[T]) Emit(to canEmit, v T) error {
	return to.Emit(string(e), typedArgs(v)...)
}

// On registers a handler with a socket, as [Listener.On] does. off removes it again.
func (e Event[T]) On(to canListen, fn func(T)) (off func()) {
	checkTyped[T](string(e), fn == nil)
	return to.On(string(e), receiver(func(_ *Message, v T) { fn(v) }))
}

// Once is On for the next event only.
func (e Event[T]) Once(to canListen, fn func(T)) (off func()) {
	checkTyped[T](string(e), fn == nil)
	return to.Once(string(e), receiver(func(_ *Message, v T) { fn(v) }))
}

// Handle registers a handler with a namespace, or with the server for the main one, for the event of all its sockets,
// as [Namespace.Handle] does. off removes it again.
func (e Event[T]) Handle(on canHandle, fn func(*Socket, T)) (off func()) {
	checkTyped[T](string(e), fn == nil)
	return on.Handle(string(e), receiver(func(m *Message, v T) { fn(m.Socket(), v) }))
}

// checkTyped panics as Listener.add does with a handler of a wrong type.
func checkTyped[T any](event string, isNil bool) {
	if isNil {
		mistake("handler of %q: it is nil", event)
	}
	if err := decodable(reflect.TypeFor[T]()); err != nil {
		mistake("handler of %q: %v", event, err)
	}
}

// receiver makes a handler, without reflection, of a function that takes the first argument. If that does not decode,
// it is the client's fault: it is logged, and the function not called.
func receiver[T any](fn func(*Message, T)) func(*Message) {
	if isNone[T]() {
		return func(m *Message) {
			var none T
			fn(m, none)
		}
	}
	return func(m *Message) {
		var v T
		if err := m.Decode(0, &v); err != nil {
			m.misfit(err)
			return
		}
		fn(m, v)
	}
}

// isNone reports whether T stands for no argument.
func isNone[T any]() bool {
	_, none := any((*T)(nil)).(*struct{})
	return none
}

func typedArgs[T any](v T) []any {
	if isNone[T]() {
		return nil
	}
	return []any{v}
}
