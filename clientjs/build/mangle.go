package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// families are the sources of classes that inherit from each other. No object belongs to two of them, so that their
// private properties may have the same names in the bundles: a few names that are used often take less space after
// compression than many that are used once. What is on objects of other kinds, or of all, has a name of its own.
var families = [][]string{
	{"socket.ts"},
	{"manager.ts"},
	{"connection.ts", "engine.ts", "ws-connection.ts"},
	{"transport.ts", "polling.ts", "websocket.ts", "webtransport.ts"},
	{"parser.ts"},
}

var privateMember = regexp.MustCompile(`(?m)^  (?:(?:private|protected|override|abstract|async) )*([a-zA-Z]+_)\b[(!?:= ]`)

// shortNames maps the private names of families to those that they get in the bundles. The others esbuild chooses.
func shortNames(dir string) (map[string]any, error) {
	sources, err := filepath.Glob(filepath.Join(dir, "src", "*.ts"))
	if err != nil {
		return nil, err
	}
	var members []string       // in the order of their declaration
	family := map[string]int{} // of a member: its index, or shared
	for _, source := range sources {
		code, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		in := slices.IndexFunc(families, func(f []string) bool { return slices.Contains(f, filepath.Base(source)) })
		for _, match := range privateMember.FindAllStringSubmatch(string(code), -1) {
			name := match[1]
			if other, ok := family[name]; !ok {
				members = append(members, name)
				family[name] = in
			} else if other != in {
				family[name] = shared
			}
		}
	}
	names := map[string]any{}
	taken := make([]int, len(families))
	for _, name := range members {
		if in := family[name]; in != shared {
			names[name] = string(letters[taken[in]])
			taken[in]++
		}
	}
	return names, nil
}

// shared is the family of what is in none or in several.
const shared = -1

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
