package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// private is what the names of private properties end in. In the bundles they are shorter.
const private = "[^_]_$"

// What the sources look like, as far as it matters here: the formatting is that of all of them.
var (
	classPattern  = regexp.MustCompile(`^(?:export )?(?:abstract )?(?:class|interface) (\w+)`)
	parentPattern = regexp.MustCompile(`^(?:(?:export )?(?:abstract )?(?:class|interface) \w+|>) extends ([A-Z]\w*)`)
	memberPattern = regexp.MustCompile(`^  (?:(?:private|protected|public|readonly|abstract|override|async) )*` +
		`(\w*[^\W_]_)[?!]?(?:[:(<;]| =)`)
	privatePattern = regexp.MustCompile(`\b\w*[^\W_]_\b`)
)

// A hierarchy is what the sources say of classes, and of the private properties that are declared in them.
type hierarchy struct {
	parents map[string]string   // of classes and interfaces
	owners  map[string][]string // of private properties: the classes and interfaces that declare them
	uses    map[string]int      // of private properties
}

func (h *hierarchy) read(code string) {
	class := "" // that the line is in
	for line := range strings.SplitSeq(code, "\n") {
		if m := classPattern.FindStringSubmatch(line); m != nil {
			class = m[1]
		}
		if m := parentPattern.FindStringSubmatch(line); m != nil {
			h.parents[class] = m[1]
		}
		if m := memberPattern.FindStringSubmatch(line); m != nil && class != "" {
			h.owners[m[1]] = append(h.owners[m[1]], class)
		}
		if line == "}" {
			class = ""
		}
		for _, name := range privatePattern.FindAllString(line, -1) {
			h.uses[name]++
		}
	}
}

// readSources reads the sources in dir/src.
func readSources(dir string) (*hierarchy, error) {
	h := &hierarchy{map[string]string{}, map[string][]string{}, map[string]int{}}
	files, err := filepath.Glob(filepath.Join(dir, "src", "*.ts"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		h.read(string(code))
	}
	return h, nil
}

// related reports whether an object may have both of two properties. One that no class declares may be anywhere.
func (h *hierarchy) related(a, b string) bool {
	for _, classA := range h.owners[a] {
		for _, classB := range h.owners[b] {
			if h.inherits(classA, classB) || h.inherits(classB, classA) {
				return true
			}
		}
	}
	return h.owners[a] == nil || h.owners[b] == nil
}

func (h *hierarchy) inherits(class, from string) bool {
	for ; class != ""; class = h.parents[class] {
		if class == from {
			return true
		}
	}
	return false
}

// shortNames returns names for the private properties of a bundle, which has been built with a name for each. Here, two
// get the same one if no object has both: few names compress better than many. Those that were found by a search are
// taken where they can be.
func shortNames(dir string, built *api.BuildResult, found map[string]string) (map[string]any, error) {
	properties := slices.Collect(maps.Keys(built.MangleCache))
	public := map[string]bool{} // the names of other properties
	for _, file := range built.OutputFiles {
		if strings.HasSuffix(file.Path, ".js") {
			s := parse(string(file.Contents))
			for i := range s.tokens {
				public[s.text(i)] = public[s.text(i)] || !s.variables[i]
			}
		}
	}
	for _, name := range built.MangleCache {
		public[fmt.Sprint(name)] = false // esbuild gives none that is another property's
	}
	h, err := readSources(dir)
	if err != nil {
		return nil, err
	}
	names := map[string]any{}
	slices.SortFunc(properties, func(a, b string) int { return cmp.Or(h.uses[b]-h.uses[a], strings.Compare(a, b)) })
	for _, property := range properties {
		for n := -1; names[property] == nil; n++ {
			name := found[property]
			if n >= 0 {
				name = numbered(n, propertyLetters)
			}
			free := name != "" && !public[name]
			for other, taken := range names {
				free = free && (taken != name || !h.related(property, other))
			}
			if free {
				names[property] = name
			}
		}
	}
	return names, nil
}
