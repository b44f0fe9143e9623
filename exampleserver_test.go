package socketio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing/fstest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// One connection, several namespaces, each with handlers, rooms and middlewares of its own.
func ExampleServer_Of() {
	io := socketio.NewServer(nil)
	io.Handle("hello", func(*socketio.Socket) string { return "from the main namespace" })
	orders := io.Of("/orders")
	orders.Handle("list", func(*socketio.Socket) []string { return []string{"tea", "milk"} })

	client := exampleClient(io)
	defer client.Close()
	client.ask("hello")
	client.send("40/orders,")
	client.hear()
	client.send(`42/orders,7["list"]`)
	client.hear()
	// Output:
	// client: hello [] → ["from the main namespace"]
	// client: connected
	// client: [["tea","milk"]]
}

// A client that loses its connection comes back to its id, its rooms and what it has missed. The official client does
// all of its part by itself.
func ExampleRecoveryOptions() {
	io := socketio.NewServer(&socketio.ServerOptions{
		Recovery: &socketio.RecoveryOptions{MaxDisconnection: time.Minute},
	})
	news := io.Of("/news")
	news.OnConnection(func(s *socketio.Socket) {
		if s.Recovered() { // its rooms and data are there
			_ = s.Emit("headline", "welcome back")
			return
		}
		s.Join("readers")
	})

	client := exampleClient(io)
	defer client.Close()
	client.send("40/news,")
	var connected struct{ Pid string }
	_ = json.Unmarshal([]byte(strings.TrimPrefix(client.read(), "40/news,")), &connected)
	_ = news.To("readers").Emit("headline", "one")
	offset := client.headline()
	client.conn.Close()

	_ = news.To("readers").Emit("headline", "two") // while the client is away
	client = client.again()
	client.send(fmt.Sprintf(`40/news,{"pid":%q,"offset":%q}`, connected.Pid, offset))
	client.headline()
	client.headline()
	// Output:
	// client: one
	// client: two
	// client: welcome back
}

// headline prints the first argument of the next event, and returns the last: where the client would resume.
func (c *exampleConn) headline() string {
	var args []string
	packet := c.read()
	for strings.HasPrefix(packet, "40") {
		packet = c.read()
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(packet, "42/news,")), &args); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stdout, "client:", args[1])
	return args[len(args)-1]
}

// Events between the servers of a cluster. The adapter decides how they travel.
func ExampleNamespace_ServerSideEmitWithAck() {
	cluster := &memCluster{nodes: map[string][]*memNode{}} // of this test; programs have one with a broker
	opts := &socketio.ServerOptions{Adapter: cluster.join}
	here, there := socketio.NewServer(opts), socketio.NewServer(opts)
	there.OnServerSide("how many?", func(what string) int { return len(what) })

	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	answers, err := here.ServerSideEmitWithAck(ctx, "how many?", "clients")
	for _, answer := range answers { // one of each other server
		var n int
		fmt.Println(answer.Scan(&n), n)
	}
	fmt.Println(err)
	// Output:
	// <nil> 7
	// <nil>
}

// Numbers for Prometheus, at the path of your choice, or for your own use.
func ExampleServerOptions_metrics() {
	counters := &metrics.Counters{}
	io := socketio.NewServer(&socketio.ServerOptions{Metrics: counters})
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.Handle("/metrics", counters)

	client := exampleClient(mux)
	defer client.Close()
	fmt.Println("sockets:", counters.Value(metrics.Sockets))
	// Output: sockets: 1
}

// The clients have to use socket.io-msgpack-parser then, all of them.
func ExampleServerOptions_msgpack() {
	io := socketio.NewServer(&socketio.ServerOptions{Parser: msgpack.Codec{}})
	http.Handle("/socket.io/", io)
}

// The page can load the client from the server: <script src="/socket.io/socket.io.min.js">. It is our own unless
// ClientFiles has another: that of a program's disk, os.DirFS("node_modules/socket.io/client-dist"), or an embedded one.
func ExampleServerOptions_clientFiles() {
	files := fstest.MapFS{"socket.io.min.js": {Data: []byte("/* the client */")}}
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: files})

	res := get(io, "GET", "/socket.io/socket.io.min.js")
	defer res.Body.Close()
	fmt.Println(res.StatusCode, res.Header.Get("Content-Type"))
	// Output: 200 application/javascript; charset=utf-8
}

// Any path, any router, and middlewares in front, whose values the sockets find in their context.
func ExampleServer_ServeHTTP() {
	type key struct{}
	withTenant := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, "tenant of "+r.Host)))
		})
	}
	io := socketio.NewServer(nil)
	io.Handle("who?", func(s *socketio.Socket) any { return s.Context().Value(key{}) })

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", withTenant(io)) // the client's option path, if it is another one
	client := exampleClient(mux)
	defer client.Close()
	client.ask("who?")
	// Output: client: who? [] → ["tenant of x"]
}

// The sockets first, then the HTTP server.
func ExampleServer_Shutdown() {
	io := socketio.NewServer(nil)
	server := &http.Server{Handler: io, ReadHeaderTimeout: 10 * time.Second}
	io.OnConnection(func(s *socketio.Socket) {
		s.OnDisconnect(func(reason socketio.DisconnectReason) {
			fmt.Println("disconnected:", reason)
		})
	})
	client := exampleClient(io)
	defer client.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println("sockets:", io.Shutdown(ctx))
	fmt.Println("server:", server.Shutdown(ctx))
	// Output:
	// disconnected: server shutting down
	// sockets: <nil>
	// server: <nil>
}

// Behind reverse proxies: whose word to take for the client's address, and a cookie by which they keep a client on one
// of several servers.
func ExampleServerOptions_proxies() {
	io := socketio.NewServer(&socketio.ServerOptions{
		TrustedProxies: []string{"10.0.0.0/8", "192.0.2.1"},
		Cookie:         &http.Cookie{Name: "io"},
	})
	io.OnConnection(func(s *socketio.Socket) {
		fmt.Println(s.Handshake().Address, s.Handshake().Secure)
	})

	res := get(io, "GET", "/socket.io/?EIO=4&transport=polling", "X-Forwarded-For", "203.0.113.7")
	defer res.Body.Close()
	cookie := res.Cookies()[0]
	fmt.Println(cookie.Name, cookie.Path, cookie.HttpOnly)
	// Output: io / true
}

// Clients of Socket.IO 2 beside those of 3 and 4.
func ExampleServerOptions_socketIO2() {
	for _, allow := range []bool{false, true} {
		io := socketio.NewServer(&socketio.ServerOptions{AllowEIO3: allow})
		res := get(io, "GET", "/socket.io/?EIO=3&transport=polling")
		fmt.Println(allow, res.StatusCode)
		res.Body.Close()
	}
	// Output:
	// false 400
	// true 200
}

// Pages of other origins, with cookies.
func ExampleServerOptions_origins() {
	opts := &socketio.ServerOptions{Origins: []string{"https://app.example", "https://*.app.example"}}
	opts.CORS.Credentials = true
	io := socketio.NewServer(opts)

	for _, origin := range []string{"https://www.app.example", "https://evil.example"} {
		res := get(io, "GET", "/socket.io/?EIO=4&transport=polling", "Origin", origin)
		fmt.Println(origin, res.StatusCode)
		res.Body.Close()
	}
	// Output:
	// https://www.app.example 200
	// https://evil.example 403
}

// What happens to the rooms of this server.
func ExampleNamespace_OnCreateRoom() {
	io := socketio.NewServer(nil)
	io.OnCreateRoom(func(room string) {
		if topic, ok := strings.CutPrefix(room, "topic:"); ok { // not the rooms of the sockets' ids
			fmt.Println("begin to watch", topic)
		}
	})
	io.OnDeleteRoom(func(room string) {
		if topic, ok := strings.CutPrefix(room, "topic:"); ok {
			fmt.Println("no longer watch", topic)
		}
	})
	io.OnConnection(func(s *socketio.Socket) {
		s.On("watch", func(topic string) bool { s.Join("topic:" + topic); return true })
		s.On("ignore", func(topic string) bool { s.Leave("topic:" + topic); return true })
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("watch", "tea")
	client.ask("ignore", "tea")
	// Output:
	// begin to watch tea
	// client: watch [tea] → [true]
	// no longer watch tea
	// client: ignore [tea] → [true]
}
