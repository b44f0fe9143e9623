package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// addTypes checks the types of the sources, and makes a file of types for each script that there is for bundlers and
// Node.js: both forms have the same. Without a compiler it does nothing.
func (d *dist) addTypes(dir string) error {
	compiler := filepath.Join(dir, "node_modules", ".bin", "tsc")
	if _, err := os.Stat(compiler); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	out, err := os.MkdirTemp("", "types")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(out) }()
	cmd := exec.Command(compiler, "--project", dir, "--outDir", out)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("tsc: %w\n%s", err, text)
	}
	files, err := filepath.Glob(filepath.Join(out, "*"+typesSuffix))
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		if isBundleEntry(name) {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		d.add("esm/"+name, content)
		d.add("cjs/"+name, content)
	}
	d.typed = true
	return nil
}
