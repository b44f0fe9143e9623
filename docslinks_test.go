package socketio_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	codeBlock = regexp.MustCompile("(?s)```.*?```")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)]*)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// TestDocsLinks: what the pages link to in the repository exists, headings included, and so does what they link to in the
// documentation of the packages.
func TestDocsLinks(t *testing.T) {
	const reference = "https://pkg.go.dev/github.com/socketio-go/socketio"
	for _, page := range append(glob(t, "docs/*.md"), "README.md") {
		prose := codeSpan.ReplaceAllString(codeBlock.ReplaceAllString(readFile(t, page), ""), "")
		for _, m := range link.FindAllStringSubmatch(prose, -1) {
			target := strings.Join(strings.Fields(m[1]), "")
			path, anchor, hasAnchor := strings.Cut(target, "#")
			if dir, ok := strings.CutPrefix(path, reference); ok {
				if name, _, _ := strings.Cut(anchor, "."); hasAnchor && !declared(t, filepath.Join(".", dir))[name] {
					t.Errorf("%s: %s: %s is not declared", page, target, name)
				}
				path, hasAnchor = filepath.Join(".", dir), false
			} else if strings.Contains(path, "://") {
				continue
			} else if path == "" {
				path = page
			} else {
				path = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s: %v", page, target, err)
			} else if hasAnchor && !anchors(readFile(t, path))[anchor] {
				t.Errorf("%s: %s: %s has no such heading", page, target, path)
			}
		}
	}
}

// anchors returns the names by which GitHub links to the headings of a page.
func anchors(page string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1) {
		names[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	return names
}
