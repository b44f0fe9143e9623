package parser

// Size returns the number of bytes that the arguments keep in memory: their JSON and their attachments.
func (a Args) Size() int {
	n := len(a.text)
	if a.bin != nil {
		for _, b := range a.bin.attachments {
			n += len(b)
		}
	}
	return n
}
