package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestRename(t *testing.T) {
	for _, row := range []struct{ name, code, want string }{
		{"function", "function f(a,b){let c=a;return c+b}", "function e(e,t){let n=e;return n+t}"},
		{"what is seen keeps away", "var x=1;function f(a){return x+a}", "var e=1;function t(t){return e+t}"},
		{"global", "function f(a){return e+a}", "function t(t){return e+t}"},
		{"arrows", "var f=(a,b)=>c=>a?b:c,d=a=>({a:a,b:1})", "var e=(e,t)=>n=>e?t:n,t=e=>({a:e,b:1})"},
		{"arrow in a ternary", "var f=a?b=>b:c=>b", "var e=a?e=>e:e=>b"},
		{
			"shorthand", "function f(a){let{b,c:d=1,...r}=a;return{b,d,r}}",
			"function e(e){let{b:t,c:n=1,...s}=e;return{b:t,d:n,r:s}}",
		},
		{"list", "var f=([a,,b=1,...c])=>[a,b,c]", "var e=([e,,t=1,...n])=>[e,t,n]"},
		{"class", "class a{b(c){return c.b}get d(){return a}static async e(f){await f}g=a}", ""},
		{
			"extends", "var b=class{},a=class extends b{c(d){super.c(d)}}",
			"var e=class{},t=class extends e{c(e){super.c(e)}}",
		},
		{
			"method of an object", "var a={b(c){return c},async d(e){},get f(){return a}}",
			"var e={b(e){return e},async d(e){},get f(){return e}}",
		},
		{"template", "var a=b=>`a${b}b${`${a}`}c${c=>c}a`", "var e=t=>`a${t}b${`${e}`}c${e=>e}a`"},
		{"regular expression", "var a=b=>/b[/]b/.test(b)/a/b", "var e=t=>/b[/]b/.test(t)/e/t"},
		{"text", `var a="a\"a"+'a'`, `var e="a\"a"+'a'`},
		{
			"loops", "function f(a){for(let b of a)for(let c=0,d=1;c<d;c++)b(c)}",
			"function e(e){for(let t of e)for(let n=0,s=1;n<s;n++)t(n)}",
		},
		{"catch", "function f(){try{g()}catch(a){return a}}", ""},
		{"label", "function f(a){x:for(;;)break x}", "function e(e){x:for(;;)break x}"},
		{"optional", "var a=b=>b?.a?.[b]??b?.(a)", "var e=t=>t?.a?.[t]??t?.(e)"},
		{"numbers", "var a=b=>b?.5:b.e+1e3-0x1e", "var e=e=>e?.5:e.e+1e3-0x1e"},
		{"export", "var a=1,b=2;export{a as x,b as default}", "var e=1,t=2;export{e as x,t as default}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := apply(row.code, rename(row.code, "etnsroiacldupfhgmybvwkxqjz", ""))
			if row.want != "" && got != row.want {
				t.Errorf("%s\nbecomes %s\nwant    %s", row.code, got, row.want)
			}
			// What is outermost keeps its name where esbuild does not see a module.
			if err := sameProgram("function w(){"+row.code+"}", "function w(){"+got+"}"); err != nil && row.name != "export" {
				t.Errorf("%s\nbecomes %s: %v", row.code, got, err)
			}
		})
	}
}

func TestManyNames(t *testing.T) {
	seen := map[string]bool{}
	for n := range 10_000 {
		name := numbered(n, variableLetters)
		if seen[name] || !wordPattern.MatchString(name) {
			t.Fatalf("name %d: %q", n, name)
		}
		seen[name] = true
	}
}

func TestSameProgram(t *testing.T) {
	const code = "function f(a,b){let c=a;return g=>c+b.a+g}"
	for _, row := range []struct {
		name, other string
		same        bool
	}{
		{"same", code, true},
		{"other names", "function f(b,a){let x=b;return b=>x+a.a+b}", true},
		{"other variable", "function f(a,b){let c=a;return g=>c+b.a+b}", false},
		{"hidden variable", "function f(a,b){let c=a;return c=>c+b.a+c}", false},
		{"other property", "function f(a,b){let c=a;return g=>c+b.b+g}", false},
		{"other global", "function g(a,b){let c=a;return g=>c+b.a+g}", false},
		{"no program", "function f(a,b){", false},
	} {
		if err := sameProgram(code, row.other); (err == nil) != row.same {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestVLQ(t *testing.T) {
	for _, row := range []struct {
		value int
		text  string
	}{{0, "A"}, {1, "C"}, {-1, "D"}, {15, "e"}, {16, "gB"}, {-16, "hB"}, {1000, "w+B"}} {
		if got := encodeVLQ(row.value); got != row.text {
			t.Errorf("%d: %q, want %q", row.value, got, row.text)
		}
		if value, length := decodeVLQ(row.text + "A"); value != row.value || length != len(row.text) {
			t.Errorf("%q: %d of %d characters", row.text, value, length)
		}
	}
	for _, text := range []string{"", "g", "!", "ggggggggB"} {
		if value, length := decodeVLQ(text); length != 0 {
			t.Errorf("%q: %d", text, value)
		}
	}
}

// TestMaps: a text of a bundle, and its map, lead to that text in a source.
func TestMaps(t *testing.T) {
	long := regexp.MustCompile(`"[\w ]{8,}"`)
	for _, b := range bundles {
		t.Run(b.name, func(t *testing.T) {
			var m sourceMap
			if err := json.Unmarshal([]byte(read(t, client, "dist", b.name+".map")), &m); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(read(t, client, "dist", b.name), "\n")
			found := 0
			var source, sourceLine, sourceColumn int
			for n, line := range strings.Split(m.Mappings, ";") {
				column := 0
				for segment := range strings.SplitSeq(line, ",") {
					for _, sum := range []*int{&column, &source, &sourceLine, &sourceColumn} {
						value, length := decodeVLQ(segment)
						*sum += value
						segment = segment[length:]
					}
					if column >= len(lines[n]) {
						continue
					}
					at := long.FindStringIndex(lines[n][column:])
					if at == nil || at[0] > 0 {
						continue
					}
					text := lines[n][column+1 : column+at[1]-1]
					from := strings.Split(m.SourcesContent[source], "\n")[sourceLine][sourceColumn+1:]
					if !strings.HasPrefix(from, text) {
						t.Errorf("%q comes from %q of %s", text, from, m.Sources[source])
					}
					found++
				}
			}
			if found < 30 {
				t.Errorf("%d texts", found)
			}
		})
	}
}
