//go:build !race

package msgpack

const raceDetector = false
