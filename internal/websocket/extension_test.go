package websocket

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func extensions(lines ...string) http.Header {
	return http.Header{"Sec-Websocket-Extensions": lines}
}

func TestAcceptDeflate(t *testing.T) {
	const (
		accepted = deflateAnswer
		window   = deflateAnswer + windowAnswer
		declined = ""
	)
	tests := []struct{ name, offer, want string }{
		{"plain", "permessage-deflate", accepted},
		{"Chromium, Node", "permessage-deflate; client_max_window_bits", accepted},
		{"no blanks", "permessage-deflate;client_max_window_bits=10;server_no_context_takeover", accepted},
		{"blanks everywhere", "\t permessage-deflate ;\tclient_max_window_bits = 10 \t", accepted},
		{"all but a window", "permessage-deflate; client_max_window_bits; server_no_context_takeover; client_no_context_takeover", accepted},
		{"quoted value", `permessage-deflate; client_max_window_bits="10"`, accepted},
		{"server window of 32 KiB", "permessage-deflate; server_max_window_bits=15", window},
		{"server window of 32 KiB, quoted", `permessage-deflate; server_max_window_bits="15"`, window},
		{"server window of 16 KiB", "permessage-deflate; server_max_window_bits=14", declined},
		{"server window of 256 bytes", "permessage-deflate; server_max_window_bits=8", declined},
		{"second choice", "permessage-deflate; server_max_window_bits=10, permessage-deflate", accepted},
		{"first of two choices", "permessage-deflate; server_max_window_bits=15, permessage-deflate", window},
		{"another extension first", "x-webkit-deflate-frame; no_context_takeover, permessage-deflate", accepted},
		{"another extension with a value", `foo; bar="baz"; baz=1, permessage-deflate`, accepted},

		{"T54", "constructor, permessage-deflate; server_max_window_bits=99", declined},
		{"T54 and a good one", "constructor, permessage-deflate; server_max_window_bits=99, permessage-deflate", accepted},
		{"properties of every object", "__proto__; toString, hasOwnProperty, permessage-deflate; constructor", declined},
		{"unknown parameter", "permessage-deflate; foo", declined},
		{"parameter in capitals", "permessage-deflate; Client_max_window_bits", declined},
		{"extension in capitals", "Permessage-Deflate", declined},
		{"prefix", "permessage-deflat", declined},
		{"longer", "permessage-deflate-frame", declined},
		{"parameter twice", "permessage-deflate; client_max_window_bits; client_max_window_bits", declined},
		{"parameter twice with other values", "permessage-deflate; client_max_window_bits=10; client_max_window_bits=11", declined},
		{"flag twice", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", declined},
		{"flag with a value", "permessage-deflate; server_no_context_takeover=1", declined},
		{"other flag with a value", "permessage-deflate; client_no_context_takeover=true", declined},
		{"server window without a value", "permessage-deflate; server_max_window_bits", declined},
		{"window of 7 bits", "permessage-deflate; client_max_window_bits=7", declined},
		{"window of 16 bits", "permessage-deflate; client_max_window_bits=16", declined},
		{"window with a leading zero", "permessage-deflate; client_max_window_bits=08", declined},
		{"window with a sign", "permessage-deflate; client_max_window_bits=+9", declined},
		{"window with letters", "permessage-deflate; client_max_window_bits=1e1", declined},
		{"window of many digits", "permessage-deflate; client_max_window_bits=18446744073709551625", declined},

		{"malformed: empty", "", declined},
		{"malformed: blanks", " \t ", declined},
		{"malformed: comma at the end", "permessage-deflate,", declined},
		{"malformed: comma at the beginning", ",permessage-deflate", declined},
		{"malformed: two commas", "permessage-deflate,,x", declined},
		{"malformed: semicolon at the end", "permessage-deflate;", declined},
		{"malformed: no name", "; client_max_window_bits", declined},
		{"malformed: no parameter", "permessage-deflate; =10", declined},
		{"malformed: no value", "permessage-deflate; client_max_window_bits=", declined},
		{"malformed: two values", "permessage-deflate; client_max_window_bits=10=11", declined},
		{"malformed: two words", "permessage-deflate client_max_window_bits", declined},
		{"malformed: empty quotes", `permessage-deflate; client_max_window_bits=""`, declined},
		{"malformed: open quotes", `permessage-deflate; client_max_window_bits="10`, declined},
		{"malformed: quoted blank", `permessage-deflate; client_max_window_bits=" 10"`, declined},
		{"malformed: quoted name", `"permessage-deflate"`, declined},
		{"malformed: text behind quotes", `permessage-deflate; client_max_window_bits="10"x`, declined},
		{"malformed: escape", `permessage-deflate; client_max_window_bits="1\0"`, declined},
		{"malformed: no ASCII", "permessage-deflate; ä", declined},
		{"malformed: NUL", "permessage-deflate\x00", declined},
		{"malformed behind a good one", "permessage-deflate, @", declined},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := acceptDeflate(extensions(tt.offer)); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.offer, got, tt.want)
			}
		})
	}
}

func TestAcceptDeflateFields(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"none", nil, ""},
		{"in the second", []string{"foo", "permessage-deflate"}, deflateAnswer},
		{"in both", []string{"permessage-deflate", "permessage-deflate; server_max_window_bits=15"}, deflateAnswer},
		{"malformed second", []string{"permessage-deflate", ""}, ""},
		{"malformed first", []string{"@", "permessage-deflate"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := acceptDeflate(extensions(tt.lines...)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAcceptDeflateCost is T54: a hostile field of the size that net/http lets
// through takes no memory and little time.
func TestAcceptDeflateCost(t *testing.T) {
	const size = 1 << 20
	offer := "permessage-deflate; server_max_window_bits=99"
	tests := []struct{ name, field string }{
		{"5,000 parameters", "constructor, " + offer + strings.Repeat("; a=1", 5000)},
		{"parameters", offer + strings.Repeat("; a=1", size/5)},
		{"duplicates", offer + strings.Repeat("; client_max_window_bits", size/24)},
		{"offers", "constructor" + strings.Repeat(", "+offer, size/len(offer))},
		{"blanks", "a" + strings.Repeat(" ", size) + "b"},
		{"blanks in quotes", `a; b="` + strings.Repeat(" ", size)},
		{"quotes", `a` + strings.Repeat(`; b="c"`, size/7) + `; b="`},
		{"open quotes", `a` + strings.Repeat(`; b="`, size/5)},
		{"escapes", `a; b="` + strings.Repeat(`\"`, size/2) + `"`},
		{"long name", strings.Repeat("a", size)},
		{"commas", strings.Repeat(",", size)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := extensions(tt.field)
			begin := time.Now()
			if got := acceptDeflate(h); got != "" {
				t.Errorf("got %q", got)
			}
			// On an idle machine 1 ms is enough, for 1 MB 20; what is quadratic would take minutes.
			if d := time.Since(begin); d > time.Second {
				t.Errorf("took %v", d)
			}
			if n := testing.AllocsPerRun(1, func() { acceptDeflate(h) }); n > 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// TestNegotiation checks the answer on the wire, and that it is what counts.
func TestNegotiation(t *testing.T) {
	tests := []struct {
		name    string
		deflate bool
		offer   string
		want    string
	}{
		{"not wanted", false, "permessage-deflate", ""},
		{"wanted", true, "permessage-deflate; client_max_window_bits", deflateAnswer},
		{"window", true, "permessage-deflate; server_max_window_bits=15", deflateAnswer + windowAnswer},
		{"declined", true, "permessage-deflate; server_max_window_bits=9", ""},
		{"T54", true, "constructor, permessage-deflate; server_max_window_bits=99" + strings.Repeat("; a=1", 5000), ""},
		{"malformed", true, "permessage-deflate,", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, echoes := echoServer(t, "memnet", &AcceptOptions{Deflate: tt.deflate})
			c, e := s.offer(t, tt.offer, nil), <-echoes
			if c.extension != tt.want {
				t.Errorf("got %q, want %q", c.extension, tt.want)
			}
			if got := e.conn.Deflates(); got != (tt.want != "") {
				t.Errorf("Deflates() is %v", got)
			}
			c.send(join(text("a"), frame(0xc1, deflated("b"))))
			c.expect("text a")
			if tt.want == "" {
				c.expect(failed)
				return
			}
			c.expect("text b")
		})
	}
	s, echoes := echoServer(t, "memnet", &AcceptOptions{Deflate: true})
	if c := s.connect(t, nil); c.extension != "" || (<-echoes).conn.Deflates() {
		t.Errorf("accepted without an offer: %q", c.extension)
	}
}

// FuzzAcceptDeflate compares with a parser made of regular expressions.
func FuzzAcceptDeflate(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits")
	f.Fuzz(func(t *testing.T, field string) {
		if got, want := acceptDeflate(extensions(field)), acceptNaive(field); got != want {
			t.Errorf("%q: got %q, naively %q", field, got, want)
		}
	})
}

const tokenPattern = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"

var (
	paramPattern  = "[ \t]*(" + tokenPattern + ")[ \t]*(?:=[ \t]*(" + tokenPattern + "|\"" + tokenPattern + "\")[ \t]*)?"
	offerPattern  = "[ \t]*" + tokenPattern + "[ \t]*(?:;" + paramPattern + ")*"
	fieldRegexp   = regexp.MustCompile("^" + offerPattern + "(?:," + offerPattern + ")*$")
	windowRegexp  = regexp.MustCompile("^([89]|1[0-5])$")
	paramRegexp   = regexp.MustCompile("^" + paramPattern + "$")
	naiveAccepted = map[bool]string{false: deflateAnswer, true: deflateAnswer + windowAnswer}
)

func acceptNaive(field string) string {
	if !fieldRegexp.MatchString(field) {
		return ""
	}
	for _, offer := range strings.Split(field, ",") {
		parts := strings.Split(offer, ";")
		if strings.Trim(parts[0], " \t") != "permessage-deflate" {
			continue
		}
		var names []string
		good := true
		for _, part := range parts[1:] {
			m := paramRegexp.FindStringSubmatch(part)
			name, value := m[1], strings.Trim(m[2], `"`)
			switch name {
			case "server_no_context_takeover", "client_no_context_takeover":
				good = good && value == ""
			case "server_max_window_bits":
				good = good && value == "15"
			case "client_max_window_bits":
				good = good && (value == "" || windowRegexp.MatchString(value))
			default:
				good = false
			}
			good = good && !slices.Contains(names, name)
			names = append(names, name)
		}
		if good {
			return naiveAccepted[slices.Contains(names, "server_max_window_bits")]
		}
	}
	return ""
}
