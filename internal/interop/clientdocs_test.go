package interop

import (
	"context"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// clientDir is where the client is: a program that runs there finds it by its name.
const clientDir = "../../clientjs"

// clientPages are the pages whose code is for the client.
var clientPages = []string{"../../docs/client-js.md", "../../clientjs/README.md"}

// eachBlock runs a test for the code of the pages that is in a language, each with its first line that is no import.
func eachBlock(t *testing.T, language string, test func(t *testing.T, code string)) {
	blocks := regexp.MustCompile("(?s)```" + language + "\n(.*?)```")
	title := regexp.MustCompile(`(?m)^(?:[^i\s}]|i[^m]).*$`)
	count := 0
	for _, page := range clientPages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range blocks.FindAllStringSubmatch(string(text), -1) {
			count++
			t.Run(filepath.Base(page)+"/"+title.FindString(m[1]), func(t *testing.T) { test(t, m[1]) })
		}
	}
	if count == 0 {
		t.Errorf("no page has code in %s", language)
	}
}

// runNode runs a module in the directory of the client.
func runNode(t *testing.T, module string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "--input-type=module")
	cmd.Dir, cmd.Stdin = clientDir, strings.NewReader(module)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, tail(out, 2000), module)
	}
}

// docsStart gives old versions of Node.js what the transports of browsers need.
const docsStart = "import * as ws from 'ws'; globalThis.WebSocket ??= ws.WebSocket;\n"

// docsEnd ends a module, when its socket, if it has one, is connected and the server has answered it.
const docsEnd = `
setTimeout(() => {}, 60_000); // for those with autoUnref
if (typeof socket != 'undefined') {
  socket.io.on('error', (error) => { throw error; });
  if (await socket.emitWithAck('hello') != 'world') throw new Error('no answer');
  socket.disconnect();
}
process.exit();
`

// TestClientDocs runs the code of the client's pages with a server.
func TestClientDocs(t *testing.T) {
	eachBlock(t, "js", func(t *testing.T, code string) {
		t.Parallel()
		opts := &socketio.ServerOptions{Logger: newLogger(t)}
		if strings.Contains(code, "/msgpack'") {
			opts.Parser = msgpack.Codec{}
		}
		io := socketio.NewServer(opts)
		t.Cleanup(func() { _ = io.Close() })
		io.OnConnection(func(s *socketio.Socket) {
			s.On("hello", func() string { return "world" })
		})
		start := httptest.NewServer
		if strings.Contains(code, "ca.pem") {
			start = httptest.NewTLSServer
		}
		server := start(io)
		t.Cleanup(server.Close)
		if cert := server.Certificate(); cert != nil {
			ca := filepath.Join(t.TempDir(), "ca.pem")
			block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
			if err := os.WriteFile(ca, block, 0o600); err != nil {
				t.Fatal(err)
			}
			code = strings.ReplaceAll(code, "'ca.pem'", "String.raw`"+ca+"`")
		}
		code = strings.ReplaceAll(code, "https://server.example", server.URL)
		runNode(t, docsStart+code+docsEnd)
	})
}

// TestClientDocsPages runs the scripts of the pages' HTML, as far as Node.js can: those that are loaded are the bundles.
func TestClientDocsPages(t *testing.T) {
	source := regexp.MustCompile(`<script src="/socket\.io/([^"]+)">`)
	eachBlock(t, "html", func(t *testing.T, code string) {
		t.Parallel()
		s := newServer(t, nil)
		s.io.OnConnection(func(s *socketio.Socket) {
			s.On("hello", func() string { return "world" })
		})
		s.start(t)
		module := "globalThis.location = new URL(" + "`" + s.url + "`" + ");\n" +
			"globalThis.addEventListener = () => {};\nglobalThis.self = globalThis;\n"
		if m := source.FindStringSubmatch(code); m != nil {
			module += "globalThis.io = (await import('./dist/" + m[1] + "')).default;\n"
		}
		inline := regexp.MustCompile(`(?s)<script(?: type="module")?>(.*?)</script>`).FindStringSubmatch(code)
		if inline == nil {
			t.Fatal("there is no script")
		}
		imports := regexp.MustCompile(`import \{ (\w+) \} from '/socket\.io/(.*?)';`)
		// In the package, a file of this name is CommonJS.
		module += "import { readFileSync } from 'node:fs';\n" + imports.ReplaceAllString(inline[1],
			"const { $1 } = await import('data:text/javascript,' + encodeURIComponent(readFileSync('./dist/$2')));")
		runNode(t, strings.ReplaceAll(module, "io()", "io({ transports: ['polling'] })")+docsEnd)
	})
}

// TestClientDocsTypes compiles the TypeScript of the pages, as strictly as it can be.
func TestClientDocsTypes(t *testing.T) {
	client, err := filepath.Abs(clientDir)
	if err != nil {
		t.Fatal(err)
	}
	tsc := filepath.Join(client, "node_modules/typescript/bin/tsc")
	if _, err := os.Stat(tsc); err != nil {
		t.Fatalf("%v: run npm ci in clientjs, or make test", err)
	}
	eachBlock(t, "ts", func(t *testing.T, code string) {
		dir := t.TempDir()
		config := `{"files": ["page.ts"], "compilerOptions": {"strict": true, "noEmit": true, "target": "ES2022",
			"module": "ESNext", "moduleResolution": "Bundler", "lib": ["ES2022", "DOM"], "types": [],
			"paths": {"@socketio-go/client": ["` + filepath.ToSlash(client) + `/dist/esm/index.d.ts"]}}}`
		for name, text := range map[string]string{"page.ts": code, "tsconfig.json": config} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.CommandContext(t.Context(), "node", tsc, "-p", dir).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
