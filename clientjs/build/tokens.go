package main

import (
	"regexp"
	"slices"
	"strings"
)

// A token of a script that esbuild has minified. There are no comments in it, but for the licence.
type token struct {
	text string
	at   int  // in the script
	kind rune // what it is
	mate int  // of a bracket: the index of the other one
}

const (
	word    = 'w' // a name or a keyword
	mark    = 'm' // punctuation
	literal = 'l' // a number, a text, a regular expression, or a piece of a template
)

var (
	wordPattern     = regexp.MustCompile(`^[\pL$_][\pL\pN$_]*`)
	numberPattern   = regexp.MustCompile(`^(?:0x[\da-f]+|\.?\d[\d.]*(?:e[-+]?\d+)?)`)
	textPattern     = regexp.MustCompile(`(?s)^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`)
	regexpPattern   = regexp.MustCompile(`^/(?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/[a-z]*`)
	templatePattern = regexp.MustCompile("(?s)^[`}](?:[^`\\\\$]|\\\\.|\\$[^{])*(?:`|\\$\\{)")
	markPattern     = regexp.MustCompile(`^(?:=>|\.\.\.|\?\.|[^\s])`) // of the others no part is mistaken for one of these
	commentPattern  = regexp.MustCompile(`(?s)^(?:\s+|/\*.*?\*/|//[^\n]*)+`)
)

// What a word is not, if it is a variable.
var keywords = strings.Fields("async await break case catch class const continue debugger default delete do else export " +
	"extends false finally for function get if import in instanceof let new null of return set static super switch this " +
	"throw true try typeof var void while with yield")

// tokens cuts a script into its tokens, as far as that can be done without its grammar: what is taken for something else
// makes another program of it, which sameProgram tells.
func tokens(code string) []token {
	var list []token
	var open []int // brackets
	for at := 0; at < len(code); {
		rest := code[at:]
		if space := commentPattern.FindString(rest); space != "" {
			at += len(space)
			continue
		}
		t := token{at: at, kind: literal}
		inTemplate := len(open) > 0 && strings.HasSuffix(list[open[len(open)-1]].text, "${")
		switch c := rest[0]; {
		case c == '`' || c == '}' && inTemplate:
			t.text = templatePattern.FindString(rest)
		case c == '"' || c == '\'':
			t.text = textPattern.FindString(rest)
		case c == '/' && !endsValue(list):
			t.text = regexpPattern.FindString(rest)
		default:
			if t.text = numberPattern.FindString(rest); t.text == "" {
				t.kind, t.text = word, wordPattern.FindString(rest)
			}
		}
		if t.text == "" {
			t.kind, t.text = mark, markPattern.FindString(rest)
			if t.text == "?." && numberPattern.MatchString(rest[1:]) {
				t.text = "?"
			}
		}
		at += len(t.text)
		closes := t.kind == mark && strings.Contains(")]}", t.text) || t.kind == literal && t.text[0] == '}'
		if closes && len(open) > 0 {
			t.mate = open[len(open)-1]
			list[t.mate].mate = len(list)
			open = open[:len(open)-1]
		}
		if t.kind == mark && strings.Contains("([{", t.text) || t.kind == literal && strings.HasSuffix(t.text, "${") {
			open = append(open, len(list))
		}
		list = append(list, t)
	}
	return list
}

// endsValue reports whether a slash after the tokens is a division.
func endsValue(list []token) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1]; last.kind {
	case word:
		return last.text == "this" || !slices.Contains(keywords, last.text)
	case literal:
		return !strings.HasSuffix(last.text, "${")
	default:
		return strings.Contains(")]}", last.text)
	}
}
