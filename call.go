package socketio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
)

// A Call is the name of an event that is answered, with the types of the request, its one argument, and of the answer.
//
//	const Login socketio.Call[Credentials, User] = "login"
//
//	Login.On(s, func(ctx context.Context, c Credentials) (User, error) { … })
//	user, err := Login.Do(ctx, s, Credentials{…})
//
// For the other end it is an event with an acknowledgement: socket.emit("login", {…}, (user) => …). Both types may be
// what T of an [Event] may be. A Req of struct{} sends no argument, and a Res of struct{} acknowledges without a value.
//
// A handler that fails answers {"error":{"message":…,"data":…}}, where the message is that of an [*AckError], or else
// "internal error". An answer that is exactly that, one object whose only member "error" is an object with a string
// "message" and perhaps "data", is the *AckError that Do returns, whoever has sent it. So a Res should not look like
// that; it may well have a member "error" beside others, or one that is a string. A handler whose request does not
// decode is not called: as with [Listener], that is logged and there is no answer.
type Call[Req, Res any] string

type (
	canAsk interface {
		EmitWithAck(ctx context.Context, event string, args ...any) (Args, error)
	}
	canAskAll interface {
		EmitWithAck(ctx context.Context, event string, args ...any) ([]Args, error)
	}
)

// On registers a handler with a socket, as [Listener.On] does; its context is the socket's. off removes it again.
func (c Call[Req, Res]) On(to canListen, fn func(ctx context.Context, req Req) (Res, error)) (off func()) {
	c.check(fn == nil)
	return to.On(string(c), receiver(func(m *Message, req Req) {
		res, err := fn(m.Context(), req)
		answer(m, res, err)
	}))
}

// Handle registers a handler with a namespace, or with the server for the main one, for the event of all its sockets,
// as [Namespace.Handle] does. Its context is [Socket.Context]. off removes it again.
func (c Call[Req, Res]) Handle(on canHandle, fn func(s *Socket, req Req) (Res, error)) (off func()) {
	c.check(fn == nil)
	return on.Handle(string(c), receiver(func(m *Message, req Req) {
		res, err := fn(m.Socket(), req)
		answer(m, res, err)
	}))
}

func (c Call[Req, Res]) check(isNil bool) {
	checkTyped[Req](string(c), isNil)
	if err := encodable(reflect.TypeFor[Res]()); err != nil {
		mistake("handler of %q: %v", string(c), err)
	}
}

// Do asks a socket, an emitter such as s.Timeout(d), or a remote socket, and waits for the answer, as their own
// EmitWithAck does. It returns an [*AckError] if the other end answers that it has failed, and an error if the answer
// does not decode. An answer without a value is the zero one.
func (c Call[Req, Res]) Do(ctx context.Context, to canAsk, req Req) (Res, error) {
	args, err := to.EmitWithAck(ctx, string(c), typedArgs(req)...)
	if err != nil {
		var none Res
		return none, err
	}
	return result[Res](string(c), args)
}

// DoAll asks all sockets of a broadcast such as io.To("room"), of a namespace, or of the server, and waits for their
// answers, as [Broadcast.EmitWithAck] does. It returns the answers in the order of their arrival, also beside an error:
// that of EmitWithAck, and one for each answer that does not decode or is an [*AckError], joined by [errors.Join].
func (c Call[Req, Res]) DoAll(ctx context.Context, to canAskAll, req Req) ([]Res, error) {
	answers, err := to.EmitWithAck(ctx, string(c), typedArgs(req)...)
	list := make([]Res, 0, len(answers))
	errs := []error{err}
	for _, args := range answers {
		res, err := result[Res](string(c), args)
		if err == nil {
			list = append(list, res)
		}
		errs = append(errs, err)
	}
	return list, errors.Join(errs...)
}

// answer acknowledges with what a handler has returned.
func answer[Res any](m *Message, res Res, err error) {
	switch {
	case err != nil:
		m.fail(err)
	case m.WantsAck():
		m.acknowledge(typedArgs(res))
	}
}

// result is what an acknowledgement says: a value, or a failure.
func result[Res any](event string, args Args) (res Res, err error) {
	if failed := failure(args); failed != nil {
		return res, failed
	}
	if isNone[Res]() {
		return res, nil
	}
	if err := args.Decode(0, &res); err != nil {
		var none Res
		return none, fmt.Errorf("socketio: answer to %q: %w", event, err)
	}
	return res, nil
}

// failure is what ackErrorBody becomes at the other end, or nil for every other answer.
func failure(args Args) *AckError {
	if args.Len() != 1 || !bytes.Contains(args.Raw(0), []byte(`"error"`)) {
		return nil // most answers are not decoded twice
	}
	var body map[string]any
	if args.Decode(0, &body) != nil || len(body) != 1 {
		return nil
	}
	inner, _ := body["error"].(map[string]any)
	message, ok := inner["message"].(string)
	data, hasData := inner["data"]
	if !ok || len(inner) > 2 || len(inner) == 2 && !hasData {
		return nil
	}
	return &AckError{Message: message, Data: data}
}
