//go:build unix

package proxies

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// TestConversation has a client of the site's own page talk by each transport. By polling, it also waits for something
// for longer than the http.Server's timeouts.
func TestConversation(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		node := newRunner(t)
		s := newSite(t, k, siteOptions{timeout: time.Second})
		wait := 1500 // ms
		for _, m := range modes {
			t.Run(m.name, func(t *testing.T) { converse(t, node, s, m, wait) })
			wait = 50
		}
		t.Run("on another path", func(t *testing.T) {
			converse(t, node, newSite(t, k, siteOptions{path: "/chat/socket.io/"}), modes[2], wait)
		})
	})
}

func converse(t *testing.T, node *scenario.Runner, s *site, m mode, wait int) {
	headers := map[string]string{
		"Origin":            s.URL, // what a browser says of a page that the proxy serves
		"X-Forwarded-For":   "192.0.2.1",
		"X-Forwarded-Proto": "gopher",
	}
	var got seen
	node.Run(t, scenario.Job{
		Scenario: "proxies.conversation", URL: s.URL, Transports: m.transports,
		Args: map[string]any{"options": s.options(map[string]any{"extraHeaders": headers}), "later": wait},
	}, &got)
	want := seen{
		Host: s.proxy.addr, For: []string{"127.0.0.1"}, Proto: []string{"https"}, Address: "127.0.0.1", Secure: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the server saw %v, not %v", got, want)
	}
}

// TestForeignPage has a page of another site try to connect.
func TestForeignPage(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		node := newRunner(t)
		s := newSite(t, k, siteOptions{})
		for _, m := range modes {
			headers := map[string]string{"Origin": "https://foreign.example"}
			var got struct{ Status int }
			node.Run(t, scenario.Job{
				Scenario: "access.attempt", URL: s.URL, Transports: m.transports,
				Args: map[string]any{"options": s.options(map[string]any{"extraHeaders": headers})},
			}, &got)
			if got.Status != http.StatusForbidden {
				t.Errorf("%s: status %d", m.name, got.Status)
			}
		}
	})
}

// TestSticky has clients make many requests: each comes back to the server that has its session. They are told apart by
// a cookie, wherever they come from, or, if they have none, by their address.
func TestSticky(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		node := newRunner(t)
		s := newSite(t, k, siteOptions{})
		for _, row := range []struct {
			name    string
			cookies bool
			clients int
		}{
			{"cookie", true, 8},
			{"address", false, 1},
		} {
			t.Run(row.name, func(t *testing.T) {
				if row.cookies && runtime.GOOS != "linux" {
					t.Skip("this system does not have many loopback addresses")
				}
				if !row.cookies && k.name == caddy.name {
					t.Skip("its cookie policy does not look at addresses")
				}
				var all []string
				for _, m := range modes {
					var names []string
					node.Run(t, scenario.Job{
						Scenario: "proxies.sticky", URL: s.URL, Transports: m.transports,
						Args: map[string]any{"clients": row.clients, "cookies": row.cookies, "options": s.Options},
					}, &names)
					all = append(all, names...)
				}
				slices.Sort(all)
				if row.cookies && len(slices.Compact(all)) != 2 {
					t.Error("all clients went to the same server")
				}
			})
		}
	})
}

// TestIdle leaves clients idle for longer than the proxies' timeouts, which are shortened, as is the heartbeat. Without
// a heartbeat that is quick enough, those timeouts do cut connections.
func TestIdle(t *testing.T) {
	t.Parallel()
	var sites, silent []*site
	var cut []string
	for _, k := range kinds {
		var o siteOptions
		if k.timeout != "" {
			o.subst = []string{k.timeout, "3s"}
			cut = append(cut, k.name)
		}
		silent = append(silent, newSite(t, k, o))
		o.server = socketio.ServerOptions{PingInterval: 600 * time.Millisecond}
		sites = append(sites, newSite(t, k, o))
	}
	slices.Sort(cut)
	var got []string
	newRunner(t).Run(t, scenario.Job{
		Scenario: "proxies.idle",
		Args:     map[string]any{"sites": sites, "silent": silent, "pings": 8, "cut": len(cut)},
	}, &got)
	if !slices.Equal(got, cut) {
		t.Errorf("without a heartbeat, connections were cut by %v, not %v", got, cut)
	}
}

// TestReload has the proxy read its file anew while a client polls, which does not notice, and while one has a
// WebSocket, which Caddy closes.
func TestReload(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		node := newRunner(t)
		s := newSite(t, k, siteOptions{})
		for _, m := range modes[:2] {
			t.Run(m.name, func(t *testing.T) {
				var got, want []string
				if k.name == caddy.name && m.name == "websocket" {
					want = []string{"transport close"}
				}
				node.Run(t, scenario.Job{
					Scenario: "proxies.reload", URL: s.URL, Transports: m.transports,
					Args: map[string]any{"options": s.Options},
				}, &got)
				if !slices.Equal(got, want) {
					t.Errorf("disconnected: %v, not %v", got, want)
				}
			})
		}
	})
}

// TestCrash has servers crash: clients find the other one, or, if that has crashed, too, wait until they are back.
func TestCrash(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		node := newRunner(t)
		for _, m := range modes[:2] {
			for _, both := range []bool{false, true} {
				name := m.name + ", one"
				if both {
					name = m.name + ", both"
				}
				t.Run(name, func(t *testing.T) {
					s := newSite(t, k, siteOptions{})
					node.Run(t, scenario.Job{
						Scenario: "proxies.crash", URL: s.URL, Transports: m.transports,
						Args: map[string]any{"options": s.Options, "both": both},
					}, nil)
				})
			}
		}
	})
}

// TestHTTP2 has a client poll by HTTP/2, as browsers do.
func TestHTTP2(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := newSite(t, k, siteOptions{})
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.proxy.cert)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
		t.Cleanup(transport.CloseIdleConnections)
		client := &http.Client{Transport: transport, Timeout: patience}
		resp, err := client.Get(s.URL + "/socket.io/?EIO=4&transport=polling")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.ProtoMajor != 2 || !strings.HasPrefix(string(body), `0{"sid":`) {
			t.Errorf("%s %q, %v", resp.Proto, body, err)
		}
	})
}
