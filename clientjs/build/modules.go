package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// callable makes what require() returns the function io, as in the official package. It has the other exports. Node.js
// looks for their names in the text of a module: `module.exports = …` would make it forget those that it has found.
const callable = "module['exports'] = Object.assign(module.exports.io, module.exports);"

// callables are the modules of the package whose require() returns a function: those that index.ts stands for.
var callables = map[string]bool{"index": true, "node": true}

// modulePackage says of the ES modules what they are. The package as a whole is CommonJS, as the official one is:
// Node.js and bundlers may ask for dist/socket.io.js, a script. The nearest package.json is also where bundlers look for
// side effects.
const modulePackage = `{"type": "module", "sideEffects": false}` + "\n"

// addModules makes two scripts of each source: an ES module and one of CommonJS, for bundlers and for Node.js. They are
// neither bundled nor minified.
func (d *dist) addModules(dir string) error {
	sources, err := filepath.Glob(filepath.Join(dir, "src", "*.ts"))
	if err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(dir, "tsconfig.json"))
	if err != nil {
		return err
	}
	for _, source := range sources {
		file := filepath.Base(source)
		if isBundleEntry(file) {
			continue
		}
		code, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		opts := api.TransformOptions{
			Sourcefile:    "src/" + file,
			Loader:        api.LoaderTS,
			Format:        api.FormatESModule,
			Target:        api.ES2020,
			TsconfigRaw:   string(config),
			Charset:       api.CharsetUTF8,
			LegalComments: api.LegalCommentsNone,
		}
		name := strings.TrimSuffix(file, ".ts")
		if err := d.addModule("esm/"+name+".js", string(code), opts); err != nil {
			return err
		}
		opts.Format = api.FormatCommonJS
		opts.Platform = api.PlatformNode // tells Node.js the names of the exports, for its `import`
		if callables[name] {
			opts.Footer = callable
		}
		if err := d.addModule("cjs/"+name+".js", string(code), opts); err != nil {
			return err
		}
	}
	d.add("esm/package.json", []byte(modulePackage))
	return nil
}

func (d *dist) addModule(name, code string, opts api.TransformOptions) error {
	result := api.Transform(code, opts)
	if err := failure(result.Errors, result.Warnings); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d.add(name, result.Code)
	return nil
}
