package socketio

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/socketio-go/socketio/metrics"
)

var (
	typeContext = reflect.TypeFor[context.Context]()
	typeError   = reflect.TypeFor[error]()
	typeSocket  = reflect.TypeFor[*Socket]()
	typeMessage = reflect.TypeFor[*Message]()

	typeDuration = reflect.TypeFor[time.Duration]()
)

// A firstParam allows a handler a first parameter that is not an argument.
type firstParam struct {
	typ   reflect.Type
	value func(*Message) reflect.Value
}

var socketParam = &firstParam{typeSocket, func(m *Message) reflect.Value { return reflect.ValueOf(m.Socket()) }}

// compile makes a func(*Message) of a handler of any allowed form.
func compile(handler any, first *firstParam) (func(*Message), error) {
	switch h := handler.(type) { // forms that need no reflection
	case nil:
		return nil, errors.New("it is nil")
	case func(*Message):
		if h == nil {
			return nil, errors.New("it is nil")
		}
		return h, nil
	case func():
		if h == nil {
			return nil, errors.New("it is nil")
		}
		return func(*Message) { h() }, nil
	}
	fn := reflect.ValueOf(handler)
	if fn.Kind() != reflect.Func {
		return nil, fmt.Errorf("it is a %T: write a func, such as func(text string)", handler)
	}
	if fn.IsNil() {
		return nil, errors.New("it is nil")
	}
	sig, err := signatureOf(fn.Type(), first)
	if err != nil {
		return nil, err
	}
	return func(m *Message) { sig.call(fn, m) }, nil
}

// A signature is the analysed form of a handler's type.
type signature struct {
	first   *firstParam // the first parameter is first.value
	ctx     bool        // then a context
	params  []reflect.Type
	rest    reflect.Type // element type of a variadic parameter
	ack     reflect.Type // the last parameter acknowledges
	message bool         // the only other parameter is a *Message
	results int          // without the error
	err     bool         // the last result is an error
}

type signatureKey struct {
	typ   reflect.Type
	first bool
}

// signatures caches what signatureOf finds, which depends on the type alone.
var signatures sync.Map // of signatureKey to *signature

func signatureOf(t reflect.Type, first *firstParam) (*signature, error) {
	key := signatureKey{t, first != nil}
	if cached, ok := signatures.Load(key); ok {
		s, _ := cached.(*signature) // nothing else is stored
		return s, nil
	}
	s, err := analyse(t, first)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", t, err)
	}
	signatures.Store(key, s)
	return s, nil
}

func analyse(t reflect.Type, first *firstParam) (*signature, error) {
	s := &signature{}
	for i := range t.NumIn() {
		p := t.In(i)
		last := i == t.NumIn()-1
		switch {
		case first != nil && i == 0 && p == first.typ:
			s.first = first
		case p == typeContext:
			if s.ctx || len(s.params) > 0 {
				return nil, errors.New("a context.Context can only be the first parameter")
			}
			s.ctx = true
		case p == typeMessage:
			if !last || len(s.params) > 0 {
				return nil, errors.New("a *Message takes the place of all arguments")
			}
			s.message = true
		case p.Kind() == reflect.Func:
			if !last || p.NumOut() > 0 {
				return nil, errors.New("a func parameter acknowledges: it is the last one and has no results")
			}
			for j := range p.NumIn() {
				if err := encodable(p.In(j)); err != nil && p.In(j) != typeError {
					return nil, err
				}
			}
			s.ack = p
		case last && t.IsVariadic():
			s.rest = p.Elem()
			if err := decodable(s.rest); err != nil {
				return nil, err
			}
		default:
			if err := decodable(p); err != nil {
				return nil, err
			}
			s.params = append(s.params, p)
		}
	}
	s.results = t.NumOut()
	if n := t.NumOut(); n > 0 && t.Out(n-1) == typeError {
		s.err = true
		s.results--
	}
	if s.ack != nil && t.NumOut() > 0 {
		return nil, errors.New("it acknowledges by a func parameter and by results: choose one")
	}
	for i := range s.results {
		if t.Out(i) == typeError {
			return nil, errors.New("an error can only be the last result")
		}
		if err := encodable(t.Out(i)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ours are the types of this package that no argument can be.
var ours = []reflect.Type{
	typeSocket, typeSocket.Elem(), typeMessage, typeMessage.Elem(), reflect.TypeFor[Args](), reflect.TypeFor[*Args](),
	reflect.TypeFor[*Namespace](), reflect.TypeFor[*Server](), reflect.TypeFor[*Client](),
}

func decodable(t reflect.Type) error {
	switch {
	case t == typeSocket:
		return errors.New("a *Socket parameter is only for Namespace.Handle, as the first one")
	case t == typeMessage:
		return errors.New("a *Message takes the place of all arguments")
	case slices.Contains(ours, t):
		return fmt.Errorf("a %v is no argument: write func(*Message) to get the event as it is", t)
	case t == typeDuration:
		return fmt.Errorf("a %v has no form in JSON: take a number, such as an int of milliseconds", t)
	case t.Kind() == reflect.Chan, t.Kind() == reflect.Func, t.Kind() == reflect.UnsafePointer,
		t.Kind() == reflect.Complex64, t.Kind() == reflect.Complex128,
		t.Kind() == reflect.Interface && t.NumMethod() > 0:
		return fmt.Errorf("no argument can be decoded into a %v", t)
	}
	return nil
}

func encodable(t reflect.Type) error {
	if t.Implements(typeError) {
		return fmt.Errorf("declare the result of type %v as error", t)
	}
	switch t.Kind() { // what JSON has no form for
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("a result of type %v cannot be an acknowledgement", t)
	default:
		return nil
	}
}

// call decodes the arguments, calls the handler and acknowledges with its results. Arguments that do not decode are
// the client's fault: it is logged, and the handler not called.
func (s *signature) call(fn reflect.Value, m *Message) {
	var array [8]reflect.Value
	in, err := s.arguments(array[:0], m)
	if err != nil {
		m.misfit(err)
		return
	}
	s.acknowledge(m, fn.Call(in))
}

// misfit logs that the arguments do not decode.
func (m *Message) misfit(err error) {
	m.count(metrics.ArgumentErrors)
	m.warn("socketio: event does not fit its handler", err)
}

func (s *signature) arguments(in []reflect.Value, m *Message) ([]reflect.Value, error) {
	if s.first != nil {
		in = append(in, s.first.value(m))
	}
	if s.ctx {
		in = append(in, reflect.ValueOf(m.Context()))
	}
	if s.message {
		in = append(in, reflect.ValueOf(m))
	}
	n := len(s.params)
	if s.rest != nil {
		n = max(n, m.Len())
	}
	for i := range n {
		t := s.rest
		if i < len(s.params) {
			t = s.params[i]
		}
		v := reflect.New(t)
		if err := m.Decode(i, v.Interface()); err != nil {
			return nil, err
		}
		in = append(in, v.Elem())
	}
	if s.ack != nil {
		in = append(in, ackFunc(s.ack, m))
	}
	return in, nil
}

// ackFunc makes the function that a handler acknowledges with.
func ackFunc(t reflect.Type, m *Message) reflect.Value {
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		if !m.WantsAck() {
			return nil
		}
		if t.IsVariadic() {
			last := in[len(in)-1]
			in = in[:len(in)-1]
			for i := range last.Len() {
				in = append(in, last.Index(i))
			}
		}
		args := make([]any, len(in))
		for i, v := range in {
			args[i] = v.Interface()
			if err, ok := args[i].(error); ok && v.Type() == typeError {
				args[i] = m.publicError(err)
			}
		}
		m.acknowledge(args)
		return nil
	})
}

func (s *signature) acknowledge(m *Message, out []reflect.Value) {
	if s.err {
		if err, _ := out[len(out)-1].Interface().(error); err != nil {
			m.fail(err)
			return
		}
	}
	if len(out) == 0 || !m.WantsAck() {
		return
	}
	args := make([]any, s.results)
	for i := range args {
		args[i] = out[i].Interface()
	}
	m.acknowledge(args)
}

// acknowledge is Ack for results: a second handler's are not an error. It reports whether there was none.
func (m *Message) acknowledge(args []any) bool {
	err := m.Ack(args...)
	if err == nil || errors.Is(err, ErrAcked) || errors.Is(err, ErrDisconnected) {
		return true
	}
	m.warn("socketio: acknowledgement not sent", err)
	return false
}

// fail answers the event with an error, as far as it is meant for the client, and logs it otherwise.
func (m *Message) fail(err error) {
	body := m.publicError(err)
	if m.WantsAck() && !m.acknowledge([]any{ackErrorBody{body}}) {
		m.acknowledge([]any{ackErrorBody{errorBody{Message: body.Message}}}) // the data cannot be encoded
	}
}

// publicError is what the client sees of an error. What it does not see is logged.
func (m *Message) publicError(err error) errorBody {
	m.count(metrics.HandlerErrors)
	var public *AckError
	if errors.As(err, &public) && public != nil {
		return errorBody{Message: public.Message, Data: public.Data}
	}
	m.warn("socketio: handler failed", err)
	return errorBody{Message: internalError}
}
