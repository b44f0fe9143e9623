// Package jobs is what the programs of this example have to say to each other, with its types. Each event and its types
// are here once, for both of its ends.
//
// The server hands jobs, which are numbers to factor, to workers. Who has a number asks the server, and the server asks
// a worker that has nothing to do. Start each in a terminal of its own, in any order, as many workers as you like, and
// end or kill any of them on the way:
//
//	go run ./examples/jobs/server
//	go run ./examples/jobs/worker
//	go run ./examples/jobs/ask 600851475143 999999999999999989 18446744073709551615
//
// No answer is lost. A worker that dies or leaves has its job done by another. When the server comes back, workers and
// askers do, too, by themselves, and what was asked and not answered is asked again: see Retries in ask.
package jobs

import "github.com/socketio-go/socketio"

// Factor asks for the prime factors of a number, in ascending order. It is asked twice: askers ask the server, in the
// main namespace, and the server asks a worker. The numbers may have all of 64 bits, half of which JavaScript would lose.
const Factor socketio.Call[uint64, []uint64] = "factor"

// Workers is the namespace of the workers.
const Workers = "/workers"

// A Worker is who connects to that namespace: the Auth of its connection.
type Worker struct {
	Name  string `json:"name"`
	Token string `json:"token"` // a secret that the workers share with the server
}
