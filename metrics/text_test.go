package metrics

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// numbered has a different value in each series.
func numbered() *Counters {
	c := new(Counters)
	for s := range All() {
		c.Add(s, 100+int64(s))
	}
	c.Add(Sockets, -200)
	return c
}

// TestGolden compares all text. Names and labels are what users' dashboards are made of: change none.
func TestGolden(t *testing.T) {
	for _, row := range []struct {
		file   string
		accept string
	}{
		{"testdata/openmetrics.txt", "application/openmetrics-text"},
		{"testdata/prometheus.txt", ""},
	} {
		want, err := os.ReadFile(row.file)
		if err != nil {
			t.Fatal(err)
		}
		if got := scrape(numbered(), http.MethodGet, row.accept).Body.String(); got != string(want) {
			t.Errorf("%s is not what was served:\n%s", row.file, got)
		}
	}
}

func scrape(h http.Handler, method string, accept ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/metrics", http.NoBody)
	for _, a := range accept {
		r.Header.Add("Accept", a)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestNegotiation(t *testing.T) {
	const prometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
		"application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
		"text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
	for _, row := range []struct {
		name   string
		accept []string
		open   bool
	}{
		{"nothing", nil, false},
		{"anything", []string{"*/*"}, false},
		{"a browser", []string{"text/html,application/xhtml+xml,*/*;q=0.8"}, false},
		{"Prometheus", []string{prometheus3}, true},
		{"plain", []string{"text/plain"}, false},
		{"OpenMetrics", []string{"application/openmetrics-text; version=1.0.0; charset=utf-8"}, true},
		{"OpenMetrics of any version", []string{"application/openmetrics-text"}, true},
		{"OpenMetrics, other case", []string{"Application/OpenMetrics-Text; Version=1.0.0"}, true},
		{"OpenMetrics 0.0.1", []string{"application/openmetrics-text; version=0.0.1"}, false},
		{"OpenMetrics 2.0.0", []string{"application/openmetrics-text; version=2.0.0"}, false},
		{"both", []string{"text/plain, application/openmetrics-text"}, true},
		{"two headers", []string{"text/html", "application/openmetrics-text"}, true},
		{"OpenMetrics less", []string{"text/plain;version=0.0.4;q=0.5, application/openmetrics-text;q=0.4"}, false},
		{"OpenMetrics refused", []string{"application/openmetrics-text;q=0"}, false},
		{"not a number", []string{"application/openmetrics-text;q=x"}, false},
		{"garbage", []string{";,/;q, application/"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := scrape(new(Counters), http.MethodGet, row.accept...)
			want := "text/plain; version=0.0.4; charset=utf-8"
			if row.open {
				want = "application/openmetrics-text; version=1.0.0; charset=utf-8"
			}
			if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != want {
				t.Errorf("got %d and %s, want %s", w.Code, got, want)
			}
			if open := strings.HasSuffix(w.Body.String(), "\n# EOF\n"); open != row.open {
				t.Errorf("# EOF: %v", open)
			}
			if w.Header().Get("Vary") != "Accept" {
				t.Error("no Vary: Accept")
			}
		})
	}
}

func TestMethods(t *testing.T) {
	for method, want := range map[string]int{
		http.MethodGet: 200, http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405, http.MethodOptions: 405,
	} {
		w := scrape(new(Counters), method)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", method, w.Code, want)
		}
		if allow := w.Header().Get("Allow"); want == 405 && allow != "GET, HEAD" {
			t.Errorf("%s: Allow: %s", method, allow)
		}
	}
	srv := httptest.NewServer(new(Counters))
	defer srv.Close()
	resp, err := http.Head(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ContentLength < 1000 {
		t.Errorf("HEAD: Content-Length %d", resp.ContentLength)
	}
}

var (
	metadataLine = regexp.MustCompile(`^# (HELP|TYPE|UNIT) (\S+) (\S.*)$`)
	sampleLine   = regexp.MustCompile(`^([a-z_]+)(?:\{([a-z]+)="([^"\\\n]+)"\})? (-?[0-9]+)$`)
)

// TestGrammar reads the OpenMetrics text by the rules of its specification.
func TestGrammar(t *testing.T) {
	c := numbered()
	var buf bytes.Buffer
	n, err := c.WriteTo(&buf)
	if err != nil || n != int64(buf.Len()) {
		t.Fatalf("WriteTo: %d, %v; wrote %d", n, err, buf.Len())
	}
	text, ok := strings.CutSuffix(buf.String(), "\n# EOF\n")
	if !ok {
		t.Fatal("no # EOF at the end")
	}
	var (
		family, kind, unit string
		keywords           []string // of the family, so far
		samples            int      // of the family, so far
		values             = map[string]int64{}
		families           = map[string]bool{}
	)
	for line := range strings.SplitSeq(text, "\n") {
		if m := metadataLine.FindStringSubmatch(line); m != nil {
			if m[2] != family {
				if families[m[2]] {
					t.Errorf("a second family of this name: %s", line)
				}
				family, kind, unit, keywords, samples = m[2], "", "", nil, 0
				families[family] = true
			}
			if slices.Contains(keywords, m[1]) || samples > 0 {
				t.Errorf("metadata twice or late: %s", line)
			}
			keywords = append(keywords, m[1])
			switch m[1] {
			case "TYPE":
				kind = m[3]
			case "UNIT":
				unit = m[3]
			}
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("neither metadata nor a sample: %q", line)
		}
		samples++
		want := map[string]string{"counter": family + "_total", "gauge": family}[kind]
		if m[1] != want {
			t.Errorf("in family %s of type %q: %s", family, kind, line)
		}
		if unit != "" && !strings.HasSuffix(family, "_"+unit) {
			t.Errorf("family %s has unit %s", family, unit)
		}
		key, _, _ := strings.Cut(line, "} ")
		if m[2] == "" {
			key = m[1]
		} else {
			key += "}"
		}
		if _, twice := values[key]; twice {
			t.Errorf("twice: %s", line)
		}
		values[key], _ = strconv.ParseInt(m[4], 10, 64)
	}
	for s := range All() {
		if got, ok := values[s.String()]; !ok || got != c.Value(s) {
			t.Errorf("%v: got %d (%v), want %d", s, got, ok, c.Value(s))
		}
	}
	if len(values) != int(numSeries) {
		t.Errorf("%d samples of %d series", len(values), numSeries)
	}
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 3, w.error }

func TestWriteToFails(t *testing.T) {
	broken := errors.New("disk full")
	if n, err := new(Counters).WriteTo(brokenWriter{broken}); n != 3 || !errors.Is(err, broken) {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestConcurrent(t *testing.T) {
	var c Counters
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				c.Add(MessagesSent, 2)
				c.Add(Sockets, 1)
				c.Add(Sockets, -1)
			}
		})
	}
	for range 10 {
		scrape(&c, http.MethodGet)
	}
	wg.Wait()
	if sent, sockets := c.Value(MessagesSent), c.Value(Sockets); sent != 8000 || sockets != 0 {
		t.Errorf("counted %d and %d", sent, sockets)
	}
	Discard.Add(MessagesSent, 1)
}
