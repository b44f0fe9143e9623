package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const client = ".." // the directory clientjs

// needPackages fails the test without what `npm ci` installs in clientjs.
func needPackages(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(client, "node_modules", ".bin", "tsc")); err != nil {
		t.Fatal("the packages from npm are missing: run `make test`, or `npm ci` in clientjs")
	}
}

// runs fails the test if the command fails.
func runs(t *testing.T, dir string, check, size bool) {
	t.Helper()
	report, err := run(dir, check, size)
	t.Log("\n" + report)
	if err != nil {
		t.Error(err)
	}
}

// TestDist: what is committed is what is built of the sources, and the sources have no errors of types.
func TestDist(t *testing.T) {
	needPackages(t)
	runs(t, client, true, false)
}

func TestBudgets(t *testing.T) {
	runs(t, client, false, true)
}

// write makes files of the given contents below a directory.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, name ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(name...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// small are the sources of a client that does nothing.
func small() map[string]string {
	return map[string]string{
		"tsconfig.json":      `{"compilerOptions": {"useDefineForClassFields": false}}`,
		"src/index.ts":       "export class A { private b_ = 1; c = () => this.b_; }\nexport const io = () => new A();\n",
		"src/bundle.ts":      "export { A, io } from './index.js';\n",
		"src/umd.ts":         "export { io as default } from './index.js';\n",
		"src/umd-msgpack.ts": "export { io as default } from './index.js';\n",
		"src/umd-ws.ts":      "export { io as default } from './index.js';\n",
	}
}

func TestStale(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, small())
	check := func(want ...string) {
		t.Helper()
		d, err := build(dir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.stale(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("stale: %q, want %q", got, want)
		}
		if _, err := run(dir, true, false); (err == nil) != (len(want) == 0) {
			t.Errorf("check: %v", err)
		}
	}
	rebuild := func() {
		t.Helper()
		runs(t, dir, false, false)
		check()
	}
	rebuild()
	write(t, dir, map[string]string{
		"dist/socket.io.js": "changed", "dist/esm/old.js": "too many", "dist/esm/index.d.ts": "not built without tsc",
	})
	if err := os.Remove(filepath.Join(dir, "dist/cjs/index.js")); err != nil {
		t.Fatal(err)
	}
	check("dist/cjs/index.js", "dist/esm/old.js", "dist/socket.io.js")
	rebuild()
	if _, err := os.Stat(filepath.Join(dir, "dist/esm/old.js")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was too many: %v", err)
	}
	if got := read(t, dir, "dist/esm/index.d.ts"); got != "not built without tsc" {
		t.Errorf("types that are not built: %q", got)
	}
	write(t, dir, map[string]string{"src/index.ts": "export const io = () => 2;\n"})
	check(
		"dist/cjs/index.js", "dist/esm/index.js",
		"dist/socket.io.esm.min.js", "dist/socket.io.esm.min.js.map", "dist/socket.io.js", "dist/socket.io.js.map",
		"dist/socket.io.min.js", "dist/socket.io.min.js.map",
		"dist/socket.io.msgpack.min.js", "dist/socket.io.msgpack.min.js.map",
		"dist/socket.io.websocket.min.js", "dist/socket.io.websocket.min.js.map",
	)
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, small())
	d, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, file, pattern string
		match               bool
	}{
		{"licence", "socket.io.min.js", `^/\*! .* MIT \*/\n`, true},
		{"licence of a module", "socket.io.esm.min.js", `^/\*! .* MIT \*/\n`, true},
		{"map", "socket.io.js", `\n//# sourceMappingURL=socket\.io\.js\.map\n$`, true},
		{"map of a minified one", "socket.io.min.js", `\n//# sourceMappingURL=socket\.io\.min\.js\.map\n$`, true},
		{"map that the server tells of", "socket.io.websocket.min.js", `sourceMappingURL`, false},
		{"source in the map", "socket.io.min.js.map", `private b_ = 1`, true},
		{"name of the source", "socket.io.min.js.map", `"\.\./src/index\.ts"`, true},
		{"private names", "socket.io.min.js", `b_`, false},
		{"private names of a module", "socket.io.esm.min.js", `b_`, false},
		{"private names, not minified", "socket.io.js", `b_`, true},
		{"private names, for bundlers", "esm/index.js", `b_`, true},
		{"exports", "socket.io.esm.min.js", `export\{\w+ as A,\w+ as io\};`, true},
		{"end of a script", "socket.io.websocket.min.js", `globalThis\.io=\w+\}\)\(\);\n$`, true},
		{"exports of a script", "socket.io.min.js", `\bexport\b|__`, false},
		{"import of a script", "cjs/index.js", `\nmodule\['exports'\] = Object\.assign\(module\.exports\.io, .*\n$`, true},
		{"format", "esm/package.json", `"module"`, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			content := d.files["dist/"+row.file]
			if content == nil {
				t.Fatalf("no %s among %v", row.file, slices.Sorted(maps.Keys(d.files)))
			}
			if regexp.MustCompile(row.pattern).Match(content) != row.match {
				t.Errorf("%s:\n%s", row.file, content)
			}
		})
	}
	again, err := build(dir)
	if err != nil || !maps.EqualFunc(d.files, again.files, bytes.Equal) {
		t.Errorf("built again, it is something else: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	for _, row := range []struct{ name, file, content, want string }{
		{"two exports", "src/umd.ts", "export default 1; export const b = 2;", "src/umd.ts: a script has a default export"},
		{"no export", "src/umd-ws.ts", "console.log(1);", "src/umd-ws.ts: a script has a default export"},
		{"syntax", "src/index.ts", "export const io = ;", "index.ts:1: "},
		{"missing module", "src/umd.ts", "export { io as default } from './nowhere.js';", "src/umd.ts:1: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			files := small()
			files[row.file] = row.content
			write(t, dir, files)
			if _, err := run(dir, false, false); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error: %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "dist")); err == nil {
				t.Error("something was written")
			}
		})
	}
}

// TestOverBudget: what does not compress is large.
func TestOverBudget(t *testing.T) {
	dir := t.TempDir()
	noise := make([]byte, 0, 20_000)
	for n := uint32(1); len(noise) < cap(noise); n = n*1664525 + 1013904223 {
		noise = append(noise, byte(n>>24))
	}
	files := map[string]string{}
	for _, b := range bundles {
		files["dist/"+b.name] = "small"
	}
	files["dist/socket.io.websocket.min.js"] = string(noise)
	write(t, dir, files)
	_, err := run(dir, false, true)
	if err == nil || !regexp.MustCompile(`^socket\.io\.websocket\.min\.js has 2\d{4} bytes.*$`).MatchString(err.Error()) {
		t.Errorf("error: %v", err)
	}
}
