package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const licence = "/*! socketio-go MIT */\n"

// A bundle is the client in one file, for pages without a bundler.
type bundle struct {
	name   string
	entry  string // of src
	module bool   // an ES module; else a script, which sets the global `io`, or is what its loader asks for
	short  bool   // the script only sets the global
	parser string // of src, in place of parser.ts
	pretty bool   // not minified
	budget int    // bytes, after gzip; 0: none
}

var bundles = []bundle{
	{name: "socket.io.js", entry: "umd.ts", pretty: true},
	{name: "socket.io.min.js", entry: "umd.ts", budget: 9000},
	{name: "socket.io.esm.min.js", entry: "bundle.ts", module: true, budget: 8000},
	{name: "socket.io.msgpack.min.js", entry: "umd-msgpack.ts", parser: "msgpack.ts"},
	{name: "socket.io.websocket.min.js", entry: "umd-ws.ts", short: true, budget: 5000},
}

// isBundleEntry reports whether a source is there for a bundle alone, and not for those who have a bundler.
func isBundleEntry(source string) bool {
	return strings.HasPrefix(source, "umd") || source == "bundle.ts"
}

// The head and the end of a script around the module that it was: for CommonJS, for AMD, or else for a page or worker.
const (
	scriptHead = `(function (global, factory) {
  typeof exports == 'object' && typeof module != 'undefined' ? (module.exports = factory()) :
  typeof define == 'function' && define.amd ? define(factory) : (global.io = factory());
})(typeof self == 'undefined' ? this : self, function () {
'use strict';
`
	scriptHeadMin = `!function(e,o){"object"==typeof exports&&"undefined"!=typeof module?module.exports=o():` +
		`"function"==typeof define&&define.amd?define(o):(e.io=o())}` +
		`("undefined"==typeof self?this:self,function(){"use strict";` + "\n"
	scriptEnd    = "  return $1;\n});\n"
	scriptEndMin = "return $1});\n"

	// The same in short, for the script that the official client does not have: it is for pages and workers alone, and
	// loaders have the package's own entry. Most of the code is in classes, which are strict. Where its map is, the
	// header SourceMap says.
	shortHeadMin = "(()=>{\n"
	shortEndMin  = "globalThis.io=$1})();\n"
)

// moduleEnd is what esbuild ends a module with whose only export is its default.
var moduleEnd = regexp.MustCompile(`export\s*\{\s*([\w$]+) as default\s*\};\s*$`)

// options are those of esbuild for the bundle.
func (b *bundle) options(dir string) api.BuildOptions {
	opts := api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   []string{"src/" + b.entry},
		Outfile:       "dist/" + b.name,
		Bundle:        true,
		Format:        api.FormatESModule, // of which a script is made below: esbuild's own wrapper is longer
		Platform:      api.PlatformBrowser,
		Target:        api.ES2021,
		Tsconfig:      "tsconfig.json",
		Define:        map[string]string{"IN_BUNDLE": "true"},
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
		Sourcemap:     api.SourceMapExternal,
		LogLevel:      api.LogLevelSilent,
		Banner:        map[string]string{"js": strings.TrimSuffix(licence+scriptHead, "\n")},
	}
	if b.module {
		opts.Banner["js"] = strings.TrimSuffix(licence, "\n")
	} else if b.short {
		opts.Banner["js"] = strings.TrimSuffix(licence+shortHeadMin, "\n")
	} else if !b.pretty {
		opts.Banner["js"] = strings.TrimSuffix(licence+scriptHeadMin, "\n")
	}
	if !b.pretty {
		opts.MinifyWhitespace = true
		opts.MinifyIdentifiers = true
		opts.MinifySyntax = true
		opts.MangleProps = private
		opts.MangleCache = map[string]any{} // to be filled: it says which names there are
	}
	if b.parser != "" {
		opts.Plugins = []api.Plugin{{Name: "parser", Setup: func(build api.PluginBuild) {
			replacement := api.OnResolveResult{Path: filepath.Join(dir, "src", b.parser)}
			build.OnResolve(api.OnResolveOptions{Filter: `/parser\.js$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return replacement, nil
			})
		}}}
	}
	return opts
}

// build has esbuild make the bundle, with short names for private properties.
func (b *bundle) build(dir string) (*api.BuildResult, error) {
	options := b.options(dir)
	result := api.Build(options)
	if len(result.MangleCache) > 0 {
		names, err := shortNames(dir, &result, b.found().Properties)
		if err != nil {
			return nil, err
		}
		options.MangleCache = names
		result = api.Build(options)
	}
	return &result, failure(result.Errors, result.Warnings)
}

// output returns a file that esbuild has built.
func output(built *api.BuildResult, name string) []byte {
	i := slices.IndexFunc(built.OutputFiles, func(f api.OutputFile) bool { return filepath.Base(f.Path) == name })
	return built.OutputFiles[i].Contents
}

// script returns what esbuild has built, made a script unless the bundle is a module.
func (b *bundle) script(built *api.BuildResult) (string, error) {
	code := string(output(built, b.name))
	if b.module {
		return code, nil
	}
	if !moduleEnd.MatchString(code) {
		return "", fmt.Errorf("src/%s: a script has a default export and no others", b.entry)
	}
	end := scriptEndMin
	switch {
	case b.pretty:
		end = scriptEnd
	case b.short:
		end = shortEndMin
	}
	return moduleEnd.ReplaceAllString(code, end), nil
}

// tail is the end of the file. Where the map of a short one is, the server says.
func (b *bundle) tail() string {
	if b.short {
		return ""
	}
	return "//# sourceMappingURL=" + b.name + ".map\n"
}

// addBundle makes the bundle and its source map.
func (d *dist) addBundle(dir string, b bundle) error {
	result, err := b.build(dir)
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	code, err := b.script(result)
	if err != nil {
		return err
	}
	sourceMap := output(result, b.name+".map")
	if !b.pretty {
		edits := rename(code, variableLetters, b.found().Variables)
		renamed := apply(code, edits)
		err := sameProgram(code, renamed)
		if err == nil {
			sourceMap, err = edited(sourceMap, code, edits)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		code = renamed
	}
	d.add(b.name, []byte(code+b.tail()))
	d.add(b.name+".map", sourceMap)
	return nil
}

// failure makes an error of what esbuild has to say, warnings included. nil if that is nothing.
func failure(messages ...[]api.Message) error {
	var errs []error
	for _, list := range messages {
		for _, m := range list {
			at := ""
			if l := m.Location; l != nil {
				at = fmt.Sprintf("%s:%d: ", l.File, l.Line)
			}
			errs = append(errs, errors.New(at+m.Text))
		}
	}
	return errors.Join(errs...)
}
