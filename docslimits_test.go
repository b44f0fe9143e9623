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
	"github.com/socketio-go/socketio/metrics"
)

// limitsOf maps the sections of docs/limits.md to the packages that have their constants.
var limitsOf = map[string]string{
	"Events and sockets": ".", "Connection state recovery": ".", "Packets of Socket.IO": "parser",
	"Sessions of Engine.IO": "engineio", "WebSockets": "internal/websocket", "Files and numbers": ".",
}

// TestLimitsDoc compares the defaults in docs/limits.md with the code, and looks for options that it does not have.
func TestLimitsDoc(t *testing.T) {
	row := regexp.MustCompile("^\\| `(\\w+)` \\| ([^|]+) \\|")
	section, documented := "", map[string]bool{}
	for line := range strings.Lines(readFile(t, "docs/limits.md")) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			section, _, _ = strings.Cut(strings.TrimSpace(heading), " (")
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		documented[m[1]] = true
		dir, known := limitsOf[section]
		if !known {
			t.Errorf("%s: no package is known for section %q", m[1], section)
			continue
		}
		want, ok := limit64(t, dir, m[1])
		if !ok {
			t.Errorf("%s is not in the code", m[1])
		} else if got := quantity(t, m[2]); got != want {
			t.Errorf("%s is %s by the page, and %d in the code", m[1], m[2], want)
		}
	}
	thresholds := map[string]bool{"HTTPCompressionThreshold": true, "PerMessageDeflateThreshold": true}
	for _, opts := range []any{socketio.ServerOptions{}, socketio.RecoveryOptions{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(opts)) {
			if isLimit := f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64; !isLimit || thresholds[f.Name] {
				continue
			}
			if !documented[f.Name] {
				t.Errorf("the page does not have %s", f.Name)
			}
		}
	}
}

// limit64 returns the default of an option, or else the value of a constant of the package.
func limit64(t *testing.T, dir, name string) (int64, bool) {
	t.Helper()
	for _, opts := range []any{socketio.DefaultRecovery(), socketio.DefaultOptions()} {
		if dir != "." && reflect.TypeOf(opts) == reflect.TypeFor[socketio.RecoveryOptions]() {
			continue
		}
		if v := reflect.ValueOf(opts).FieldByName(name); v.IsValid() && v.Int() != 0 {
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
	return 0, false
}

// quantity parses "1 MiB", "25 s" or "1,000".
func quantity(t *testing.T, s string) int64 {
	t.Helper()
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
