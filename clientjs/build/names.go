package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The letters of names, in the order in which they are used: one that compresses well, found by trial. After a larger
// change of the sources another one may be some bytes better.
const (
	variableLetters = "tesnoralidpubghwyfvjzmqkcx" + moreLetters
	propertyLetters = "sentbolakupirmfzcvhdjgwxqy" + moreLetters
	moreLetters     = "ETNSROIACLDUPFHGMYBVWKXQJZ$_"
)

// An edit replaces a text.
type edit struct {
	at       int
	old, new string
}

// rename returns the edits that give the variables of a script names which compress better than those of esbuild:
// functions that are alike get the same ones, wherever they stand. See names for found.
func rename(code, letters, found string) []edit {
	s := parse(code)
	var edits []edit
	for v, name := range s.names(letters, found) {
		for _, i := range v.uses {
			text := name
			if s.shorthands[i] && name != v.name {
				text = v.name + ":" + name
			}
			edits = append(edits, edit{s.tokens[i].at, v.name, text})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.at - b.at })
	return edits
}

// names returns names for the variables. If found has a letter for each, as it is after a search, these are taken where
// they can be.
func (s *script) names(letters, found string) map[*variable]string {
	if all := s.whole.all(); len(found) == len(all) {
		for i, v := range all {
			v.wish = found[i:][:1]
		}
	}
	names := map[*variable]string{}
	s.choose(s.whole, letters, names)
	return names
}

// choose names the variables of a scope, in the order of their declaration, and then those of the scopes within.
func (s *script) choose(here *scope, letters string, names map[*variable]string) {
	taken := map[string]bool{} // by what is further out, and seen here
	for i := here.start; i < here.end; i++ {
		if s.variables[i] {
			if v := s.whole.at(i).find(s.text(i)); v == nil {
				taken[s.text(i)] = true
			} else {
				taken[names[v]] = true
			}
		}
	}
	n := 0
	for _, v := range here.vars {
		name := v.wish
		for name == "" || taken[name] || slices.Contains(keywords, name) {
			name = numbered(n, letters)
			n++
		}
		names[v] = name
		taken[name] = true
	}
	for _, inner := range here.inner {
		s.choose(inner, letters, names)
	}
}

// numbered returns the nth of all names that there are.
func numbered(n int, letters string) string {
	name := letters[n%len(letters):][:1]
	if n >= len(letters) {
		name = numbered(n/len(letters)-1, letters) + name
	}
	return name
}

func apply(code string, edits []edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(code[at:e.at])
		b.WriteString(e.new)
		at = e.at + len(e.old)
	}
	b.WriteString(code[at:])
	return b.String()
}

// sameProgram returns an error unless two scripts differ in nothing but the names of variables. esbuild names them by
// their scopes and by how often they are used: it makes the same of both.
func sameProgram(a, b string) error {
	// It prefers letters that are frequent in the script. In {a} and {a: b} they are not the same: here is more of each.
	var letters strings.Builder
	for i := range len(variableLetters) {
		letters.WriteString(strings.Repeat(variableLetters[i:i+1], i*len(a)/10))
	}
	options := api.TransformOptions{MinifyIdentifiers: true}
	if strings.Contains(a, "export{") {
		options.Format = api.FormatESModule // of which the outermost variables may be renamed, too
	}
	transform := func(code string) ([]byte, error) {
		result := api.Transform(code+";'"+letters.String()+"'", options)
		return result.Code, failure(result.Errors, result.Warnings)
	}
	codeA, errA := transform(a)
	codeB, errB := transform(b)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if !bytes.Equal(codeA, codeB) {
		return errors.New("with the names of variables changed, it is another program")
	}
	return nil
}
