package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// officialDir has the official bundles, if `npm ci` has been run there.
const officialDir = "../internal/interop/node_modules/socket.io-client/dist"

// official are the sizes of the bundles of socket.io-client 4.8.4, for when they are not there.
var official = map[string]sizes{
	"socket.io.js":             {153519, 37294},
	"socket.io.min.js":         {47295, 14827},
	"socket.io.esm.min.js":     {40759, 12971},
	"socket.io.msgpack.min.js": {50630, 15398},
}

// sizes are those of a file in bytes: as it is, and compressed by Go's gzip at its best, which is what the server does.
// The program gzip comes within 1 % of it.
type sizes struct{ plain, zipped int }

func sizesOf(file string) (sizes, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return sizes{}, err
	}
	return sizes{len(content), newZipper().size(content)}, nil
}

// A zipper tells how large something is after gzip.
type zipper struct {
	to bytes.Buffer
	w  *gzip.Writer
}

func newZipper() *zipper {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // of which the level is right
	return &zipper{w: w}
}

func (z *zipper) size(content []byte) int {
	z.to.Reset()
	z.w.Reset(&z.to)
	_, _ = z.w.Write(content) // to memory
	_ = z.w.Close()
	return z.to.Len()
}

// sizeTable compares the bundles in dir with the official ones. It returns an error if one is over its budget.
func sizeTable(dir string) (string, error) {
	var table strings.Builder
	row := func(cells ...any) { fmt.Fprintf(&table, "%8v %8v %8v   %9v %8v %5v   %v\n", cells...) }
	row("bytes", "gzip -9", "budget", "official:", "gzip -9", "", "")
	var errs []error
	for _, b := range bundles {
		ours, err := sizesOf(filepath.Join(dir, "dist", b.name))
		if err != nil {
			return "", err
		}
		theirs, err := sizesOf(filepath.Join(dir, filepath.FromSlash(officialDir), b.name))
		if err != nil {
			theirs = official[b.name]
		}
		cells := []any{ours.plain, ours.zipped, "", "", "", "", b.name}
		if b.budget > 0 {
			cells[2] = b.budget
		}
		if theirs.plain > 0 {
			cells[3], cells[4], cells[5] = theirs.plain, theirs.zipped, fmt.Sprintf("%d%%", 100*ours.zipped/theirs.zipped)
		}
		row(cells...)
		if b.budget > 0 && ours.zipped > b.budget {
			errs = append(errs, fmt.Errorf("%s has %d bytes after gzip, and a budget of %d: "+
				"`go run ./build -search %s` may find names that compress better", b.name, ours.zipped, b.budget, b.name))
		}
	}
	return table.String(), errors.Join(errs...)
}
