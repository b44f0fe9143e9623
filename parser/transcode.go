package parser

import "fmt"

// What a [Codec] needs whose packets are not JSON: it translates between them and the JSON text that this package makes
// of values and makes values of.

// An Attachment is binary data in JSON text.
type Attachment struct {
	Pos  int // in the text: where the placeholder that stands for it begins, {"_placeholder":true,"num":N} without spaces
	Data []byte
}

// AppendArgs appends the arguments as JSON, with commas between them, and returns the extended buffer and the
// attachments, in the order of their positions in it. They are the caller's own slices. The errors are those of
// [AppendEvent], after which dst is returned as it was.
func AppendArgs(dst []byte, args []any, maxAttachments int) (text []byte, attachments []Attachment, err error) {
	m := newMarshaler(maxAttachments)
	defer m.release()
	if text, err = m.appendArgs(dst, args); err != nil {
		return dst, nil, err
	}
	if len(m.attachments) > 0 {
		attachments = make([]Attachment, len(m.attachments))
	}
	for i, pos := range m.places {
		for text[pos] != '{' {
			pos++
		}
		attachments[i] = Attachment{Pos: pos, Data: m.attachments[i]}
	}
	return text, attachments, nil
}

// AppendPayload appends the payload of a CONNECT or CONNECT_ERROR as JSON. On an error it returns dst as it was.
func AppendPayload(dst []byte, payload any) ([]byte, error) {
	m := newMarshaler(MaxAttachments)
	defer m.release()
	text, err := m.append(dst, payload, 0)
	if err == nil && len(m.attachments) > 0 {
		err = ErrBinaryPayload
	}
	if err != nil {
		return dst, encodeError(err, "payload")
	}
	return text, nil
}

func (m *marshaler) appendArgs(dst []byte, args []any) ([]byte, error) {
	for i, arg := range args {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = m.append(dst, arg, 0); err != nil {
			return dst, encodeError(err, fmt.Sprintf("argument %d", i))
		}
	}
	return dst, nil
}

// NewArgs makes arguments of the JSON text that AppendArgs would make of them. A comma may precede it. It checks
// nothing: the text must be valid, and less than 2 GiB. ends[i] is where argument i ends in the text, and the
// attachments are in the order of their positions. It keeps their data and nothing else.
func NewArgs(text string, ends []int, attachments []Attachment) Args {
	a := Args{text: text}
	if more := len(ends) - len(a.ends.first); more > 0 {
		a.ends.more = make([]int32, 0, more)
	}
	for _, end := range ends {
		a.ends.add(end)
	}
	if len(attachments) > 0 {
		a.bin = &binaryArgs{attachments: make([][]byte, len(attachments)), places: make([]place, len(attachments))}
		for i, b := range attachments {
			a.bin.attachments[i] = b.Data
			a.bin.places[i] = place{pos: int32(b.Pos), num: int32(i)}
		}
	}
	return a
}
