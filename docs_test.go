package socketio_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// The Go code of the guides compiles: a program by itself, and what is less as a part of a file that is compiled.
func TestDocsCompile(t *testing.T) {
	var compiled strings.Builder
	for _, name := range append(glob(t, "*_test.go"), glob(t, "examples/*/*.go")...) {
		compiled.WriteString(unindent(readFile(t, name)))
	}
	for _, name := range append(glob(t, "docs/*.md"), "README.md") {
		for _, block := range goBlock.FindAllStringSubmatch(readFile(t, name), -1) {
			code := block[1]
			switch {
			case strings.Contains(compiled.String(), unindent(code)):
			case strings.HasPrefix(code, "package "):
				vet(t, name, code)
			default:
				t.Errorf("%s: no compiled file has this code: put it into an example of a test file\n%s", name, code)
			}
		}
	}
}

// unindent takes away what differs between a program and a part of it.
func unindent(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

func vet(t *testing.T, name, program string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "vet", file).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s\n%s", name, err, out, program)
	}
}

// The budgets of the client in its guide are those that its build enforces.
func TestDocsBudgets(t *testing.T) {
	if len(glob(t, "clientjs/build/bundle.go")) == 0 {
		t.Skip("the other modules of the repository are not here")
	}
	guide := readFile(t, "docs/client-js.md")
	bundles := regexp.MustCompile(`\{name: "([^"]+)", .*?(?:budget: (\d+))?\},`)
	rows := 0
	for _, m := range bundles.FindAllStringSubmatch(readFile(t, "clientjs/build/bundle.go"), -1) {
		rows++
		budget := "–"
		if n := len(m[2]); n > 3 {
			budget = m[2][:n-3] + "," + m[2][n-3:]
		}
		if row := "| `" + m[1] + "` | " + budget + " |"; !strings.Contains(guide, row) {
			t.Errorf("the guide does not have: %s", row)
		}
	}
	if rows == 0 {
		t.Error("no bundles: their form has changed")
	}
}

// What the guide calls its subjects.
var subjects = map[string]reflect.Type{
	"c":   reflect.TypeFor[*socketio.Client](),
	"io":  reflect.TypeFor[*socketio.Server](),
	"nsp": reflect.TypeFor[*socketio.Namespace](),
	"s":   reflect.TypeFor[*socketio.Socket](),
	"m":   reflect.TypeFor[*socketio.Message](),
	"h":   reflect.TypeFor[*socketio.Handshake](),
	"r":   reflect.TypeFor[*socketio.RemoteSocket](),

	"Adapter":         reflect.TypeFor[socketio.Adapter](),
	"Broadcast":       reflect.TypeFor[*socketio.Broadcast](),
	"Client":          reflect.TypeFor[*socketio.Client](),
	"ClientOptions":   reflect.TypeFor[*socketio.ClientOptions](),
	"CORS":            reflect.TypeFor[*engineio.CORS](),
	"ConnectError":    reflect.TypeFor[*socketio.ConnectError](),
	"ConnectionError": reflect.TypeFor[*engineio.ConnectionError](),
	"Local":           reflect.TypeFor[*socketio.Local](),
	"RecoveryOptions": reflect.TypeFor[*socketio.RecoveryOptions](),
	"Server":          reflect.TypeFor[*socketio.Server](),
	"ServerOptions":   reflect.TypeFor[*socketio.ServerOptions](),
	"Session":         reflect.TypeFor[*engineio.Session](),
	"Socket":          reflect.TypeFor[*socketio.Socket](),
	"Trace":           reflect.TypeFor[*engineio.Trace](),
}

func has(typ reflect.Type, name string) bool {
	if _, ok := typ.MethodByName(name); ok || typ.Kind() != reflect.Pointer {
		return ok
	}
	_, ok := typ.Elem().FieldByName(name)
	return ok
}

// Each name of ours in the list of features, in the guide for those who come from Node.js and in that of the client is
// one that exists.
func TestDocsNames(t *testing.T) {
	packages := map[string]map[string]bool{
		"socketio": declared(t, "."), "engineio": declared(t, "engineio"),
		"metrics": declared(t, "metrics"), "parser": declared(t, "parser"), "msgpack": declared(t, "parser/msgpack"),
	}
	foreign := regexp.MustCompile(`^(context|errors|http|regexp|time|url|fs|d|err|URL|Query|Get|UnixMilli)$`)
	prose := readFile(t, "docs/features.md") + readFile(t, "docs/from-node.md") + readFile(t, "docs/client-go.md")
	prose = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(prose, "")
	for _, code := range regexp.MustCompile("`[^`\n]+`").FindAllString(prose, -1) {
		for _, match := range regexp.MustCompile(`(\w*|\))\.([A-Z]\w*)`).FindAllStringSubmatch(code, -1) {
			owner, name := match[1], match[2]
			found := foreign.MatchString(owner) || packages[owner][name]
			for subject, typ := range subjects {
				found = found || (owner == subject || owner == ")" || owner == "") && has(typ, name)
			}
			if !found && !foreign.MatchString(name) {
				t.Errorf("%s: there is no %s of %q", code, name, owner)
			}
		}
	}
}

// declared returns the names that a package exports.
func declared(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, name := range glob(t, filepath.Join(dir, "*.go")) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				names[n.Name.Name] = names[n.Name.Name] || n.Recv == nil
				return false
			case *ast.TypeSpec:
				names[n.Name.Name] = true
				return false
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			}
			return true
		})
	}
	return names
}
