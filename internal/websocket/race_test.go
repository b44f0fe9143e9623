//go:build race

package websocket

// raceDetector: sync.Pool drops things at random under it, so allocations vary.
const raceDetector = true
