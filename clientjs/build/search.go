package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// What a search has found: for each bundle, by its name. A bundle that has changed is named by the rules again, as far
// as that does not fit any more: then `go run ./build -search NAME` makes it some percent smaller.
const foundFile = "build/found.json"

//go:embed found.json
var foundJSON []byte

// found are names that compress well, found by trial.
type found struct {
	Variables  string            `json:"variables"`  // a letter for each, in the order in which scopes have them
	Properties map[string]string `json:"properties"` // of private properties
}

// allFound returns a copy of what has been found.
func allFound() map[string]found {
	all := map[string]found{}
	if err := json.Unmarshal(foundJSON, &all); err != nil {
		panic(foundFile + ": " + err.Error()) //nolint:forbidigo // it is part of the program
	}
	return all
}

func (b *bundle) found() found { return allFound()[b.name] }

// A search looks for names of variables and private properties with which a bundle compresses better. Each has a letter:
// what is to be tried is to give it another one.
type search struct {
	code    string // in which each property has a name of its own
	tail    string
	symbols []symbol
	places  []place // in the order of the code
	script  []byte  // the last one that was built
}

type symbol struct {
	name     string
	property string          // what it is in the sources, if it is one
	rivals   []int           // symbols that must not have the same name
	banned   map[string]bool // names that it must not have
}

// A place is where the code names a symbol.
type place struct {
	at        int
	old       string
	symbol    int
	shorthand bool
}

const searchedLetters = 26 // of variableLetters: few names compress better than many

// newSearch prepares a search that begins with the names that the bundle has.
func newSearch(dir string, b *bundle) (*search, error) {
	named, err := b.build(dir)
	if err != nil {
		return nil, err
	}
	unique, properties := map[string]any{}, map[string]string{}
	for property := range named.MangleCache {
		name := fmt.Sprintf("private%d", len(unique))
		unique[property], properties[name] = name, property
	}
	options := b.options(dir)
	options.MangleCache = unique
	built := api.Build(options)
	if err := failure(built.Errors, built.Warnings); err != nil {
		return nil, err
	}
	code, err := b.script(&built)
	if err != nil {
		return nil, err
	}
	h, err := readSources(dir)
	if err != nil {
		return nil, err
	}
	s, script := &search{code: code, tail: b.tail()}, parse(code)
	s.addVariables(script, b.found().Variables)
	s.addProperties(script, properties, named.MangleCache, h)
	slices.SortFunc(s.places, func(a, b place) int { return a.at - b.at })
	return s, nil
}

// addVariables adds the variables of a script. They begin with the names that a build gives them.
func (s *search) addVariables(code *script, found string) {
	names := code.names(variableLetters, found)
	all := code.whole.all()
	for i, v := range all {
		sym := symbol{name: names[v]}
		for k, w := range all {
			if i != k && (v.clashes(w) || w.clashes(v)) {
				sym.rivals = append(sym.rivals, k)
			}
		}
		s.symbols = append(s.symbols, sym)
		for _, token := range v.uses {
			s.places = append(s.places, place{code.tokens[token].at, v.name, i, code.shorthands[token]})
		}
	}
}

// addProperties adds the private properties of a script. They begin with the given names.
func (s *search) addProperties(code *script, properties map[string]string, names map[string]any, h *hierarchy) {
	first := len(s.symbols)
	index := map[string]int{}
	for _, property := range slices.Sorted(maps.Values(properties)) {
		index[property] = len(s.symbols)
		s.symbols = append(s.symbols, symbol{name: fmt.Sprint(names[property]), property: property})
	}
	public := map[string]bool{}
	for i, t := range code.tokens {
		if property, ok := properties[code.text(i)]; ok {
			s.places = append(s.places, place{t.at, t.text, index[property], false})
		} else if !code.variables[i] || code.shorthands[i] {
			public[code.text(i)] = true
		}
	}
	for i := first; i < len(s.symbols); i++ {
		s.symbols[i].banned = public
		for k := first; k < len(s.symbols); k++ {
			if i != k && h.related(s.symbols[i].property, s.symbols[k].property) {
				s.symbols[i].rivals = append(s.symbols[i].rivals, k)
			}
		}
	}
}

// free reports whether a symbol may have the name that it has.
func (s *search) free(i int) bool {
	sym := &s.symbols[i]
	return !sym.banned[sym.name] &&
		!slices.ContainsFunc(sym.rivals, func(k int) bool { return s.symbols[k].name == sym.name })
}

// size builds the bundle with the names as they are, and returns how many bytes it has after gzip.
func (s *search) size(z *zipper) int {
	s.script = s.script[:0]
	at := 0
	for _, p := range s.places {
		s.script = append(s.script, s.code[at:p.at]...)
		if name := s.symbols[p.symbol].name; p.shorthand && name != p.old {
			s.script = append(append(append(s.script, p.old...), ':'), name...)
		} else {
			s.script = append(s.script, name...)
		}
		at = p.at + len(p.old)
	}
	s.script = append(append(s.script, s.code[at:]...), s.tail...)
	return z.size(s.script)
}

// run tries so many changes, and keeps the best names. It takes changes for the worse, too, at first more and larger
// ones: simulated annealing. The same search finds the same names.
func (s *search) run(trials int) (before, after int) {
	z := newZipper()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it has to be the same each time
	names := func() []string {
		list := make([]string, len(s.symbols))
		for i := range s.symbols {
			list[i] = s.symbols[i].name
		}
		return list
	}
	restore := func(list []string) {
		for i := range s.symbols {
			s.symbols[i].name = list[i]
		}
	}
	before = s.size(z)
	now, after, best := before, before, names()
	for n := range trials {
		old := names()
		if !s.change(random, old) {
			restore(old)
			continue
		}
		heat := 1.6 * float64(trials-n) / float64(trials) // bytes
		size := s.size(z)
		if size > now && float64(size-now) > heat*random.ExpFloat64() {
			restore(old)
			continue
		}
		if now = size; now < after {
			after, best = now, names()
		}
	}
	restore(best)
	return before, after
}

// change gives a symbol another name, and its own to those rivals who had that. It returns false if that cannot be done.
func (s *search) change(random *rand.Rand, old []string) bool {
	i := random.IntN(len(s.symbols))
	name := variableLetters[random.IntN(searchedLetters):][:1]
	if name == old[i] {
		return false
	}
	changed := []int{i}
	for _, k := range s.symbols[i].rivals {
		if s.symbols[k].name == name {
			s.symbols[k].name = old[i]
			changed = append(changed, k)
		}
	}
	s.symbols[i].name = name
	return !slices.ContainsFunc(changed, func(k int) bool { return !s.free(k) })
}

// found returns the names.
func (s *search) found() found {
	f := found{Properties: map[string]string{}}
	var variables strings.Builder
	for _, sym := range s.symbols {
		if sym.property != "" {
			f.Properties[sym.property] = sym.name
		} else {
			variables.WriteString(sym.name)
		}
	}
	f.Variables = variables.String()
	return f
}

// searchTrials is how many names are tried: for some minutes.
const searchTrials = 600_000

// searchNames looks for names of a bundle, and notes them in foundFile.
func searchNames(dir, name string, trials int) (report string, err error) {
	i := slices.IndexFunc(bundles, func(b bundle) bool { return b.name == name && !b.pretty })
	if i < 0 {
		return "", fmt.Errorf("%q is no bundle that is minified", name)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	s, err := newSearch(dir, &bundles[i])
	if err != nil {
		return "", err
	}
	before, after := s.run(trials)
	all := allFound()
	all[name] = s.found()
	content, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return "", err
	}
	report = fmt.Sprintf("%s: %d bytes after gzip, %d before: now run `make client`\n", name, after, before)
	return report, os.WriteFile(filepath.Join(dir, foundFile), append(content, '\n'), 0o644)
}
