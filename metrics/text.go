package metrics

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const (
	openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
	prometheusType  = "text/plain; version=0.0.4; charset=utf-8"
)

// ServeHTTP answers GET and HEAD with all series: in the format of OpenMetrics 1.0 if the client accepts that, else in
// Prometheus' own.
func (c *Counters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	open := acceptsOpenMetrics(r.Header)
	h.Set("Content-Type", prometheusType)
	if open {
		h.Set("Content-Type", openMetricsType)
	}
	h.Add("Vary", "Accept")
	body := c.text(open)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may be gone; nothing is lost
}

// WriteTo writes all series in the format of OpenMetrics 1.0.
func (c *Counters) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(c.text(true))
	return int64(n), err
}

// text is what all series are. In OpenMetrics the metadata call a family as its series are called, but without _total.
func (c *Counters) text(open bool) []byte {
	b := make([]byte, 0, 8<<10)
	var last *family
	for s, r := range table {
		if r.family != last {
			last = r.family
			b = r.appendMetadata(b, open)
		}
		b = append(b, r.name...)
		if r.label != "" {
			b = append(b, '{')
			b = append(b, r.label...)
			b = append(b, `="`...)
			b = append(b, r.value...)
			b = append(b, `"}`...)
		}
		b = append(b, ' ')
		b = strconv.AppendInt(b, c.Value(Series(s)), 10)
		b = append(b, '\n')
	}
	if open {
		b = append(b, "# EOF\n"...)
	}
	return b
}

func (f *family) appendMetadata(b []byte, open bool) []byte {
	name, kind := f.name, "gauge"
	if f.counter {
		kind = "counter"
		if open {
			name = strings.TrimSuffix(name, "_total")
		}
	}
	line := func(keyword, text string) {
		b = append(b, "# "+keyword+" "...)
		b = append(b, name...)
		b = append(b, ' ')
		b = append(b, text...)
		b = append(b, '\n')
	}
	line("HELP", f.help)
	line("TYPE", kind)
	if open && f.unit != "" {
		line("UNIT", f.unit)
	}
	return b
}

// acceptsOpenMetrics reports whether the client wants OpenMetrics at least as much as plain text.
func acceptsOpenMetrics(h http.Header) bool {
	var open, plain float64
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil {
				continue
			}
		}
		switch v := params["version"]; kind {
		case "application/openmetrics-text":
			if v == "" || v == "1.0.0" {
				open = max(open, q)
			}
		case "text/plain":
			if v == "" || v == "0.0.4" {
				plain = max(plain, q)
			}
		}
	}
	return open > 0 && open >= plain
}
