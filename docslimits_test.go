package socketio_test

import (
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
)

// A limitsSection is where the limits of a section of docs/limits.md are.
type limitsSection struct {
	dir     string // of the package that has the constants
	options []any  // the defaults
	client  bool   // of the Go client
}

func limitsOf() map[string]limitsSection {
	options := []any{socketio.DefaultOptions()}
	all := []any{socketio.DefaultRecovery(), socketio.DefaultOptions()}
	return map[string]limitsSection{
		"Events and sockets":        {dir: ".", options: all},
		"Connection state recovery": {dir: ".", options: all},
		"Packets of Socket.IO":      {dir: "parser", options: options},
		"Sessions of Engine.IO":     {dir: "engineio", options: options},
		"WebSockets":                {dir: "internal/websocket", options: options},
		"Files and numbers":         {dir: ".", options: all},
		"The Go client":             {dir: ".", options: []any{socketio.DefaultClientOptions()}, client: true},
		"Sessions of the Go client": {dir: "engineio", client: true},
	}
}

// TestLimitsDoc compares the defaults in docs/limits.md with the code, and looks for options that it does not have.
func TestLimitsDoc(t *testing.T) {
	row := regexp.MustCompile("^\\| `(\\w+)` \\| ([^|]+) \\|")
	sections := limitsOf()
	section, documented, ofClient := "", map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(readFile(t, "docs/limits.md")) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			section, _, _ = strings.Cut(strings.TrimSpace(heading), " (")
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		s, known := sections[section]
		if !known {
			t.Errorf("%s: no package is known for section %q", m[1], section)
			continue
		}
		if s.client {
			ofClient[m[1]] = true
		} else {
			documented[m[1]] = true
		}
		want, ok := limit64(t, s, m[1])
		if !ok {
			t.Errorf("%s is not in the code", m[1])
		} else if got := quantity(t, m[2]); got != want {
			t.Errorf("%s is %s by the page, and %d in the code", m[1], m[2], want)
		}
	}
	expectLimits(t, documented, socketio.ServerOptions{}, socketio.RecoveryOptions{})
	expectLimits(t, ofClient, socketio.ClientOptions{}, engineio.ClientOptions{})
}

// expectLimits looks for the limits among options that are not documented.
func expectLimits(t *testing.T, documented map[string]bool, options ...any) {
	t.Helper()
	thresholds := map[string]bool{"HTTPCompressionThreshold": true, "PerMessageDeflateThreshold": true}
	for _, opts := range options {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(opts)) {
			if isLimit := f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64; !isLimit || thresholds[f.Name] {
				continue
			}
			if !documented[f.Name] {
				t.Errorf("the page does not have %s of %T", f.Name, opts)
			}
		}
	}
}

// limit64 returns the default of an option, or else the value of a constant of the package.
func limit64(t *testing.T, s limitsSection, name string) (value int64, found bool) {
	t.Helper()
	dir := s.dir
	for _, opts := range s.options {
		v := reflect.ValueOf(opts).FieldByName(name)
		if found = found || v.IsValid(); v.IsValid() && v.Int() != 0 {
			return v.Int(), true
		}
	}
	declared := regexp.MustCompile(`(?m)(?:^\s*(?:const )?` + name + `\s*=\s*|&c\.` + name + `, )([^,/\n]+)`)
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		if m := declared.FindStringSubmatch(readFile(t, file)); m != nil && !strings.HasSuffix(file, "_test.go") {
			units := strings.NewReplacer("time.Millisecond", "1_000_000", "time.Second", "1_000_000_000",
				"time.Minute", "60_000_000_000")
			value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, units.Replace(m[1]))
			if err != nil || value.Value == nil {
				t.Fatalf("%s: %v", name, err)
			}
			n, exact := constant.Int64Val(value.Value)
			return n, exact
		}
	}
	return 0, found
}

// quantity parses "1 MiB", "25 s", "1,000", or a dash for none.
func quantity(t *testing.T, s string) int64 {
	t.Helper()
	if strings.TrimSpace(s) == "–" {
		return 0
	}
	number, unit, _ := strings.Cut(strings.TrimSpace(s), " ")
	n, err := strconv.ParseInt(strings.ReplaceAll(number, ",", ""), 10, 64)
	units := map[string]int64{
		"": 1, "KiB": 1 << 10, "MiB": 1 << 20,
		"ms": int64(time.Millisecond), "s": int64(time.Second), "min": int64(time.Minute),
	}
	if err != nil || units[unit] == 0 {
		t.Fatalf("%q is no quantity", s)
	}
	return n * units[unit]
}

// TestMetricsDoc: docs/observability.md has each family, with all values of its label, and no others.
func TestMetricsDoc(t *testing.T) {
	page := readFile(t, "docs/observability.md")
	want := map[string]bool{}
	for s := range metrics.All() {
		want[s.Name()] = true
		row := regexp.MustCompile("(?m)^\\| `" + s.Name() + "` \\|.*$").FindString(page)
		name, value := s.Label()
		if row == "" || name != "" && (!strings.Contains(row, "`"+name+"`") || !strings.Contains(row, value)) {
			t.Errorf("the page does not have %v", s)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(socketio_\\w+)`").FindAllStringSubmatch(page, -1) {
		if !want[m[1]] {
			t.Errorf("the page has %s, which is no metric", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`socketio_\w+`).FindAllString(page+readFile(t, "docs/limits.md"), -1) {
		if !want[m] {
			t.Errorf("a page speaks of %s, which is no metric", m)
		}
	}
}
