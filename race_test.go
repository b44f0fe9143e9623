//go:build race

package socketio_test

// raceDetector tells that memory cannot be measured.
const raceDetector = true
