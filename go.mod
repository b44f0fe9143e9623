module github.com/socketio-go/socketio

go 1.26.0

require github.com/go-json-experiment/json v1.27.2

require github.com/klauspost/compress v1.20.3
