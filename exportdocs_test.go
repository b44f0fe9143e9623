package socketio

// DefaultClientOptions are those of a client that is given none.
func DefaultClientOptions() ClientOptions { return (*ClientOptions)(nil).withDefaults() }
