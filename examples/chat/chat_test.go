package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/examples/internal/wire"
)

// A visitor is a client of the chat, at the level of packets.
type visitor struct {
	t      *testing.T
	socket *wire.Socket
	id     string
}

// connect connects with a name, and returns the answer.
func connect(t *testing.T, url, name string) (s *wire.Socket, answer string) {
	t.Helper()
	s = wire.Dial(t, url)
	s.Write("40" + marshal(t, map[string]string{"name": name}))
	return s, s.Read()
}

// visit connects with a name that is good.
func visit(t *testing.T, url, name string) *visitor {
	t.Helper()
	s, answer := connect(t, url, name)
	var body struct {
		SID string `json:"sid"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "40")), &body); err != nil || body.SID == "" {
		t.Fatalf("connect: %q", answer)
	}
	return &visitor{t, s, body.SID}
}

// ask emits an event and returns what acknowledges it. What comes in between is skipped.
func (v *visitor) ask(event string, args ...any) (ack string) {
	v.t.Helper()
	v.socket.Write("427" + marshal(v.t, append([]any{event}, args...)))
	return strings.TrimPrefix(v.expect("437["), "437")
}

// expect reads packets up to one that begins with the text.
func (v *visitor) expect(prefix string) (packet string) {
	v.t.Helper()
	for range 500 {
		if packet = v.socket.Read(); strings.HasPrefix(packet, prefix) {
			return packet
		}
	}
	v.t.Fatalf("no packet %s…", prefix)
	return ""
}

// sees reads lists of people up to one in which exactly these are in a room.
func (v *visitor) sees(room string, want ...*visitor) {
	v.t.Helper()
	for range 500 {
		var event []json.RawMessage
		var people []person
		err := json.Unmarshal([]byte(v.expect(`42["people",`)[2:]), &event)
		if err == nil {
			err = json.Unmarshal(event[1], &people)
		}
		if err != nil {
			v.t.Fatal(err)
		}
		people = slices.DeleteFunc(people, func(p person) bool { return p.Room != room })
		missing := slices.ContainsFunc(want, func(w *visitor) bool {
			return !slices.ContainsFunc(people, func(p person) bool { return p.ID == w.id })
		})
		if len(people) == len(want) && !missing {
			return
		}
	}
	v.t.Fatalf("never so in %s", room)
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNames(t *testing.T) {
	url := wire.Serve(t, newChat())
	for _, row := range []struct {
		name, value string
		ok          bool
	}{
		{"short", "A", true},
		{"words", "Ann of Green Gables", true},
		{"other letters", "Øyvind 王 🎉", true},
		{"longest", strings.Repeat("ü", 24), true},
		{"empty", "", false},
		{"blank", "  ", false},
		{"space before", " Ann", false},
		{"space behind", "Ann ", false},
		{"too long", strings.Repeat("ü", 25), false},
		{"control character", "Ann\n", false},
		{"right-to-left override", "A\u202enn", false},
		{"line separator", "A\u2028nn", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, answer := connect(t, url, row.value)
			if strings.HasPrefix(answer, `40{"sid"`) != row.ok || !row.ok && !strings.HasPrefix(answer, `44{"message":"Please`) {
				t.Errorf("as somebody's name: %q", answer)
			}
			ack := visit(t, url, "Ann").ask("join", row.value)
			if (ack == "[]") != row.ok || !row.ok && !strings.Contains(ack, `{"error":{"message":"A room`) {
				t.Errorf("as a room's name: %q", ack)
			}
		})
	}
}

func TestFull(t *testing.T) {
	url := wire.Serve(t, newChat())
	for range 200 {
		visit(t, url, "Ann")
	}
	if _, answer := connect(t, url, "Bob"); !strings.HasPrefix(answer, `44{"message":"The chat is full`) {
		t.Errorf("one more: %q", answer)
	}
}

func TestMessages(t *testing.T) {
	url := wire.Serve(t, newChat())
	ann, bob, eve := visit(t, url, "Ann"), visit(t, url, "Bob"), visit(t, url, "Eve")
	if ack := ann.ask("message", "hello?"); !strings.Contains(ack, `"error"`) {
		t.Errorf("outside of a room: %s", ack)
	}
	ann.ask("join", "Lobby")
	bob.ask("join", "Lobby")
	eve.ask("join", ann.id) // has nothing to do with the Socket.IO room of that name, in which Ann is
	eve.ask("message", "psst")
	bob.ask("message", "hi")
	if got := ann.expect(`42["message",`); !strings.HasSuffix(got, `"hi"]`) {
		t.Errorf("Ann got %s", got)
	}
	for _, row := range []struct {
		name, text string
		ok         bool
	}{
		{"text", "hello", true},
		{"longest", strings.Repeat("🎉", 1000), true},
		{"too long", strings.Repeat("🎉", 1000) + "!", false},
		{"blank", " \n ", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if ack := ann.ask("message", row.text); (ack == "[]") != row.ok {
				t.Fatalf("ack: %s", ack)
			}
			want := fmt.Sprintf(`42["message",{"id":%q,"name":"Ann","room":"Lobby"},%s]`, ann.id, marshal(t, row.text))
			if row.ok {
				bob.expect(want)
			}
		})
	}
	bob.socket.Write(`42["typing",true]`)
	ann.expect(fmt.Sprintf(`42["typing",%q,true]`, bob.id))
}

func TestRooms(t *testing.T) {
	url := wire.Serve(t, newChat())
	ann, bob := visit(t, url, "Ann"), visit(t, url, "Bob")
	ann.ask("join", "Lobby")
	bob.socket.Write(`427["join","Lobby"]`)
	bob.sees("Lobby", ann, bob)
	ann.sees("Lobby", ann, bob)
	bob.socket.Write(`427["join","Den"]`)
	bob.sees("Lobby", ann)
	ann.sees("Den", bob)
	ann.ask("message", "not for the den")
	ann.ask("join", "Den")
	ann.ask("message", "for the den")
	if got := bob.expect(`42["message",`); !strings.HasSuffix(got, `"for the den"]`) {
		t.Errorf("in the den: %s", got)
	}
	bob.socket.Write("41") // leaves
	ann.sees("Den", ann)
}
