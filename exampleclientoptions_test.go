package socketio_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// The examples of the client's options.

// Auth is asked for each connection, the later ones included: a token may have expired by then.
func ExampleClientOptions_auth() {
	io := socketio.NewServer(nil)
	got := make(chan string)
	io.OnConnection(func(s *socketio.Socket) { got <- string(s.Handshake().Auth) })
	address, closeAll := serveExample(io)
	defer closeAll()

	var n atomic.Int32
	token := func(ctx context.Context) (string, error) { return fmt.Sprint("token ", n.Add(1)), ctx.Err() }

	c := socketio.NewClient(address, &socketio.ClientOptions{
		Auth: func(ctx context.Context) (any, error) {
			token, err := token(ctx)
			return map[string]string{"token": token}, err
		},
	})
	defer c.Close()
	for range 2 {
		if err := c.Connect(context.Background()); err != nil {
			log.Fatal(err)
		}
		fmt.Println(<-got)
		c.Disconnect()
	}
	// Output:
	// {"token":"token 1"}
	// {"token":"token 2"}
}

// A program whose events have to arrive, and which can wait for that.
func ExampleClientOptions() {
	c := socketio.NewClient("https://server.example", &socketio.ClientOptions{
		Retries:    10,
		AckTimeout: 10 * time.Second,
	})
	defer c.Close()
}

// Events that have to arrive are sent again until the server has acknowledged them, one after the other.
func ExampleClientOptions_retries() {
	io := socketio.NewServer(nil)
	var calls int
	io.Handle("order", func(m *socketio.Message) { // one at a time
		if calls++; calls > 1 { // the first is not answered
			_ = m.Ack("ordered in the end")
		}
	})
	address, closeAll := serveExample(io)
	defer closeAll()

	c := socketio.NewClient(address, &socketio.ClientOptions{
		Retries:    1000,
		AckTimeout: 100 * time.Millisecond, // 10 s is a better value
	})
	defer c.Close()
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	answer, err := c.EmitWithAck(context.Background(), "order", "tea")
	var text string
	fmt.Println(errors.Join(err, answer.Scan(&text)), text)
	// Output: <nil> ordered in the end
}

// A server whose certificate is signed by an authority of your own.
func ExampleClientOptions_tls() {
	io := socketio.NewServer(nil)
	server := httptest.NewTLSServer(io)
	defer server.Close()
	defer io.Close()

	authorities := x509.NewCertPool()
	authorities.AddCert(server.Certificate()) // or AppendCertsFromPEM(file)

	c := socketio.NewClient(server.URL, &socketio.ClientOptions{
		TLS: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	})
	defer c.Close()
	fmt.Println(c.Connect(context.Background()))
	// Output: <nil>
}

// A server that wants to see a certificate of its clients.
func ExampleClientOptions_certificate() {
	certificate, err := tls.LoadX509KeyPair("client.pem", "client.key")
	if err != nil {
		log.Fatal(err)
	}
	c := socketio.NewClient("https://server.example", &socketio.ClientOptions{
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
	})
	defer c.Close()
}

// A proxy other than that of the environment.
func ExampleClientOptions_proxy() {
	proxy := &url.URL{Scheme: "http", Host: "proxy.example:3128", User: url.UserPassword("me", "secret")}

	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = http.ProxyURL(proxy)
	c := socketio.NewClient("https://server.example", &socketio.ClientOptions{
		HTTPClient: &http.Client{Transport: transport},
	})
	defer c.Close()
}

// A server on a Unix socket. The host of the URL is only what it reads in the Host header; for localhost, a proxy of the
// environment is not asked.
func ExampleClientOptions_unixSocket() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	io := socketio.NewServer(nil)
	server := httptest.NewUnstartedServer(io)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	defer io.Close()

	c := socketio.NewClient("http://localhost", &socketio.ClientOptions{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
	})
	defer c.Close()
	fmt.Println(c.Connect(context.Background()))
	// Output: <nil>
}

// A client that has logged in by HTTP: the cookies of the program's own http.Client go with each request.
func ExampleClientOptions_cookies() {
	io := socketio.NewServer(nil)
	got := make(chan string)
	io.OnConnection(func(s *socketio.Socket) {
		cookie, err := s.Request().Cookie("session")
		got <- fmt.Sprint(cookie, " ", err)
	})
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "bob", Path: "/", Secure: true, HttpOnly: true})
	})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	defer io.Close()
	address, transport := server.URL, server.Client().Transport

	jar, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: transport}
	answer, err := client.PostForm(address+"/login", url.Values{"name": {"bob"}})
	if err != nil {
		log.Fatal(err)
	}
	answer.Body.Close()

	c := socketio.NewClient(address, &socketio.ClientOptions{HTTPClient: client})
	defer c.Close()
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-got)
	// Output: session=bob <nil>
}

// MessagePack, which both ends have to speak.
func ExampleClientOptions_msgpack() {
	io := socketio.NewServer(&socketio.ServerOptions{Parser: msgpack.Codec{}})
	io.Handle("size", func(_ *socketio.Socket, data []byte) int { return len(data) })
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, &socketio.ClientOptions{Parser: msgpack.Codec{}})
	defer c.Close()
	if err := c.Connect(ctx); err != nil {
		log.Fatal(err)
	}
	answer, err := c.EmitWithAck(ctx, "size", []byte("bytes"))
	var n int
	fmt.Println(errors.Join(err, answer.Scan(&n)), n)
	// Output: <nil> 5
}

// Fields of HTTP and parameters of the query go with each request. In a browser, WebSocket has no such fields.
func ExampleClientOptions_header() {
	c := socketio.NewClient("https://server.example?lang=en", &socketio.ClientOptions{
		Path:   "/chat/socket.io/",
		Header: http.Header{"Authorization": {"Bearer 1234"}},
		Query:  url.Values{"version": {"3"}},
	})
	defer c.Close()
}

// What the client tells of its connection at level Info is worth a look; at Debug it tells all.
func ExampleClientOptions_logger() {
	level := new(slog.LevelVar) // Info, until it is set
	c := socketio.NewClient("https://server.example", &socketio.ClientOptions{
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	})
	defer c.Close()
	c.OnConnect(func() {
		log.Println("connected, recovered:", c.Recovered())
	})
	c.OnConnectError(func(err error) {
		log.Println("no connection:", err, "- tried again:", c.Active())
	})
	c.OnDisconnect(func(reason socketio.DisconnectReason) {
		log.Println("disconnected:", reason, c.LastError())
	})
}
