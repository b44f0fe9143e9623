package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestSearch: what a search finds is smaller, is found again, and is the same program.
func TestSearch(t *testing.T) {
	dir := t.TempDir()
	files := small()
	files["src/umd-ws.ts"] = `
class Parent {
  private first_ = 1;
  second_(list: number[], start: number): number {
    return list.reduce((sum, n) => sum + n, start) + this.first_;
  }
}
class Child extends Parent {
  third_ = 3;
  sum({ a, b }: { a: number[]; b: number }): number {
    try {
      return this.second_(a, b) - this.second_(a, this.third_) - b;
    } catch (err) {
      const c = b + this.third_;
      return c * c - Number(err);
    }
  }
  product = (x: number, y: number): ((z: number) => number) => (z) => x * y * z * this.third_;
}
export default () => new Child();
`
	write(t, dir, files)
	b := &bundles[len(bundles)-1]
	once := func() (found, string) {
		t.Helper()
		s, err := newSearch(dir, b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.symbols {
			s.symbols[i].name = numbered(i, moreLetters) // so that there is something to find
		}
		before, after := s.run(2000)
		if after >= before || s.size(newZipper()) != after {
			t.Errorf("%d bytes before, %d after, which are %d", before, after, s.size(newZipper()))
		}
		for i := range s.symbols {
			if !s.free(i) {
				t.Errorf("%+v has the name of a rival, or one that is forbidden", s.symbols[i])
			}
		}
		return s.found(), string(s.script)
	}
	names, want := once()
	if _, again := once(); again != want {
		t.Errorf("searched again:\n%s\nbefore:\n%s", again, want)
	}
	options := b.options(dir)
	options.MangleCache = map[string]any{}
	for property, name := range names.Properties {
		options.MangleCache[property] = name
	}
	built := api.Build(options)
	code, err := b.script(&built)
	if err != nil {
		t.Fatal(err)
	}
	got := apply(code, rename(code, variableLetters, names.Variables))
	if got+b.tail() != want {
		t.Errorf("built with what was found:\n%s\nwant:\n%s", got, want)
	}
	if err := sameProgram(code, got); err != nil {
		t.Error(err)
	}
}

// TestFoundFits: what a search has found is of the sources as they are.
func TestFoundFits(t *testing.T) {
	dir, err := filepath.Abs(client)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bundles {
		if _, ok := allFound()[b.name]; !ok {
			continue
		}
		built, err := b.build(dir)
		if err != nil {
			t.Fatal(err)
		}
		code, err := b.script(built)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(parse(code).whole.all()); n != len(b.found().Variables) {
			t.Errorf("%s has %d variables, and names were found for %d: run `go run ./build -search %s` in clientjs",
				b.name, n, len(b.found().Variables), b.name)
		}
	}
}

func TestSearchMistake(t *testing.T) {
	for _, name := range []string{"none.js", "socket.io.js"} {
		if _, err := searchNames(client, name, 1); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
