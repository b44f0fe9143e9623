package browser

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/webtransport-go"

	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// A webTransportServer is the official server, which runs in node, behind what it lacks there: QUIC. It passes the
// bytes of each session's first stream on as they are, serves the page, and is a proxy for the rest.
type webTransportServer struct {
	t       *testing.T
	url     string
	hash    []byte // SHA-256 of the certificate
	streams string // where node takes them
	wt      *webtransport.Server
	done    sync.WaitGroup // whatever was started

	mu    sync.Mutex
	conns []*quic.Conn // guarded by mu
}

// serveWebTransport serves a page with a client for the duration of the test.
func serveWebTransport(t *testing.T, node *scenario.Runner, script []byte) *webTransportServer {
	t.Helper()
	var ports struct{ HTTP, Streams int }
	node.Run(t, scenario.Job{Scenario: "webtransport.start"}, &ports)
	t.Cleanup(func() { node.Run(t, scenario.Job{Scenario: "webtransport.stop"}, nil) })

	tcp, udp := listenBoth(t)
	s := &webTransportServer{
		t: t, url: "http://" + tcp.Addr().String(), streams: fmt.Sprintf("127.0.0.1:%d", ports.Streams),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!doctype html><script src="client.js"></script><script src="webtransport.js"></script>`)
	})
	mux.HandleFunc("/client.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(script)
	})
	mux.Handle("/webtransport.js", http.FileServer(http.Dir("testdata")))
	mux.Handle("/socket.io/", httputil.NewSingleHostReverseProxy(
		&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", ports.HTTP)}))
	web := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	s.done.Go(func() { _ = web.Serve(tcp) }) // until web is closed

	h3 := &http3.Server{TLSConfig: http3.ConfigureTLSConfig(s.newTLS()), Handler: http.HandlerFunc(s.session)}
	webtransport.ConfigureHTTP3Server(h3)
	s.wt = &webtransport.Server{H3: h3}
	quicListener, err := quic.ListenEarly(udp, h3.TLSConfig, &quic.Config{
		EnableDatagrams:                  true, // webtransport-go asks for these
		EnableStreamResetPartialDelivery: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.done.Go(func() { s.accept(quicListener) }) // until it is closed
	t.Cleanup(func() {
		web.Close()
		quicListener.Close()
		s.cut()
		s.wt.Close()
		udp.Close()
		s.done.Wait()
	})
	return s
}

// listenBoth listens at one port by TCP and UDP: the client takes WebTransport to be where the page is.
func listenBoth(t *testing.T) (net.Listener, net.PacketConn) {
	t.Helper()
	for range 10 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err == nil {
			return tcp, udp
		}
		tcp.Close() // somebody has this port by UDP
	}
	t.Fatal("no port is free by TCP and UDP")
	return nil, nil
}

// newTLS makes a certificate such as browsers accept by its hash: ECDSA, and for 14 days at most.
func (s *webTransportServer) newTLS() *tls.Config {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	s.hash = sum[:]
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS13,
	}
}

func (s *webTransportServer) accept(l *quic.EarlyListener) {
	for {
		conn, err := l.Accept(context.Background())
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.done.Go(func() { _ = s.wt.ServeQUICConn(conn) }) // until the connection ends
	}
}

// cut ends all QUIC connections, as a failure would.
func (s *webTransportServer) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.CloseWithError(1, "cut")
	}
	s.conns = nil
}

// A connectResponse tells the stream of the request that began a session, which webtransport-go keeps to itself.
type connectResponse struct {
	http3Response
	stream *http3.Stream
}

type http3Response interface {
	http.ResponseWriter
	http.Flusher
	http3.Settingser
	http3.HTTPStreamer
}

func (r *connectResponse) HTTPStream() *http3.Stream {
	r.stream = r.http3Response.HTTPStream()
	return r.stream
}

// close ends the session in order, so that the client ends the stream. webtransport-go's CloseWithError also says that
// it does not read on, which Chromium hears first and takes for a lost connection.
func (r *connectResponse) close() {
	const closeSession = "\x68\x43\x04\x00\x00\x00\x00" // a capsule: its type, the length, and the code 0
	_ = r.stream.TryWriteAll([]byte(closeSession))
}

// session connects a session's first stream with node, until one of them ends, which ends the other.
func (s *webTransportServer) session(w http.ResponseWriter, r *http.Request) {
	response := &connectResponse{http3Response: w.(http3Response)}
	session, err := s.wt.Upgrade(response, r)
	if err != nil {
		s.t.Errorf("WebTransport: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	stream, err := session.AcceptStream(session.Context())
	if err != nil {
		return // the client has left
	}
	conn, err := net.Dial("tcp", s.streams)
	if err != nil {
		s.t.Error(err)
		return
	}
	var up sync.WaitGroup
	up.Go(func() { // until the client has closed the session, or confirmed that the server has
		_, _ = io.Copy(conn, stream)
		conn.Close()
	})
	_, _ = io.Copy(stream, conn)
	conn.Close()
	response.close()
	up.Wait()
}
