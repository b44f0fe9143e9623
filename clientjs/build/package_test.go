package main

import (
	"encoding/json"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

const self = "@socketio-go/client"

// command runs a program and returns what it prints to its standard output.
func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, errs.String())
	}
	return string(out)
}

// pack makes the package as it is published, and returns its file and the names in it.
func pack(t *testing.T) (tarball string, names []string) {
	t.Helper()
	dir := t.TempDir()
	out := command(t, client, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", dir)
	var packed []struct {
		Filename string
		Files    []struct{ Path string }
	}
	if err := json.Unmarshal([]byte(out), &packed); err != nil || len(packed) != 1 {
		t.Fatalf("npm pack: %v\n%s", err, out)
	}
	for _, file := range packed[0].Files {
		names = append(names, file.Path)
	}
	slices.Sort(names)
	return filepath.Join(dir, packed[0].Filename), names
}

// names is what the package exports, as the official one does.
const names = "Fetch Manager NodeWebSocket NodeXHR Socket WebSocket WebTransport XHR connect io protocol"

// TestPackage packs the package, installs it and uses it, by its name and in place of socket.io-client.
func TestPackage(t *testing.T) {
	needPackages(t)
	tarball, packed := pack(t)
	t.Run("files", func(t *testing.T) {
		want := []string{"LICENSE", "README.md", "package.json"}
		err := filepath.WalkDir(filepath.Join(client, "dist"), func(file string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				want = append(want, strings.TrimPrefix(filepath.ToSlash(file), client+"/"))
			}
			return err
		})
		slices.Sort(want)
		if err != nil || !slices.Equal(packed, want) {
			t.Errorf("%v: packed\n%q, want\n%q", err, packed, want)
		}
	})
	for _, name := range []string{self, "socket.io-client"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{
				"package.json": `{"private": true}`,
				"import.mjs":   importing(name), "require.cjs": requiring(name),
				"types.mts": typed(name), "types.cts": typed(name),
			})
			command(t, dir, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", name+"@file:"+tarball)
			command(t, dir, "node", "import.mjs")
			command(t, dir, "node", "require.cjs")
			compiler, err := filepath.Abs(filepath.Join(client, "node_modules", ".bin", "tsc"))
			if err != nil {
				t.Fatal(err)
			}
			options := []string{"--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom"}
			command(t, dir, compiler, append(options, "--module", "nodenext", "types.mts", "types.cts")...)
			command(t, dir, compiler, append(options, "--module", "esnext", "--moduleResolution", "bundler", "types.mts")...)
			shake(t, dir, name)
		})
	}
}

// importing is a program that imports the package, and its parts.
func importing(name string) string {
	return strings.NewReplacer("NAME", name, "EXPORTS", strings.ReplaceAll(names, " ", ", ")).Replace(`
import assert from 'node:assert';
import byDefault, * as all from 'NAME';
import { EXPORTS } from 'NAME';
import * as core from 'NAME/core';
import * as websocket from 'NAME/websocket';
import parser, * as msgpack from 'NAME/msgpack';

for (const value of [EXPORTS]) assert(value);
assert(all.io == io && byDefault == io && connect == io && io.connect == io);
assert(io.Manager == Manager && io.Socket == Socket);
assert.equal(protocol, 5);
for (const lib of [core, websocket]) assert(lib.io && lib.default && lib.Manager && lib.Socket);
assert(msgpack.Encoder && msgpack.Decoder && parser.Encoder && parser.Decoder);
assert.match(import.meta.resolve('NAME'), /node\.js$/);
assert.match(import.meta.resolve('NAME/dist/socket.io.min.js'), /socket\.io\.min\.js$/);
const socket = io('http://localhost:1', { autoConnect: false });
assert(socket instanceof Socket && socket.io instanceof Manager);
`)
}

// requiring is a program that does the same by require().
func requiring(name string) string {
	return strings.NewReplacer("NAME", name, "EXPORTS", strings.ReplaceAll(names, " ", ", ")).Replace(`
const assert = require('node:assert');
const lib = require('NAME');
const { EXPORTS } = lib;
assert.equal(typeof lib, 'function');
for (const value of [EXPORTS]) assert(value);
assert(lib == io && connect == io && lib.default == io);
for (const lib of [require('NAME/core'), require('NAME/websocket')]) assert(lib.io && lib.Manager && lib.Socket);
assert(require('NAME/msgpack').Encoder && require('NAME/package.json').version);
assert.match(require.resolve('NAME'), /node\.js$/);
assert.equal(typeof require('NAME/dist/socket.io.min.js'), 'function');
const socket = io('http://localhost:1', { autoConnect: false });
assert(socket instanceof Socket && socket.io instanceof Manager);
import('./node_modules/NAME/dist/cjs/node.js').then((all) => { // what bundlers and test runners may do
  for (const name of 'EXPORTS'.split(', ')) assert(all[name], name);
});
`)
}

// typed is a program in TypeScript.
func typed(name string) string {
	return strings.ReplaceAll(`
import { io, connect, Manager, Socket } from 'NAME';
import { WebSocket, io as coreIo } from 'NAME/core';
import { io as webSocketIo } from 'NAME/websocket';
import { Encoder, Decoder } from 'NAME/msgpack';

interface Listened { news: (text: string) => void }
interface Emitted { ask: (n: number, answer: (text: string) => void) => void }
const socket: Socket<Listened, Emitted> = io('http://localhost', { parser: { Encoder, Decoder } });
socket.on('news', (text) => text.toUpperCase());
// @ts-expect-error: it takes a number
socket.emit('ask', 'no number', () => {});
const manager: Manager = connect().io;
coreIo('/', { transports: [WebSocket] }).emit('x', manager.reconnection());
webSocketIo('/').close();
`, "NAME", name)
}

// shake bundles programs that use parts of the package, and looks for what they do without.
func shake(t *testing.T, dir, name string) {
	t.Helper()
	const others = `(polling|xhr|webtransport|msgpack|node.*)\.js`
	for _, row := range []struct{ name, program, without string }{
		{"nothing", "import '" + name + "';", "."},
		{
			"protocol",
			"import { protocol } from '" + name + "'; console.log(protocol);",
			`(manager|socket|engine|transport)\.js`,
		},
		{
			"one transport of core",
			"import { io, WebSocket } from '" + name + "/core'; io('/', { transports: [WebSocket] });",
			others,
		},
		{"WebSocket only", "import { io } from '" + name + "/websocket'; io('/');", others},
		{"browser", "import { io } from '" + name + "'; io('/');", `(msgpack|node.*|cookies)\.js`},
	} {
		t.Run("shake "+row.name, func(t *testing.T) {
			result := api.Build(api.BuildOptions{
				AbsWorkingDir: dir, Bundle: true, Format: api.FormatESModule, Metafile: true, LogLevel: api.LogLevelSilent,
				MinifySyntax: true, MinifyWhitespace: true,
				Stdin: &api.StdinOptions{Contents: row.program, ResolveDir: dir},
			})
			if err := failure(result.Errors); err != nil {
				t.Fatal(err)
			}
			var meta struct {
				Outputs map[string]struct {
					Inputs map[string]struct{ BytesInOutput int }
				}
			}
			if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
				t.Fatal(err)
			}
			without := regexp.MustCompile(`/esm/.*` + row.without)
			for file, input := range meta.Outputs["<stdout>"].Inputs {
				if input.BytesInOutput > 0 && without.MatchString(file) {
					t.Errorf("%d bytes of %s are in the bundle", input.BytesInOutput, file)
				}
			}
		})
	}
}

// TestManifest: what package.json points to is there.
func TestManifest(t *testing.T) {
	manifest := read(t, client, "package.json")
	for _, m := range regexp.MustCompile(`"\./(dist/[^"*]+)"`).FindAllStringSubmatch(manifest, -1) {
		read(t, client, m[1])
	}
	if read(t, client, "LICENSE") != read(t, client, "..", "LICENSE") {
		t.Error("LICENSE is not that of the repository")
	}
}

// TestTypesAlone: the types need no other package, which a user would have to install.
func TestTypesAlone(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(client, "dist", "esm", "*"+typesSuffix))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	imported := regexp.MustCompile(`(?:from|import\(|import|types=|path=)\s*["']([^"']+)["']`)
	for _, file := range files {
		for _, m := range imported.FindAllStringSubmatch(read(t, file), -1) {
			if !strings.HasPrefix(m[1], "./") {
				t.Errorf("%s refers to %s", filepath.Base(file), m[1])
			}
		}
	}
}
