// Command build makes clientjs/dist of clientjs/src. It runs in the directory clientjs:
//
//	go run ./build         writes what differs, and removes what does not belong there
//	go run ./build -check  fails if it would write anything
//	go run ./build -size   prints how large the bundles are, and fails if one is over its budget
//	go run ./build -search NAME   looks for names with which a bundle compresses better; takes minutes
//
// The scripts are made by esbuild, which is a Go package. The types need the TypeScript compiler, of `npm ci`: without
// it they are left as they are.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	check := flag.Bool("check", false, "fail if dist is not what would be built")
	size := flag.Bool("size", false, "print the sizes of the bundles in dist, and fail if one is over its budget")
	search := flag.String("search", "", "look for names with which this bundle compresses better, for some minutes")
	flag.Parse()
	var report string
	var err error
	if *search != "" {
		report, err = searchNames(".", *search, searchTrials)
	} else {
		report, err = run(".", *check, *size)
	}
	_, _ = os.Stdout.WriteString(report)
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// run does what the flags say, and returns what to print.
func run(dir string, check, size bool) (report string, err error) {
	if size {
		return sizeTable(dir)
	}
	d, err := build(dir)
	if err != nil {
		return "", err
	}
	if !d.typed {
		report = "the types are left as they are: they need the TypeScript compiler, of `npm ci` in clientjs\n"
	}
	stale, err := d.stale(dir)
	if err != nil || len(stale) == 0 {
		return report, err
	}
	if check {
		return report, fmt.Errorf("not what is built of src: %s: run `make client`", strings.Join(stale, ", "))
	}
	return report + strings.Join(stale, "\n") + "\n", d.write(dir, stale)
}

// A dist is what directory dist has to contain.
type dist struct {
	files map[string][]byte // by name, with slashes, such as "dist/esm/index.js"
	typed bool              // the files of types are among them
}

func (d *dist) add(name string, content []byte) { d.files["dist/"+name] = content }

// build makes the dist of the sources in dir.
func build(dir string) (*dist, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	d := &dist{files: map[string][]byte{}}
	if err := d.addModules(dir); err != nil {
		return nil, err
	}
	for _, b := range bundles {
		if err := d.addBundle(dir, b); err != nil {
			return nil, err
		}
	}
	return d, d.addTypes(dir)
}

const typesSuffix = ".d.ts"

// stale returns the names of the files of dir/dist that are missing, different, or too many.
func (d *dist) stale(dir string) ([]string, error) {
	names := map[string]bool{}
	for name, want := range d.files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || !bytes.Equal(got, want) {
			names[name] = true
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, "dist"), func(file string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing has been built yet
		}
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		name = filepath.ToSlash(name)
		if _, ok := d.files[name]; !ok && (d.typed || !strings.HasSuffix(name, typesSuffix)) {
			names[name] = true
		}
		return err
	})
	return slices.Sorted(maps.Keys(names)), err
}

// write makes those files of dir/dist what they have to be.
func (d *dist) write(dir string, names []string) error {
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		content, ok := d.files[name]
		if !ok {
			if err := os.Remove(file); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
