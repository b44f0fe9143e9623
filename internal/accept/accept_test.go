package accept

import (
	"net/http"
	"testing"
)

func TestEncoding(t *testing.T) {
	for _, row := range []struct {
		name  string
		lines []string
		want  float64 // of gzip
	}{
		{"no field", nil, 0},
		{"empty field", []string{""}, 0},
		{"alone", []string{"gzip"}, 1},
		{"among others", []string{"br, GZIP , deflate"}, 1},
		{"on another line", []string{"br", "gzip;q=0.5"}, 0.5},
		{"weighed", []string{"gzip ; Q = 0.25"}, 0.25},
		{"refused", []string{"gzip;q=0, *"}, 0},
		{"star", []string{"*;q=0.1"}, 0.1},
		{"star before it", []string{"*;q=0.1, gzip"}, 1},
		{"no number", []string{"gzip;q=x"}, 0},
		{"another parameter", []string{"gzip;level=1"}, 1},
		{"longer name", []string{"gzipped, x-gzip"}, 0},
		{"identity", []string{"identity"}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Encoding(http.Header{"Accept-Encoding": row.lines}, "gzip"); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}
