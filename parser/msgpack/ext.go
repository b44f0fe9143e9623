package msgpack

import (
	"time"
)

// maxDate is the last millisecond of a Date, and minus the first one.
const maxDate = 8_640_000_000_000_000

// appendExt appends an extension that is no binary data. It does not report ok of one that is not known.
func appendExt(dst []byte, t token, body []byte) (_ []byte, ok bool) {
	const nanos = 30 // bits of a timestamp of 64 bits
	n := uint64(0)
	if len(body) >= 8 {
		n = be.Uint64(body[len(body)-8:])
	}
	switch {
	case t.undefined():
		return append(dst, "null"...), true
	case t.ext == extJS && t.code == codeFixExt1+3:
		ms := int64(n)
		if ms < -maxDate || ms > maxDate {
			return append(dst, "null"...), true
		}
		return appendTime(dst, time.UnixMilli(ms)), true
	case t.ext == extTimestamp && t.code == codeFixExt1+2:
		return appendTime(dst, time.Unix(int64(be.Uint32(body)), 0)), true
	case t.ext == extTimestamp && t.code == codeFixExt1+3:
		return appendTimestamp(dst, int64(n&(1<<(64-nanos)-1)), uint32(n>>(64-nanos)))
	case t.ext == extTimestamp && t.code == codeExt8 && len(body) == 12:
		return appendTimestamp(dst, int64(n), be.Uint32(body))
	}
	return dst, false
}

func appendTimestamp(dst []byte, seconds int64, nanos uint32) ([]byte, bool) {
	switch {
	case nanos >= 1e9:
		return dst, false
	case seconds < -maxDate/1000 || seconds > maxDate/1000:
		return append(dst, "null"...), true
	}
	return appendTime(dst, time.Unix(seconds, int64(nanos))), true
}

// appendTime appends a time as JSON.stringify does a Date, with more digits if there is more than milliseconds.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	layout := "-01-02T15:04:05.000Z"
	if t.Nanosecond()%1e6 != 0 {
		layout = "-01-02T15:04:05.000000000Z"
	}
	dst = append(dst, '"')
	switch year := t.Year(); {
	case year < 0: // six digits, which time.Time does not read
		dst = appendYear(append(dst, '-'), -year, 6)
	case year > 9999:
		dst = appendYear(append(dst, '+'), year, 6)
	default:
		dst = appendYear(dst, year, 4)
	}
	return append(t.AppendFormat(dst, layout), '"')
}

func appendYear(dst []byte, year, digits int) []byte {
	dst = append(dst, "000000"[:digits]...)
	for i := len(dst) - 1; year > 0; i-- {
		dst[i] = '0' + byte(year%10)
		year /= 10
	}
	return dst
}
