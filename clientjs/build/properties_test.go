package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hierarchyOf reads sources.
func hierarchyOf(sources ...string) *hierarchy {
	h := &hierarchy{map[string]string{}, map[string][]string{}, map[string]int{}}
	for _, code := range sources {
		h.read(code)
	}
	return h
}

func TestRelated(t *testing.T) {
	h := hierarchyOf(`
interface Box {
  box_: number;
  a(): void;
}
export abstract class A<
  T extends Box = Box,
> {
  private a_ = 1;
  protected abstract run_(): void;
  public constructor() {
    this.a_ = 2;
  }
  readonly more_!: Box;
}
export interface A<T extends Box> {
  extra_?: number;
}
class B extends A<Box> {
  b_: number | undefined;
  override async run_(): Promise<void> {}
}
export class C<
  T extends Box,
> extends B<T> {
  c_(): void {}
}
class D extends A {
  d_;
}
`)
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"a_", "run_", true},
		{"a_", "b_", true},
		{"a_", "c_", true},
		{"c_", "extra_", true},
		{"b_", "more_", true},
		{"c_", "b_", true},
		{"d_", "a_", true},
		{"d_", "b_", false},
		{"c_", "d_", false},
		{"d_", "run_", true},
		{"box_", "a_", false},
		{"box_", "unknown_", true},
		{"unknown_", "a_", true},
	} {
		if h.related(row.a, row.b) != row.want || h.related(row.b, row.a) != row.want {
			t.Errorf("%s and %s: not %v", row.a, row.b, row.want)
		}
	}
}

// TestHierarchy: no class of the sources is misread, and no private property is overlooked.
func TestHierarchy(t *testing.T) {
	var sources []string
	files, err := filepath.Glob(filepath.Join(client, "src", "*.ts"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d sources, %v", len(files), err)
	}
	classes := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(code), "\n") {
			if strings.HasPrefix(line, "class ") || strings.HasPrefix(line, "export ") && strings.Contains(line, " class ") {
				classes++
				if !classPattern.MatchString(line) {
					t.Errorf("%s: no class: %s", file, line)
				}
			}
		}
		sources = append(sources, string(code))
	}
	h := hierarchyOf(sources...)
	for class, parent := range map[string]string{
		"Socket": "Emitter", "BaseManager": "Emitter", "Manager": "BaseManager", "Decoder": "Emitter",
		"Connection": "Emitter",
		"Engine":     "Connection", "WebSocketConnection": "Connection", "Transport": "Emitter", "Polling": "Transport",
		"Fetch": "Polling", "XHR": "Polling", "WebSocket": "Transport", "WebTransport": "Transport", "NodeXHR": "Polling",
		"NodeWebSocket": "WebSocket", "NodeWebSocketConnection": "WebSocketConnection", "Emitter": "", "Encoder": "",
	} {
		if h.parents[class] != parent {
			t.Errorf("%s extends %q", class, h.parents[class])
		}
	}
	if classes < 18 {
		t.Errorf("%d classes", classes)
	}
	for property := range h.uses {
		if !slices.Contains([]string{"withError_"}, property) && h.owners[property] == nil {
			t.Errorf("%s: declared nowhere", property)
		}
	}
}
