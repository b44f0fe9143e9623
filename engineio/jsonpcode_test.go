package engineio

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	officialLineEnds  = regexp.MustCompile(`(\\)?\\n`)
	officialBackslash = regexp.MustCompile(`\\\\n`)
)

// officialUnescape is what the official server does with a posted payload.
func officialUnescape(s string) string {
	s = officialLineEnds.ReplaceAllStringFunc(s, func(match string) string {
		if strings.HasPrefix(match, `\\`) {
			return match
		}
		return "\n"
	})
	return officialBackslash.ReplaceAllLiteralString(s, `\n`)
}

// clientEscape is what the official client does with a payload that it posts.
func clientEscape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\n`, `\\n`), "\n", `\n`)
}

// TestJSONPLineEnds has vectors of the official server.
func TestJSONPLineEnds(t *testing.T) {
	for _, row := range []struct{ name, posted, want string }{
		{"none", "a", "a"},
		{"line end", `a\nb`, "a\nb"},
		{"backslash and n", `a\\nb`, `a\nb`},
		{"three backslashes", `a\\\nb`, `a\\nb`},
		{"four backslashes", `a\\\\nb`, `a\\\nb`},
		{"five backslashes", `\\\\\n`, `\\\\n`},
		{"backslash", `\`, `\`},
		{"two backslashes", `\\`, `\\`},
		{"backslash at the end", `n\`, `n\`},
		{"backslash before a real line end", "\\\n", "\\\n"},
		{"mixed", `\n\\n\n`, "\n\\n\n"},
		{"real line end", "a\nb", "a\nb"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := decodeJSONP([]byte("d=" + url.QueryEscape(row.posted)))
			if err != nil || string(got) != row.want {
				t.Errorf("%q, %v, want %q", got, err, row.want)
			}
			if official := officialUnescape(row.posted); official != row.want {
				t.Errorf("the test's official server makes %q of it", official)
			}
		})
	}
}

// FuzzJSONP posts anything, and answers with it: a form is decoded as by the official server, what the official client
// escapes arrives, and a script is one string for any parser.
func FuzzJSONP(f *testing.F) {
	for _, s := range []string{
		"d=2%3A4a", "d=", "e=1", "", "d", "d=a&d=b", "d=%zz", "a;b", `d=4%3A4a\nb`, `d=\\n\\\n`, "d=%5C%5Cn%5Cn", "&&&", "d=+%2B", "d=%ff%fe",
		"a\u2028b\u2029", "</script><!--", "\"\\\x00\x1f\x7f", "😀", "\xff\xed\xa0\x80", `\n`, "\\\n", `\\n`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := decodeJSONP(b); err == nil {
			values, err := url.ParseQuery(string(b))
			if err != nil || string(got) != officialUnescape(values["d"][0]) {
				t.Fatalf("%q: %q (%v)", b, got, err)
			}
		}
		if s := string(b); !strings.Contains(s, "\\\n") && !strings.Contains(s, `\\n`) { // which the client's escapes confuse
			got, err := decodeJSONP([]byte("x=y&d=" + url.QueryEscape(clientEscape(s))))
			if err != nil || string(got) != s {
				t.Fatalf("%q arrives as %q, %v", b, got, err)
			}
		}
		if !utf8.Valid(b) {
			return
		}
		script := string(appendJSONP(nil, "7", b))
		quoted, _ := strings.CutPrefix(script, "___eio[7](")
		quoted, ok := strings.CutSuffix(quoted, ");")
		var got string
		if err := json.Unmarshal([]byte(quoted), &got); err != nil || got != string(b) || !ok {
			t.Fatalf("%q: script %q (%v)", b, script, err)
		}
		if strings.ContainsAny(quoted, "\n\r\u2028\u2029") {
			t.Fatalf("a line end in %q", script)
		}
	})
}
