// Package clientjs is the client for browsers and Node.js, as far as Go needs it: its bundles for pages without a bundler.
// A socketio.Server serves them by itself. The sources are in src, and `make client` makes dist of them.
package clientjs

import (
	"embed"
	"io/fs"
)

//go:embed dist/*.js dist/*.js.map
var dist embed.FS

// Files returns the bundles and their source maps: socket.io.js, socket.io.min.js, socket.io.esm.min.js,
// socket.io.msgpack.min.js and socket.io.websocket.min.js, each with .map.
func Files() fs.FS {
	sub, _ := fs.Sub(dist, "dist") // the name is valid
	return sub
}
