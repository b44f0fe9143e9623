package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/internal/program"
)

func TestAnswer(t *testing.T) {
	for _, row := range []struct {
		name, text, want string // a regular expression
	}{
		{"none", "hello!", `^$`},
		{"unknown", "!dance", `^$`},
		{"nothing", "!", `^$`},
		{"help", "!help", `!time .*!roll `},
		{"time", " !time \n", `^It is \d\d:\d\d on [A-Z][a-z]+day, `},
		{"flip", "!flip", `^(heads|tails)$`},
		{"roll", "!roll", `^[1-6]$`},
		{"one die", "!roll d20", `^(1?[0-9]|20)$`},
		{"three dice", "!roll 3d2", `^[12] \+ [12] \+ [12] = [3-6]$`},
		{"too many", "!roll 21d6", `^I have`},
		{"too many sides", "!roll 1d1001", `^I have`},
		{"too few sides", "!roll 1d1", `^I have`},
		{"negative", "!roll -1d6", `^I have`},
		{"huge", "!roll 99999999999999999999d6", `^I have`},
		{"words", "!roll the dice", `^I have`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := answer(row.text); !regexp.MustCompile(row.want).MatchString(got) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A visitor is somebody else in a room of the chat.
type visitor struct {
	t      *testing.T
	client *socketio.Client
	heard  chan string
	people chan []person // who is in the room, whenever that changes
}

func visit(t *testing.T, addr, room string) *visitor {
	t.Helper()
	v := &visitor{
		t: t, heard: make(chan string, 100), people: make(chan []person, 100),
		client: socketio.NewClient("http://"+addr, &socketio.ClientOptions{Auth: map[string]string{"name": "Ann"}}),
	}
	t.Cleanup(func() { v.client.Close() })
	v.client.On("message", func(from person, text string) { v.heard <- from.Name + ": " + text })
	v.client.On("people", func(all []struct {
		person
		Room string `json:"room"`
	},
	) {
		here := []person{}
		for _, p := range all {
			if p.Room == room {
				here = append(here, p.person)
			}
		}
		v.people <- here
	})
	if err := v.client.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := join.Do(t.Context(), v.client, room); err != nil {
		t.Fatal(err)
	}
	return v
}

// ask says something, and returns what is said then.
func (v *visitor) ask(text string) string {
	v.t.Helper()
	if _, err := say.Do(v.t.Context(), v.client, text); err != nil {
		v.t.Fatal(err)
	}
	return receive(v.t, v.heard)
}

// sees waits until there are so many people in the room.
func (v *visitor) sees(n int) {
	v.t.Helper()
	for here := -1; here != n; {
		here = len(receive(v.t, v.people))
	}
}

func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(program.Patience):
		t.Fatal("waited in vain")
		panic("not reached")
	}
}

func TestProgram(t *testing.T) {
	dir := program.Build(t, "..", ".")
	t.Run("stays", func(t *testing.T) { testStays(t, dir) })
	t.Run("refused", func(t *testing.T) { testRefused(t, dir) })
}

func testStays(t *testing.T, dir string) {
	t.Helper()
	addr := program.FreeAddr(t)
	chat := func() *program.Process {
		p := program.Start(t, filepath.Join(dir, "chat"), "-addr", addr)
		p.WaitFor("The chat is at")
		return p
	}
	bot := program.Start(t, filepath.Join(dir, "bot"), "-url", "http://"+addr, "Den", "Tea kitchen")
	for i, end := range []func(*program.Process){(*program.Process).Kill, (*program.Process).Interrupt, nil} {
		server := chat()
		for _, room := range []string{"Den", "Tea kitchen"} {
			ann := visit(t, addr, room)
			ann.sees(2)
			if got := ann.ask("!roll 1d2"); !regexp.MustCompile(`^Bot: Ann: [12]$`).MatchString(got) {
				t.Errorf("in %s: %q", room, got)
			}
		}
		if end != nil {
			end(server)
			bot.WaitForMore("disconnected", 2*(i+1))
			continue
		}
		ann := visit(t, addr, "Den")
		ann.sees(3) // with the other Ann
		bot.Interrupt()
		ann.sees(2)
	}
}

func testRefused(t *testing.T, dir string) {
	t.Helper()
	addr := program.FreeAddr(t)
	program.Start(t, filepath.Join(dir, "chat"), "-addr", addr).WaitFor("The chat is at")
	for _, row := range []struct{ name, bot, room, want string }{
		{"name", strings.Repeat("x", 25), "Den", "Please choose a name"},
		{"room", "Bot", " ", "A room has a name"},
	} {
		t.Run(row.name, func(t *testing.T) {
			bot := program.Start(t, filepath.Join(dir, "bot"), "-url", "http://"+addr, "-name", row.bot, row.room)
			if bot.Wait() == nil {
				t.Error("the bot ends without an error")
			}
			bot.WaitFor(row.want)
		})
	}
}
