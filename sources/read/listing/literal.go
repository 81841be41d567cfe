package listing

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a value of JSON, or of the literals of JavaScript that resemble it: keys
// without quotation marks, strings in single ones, commas at the end.
type value struct {
	kind   byte // '{', '[', '"' for a string, 'x' for a number or a word
	str    string
	keys   []string
	values []*value
}

// literal reads values from s.
type literal struct {
	s     string
	i     int
	count int
	cut   bool // the text ended within the value
}

var errLiteral = fmt.Errorf("no literal")

const literalDepth = 64

func (l *literal) blanks() {
	for l.i < len(l.s) {
		switch {
		case l.s[l.i] == ' ' || l.s[l.i] == '\n' || l.s[l.i] == '\t' || l.s[l.i] == '\r':
			l.i++
		case strings.HasPrefix(l.s[l.i:], "/*"):
			end := strings.Index(l.s[l.i:], "*/")
			if end < 0 {
				l.i = len(l.s)
				return
			}
			l.i += end + 2
		case strings.HasPrefix(l.s[l.i:], "//"):
			end := strings.IndexByte(l.s[l.i:], '\n')
			if end < 0 {
				l.i = len(l.s)
				return
			}
			l.i += end
		default:
			return
		}
	}
}

func (l *literal) value(depth int) (*value, error) {
	l.blanks()
	if l.count++; l.count > maxValues {
		return nil, fmt.Errorf("the data in scripts has more than %d values: %w", maxValues, ErrLimit)
	}
	if l.i >= len(l.s) {
		l.cut = true
		return nil, errLiteral
	}
	if depth > literalDepth {
		return nil, errLiteral
	}
	switch c := l.s[l.i]; c {
	case '{', '[':
		return l.container(c, depth)
	case '"', '\'':
		s, err := l.string(c)
		return &value{kind: '"', str: s}, err
	default:
		w := l.word()
		if w == "" {
			return nil, errLiteral
		}
		return &value{kind: 'x', str: w}, nil
	}
}

func (l *literal) container(open byte, depth int) (*value, error) {
	v := &value{kind: open}
	closing := byte(']')
	if open == '{' {
		closing = '}'
	}
	l.i++
	for {
		l.blanks()
		if l.i >= len(l.s) {
			l.cut = true
			return v, errLiteral
		}
		if l.s[l.i] == closing {
			l.i++
			return v, nil
		}
		if l.s[l.i] == ',' && len(v.values) > 0 {
			l.i++
			continue
		}
		if open == '{' {
			key, err := l.key()
			if err != nil {
				return v, err
			}
			v.keys = append(v.keys, key)
		}
		one, err := l.value(depth + 1)
		if one != nil && (err == nil || l.cut) {
			v.values = append(v.values, one)
		}
		if err != nil {
			v.keys = v.keys[:min(len(v.keys), len(v.values))]
			return v, err
		}
		l.blanks()
		if l.i < len(l.s) && l.s[l.i] != ',' && l.s[l.i] != closing {
			return v, errLiteral
		}
	}
}

func (l *literal) key() (string, error) {
	var key string
	var err error
	if c := l.s[l.i]; c == '"' || c == '\'' {
		key, err = l.string(c)
	} else if key = l.word(); key == "" {
		err = errLiteral
	}
	l.blanks()
	if err == nil && (l.i >= len(l.s) || l.s[l.i] != ':') {
		l.cut = l.cut || l.i >= len(l.s)
		err = errLiteral
	}
	l.i++
	return key, err
}

func (l *literal) word() string {
	from := l.i
	for l.i < len(l.s) {
		c := l.s[l.i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '.' || c == '-' || c == '+' {
			l.i++
			continue
		}
		break
	}
	return l.s[from:l.i]
}

func (l *literal) string(quote byte) (string, error) {
	l.i++
	from := l.i
	for l.i < len(l.s) && l.s[l.i] != quote && l.s[l.i] != '\\' && l.s[l.i] != '\n' {
		l.i++
	}
	if l.i < len(l.s) && l.s[l.i] == quote {
		l.i++
		return l.s[from : l.i-1], nil
	}
	out := []byte(l.s[from:min(l.i, len(l.s))])
	for l.i < len(l.s) {
		c := l.s[l.i]
		switch {
		case c == quote:
			l.i++
			return string(out), nil
		case c == '\n':
			return string(out), errLiteral
		case c != '\\':
			out = append(out, c)
			l.i++
		default:
			l.i++
			if l.i >= len(l.s) {
				break
			}
			out = l.escape(out)
		}
	}
	l.cut = true
	return string(out), errLiteral
}

func (l *literal) escape(out []byte) []byte {
	c := l.s[l.i]
	l.i++
	switch c {
	case 'n', 'r', 't', 'f', 'b', '\n':
		return append(out, ' ')
	case 'u':
		r := l.hex(4)
		if utf16.IsSurrogate(r) && strings.HasPrefix(l.s[l.i:], `\u`) {
			back := l.i
			l.i += 2
			if both := utf16.DecodeRune(r, l.hex(4)); both != utf8.RuneError {
				return utf8.AppendRune(out, both)
			}
			l.i = back
		}
		return utf8.AppendRune(out, r)
	case 'x':
		return utf8.AppendRune(out, l.hex(2))
	}
	return append(out, c)
}

func (l *literal) hex(digits int) rune {
	if l.i+digits > len(l.s) {
		l.i = len(l.s)
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(l.s[l.i:l.i+digits], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	l.i += digits
	return rune(n)
}
