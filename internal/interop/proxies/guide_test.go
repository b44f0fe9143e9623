//go:build unix

package proxies

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The guide shows the files that these tests use.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile(deploy + ".md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		file, err := os.ReadFile(filepath.Join(deploy, k.file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(guide), "\n"+string(file)+"```\n") {
			t.Errorf("docs/deploy.md does not show docs/deploy/%s as it is", k.file)
		}
	}
}
