//go:build !race

package socketio_test

const raceDetector = false
