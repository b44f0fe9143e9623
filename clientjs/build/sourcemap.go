package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A sourceMap tells where the parts of a script come from: its mappings do, for each line from left to right.
type sourceMap struct {
	Version        int      `json:"version"`
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
	Mappings       string   `json:"mappings"`
	Names          []string `json:"names"`
}

// edited returns the map of a script for the script with the edits. The script is in ASCII: a column is a byte.
func edited(mapOf []byte, code string, edits []edit) ([]byte, error) {
	var m sourceMap
	if err := json.Unmarshal(mapOf, &m); err != nil {
		return nil, err
	}
	if strings.IndexFunc(code, func(r rune) bool { return r > 126 }) >= 0 {
		return nil, errors.New("the script is not in ASCII")
	}
	lines := strings.Split(m.Mappings, ";")
	start := 0 // of the line
	for n, line := range lines {
		for len(edits) > 0 && edits[0].at < start {
			edits = edits[1:]
		}
		var err error
		if lines[n], err = shifted(line, start, edits); err != nil {
			return nil, err
		}
		start += strings.IndexByte(code[min(start, len(code)):]+"\n", '\n') + 1
	}
	m.Mappings = strings.Join(lines, ";")
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return out.Bytes(), err
}

// shifted returns the mappings of a line that starts there. They are separated by commas, and the first number of each
// is how far it is from the one before.
func shifted(line string, start int, edits []edit) (string, error) {
	if line == "" {
		return "", nil
	}
	segments := strings.Split(line, ",")
	shift, at := 0, start
	for i, segment := range segments {
		distance, length := decodeVLQ(segment)
		if length == 0 {
			return "", fmt.Errorf("mapping %q", segment)
		}
		at += distance
		before := shift
		for len(edits) > 0 && edits[0].at < at {
			shift += len(edits[0].new) - len(edits[0].old)
			edits = edits[1:]
		}
		segments[i] = encodeVLQ(distance+shift-before) + segment[length:]
	}
	return strings.Join(segments, ","), nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeVLQ decodes the first number of a mapping, and returns its length, 0 if there is none. A digit has five bits, the
// lowest first, and one that tells whether another digit follows. The lowest bit of all is the sign.
func decodeVLQ(text string) (value, length int) {
	for i := range len(text) {
		digit := strings.IndexByte(base64Digits, text[i])
		if digit < 0 || i > 5 {
			break
		}
		value |= digit & 31 << (5 * i)
		if digit < 32 {
			if value&1 != 0 {
				return -(value >> 1), i + 1
			}
			return value >> 1, i + 1
		}
	}
	return 0, 0
}

func encodeVLQ(value int) string {
	value <<= 1
	if value < 0 {
		value = -value | 1
	}
	text := ""
	for value > 31 {
		text += base64Digits[value&31|32:][:1]
		value >>= 5
	}
	return text + base64Digits[value:][:1]
}
