//go:build unix

package proxies

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A kind is a program with a configuration file in docs/deploy.
type kind struct {
	name, file string
	// args are the program's arguments; it runs in the directory that has the file.
	args []string
	// subst is what has to be different in a test, old and new text in turn: every old one must be in the file.
	subst func(p *proxy) []string
	// reload makes it read its file anew, and ready is what it logs when it has done so, nothing if reload waits for it.
	reload func(p *proxy) error
	ready  string
	// timeout is how the file writes how long a connection may be silent; "": it may be so for ever.
	timeout string
}

var nginx = kind{
	name: "nginx", file: "nginx.conf",
	args: []string{"-p", ".", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off; pid nginx.pid; error_log stderr notice;"},
	subst: func(p *proxy) []string {
		temp := ""
		for _, of := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			temp += "\n" + of + "_temp_path " + of + ";"
		}
		return []string{
			"user www-data;", "user " + username() + ";", // ignored unless that is root
			"http {", "http {" + temp, // unprivileged, it may not use the usual directories
			"listen 443 ", "listen " + p.addr + " ",
			"/etc/ssl/chat.example.com.pem", "cert.pem",
			"/etc/ssl/chat.example.com.key", "key.pem",
		}
	},
	reload:  func(p *proxy) error { return p.cmd.Process.Signal(syscall.SIGHUP) },
	ready:   "gracefully shutting down",
	timeout: "60s",
}

var haproxy = kind{
	name: "haproxy", file: "haproxy.cfg",
	args: []string{"-W", "-f", "haproxy.cfg"},
	subst: func(p *proxy) []string {
		return []string{
			"user haproxy\n", "",
			"group haproxy\n", "",
			"maxconn 20000", "maxconn 200", // it refuses to start if the system's limit is lower
			"bind :443 ", "bind " + p.addr + " ",
			"/etc/haproxy/chat.example.com.pem", "both.pem",
		}
	},
	reload:  func(p *proxy) error { return p.cmd.Process.Signal(syscall.SIGUSR2) },
	ready:   "Loading success",
	timeout: "60s",
}

var caddy = kind{
	name: "caddy", file: "Caddyfile",
	args: []string{"run", "--config", "Caddyfile"},
	subst: func(p *proxy) []string {
		global := "{\nadmin unix/" + filepath.Join(p.dir, "admin") + "\nauto_https disable_redirects\n}\n"
		return []string{"chat.example.com {", global + "https://" + p.addr + " {\ntls cert.pem key.pem"}
	},
	reload: func(p *proxy) error {
		cmd := p.command(context.Background(), "reload", "--config", "Caddyfile", "--force")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("caddy reload: %w\n%s", err, out)
		}
		return nil
	},
}

var kinds = []kind{nginx, haproxy, caddy}

// eachKind runs a test with each of the proxies, all at once.
func eachKind(t *testing.T, test func(*testing.T, kind)) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			test(t, k)
		})
	}
}

// A proxy is a running one.
type proxy struct {
	kind kind
	path string // of the program
	dir  string // of its files
	addr string // host and port
	cert []byte
	cmd  *exec.Cmd
	log  log
	done chan struct{} // closed when the process has ended
}

// startProxy starts a proxy, for the length of the test, with its file of docs/deploy, in which it replaces what has to
// be different: the addresses, and what else subst has, old and new text in turn.
func startProxy(t *testing.T, k kind, subst ...string) *proxy {
	t.Helper()
	cert, key := newCert(t)
	p := &proxy{kind: k, path: find(t, k.name), dir: t.TempDir(), addr: freeAddr(t), cert: cert}
	text, err := os.ReadFile(filepath.Join(deploy, k.file))
	if err != nil {
		t.Fatal(err)
	}
	subst = append(subst, k.subst(p)...)
	for i := 0; i < len(subst); i += 2 {
		if !bytes.Contains(text, []byte(subst[i])) {
			t.Fatalf("%s does not have %q", k.file, subst[i])
		}
	}
	p.write(t, k.file, []byte(strings.NewReplacer(subst...).Replace(string(text))))
	p.write(t, "cert.pem", cert)
	p.write(t, "key.pem", key)
	p.write(t, "both.pem", append(cert, key...))

	p.cmd = p.command(context.Background(), k.args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan struct{})
	go func() { p.cmd.Wait(); close(p.done) }() // ends with the process
	t.Cleanup(func() { p.stop(t) })
	p.waitUp(t)
	return p
}

func (p *proxy) write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// command makes a command of the proxy's program, in a process group of its own.
func (p *proxy) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "XDG_DATA_HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// waitUp waits until the proxy accepts connections.
func (p *proxy) waitUp(t *testing.T) {
	t.Helper()
	up := wait(patience, func() bool {
		select {
		case <-p.done:
			t.Fatalf("%s ended: %v", p.kind.name, p.cmd.ProcessState)
		default:
		}
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	if !up {
		t.Fatalf("%s does not accept connections", p.kind.name)
	}
}

// stop ends the process and those that it has started.
func (p *proxy) stop(t *testing.T) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(time.Second):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
	if t.Failed() {
		t.Logf("log of %s:\n%s", p.kind.name, p.log.String())
	}
}

// reload makes the proxy read its file anew, and returns when it has. HAProxy may lose a signal that comes soon after
// the one before.
func (p *proxy) reload() error {
	before := p.log.count(p.kind.ready)
	for range 5 {
		if err := p.kind.reload(p); err != nil || p.kind.ready == "" {
			return err
		}
		if wait(3*time.Second, func() bool { return p.log.count(p.kind.ready) > before }) {
			return nil
		}
	}
	return fmt.Errorf("%s has not reloaded", p.kind.name)
}

// find finds a program, also where Debian has it but not in everybody's PATH.
func find(t *testing.T, name string) (path string) {
	t.Helper()
	for _, try := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(try); err == nil {
			return path
		}
	}
	t.Fatalf("these tests need %s: run `make test`, which installs it, or install it yourself", name)
	return ""
}

// freeAddr returns an address that nobody listens at, and whose port is not one that systems give to outgoing
// connections: there are many of these here.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err == nil {
			l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// patience is how long a test waits for what should come soon.
const patience = 15 * time.Second

// wait waits until the condition holds, and returns false if that takes too long.
func wait(limit time.Duration, condition func() bool) bool {
	for deadline := time.Now().Add(limit); !condition(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func username() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "nobody"
}

// A log is what a process writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) count(s string) int { return strings.Count(l.String(), s) }
