package main

import (
	"cmp"
	"slices"
)

// A scope is a function with all blocks in it, or the script as a whole. esbuild gives a variable no name that means
// something else further out.
type scope struct {
	start, end int // tokens
	outer      *scope
	inner      []*scope
	vars       []*variable
}

type variable struct {
	name  string
	scope *scope
	uses  []int  // tokens
	wish  string // what name it should get
}

// all returns the variables of the scope, and of those within.
func (s *scope) all() []*variable {
	list := slices.Clone(s.vars)
	for _, inner := range s.inner {
		list = append(list, inner.all()...)
	}
	return list
}

// clashes reports whether a variable must not have the name of another, because it is used where that is seen: in its
// scope.
func (v *variable) clashes(w *variable) bool {
	s := w.scope
	return v.scope == s || v.scope.start <= s.start && s.end <= v.scope.end &&
		slices.ContainsFunc(v.uses, func(token int) bool { return s.start <= token && token < s.end })
}

// find returns the variable of that name, as it is seen in the scope. nil for a global one.
func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.outer {
		for _, v := range s.vars {
			if v.name == name {
				return v
			}
		}
	}
	return nil
}

func (s *scope) declare(name string) {
	if !slices.ContainsFunc(s.vars, func(v *variable) bool { return v.name == name }) {
		s.vars = append(s.vars, &variable{name: name, scope: s})
	}
}

// at returns the innermost scope that has the token.
func (s *scope) at(i int) *scope {
	for _, inner := range s.inner {
		if inner.start <= i && i < inner.end {
			return inner.at(i)
		}
	}
	return s
}

// A script is what is known of one.
type script struct {
	tokens []token
	whole  *scope
	// The tokens that are variables, and of these the ones that stand for a property, too: {a} is {a: a}.
	variables, shorthands map[int]bool
}

func (s *script) text(i int) string {
	if i < 0 || i >= len(s.tokens) || s.tokens[i].kind == literal {
		return ""
	}
	return s.tokens[i].text
}

func (s *script) is(i int, texts ...string) bool { return slices.Contains(texts, s.text(i)) }

func (s *script) isName(i int) bool {
	return s.text(i) != "" && s.tokens[i].kind == word && !slices.Contains(keywords, s.tokens[i].text)
}

// parse finds the scopes and variables of a script.
func parse(code string) *script {
	s := &script{tokens: tokens(code), variables: map[int]bool{}, shorthands: map[int]bool{}}
	s.findScopes()
	s.findVariables()
	for i := range s.tokens {
		s.declarations(i)
	}
	for i := range s.tokens {
		if !s.variables[i] {
			continue
		}
		if v := s.whole.at(i).find(s.text(i)); v != nil {
			v.uses = append(v.uses, i)
		}
	}
	return s
}

func (s *script) findScopes() {
	s.whole = &scope{end: len(s.tokens)}
	var all []*scope
	for i := range s.tokens {
		switch {
		case s.is(i, "=>") && s.is(i-1, ")"):
			all = append(all, &scope{start: s.tokens[i-1].mate, end: s.bodyEnd(i + 1)})
		case s.is(i, "=>"):
			all = append(all, &scope{start: i - 1, end: s.bodyEnd(i + 1)})
		case s.is(i, ")") && s.is(i+1, "{") && !s.is(s.tokens[i].mate-1, "if", "for", "while", "switch", "catch"):
			all = append(all, &scope{start: s.tokens[i].mate, end: s.tokens[i+1].mate + 1})
		}
	}
	slices.SortFunc(all, func(a, b *scope) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	for _, inner := range all {
		inner.outer = s.whole.at(inner.start)
		inner.outer.inner = append(inner.outer.inner, inner)
	}
}

// bodyEnd returns where the body ends of the arrow function whose body begins at i.
func (s *script) bodyEnd(i int) int {
	if s.is(i, "{") {
		return s.tokens[i].mate + 1
	}
	return s.expressionEnd(i)
}

// expressionEnd returns where an expression ends that has no comma.
func (s *script) expressionEnd(i int) int {
	questions := 0
	for ; i < len(s.tokens); i++ {
		switch {
		case s.is(i, ",", ";", ")", "]", "}") || s.is(i, ":") && questions == 0 || s.tokens[i].text[0] == '}':
			return i
		case s.is(i, "?") && !s.is(i+1, "?") && !s.is(i-1, "?"):
			questions++
		case s.is(i, ":"):
			questions--
		case s.tokens[i].mate > i:
			i = s.closing(i)
		}
	}
	return i
}

// closing returns the last token of what begins with the bracket at i: a template has several parts.
func (s *script) closing(i int) int {
	for s.tokens[i].mate > i {
		i = s.tokens[i].mate
	}
	return i
}

// findVariables tells names of variables from those of properties.
func (s *script) findVariables() {
	kinds := []string{"block"} // of the brackets that are open
	for i, t := range s.tokens {
		switch kind := kinds[len(kinds)-1]; {
		case t.mate > i:
			if t.text[0] != '}' { // else it is within a template
				kinds = append(kinds, s.kindOf(i))
			}
		case s.is(i, ")", "]", "}") || t.text[0] == '}':
			kinds = kinds[:max(1, len(kinds)-1)]
		case !s.isName(i) || s.is(i-1, ".", "?."):
		case kind == "export":
			s.variables[i] = s.is(i+1, "as")
		case kind == "class":
			// A method, or a field, if it is not the value of one.
			s.variables[i] = !s.is(i-1, "{", "}", ";", "get", "set", "async", "static", "*")
		case kind == "object" && s.is(i-1, "{", ",", "get", "set", "async", "*"):
			s.shorthands[i] = s.is(i+1, ",", "}", "=")
			s.variables[i] = s.shorthands[i]
		default:
			s.variables[i] = true
		}
	}
}

// kindOf returns what the bracket at i is that opens.
func (s *script) kindOf(i int) string {
	if !s.is(i, "{") {
		return "list"
	}
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if s.is(k, "class") {
			return "class"
		}
	}
	switch {
	case s.is(i-1, "export"):
		return "export"
	case i == 0 || s.is(i-1, ")", "=>", ";", "{", "}", "else", "try", "finally", "do"):
		return "block"
	}
	return "object"
}

// declarations notes what is declared at token i.
func (s *script) declarations(i int) {
	here := s.whole.at(i)
	switch {
	case here.start == i && here != s.whole:
		if !s.is(i, "(") {
			here.declare(s.text(i))
			return
		}
		s.patterns(here, i+1, s.tokens[i].mate)
	case s.is(i, "catch") && s.is(i+1, "("):
		s.patterns(here, i+2, s.tokens[i+1].mate)
	case s.is(i, "class", "function") && s.isName(i+1):
		here.declare(s.text(i + 1))
	case s.is(i, "let", "const", "var"):
		s.patterns(here, i+1, len(s.tokens))
	}
}

// patterns notes what is declared by patterns with commas between them.
func (s *script) patterns(here *scope, i, end int) {
	for i < end {
		i = s.pattern(here, i)
		if s.is(i, "=") {
			i = s.expressionEnd(i + 1)
		}
		if !s.is(i, ",") {
			return
		}
		i++
	}
}

// pattern notes what is declared by a pattern, and returns what follows it.
func (s *script) pattern(here *scope, i int) int {
	if s.is(i, "...") {
		i++
	}
	switch {
	case s.is(i, "["):
		for k := i + 1; k < s.tokens[i].mate; k++ {
			if !s.is(k, ",") {
				s.patterns(here, k, k+1)
				k = s.expressionEnd(k)
			}
		}
	case s.is(i, "{"):
		for k := i + 1; k < s.tokens[i].mate; k++ {
			if s.is(k+1, ":") {
				k += 2
			}
			s.patterns(here, k, k+1)
			k = s.expressionEnd(k)
		}
	case s.isName(i):
		here.declare(s.text(i))
		return i + 1
	default:
		return i
	}
	return s.tokens[i].mate + 1
}
