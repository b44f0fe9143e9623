package socketio_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A testFile is what a file says of tests.
type testFile struct {
	funcs map[string]bool // tests and examples
	texts map[string]bool // string literals, among them the names of cases
	node  bool            // whether it is for Node.js
}

func parseTests(t *testing.T, name string) testFile {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	f := testFile{funcs: map[string]bool{}, texts: map[string]bool{}}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil {
				f.funcs[n.Name.Name] = true
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil {
				f.texts[text] = true
			}
		}
		return true
	})
	return f
}

// A suite is the tests of a package.
type suite []testFile

func parseSuite(t *testing.T, pkg string) (s suite) {
	t.Helper()
	if pkg == "socketio" {
		pkg = "."
	}
	for _, name := range glob(t, filepath.Join(filepath.FromSlash(pkg), "*_test.go")) {
		s = append(s, parseTests(t, name))
	}
	for _, name := range glob(t, filepath.Join(filepath.FromSlash(pkg), "*.test.mjs")) {
		s = append(s, parseNodeTests(t, name))
	}
	return s
}

// nodeTest is how the tests of a file for Node.js begin, which are at its top level.
var nodeTest = regexp.MustCompile(`(?m)^test\((?:'((?:[^'\\\n]|\\.)*)'|"([^"\\\n]*)"),`)

// parseNodeTests returns the tests of a file for Node.js. They have no cases.
func parseNodeTests(t *testing.T, name string) testFile {
	t.Helper()
	f := testFile{funcs: map[string]bool{}, node: true}
	for _, m := range nodeTest.FindAllStringSubmatch(readFile(t, name), -1) {
		f.funcs[strings.ReplaceAll(m[1], `\'`, "'")+m[2]] = true
	}
	return f
}

// has reports whether there is such a test, in a file that has the names of the cases.
func (s suite) has(test string) bool {
	name, cases, _ := strings.Cut(test, "/")
	for _, f := range s {
		if f.node {
			if f.funcs[test] {
				return true
			}
			continue
		}
		found := f.funcs[name] && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Example"))
		for c := range strings.SplitSeq(cases, "/") {
			found = found && (c == "" || f.texts[c])
		}
		if found {
			return true
		}
	}
	return false
}

func TestSuiteHas(t *testing.T) {
	s := parseSuite(t, "socketio")
	for test, want := range map[string]bool{
		"TestSuiteHas":                      true,
		"ExampleServer_Of":                  true,
		"TestBroadcastTargets/two rooms":    true,
		"TestBroadcastTargets/no such case": false,
		"TestOfNothing":                     false,
		"Test":                              false,
		"parseSuite":                        false,
		"":                                  false,
	} {
		equal(t, test, s.has(test), want)
	}
	node := parseSuite(t, "clientjs/test")
	for test, want := range map[string]bool{
		"URLs": true, "the path of the server is part of the id": true, "an error of a listener is the caller's": true,
		"no such test": false, "http://woot.com": false, "": false,
	} {
		equal(t, test, node.has(test), want)
	}
	equal(t, "no such package", parseSuite(t, "nowhere").has("TestSuiteHas"), false)
}

// Each feature in the list has tests, which exist, or a dash and a reason.
func TestFeatures(t *testing.T) {
	if len(glob(t, "internal/interop/go.mod")) == 0 {
		t.Skip("the other modules of the repository are not here")
	}
	suites := map[string]suite{}
	named := regexp.MustCompile("^`([a-z0-9/]+): ([^`]+)`$")
	rows := 0
	for line := range strings.Lines(readFile(t, "docs/features.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|--") || strings.HasPrefix(line, "| Feature |") {
			continue
		}
		rows++
		if len(cells) != 3 {
			t.Errorf("a row of %d cells: %s", len(cells), line)
			continue
		}
		feature, here, shown := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if here == "—" {
			if !strings.HasPrefix(shown, "Not yet") && !strings.HasPrefix(shown, "Nothing to port: ") || !strings.HasSuffix(shown, ".") {
				t.Errorf("%s: it is not there, and the row does not say why", feature)
			}
			continue
		}
		for test := range strings.SplitSeq(shown, ", `") {
			m := named.FindStringSubmatch("`" + strings.TrimPrefix(test, "`"))
			if m == nil {
				t.Errorf("%s: %q is not the name of a test", feature, test)
				continue
			}
			if suites[m[1]] == nil {
				suites[m[1]] = parseSuite(t, m[1])
			}
			if !suites[m[1]].has(m[2]) {
				t.Errorf("%s: there is no %s in %s", feature, m[2], m[1])
			}
		}
	}
	if rows < 90 {
		t.Errorf("only %d rows: their form has changed", rows)
	}
}
