package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio/examples/internal/wire"
)

func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, 2*time.Second) }() // ends with ctx
	wire.CheckEcho(t, url+"/socket.io/")
	if got := health(t, url); got != http.StatusOK {
		t.Errorf("health: status %d", got)
	}

	query := "/socket.io/?EIO=4&transport=polling"
	var handshake struct {
		SID string `json:"sid"`
	}
	packet := wire.Get(t, url+query)
	if err := json.Unmarshal([]byte(packet[1:]), &handshake); err != nil {
		t.Fatalf("%s: %v", packet, err)
	}
	stop()
	for start := time.Now(); health(t, url) != http.StatusServiceUnavailable; {
		if time.Since(start) > time.Second {
			t.Fatal("health: still 200")
		}
	}
	if packet := wire.Get(t, url+query+"&sid="+handshake.SID); packet != "1" { // close
		t.Errorf("the poll that waits got %q", packet)
	}
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("serve: %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("serve does not return")
	}
}

func health(t *testing.T, url string) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// The guide shows this program.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(program), "package main")
	if !strings.Contains(string(guide), "```go\npackage main"+code+"```") {
		t.Error("the program in docs/deploy.md is not that of examples/deploy/main.go")
	}
}
