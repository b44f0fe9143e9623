package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWasmStalledPoll closes a session whose poll has been answered in part: over fetch, net/http has no eye on the
// context of a request by then.
func TestWasmStalledPoll(t *testing.T) {
	program := filepath.Join(t.TempDir(), "page.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/stalled")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<script src="/wasm_exec.js"></script><script>
			const go = new Go();
			WebAssembly.instantiateStreaming(fetch("/page.wasm"), go.importObject).then((r) => go.run(r.instance));
		</script>`)
	})
	mux.HandleFunc("GET /page.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, program) })
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	})
	mux.HandleFunc("GET /stalled", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sid") == "" {
			fmt.Fprint(w, `0{"sid":"x","upgrades":[],"pingInterval":250000,"pingTimeout":200000}`)
			return
		}
		fmt.Fprint(w, "4")
		_ = http.NewResponseController(w).Flush() // a client that has gone is what we wait for
		<-r.Context().Done()
	})
	mux.HandleFunc("POST /stalled", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what it says is not the point
		fmt.Fprint(w, "ok")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	open(t, sharedBrowser(t), "stalled", server.URL+"/").wait(`document.title === "closed"`)
}
