package parser

import "strconv"

// newBinary finds the placeholders in the text of arguments, which is known to be
// valid JSON, and checks that each stands for an attachment. As in the reference, an
// object is a placeholder if its member "_placeholder" is true, whatever else is in
// it, and nothing in a placeholder is one. An attachment may be used several times
// or not at all.
func newBinary(text string, attachments [][]byte) (*binaryArgs, error) {
	f := finder{text: text, count: len(attachments), stack: make([]container, 0, 8)}
	f.find()
	if f.root.illegal {
		return nil, ErrPlaceholder
	}
	return &binaryArgs{attachments: attachments, places: f.places}, nil
}

// finder walks over the tokens of a text without recursion.
type finder struct {
	text   string
	count  int // attachments
	found  int // placeholders, also within others
	places []place
	root   container   // the array of the arguments
	stack  []container // what is open in it
}

// container is an array or object that the finder is in.
type container struct {
	pos         int32
	object      bool
	inName      bool // the next string is a name
	member      member
	placeholder bool
	illegal     bool // holds a placeholder without attachment
	num         int32
	mark        int32 // number of places when it began
}

type member byte

const (
	memberOther member = iota
	memberPlaceholder
	memberNum
)

const noNum = -1

func (f *finder) top() *container {
	if len(f.stack) == 0 {
		return &f.root
	}
	return &f.stack[len(f.stack)-1]
}

func (f *finder) find() {
	for i := 0; i < len(f.text); {
		switch c := f.text[i]; c {
		case '"':
			i = f.str(i)
		case '{', '[':
			f.top().set("")
			f.stack = append(f.stack, container{
				pos: int32(i), object: c == '{', inName: c == '{', num: noNum, mark: int32(len(f.places)),
			})
			i++
		case '}', ']':
			f.pop()
			i++
		case ',':
			f.top().inName = f.top().object
			i++
		case ':', ' ', '\t', '\r', '\n':
			i++
		default:
			end := i + 1
			for end < len(f.text) && !delimiter(f.text[end]) {
				end++
			}
			f.top().set(f.text[i:end])
			i = end
		}
	}
}

func delimiter(c byte) bool { return c == ',' || c == ']' || c == '}' || isSpace(c) }

// str takes the string at i and returns the position behind it.
func (f *finder) str(i int) int {
	end := stringEnd(f.text, i)
	c := f.top()
	if !c.inName {
		c.set("")
		return end
	}
	c.inName = false
	c.member = memberOther
	switch unquote(f.text[i:end]) {
	case "_placeholder":
		c.member = memberPlaceholder
	case "num":
		c.member = memberNum
	}
	return end
}

// set notes a value of the current member. Arrays, objects and strings are "", as
// only true and numbers matter.
func (c *container) set(literal string) {
	switch c.member {
	case memberPlaceholder:
		c.placeholder = literal == "true"
	case memberNum:
		c.num = noNum
		// JavaScript knows no integers: 1, 1.0 and 1e0 are the same number.
		if f, err := strconv.ParseFloat(literal, 64); err == nil && f >= 0 && f == float64(int32(f)) {
			c.num = int32(f)
		}
	case memberOther:
	}
}

// pop leaves the current container.
func (f *finder) pop() {
	if len(f.stack) == 0 {
		return // the end of the arguments
	}
	c := *f.top()
	f.stack = f.stack[:len(f.stack)-1]
	if c.placeholder {
		f.found++
		f.places = append(f.places[:c.mark], place{pos: c.pos, num: c.num})
		c.illegal = c.num < 0 || int(c.num) >= f.count
	}
	if c.illegal {
		f.top().illegal = true
	}
}
