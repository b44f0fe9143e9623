package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const help = `!time tells the time, !roll 2d6 rolls two dice, !flip tosses a coin`

// answer returns what to say to a text, or "": nothing, as it is no command.
func answer(text string) string {
	name, ok := strings.CutPrefix(strings.TrimSpace(text), "!")
	if !ok {
		return ""
	}
	name, rest, _ := strings.Cut(name, " ")
	switch name {
	case "help":
		return help
	case "time":
		return "It is " + time.Now().UTC().Format("15:04 on Monday, 2 January 2006, UTC") + "."
	case "flip":
		return []string{"heads", "tails"}[rand.IntN(2)]
	case "roll":
		return roll(strings.TrimSpace(rest))
	default:
		return "" // it may be meant for another bot
	}
}

// roll rolls dice, such as 2d6. "" is one of six sides.
func roll(dice string) string {
	count, sides := 1, 6
	if dice != "" {
		before, after, _ := strings.Cut(dice, "d")
		var err1, err2 error
		if before != "" {
			count, err1 = strconv.Atoi(before)
		}
		sides, err2 = strconv.Atoi(after)
		if err1 != nil || err2 != nil || count < 1 || count > 20 || sides < 2 || sides > 1000 {
			return "I have 20 dice of 2 to 1000 sides each: try !roll 2d6."
		}
	}
	sum, rolled := 0, make([]string, count)
	for i := range rolled {
		n := rand.IntN(sides) + 1
		sum += n
		rolled[i] = strconv.Itoa(n)
	}
	if count == 1 {
		return rolled[0]
	}
	return fmt.Sprintf("%s = %d", strings.Join(rolled, " + "), sum)
}
