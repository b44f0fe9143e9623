package interop

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// The events of these tests, as a program declares them.
const (
	noteEvent   socketio.Event[note]                = "note"
	resetEvent  socketio.Event[struct{}]            = "reset"
	sumCall     socketio.Call[[]int, int]           = "sum"
	reverseCall socketio.Call[[]byte, []byte]       = "reverse"
	countCall   socketio.Call[struct{}, int]        = "count"
	askCall     socketio.Call[string, string]       = "ask"
	quizCall    socketio.Call[question, quizAnswer] = "quiz"
)

type note struct {
	Title string   `json:"title"`
	Tags  []string `json:"tags"`
	Photo []byte   `json:"photo"`
}

type question struct {
	How  string `json:"how"`
	Hint []byte `json:"hint"`
}

type quizAnswer struct {
	Text  string `json:"text"`
	Proof []byte `json:"proof"`
}

// TestTyped has typed events talk to plain JavaScript.
func TestTyped(t *testing.T) {
	scenarios(t, "typed", handleTyped, "events", "calls", "asked", "everybody")
}

func handleTyped(io *socketio.Server) {
	noteEvent.Handle(io, func(s *socketio.Socket, n note) {
		n.Title = strings.ToUpper(n.Title)
		slices.Reverse(n.Photo)
		must(noteEvent.Emit(s, n))
	})
	io.OnConnection(func(s *socketio.Socket) {
		resets := 0
		resetEvent.On(s, func(struct{}) {
			resets++
			must(resetEvent.Emit(s, struct{}{}))
		})
		countCall.On(s, func(context.Context, struct{}) (int, error) { return resets, nil })
	})
	sumCall.Handle(io, func(_ *socketio.Socket, list []int) (sum int, err error) {
		switch len(list) {
		case 0:
			return 0, &socketio.AckError{Message: "nothing to add", Data: map[string]int{"code": 7}}
		case 1:
			return 0, errors.New("no connection to db.internal")
		}
		for _, n := range list {
			sum += n
		}
		return sum, nil
	})
	reverseCall.Handle(io, func(_ *socketio.Socket, b []byte) ([]byte, error) { slices.Reverse(b); return b, nil })
	askCall.Handle(io, quiz)
	io.Handle("quiz all", func(ctx context.Context) (texts []string, failure string) {
		answers, err := quizCall.DoAll(ctx, io.Timeout(patience), question{How: "well"})
		for _, a := range answers {
			texts = append(texts, a.Text)
		}
		slices.Sort(texts)
		if err != nil {
			failure = err.Error()
		}
		return texts, failure
	})
}

// quiz asks the client, and says what has come of it.
func quiz(s *socketio.Socket, how string) (string, error) {
	answer, err := quizCall.Do(s.Context(), s.Timeout(100*time.Millisecond), question{how, []byte{1, 2}})
	var failure *socketio.AckError
	switch {
	case err == nil:
		return answer.Text + " " + string(answer.Proof), nil
	case errors.As(err, &failure):
		data, _ := failure.Data.(map[string]any)
		why, _ := data["why"].(string)
		return "failed: " + failure.Message + ", " + why, nil
	case errors.Is(err, socketio.ErrAckTimeout):
		return "timeout", nil
	default:
		return "not understood", nil
	}
}
