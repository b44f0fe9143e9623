// Package interop holds tests of our ends of the protocol against the official packages from npm, which `make test`
// or `npm ci` installs. It has no other code.
//
// A Go test starts a server on loopback and has node run a scenario from the directory scenarios, which drives the
// server with socket.io-client and checks what the client sees. What the server sees is checked in Go. Almost every
// scenario is run over each transport: long-polling, WebSocket, and the upgrade from one to the other.
package interop
