package socketio_test

import (
	"reflect"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
)

// Each option of the engine is one of the server, by the same name and type, and is passed on.
func TestEngineOptions(t *testing.T) {
	for i := range reflect.TypeFor[engineio.Options]().NumField() {
		want := reflect.TypeFor[engineio.Options]().Field(i)
		t.Run(want.Name, func(t *testing.T) {
			var opts socketio.ServerOptions
			f := reflect.ValueOf(&opts).Elem().FieldByName(want.Name)
			if !f.IsValid() || f.Type() != want.Type {
				t.Fatal("the server does not have it")
			}
			f.Set(something(t, f.Type()))
			if reflect.ValueOf(opts.EngineOptions()).Elem().FieldByIndex(want.Index).IsZero() {
				t.Error("the server does not pass it on")
			}
		})
	}
}

// something is a value of the type that is not zero.
func something(t *testing.T, typ reflect.Type) reflect.Value {
	t.Helper()
	v := reflect.New(typ).Elem()
	switch typ.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Pointer:
		v.Set(reflect.New(typ.Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(typ, 1, 1))
	case reflect.Func:
		v.Set(reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value { return nil }))
	case reflect.Struct:
		v.Field(0).Set(something(t, v.Field(0).Type()))
	case reflect.Interface:
		v.Set(reflect.ValueOf(&metrics.Counters{}))
	default:
		t.Fatalf("%v is a new kind of option: make one here", typ)
	}
	return v
}
