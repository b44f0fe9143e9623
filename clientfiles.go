package socketio

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/accept"
)

// clientFileNames are the files of the browser client that are served, and no others: those of the official server, and
// the client that has WebSocket alone.
var clientFileNames = []string{
	"socket.io.esm.min.js", "socket.io.esm.min.js.map",
	"socket.io.js", "socket.io.js.map",
	"socket.io.min.js", "socket.io.min.js.map",
	"socket.io.msgpack.min.js", "socket.io.msgpack.min.js.map",
	"socket.io.websocket.min.js", "socket.io.websocket.min.js.map",
}

const (
	// clientFileTime is how long a client may take to read a file.
	clientFileTime = 2 * time.Minute
	// clientFileBody is how long a client may take to send a body that nobody wants.
	clientFileBody = 20 * time.Second
)

// clientFiles serves the files of the browser client from memory.
type clientFiles struct {
	// Immutable.
	fsys   fs.FS
	engine *engineio.Server
	logger *slog.Logger

	mu sync.Mutex
	// Guarded by mu.
	loaded map[string]clientFile // at most one for each of clientFileNames
}

// A clientFile is a file in its codings: the best first, identity last.
type clientFile []codedFile

type codedFile struct {
	coding  string // of Content-Encoding; "identity" for none
	etag    string // strong, so it is another one for each coding
	content []byte
}

// newClientFiles panics with a sentence if there is nothing to serve.
func newClientFiles(fsys fs.FS, engine *engineio.Server, logger *slog.Logger) *clientFiles {
	if !slices.ContainsFunc(clientFileNames, func(name string) bool {
		_, err := fs.Stat(fsys, name)
		return err == nil
	}) {
		mistake("ClientFiles has no socket.io.js at its top, nor any other client file: write " +
			`os.DirFS("node_modules/socket.io/client-dist"), or use fs.Sub for a directory of an embed.FS`)
	}
	return &clientFiles{fsys: fsys, engine: engine, logger: logger, loaded: map[string]clientFile{}}
}

// clientFileName returns the name of the client file that is asked for, "" if none is. The last element of the path
// decides, as it was sent: what is escaped without need is another name.
func clientFileName(r *http.Request) string {
	path := r.URL.EscapedPath()
	name := path[strings.LastIndexByte(path, '/')+1:]
	if slices.Contains(clientFileNames, name) {
		return name
	}
	return ""
}

// serve answers a request for the file of that name, which is one of clientFileNames.
func (c *clientFiles) serve(w http.ResponseWriter, r *http.Request, name string) {
	rc := http.NewResponseController(w)
	if r.ContentLength != 0 { // net/http waits for a body even if we do not want it
		_ = rc.SetReadDeadline(time.Now().Add(clientFileBody)) // if it can
	}
	c.engine.SetCORS(w, r)
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	file, err := c.load(name)
	if err != nil {
		c.logger.Debug("socketio: client file not served", "error", err)
		http.NotFound(w, r)
		return
	}
	coded := file.choose(r.Header)
	h.Set("Content-Type", clientFileType(name))
	if _, err := fs.Stat(c.fsys, name+".map"); err == nil {
		h.Set("SourceMap", name+".map") // the smallest file does not say so itself
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=0")
	h.Set("ETag", coded.etag)
	h.Add("Vary", "Accept-Encoding")
	if coded.coding != "identity" {
		h.Set("Content-Encoding", coded.coding)
		if r.Header.Get("If-Match") == "" { // which may be answered without a body, and with this header
			h.Set("Content-Length", strconv.Itoa(len(coded.content))) // ServeContent leaves that to us
		}
	}
	_ = rc.SetWriteDeadline(time.Now().Add(clientFileTime)) // if it can
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(coded.content))
	_ = rc.Flush() // before the deadline is lifted; a client that is gone is no error of ours
	_ = rc.SetWriteDeadline(time.Time{})
}

func clientFileType(name string) string {
	if strings.HasSuffix(name, ".map") {
		return "application/json; charset=utf-8"
	}
	return "application/javascript; charset=utf-8"
}

// load reads a file, once. One that is missing is looked for again.
func (c *clientFiles) load(name string) (clientFile, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if file := c.loaded[name]; file != nil {
		return file, nil
	}
	plain, err := fs.ReadFile(c.fsys, name)
	if err != nil {
		return nil, err
	}
	var file clientFile
	if br, err := fs.ReadFile(c.fsys, name+".br"); err == nil {
		file = append(file, newCodedFile("br", br))
	}
	zipped, err := fs.ReadFile(c.fsys, name+".gz")
	if err != nil {
		zipped = compressed(plain)
	}
	file = append(file, newCodedFile("gzip", zipped), newCodedFile("identity", plain))
	c.loaded[name] = file
	return file, nil
}

func newCodedFile(coding string, content []byte) codedFile {
	sum := sha256.Sum256(content)
	return codedFile{coding, `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`, content}
}

func compressed(plain []byte) []byte {
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level is valid
	_, _ = z.Write(plain)                                   // to memory
	_ = z.Close()
	return bytes.Clone(buf.Bytes())
}

// choose returns the coding that a client likes best, by its Accept-Encoding; of those that it likes as much, the
// first. A client that wants none of them gets the file as it is.
func (f clientFile) choose(h http.Header) *codedFile {
	best, bestQ := &f[len(f)-1], 0.0
	for i := range f {
		if q := accept.Encoding(h, f[i].coding); q > bestQ {
			best, bestQ = &f[i], q
		}
	}
	return best
}
