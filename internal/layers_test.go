package internal_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/socketio-go/socketio"

// arrows are those of the design: the rooms that each room may import, and through
// them what they may. A room is a directory and what is below it; "." is the root
// package alone.
var arrows = map[string][]string{
	"cmd":                {"admin", "cluster"},
	"admin":              {"cluster"},
	"redisadapter":       {"cluster"},
	"natsadapter":        {"cluster"},
	"pgadapter":          {"cluster"},
	"cluster":            {"."},
	".":                  {"clientjs", "engineio", "parser", "metrics", "internal/accept"},
	"clientjs":           {},
	"engineio":           {"internal/websocket", "metrics", "internal/accept"},
	"parser":             {},
	"metrics":            {},
	"internal/accept":    {},
	"internal/websocket": {},
	"internal/memnet":    {},
	"internal/wiretest":  {},

	// Programs and suites in modules of their own; nothing imports them.
	"bench":            {"cmd"},
	"clientjs/build":   {},
	"examples":         {"cmd"},
	"internal/interop": {"cmd"},
}

// testOnly may be imported by tests of any room, by each other and by nothing else.
var testOnly = []string{"internal/memnet", "internal/wiretest"}

// thirdParty are the modules that the root may require.
var thirdParty = []string{
	"github.com/go-json-experiment/json", // encoding/json/v2 until it is standard
	"github.com/klauspost/compress",      // permessage-deflate at a price that servers can pay
}

// room returns the room of a directory, given relative to the module's root, and
// whether it has one.
func room(dir string) (string, bool) {
	for d := dir; ; d = path.Dir(d) {
		if _, ok := arrows[d]; ok && (d != "." || dir == ".") {
			return d, true
		}
		if d == "." {
			return "", false
		}
	}
}

// reaches tells whether following the arrows leads from one room to another.
func reaches(from, to string) bool {
	return from == to || slices.ContainsFunc(arrows[from], func(next string) bool {
		return reaches(next, to)
	})
}

// fault says what is wrong with an import by a file of the given directory, or "".
func fault(dir string, isTest bool, imported string) string {
	from, ok := room(dir)
	if !ok && dir != "internal" {
		return "has no place in the arrows"
	}
	if rel, ours := strings.CutPrefix(imported+"/", module+"/"); ours {
		to, ok := room(path.Clean(rel))
		switch {
		case !ok:
			return "imports " + imported + ", which has no place in the arrows"
		case slices.Contains(testOnly, to):
			if !isTest && !slices.Contains(testOnly, from) {
				return "imports " + imported + ", which is for tests"
			}
		case !reaches(from, to):
			return "imports " + imported + " against the arrows"
		}
	}
	return ""
}

func TestFault(t *testing.T) {
	for _, row := range []struct {
		name, dir string
		isTest    bool
		imported  string
		ok        bool
	}{
		{"down", "engineio", false, module + "/internal/websocket", true},
		{"down, two steps", ".", false, module + "/internal/websocket", true},
		{"root", "cluster", false, module, true},
		{"below a room", "parser/msgpack", false, module + "/parser", true},
		{"standard library", "parser", false, "net/http", true},
		{"up", "engineio", false, module, false},
		{"up, in a test", "engineio", true, module, false},
		{"sideways", "parser", false, module + "/engineio", false},
		{"metrics", "engineio", false, module + "/metrics", true},
		{"metrics, of a codec", "parser", false, module + "/metrics", false},
		{"metrics, of frames", "internal/websocket", false, module + "/metrics", false},
		{"what the root embeds", ".", false, module + "/clientjs", true},
		{"what builds it", ".", false, module + "/clientjs/build", false},
		{"sideways, below", "engineio", false, module + "/parser/msgpack", false},
		{"from a program", "examples/chat", false, module + "/parser", true},
		{"a program", "cluster", false, module + "/examples/chat", false},
		{"test package in a test", "engineio", true, module + "/internal/memnet", true},
		{"test package outside", "engineio", false, module + "/internal/memnet", false},
		{"unknown importer", "internal/other", false, "fmt", false},
		{"unknown import", "engineio", false, module + "/other", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := fault(row.dir, row.isTest, row.imported); (got == "") != row.ok {
				t.Errorf("%s importing %s: %q", row.dir, row.imported, got)
			}
		})
	}
}

// TestLayers looks at every Go file of the repository.
func TestLayers(t *testing.T) {
	const root = ".."
	nested := moduleDirs(t, root)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != root && (name == "testdata" || name == "node_modules" || name[0] == '.' || name[0] == '_') {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(rel))
		inRoot := !slices.ContainsFunc(nested, func(m string) bool { return dir == m || strings.HasPrefix(dir, m+"/") })
		for _, imported := range imports(t, file) {
			if f := fault(dir, strings.HasSuffix(name, "_test.go"), imported); f != "" {
				t.Errorf("%s %s", rel, f)
			}
			if inRoot && !strings.HasPrefix(imported+"/", module+"/") && !allowedOutside(imported) {
				t.Errorf("%s imports %s: the root module does without", rel, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// allowedOutside is for packages that are not ours: standard ones have no dot in
// the first element of their path.
func allowedOutside(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") || slices.ContainsFunc(thirdParty, func(m string) bool {
		return strings.HasPrefix(imported+"/", m+"/")
	})
}

func imports(t *testing.T, file string) (paths []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// moduleDirs returns the directories of the modules that are nested in the root one.
func moduleDirs(t *testing.T, root string) (dirs []string) {
	t.Helper()
	var work struct{ Use []struct{ DiskPath string } }
	goJSON(t, &work, root, "work", "edit", "-json")
	for _, use := range work.Use {
		if dir := path.Clean(use.DiskPath); dir != "." {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// TestRequirements keeps a user's go.sum short.
func TestRequirements(t *testing.T) {
	var mod struct {
		Require []struct{ Path string }
		Replace []struct{ Old struct{ Path string } }
	}
	goJSON(t, &mod, "..", "mod", "edit", "-json")
	for _, r := range mod.Require {
		if !slices.Contains(thirdParty, r.Path) {
			t.Errorf("go.mod requires %s", r.Path)
		}
	}
	for _, r := range mod.Replace {
		t.Errorf("go.mod replaces %s: `go install …@latest` refuses that", r.Old.Path)
	}
}

// goJSON runs the go command in a directory and decodes what it prints.
func goJSON(t *testing.T, dest any, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, dest); err != nil {
		t.Fatal(err)
	}
}
