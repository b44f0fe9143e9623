package socketio_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/socketio-go/socketio"
)

var clientScript = strings.Repeat("/* socket.io */ ", 100)

// clientDist is like the directory of that name in the official package, with one file compressed by brotli.
func clientDist() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"socket.io.js":             file(clientScript),
		"socket.io.js.map":         file(`{"version":3}`),
		"socket.io.min.js":         file("min"),
		"socket.io.min.js.br":      file("min in brotli"),
		"socket.io.min.js.gz":      file("min in gzip"),
		"socket.io.esm.min.js":     file("esm"),
		"socket.io.esm.min.js.map": file(`{"version":3}`),
		"secret.js":                file("secret"),
	}
}

// get makes one request; header has names and values in turn.
func get(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const (
	textType   = "text/plain; charset=utf-8"
	scriptType = "application/javascript; charset=utf-8"
	mapType    = "application/json; charset=utf-8"
	noSession  = `{"code":0,"message":"Transport unknown"}`
)

func TestClientFileNames(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: clientDist()})
	defer io.Close()
	for _, row := range []struct {
		name, method, target string
		status               int
		contentType, body    string
	}{
		{"script", "GET", "/socket.io/socket.io.js", 200, scriptType, clientScript},
		{"map", "GET", "/socket.io/socket.io.js.map", 200, mapType, `{"version":3}`},
		{"minified", "GET", "/socket.io/socket.io.min.js", 200, scriptType, "min"},
		{"module", "GET", "/socket.io/socket.io.esm.min.js", 200, scriptType, "esm"},
		{"map of the module", "GET", "/socket.io/socket.io.esm.min.js.map", 200, mapType, `{"version":3}`},
		{"other mount", "GET", "/a/b/socket.io.js", 200, scriptType, clientScript},
		{"mounted at the root", "GET", "/socket.io.js", 200, scriptType, clientScript},
		{"query", "GET", "/socket.io/socket.io.js?v=1", 200, scriptType, clientScript},
		{"query of a poll", "GET", "/socket.io/socket.io.js?EIO=4&transport=polling", 200, scriptType, clientScript},
		{"HEAD", "HEAD", "/socket.io/socket.io.js", 200, scriptType, ""},
		{"missing", "GET", "/socket.io/socket.io.msgpack.min.js", 404, textType, "404 page not found\n"},

		{"POST", "POST", "/socket.io/socket.io.js", 405, textType, "method not allowed\n"},
		{"OPTIONS", "OPTIONS", "/socket.io/socket.io.js", 405, textType, "method not allowed\n"},
		{"DELETE, missing", "DELETE", "/socket.io/socket.io.msgpack.min.js", 405, textType, "method not allowed\n"},

		// The rest is the engine's, which knows no transport there.
		{"not listed", "GET", "/socket.io/secret.js", 400, "application/json", noSession},
		{"compressed", "GET", "/socket.io/socket.io.min.js.br", 400, "application/json", noSession},
		{"longer", "GET", "/socket.io/socket.io.js.mapx", 400, "application/json", noSession},
		{"prefixed", "GET", "/socket.io/xsocket.io.js", 400, "application/json", noSession},
		{"other case", "GET", "/socket.io/Socket.io.js", 400, "application/json", noSession},
		{"slash after", "GET", "/socket.io/socket.io.js/", 400, "application/json", noSession},
		{"dots", "GET", "/socket.io/../secret.js", 400, "application/json", noSession},
		{"escaped dot", "GET", "/socket.io/socket%2eio.js", 400, "application/json", noSession},
		{"escaped letter", "GET", "/socket.io/%73ocket.io.js", 400, "application/json", noSession},
		{"escaped slash", "GET", "/socket.io/x%2fsocket.io.js", 400, "application/json", noSession},
		{"escaped dots and slash", "GET", "/socket.io/..%2fsocket.io.js", 400, "application/json", noSession},
		{"escaped twice", "GET", "/socket.io/x%252fsocket.io.js", 400, "application/json", noSession},
		{"backslash", "GET", `/socket.io/x%5csocket.io.js`, 400, "application/json", noSession},
		{"zero byte", "GET", "/socket.io/socket.io.js%00", 400, "application/json", noSession},
		{"semicolon", "GET", "/socket.io/socket.io.js;x", 400, "application/json", noSession},
		{"in the query", "GET", "/socket.io/?/socket.io.js", 400, "application/json", noSession},
		{"the mount itself", "GET", "/socket.io/", 400, "application/json", noSession},
	} {
		t.Run(row.name, func(t *testing.T) {
			res := get(io, row.method, row.target)
			equal(t, "status", res.StatusCode, row.status)
			equal(t, "Content-Type", res.Header.Get("Content-Type"), row.contentType)
			equal(t, "X-Content-Type-Options", res.Header.Get("X-Content-Type-Options"), "nosniff")
			equal(t, "body", body(t, res), row.body)
			switch row.status {
			case http.StatusOK:
				equal(t, "Cache-Control", res.Header.Get("Cache-Control"), "public, max-age=0")
			case http.StatusMethodNotAllowed:
				equal(t, "Allow", res.Header.Get("Allow"), "GET, HEAD")
			}
		})
	}
}

func TestNoClientFiles(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: clientDist(), NoClientFiles: true})
	defer io.Close()
	res := get(io, http.MethodGet, "/socket.io/socket.io.js")
	equal(t, "status", res.StatusCode, http.StatusBadRequest)
	equal(t, "body", body(t, res), noSession)
}

// TestSourceMap: a script that has a map says where it is.
func TestSourceMap(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: clientDist()})
	defer io.Close()
	for _, row := range []struct{ file, want string }{
		{"socket.io.js", "socket.io.js.map"},
		{"socket.io.min.js", ""}, // without a map
		{"socket.io.js.map", ""},
		{"socket.io.msgpack.min.js", ""}, // not there
	} {
		equal(t, row.file, get(io, http.MethodGet, "/socket.io/"+row.file).Header.Get("SourceMap"), row.want)
	}
}

// TestBuiltInClient: without options a server has our own client.
func TestBuiltInClient(t *testing.T) {
	io := socketio.NewServer(nil)
	defer io.Close()
	for _, row := range []struct{ name, file, has string }{
		{"script", "socket.io.js", "(global.io = factory())"},
		{"minified", "socket.io.min.js", ".io="},
		{"module", "socket.io.esm.min.js", " as io,"},
		{"msgpack", "socket.io.msgpack.min.js", ".io="},
		{"WebSocket alone", "socket.io.websocket.min.js", ".io="},
	} {
		t.Run(row.name, func(t *testing.T) {
			target := "/socket.io/" + row.file
			res := get(io, http.MethodGet, target)
			script, etag := body(t, res), res.Header.Get("ETag")
			equal(t, "status", res.StatusCode, http.StatusOK)
			equal(t, "Content-Type", res.Header.Get("Content-Type"), scriptType)
			if !strings.HasPrefix(script, "/*! socketio-go MIT */\n") || !strings.Contains(script, row.has) {
				t.Errorf("it has no %q, or no licence: %.200s…", row.has, script)
			}
			equal(t, "SourceMap", res.Header.Get("SourceMap"), row.file+".map")
			says := strings.HasSuffix(script, "\n//# sourceMappingURL="+row.file+".map\n")
			if says == (row.file == "socket.io.websocket.min.js") { // the smallest one leaves it to the header
				t.Errorf("does it name its map? …%s", script[max(0, len(script)-100):])
			}
			equal(t, "asked again", get(io, http.MethodGet, target, "If-None-Match", etag).StatusCode, http.StatusNotModified)
			zipped := get(io, http.MethodGet, target, "Accept-Encoding", "gzip")
			equal(t, "compressed", zipped.Header.Get("Content-Encoding"), "gzip")
			equal(t, "content", unzip(t, body(t, zipped)) == script, true)

			res = get(io, http.MethodGet, target+".map")
			var sourceMap struct {
				Version                 int
				Sources, SourcesContent []string
			}
			if err := json.Unmarshal([]byte(body(t, res)), &sourceMap); err != nil {
				t.Fatal(err)
			}
			equal(t, "Content-Type of the map", res.Header.Get("Content-Type"), mapType)
			equal(t, "version of the map", sourceMap.Version, 3)
			if n := len(sourceMap.Sources); n == 0 || n != len(sourceMap.SourcesContent) {
				t.Errorf("the map has %d sources, and the content of %d", n, len(sourceMap.SourcesContent))
			}
		})
	}
}

func TestClientFilesMistake(t *testing.T) {
	below := fstest.MapFS{"client-dist/socket.io.js": &fstest.MapFile{}}
	text := panicText(func() { socketio.NewServer(&socketio.ServerOptions{ClientFiles: below}) })
	if !strings.Contains(text, "fs.Sub") {
		t.Errorf("a file system without client files: %q", text)
	}
	sub, err := fs.Sub(below, "client-dist")
	if err != nil {
		t.Fatal(err)
	}
	_ = socketio.NewServer(&socketio.ServerOptions{ClientFiles: sub}).Close()
}

func TestClientFileCodings(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: clientDist()})
	defer io.Close()
	for _, row := range []struct{ name, file, accept, want string }{
		{"no header", "socket.io.min.js", "", ""},
		{"gzip", "socket.io.min.js", "gzip", "gzip"},
		{"brotli", "socket.io.min.js", "br", "br"},
		{"browser", "socket.io.min.js", "gzip, deflate, br, zstd", "br"},
		{"browser, no brotli there", "socket.io.js", "gzip, deflate, br, zstd", "gzip"},
		{"brotli alone, not there", "socket.io.js", "br", ""},
		{"deflate alone", "socket.io.min.js", "deflate", ""},
		{"gzip liked more", "socket.io.min.js", "br;q=0.5, gzip;q=0.8", "gzip"},
		{"gzip refused", "socket.io.min.js", "gzip;q=0", ""},
		{"gzip refused, with zeros", "socket.io.min.js", "gzip;q=0.000", ""},
		{"identity liked more", "socket.io.min.js", "identity, gzip;q=0.5", ""},
		{"identity liked as much", "socket.io.min.js", "identity, gzip", "gzip"},
		{"identity refused, nothing else", "socket.io.min.js", "identity;q=0", ""},
		{"anything", "socket.io.min.js", "*", "br"},
		{"anything but brotli", "socket.io.min.js", "*, br;q=0", "gzip"},
		{"nothing", "socket.io.min.js", "*;q=0", ""},
		{"other case, spaces", "socket.io.min.js", " GZip ; Q=0.5 ,", "gzip"},
		{"q is no number", "socket.io.min.js", "gzip;q=much", ""},
		{"q is NaN", "socket.io.min.js", "gzip;q=NaN", ""},
		{"like gzip", "socket.io.min.js", "gzipped, xgzip", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			res := get(io, http.MethodGet, "/socket.io/"+row.file, "Accept-Encoding", row.accept)
			equal(t, "Content-Encoding", res.Header.Get("Content-Encoding"), row.want)
			equal(t, "Vary", strings.Join(res.Header.Values("Vary"), ", "), "Origin, Accept-Encoding")
			content := body(t, res)
			equal(t, "Content-Length", res.ContentLength, int64(len(content)))
			if row.file == "socket.io.js" {
				if row.want == "gzip" {
					content = unzip(t, content)
				}
				equal(t, "content", content, clientScript)
				return
			}
			equal(t, "content", content, map[string]string{"": "min", "gzip": "min in gzip", "br": "min in brotli"}[row.want])
		})
	}
}

func unzip(t *testing.T, text string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestClientFileETags(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: clientDist()})
	defer io.Close()
	const target = "/socket.io/socket.io.js"
	etag := func(coding string) string {
		return get(io, http.MethodHead, target, "Accept-Encoding", coding).Header.Get("ETag")
	}
	plain, zipped := etag("identity"), etag("gzip")
	if len(plain) != 22 || plain[0] != '"' || plain[21] != '"' || plain == zipped || etag("gzip") != zipped {
		t.Fatalf("ETags %s and %s", plain, zipped)
	}
	for _, row := range []struct {
		name, ifNoneMatch string
		status            int
	}{
		{"strong", plain, 304},
		{"weak", "W/" + plain, 304},
		{"list", `"a", W/"b",` + plain, 304},
		{"any", "*", 304},
		{"other", `"x"`, 200},
		{"of the compressed file", zipped, 200},
		{"without quotes", strings.Trim(plain, `"`), 200},
		{"longer", plain[:21] + `x"`, 200},
		{"garbage", `",W/,*`, 200},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(row.name+" "+method, func(t *testing.T) {
				res := get(io, method, target, "If-None-Match", row.ifNoneMatch)
				equal(t, "status", res.StatusCode, row.status)
				equal(t, "ETag", res.Header.Get("ETag"), plain)
				equal(t, "Cache-Control", res.Header.Get("Cache-Control"), "public, max-age=0")
				if content := body(t, res); row.status == http.StatusNotModified || method == http.MethodHead {
					equal(t, "body", content, "")
				} else {
					equal(t, "body", content, clientScript)
				}
			})
		}
	}
	for _, coding := range []string{"identity", "gzip"} {
		res := get(io, http.MethodGet, target, "If-Match", `"x"`, "Accept-Encoding", coding)
		equal(t, "status of If-Match", res.StatusCode, http.StatusPreconditionFailed)
		equal(t, "Content-Length without a body", res.Header.Get("Content-Length"), "")
	}
	other := clientDist()
	other["socket.io.js"].Data[0] = ' '
	io2 := socketio.NewServer(&socketio.ServerOptions{ClientFiles: other})
	defer io2.Close()
	res := get(io2, http.MethodGet, target, "If-None-Match", plain)
	equal(t, "status of another file", res.StatusCode, http.StatusOK)
}

func TestClientFileOrigins(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{
		ClientFiles: clientDist(), Origins: []string{"https://app.example"},
	})
	defer io.Close()
	for _, row := range []struct{ name, origin, allowed string }{
		{"none", "", ""},
		{"own", "http://example.com", ""},
		{"listed", "https://app.example", "https://app.example"},
		{"not listed", "https://evil.example", ""},
		{"null", "null", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var header []string
			if row.origin != "" {
				header = []string{"Origin", row.origin}
			}
			res := get(io, http.MethodGet, "/socket.io/socket.io.js", header...)
			equal(t, "status", res.StatusCode, http.StatusOK) // the browser decides
			equal(t, "allowed", res.Header.Get("Access-Control-Allow-Origin"), row.allowed)
		})
	}
}

// countingFS counts what is opened.
type countingFS struct {
	fs.FS
	journal *journal
}

func (c countingFS) Open(name string) (fs.File, error) {
	c.journal.add("%s", name)
	return c.FS.Open(name)
}

func (c countingFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

func TestClientFilesAreReadOnce(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		dist, opened := clientDist(), &journal{}
		io := socketio.NewServer(&socketio.ServerOptions{ClientFiles: countingFS{dist, opened}})
		defer io.Close()
		opened.expect(t)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				res := get(io, http.MethodGet, "/socket.io/socket.io.js", "Accept-Encoding", "gzip")
				_, _ = bytes.NewBuffer(nil).ReadFrom(res.Body)
			})
		}
		wg.Wait()
		opened.expect(t, "socket.io.js", "socket.io.js.br", "socket.io.js.gz")

		const late = "/socket.io/socket.io.msgpack.min.js"
		equal(t, "missing", get(io, http.MethodGet, late).StatusCode, http.StatusNotFound)
		dist["socket.io.msgpack.min.js"] = &fstest.MapFile{Data: []byte("msgpack")}
		equal(t, "there now", body(t, get(io, http.MethodGet, late)), "msgpack")
	})
}

// TestSlowClientOfFiles: a client that takes its time does not keep the server's goroutine.
func TestSlowClientOfFiles(t *testing.T) {
	dist := clientDist()
	dist["socket.io.js"].Data = make([]byte, 10<<20)
	opts := &socketio.ServerOptions{ClientFiles: dist}
	bubble(t, "does not read", func(t *testing.T) {
		conn := serve(t, opts).host.Dial()
		defer conn.Close()
		_, _ = io.WriteString(conn, "GET /socket.io/socket.io.js HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(3 * time.Minute) // fake time
		if n, _ := io.Copy(io.Discard, conn); n >= 10<<20 {
			t.Errorf("all of it arrived, %d bytes", n)
		}
	})
	bubble(t, "does not send its body", func(t *testing.T) {
		conn := serve(t, opts).host.Dial()
		defer conn.Close()
		start := time.Now()
		_, _ = io.WriteString(conn, "GET /socket.io/socket.io.min.js HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
		answer, err := io.ReadAll(conn)
		if err != nil || !bytes.HasSuffix(answer, []byte("\r\n\r\nmin")) || time.Since(start) > time.Minute {
			t.Errorf("after %v: %q, %v", time.Since(start), answer, err)
		}
	})
}
