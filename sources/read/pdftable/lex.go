package pdftable

import "math"

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenString
	tokenName
	tokenWord // an operator or another bare word
	tokenOpenArray
	tokenCloseArray
	tokenOpenDict
	tokenCloseDict
)

// A token is one lexical unit of a content stream or a CMap. Its text, if it has one, is a range of lexer.text.
type token struct {
	kind     tokenKind
	number   float64
	from, to int
}

// A lexer splits PDF syntax into tokens. Decoded strings, names and words gather in text until the caller cuts it.
type lexer struct {
	data []byte
	pos  int
	text []byte
}

// class sorts bytes: 1 white space, 2 delimiters, 0 the rest.
var class = func() (c [256]uint8) {
	for _, b := range []byte("\x00\t\n\f\r ") {
		c[b] = 1
	}
	for _, b := range []byte("()<>[]{}/%") {
		c[b] = 2
	}
	return c
}()

func (l *lexer) bytes(t token) []byte { return l.text[t.from:t.to] }

// next gives the next token. It never fails: what is no syntax is a word of its own.
func (l *lexer) next() token {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		if class[c] == 1 {
			l.pos++
			continue
		}
		if c != '%' {
			return l.token(c)
		}
		for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
			l.pos++
		}
	}
	return token{kind: tokenEnd}
}

func (l *lexer) token(c byte) token {
	switch c {
	case '(':
		return l.literal()
	case '/':
		l.pos++
		return l.name()
	case '[':
		l.pos++
		return token{kind: tokenOpenArray}
	case ']':
		l.pos++
		return token{kind: tokenCloseArray}
	case '<':
		if l.pos+1 < len(l.data) && l.data[l.pos+1] == '<' {
			l.pos += 2
			return token{kind: tokenOpenDict}
		}
		return l.hex()
	case '>':
		l.pos++
		if l.pos < len(l.data) && l.data[l.pos] == '>' {
			l.pos++
		}
		return token{kind: tokenCloseDict}
	case ')', '{', '}':
		l.pos++
		return l.word(l.pos - 1)
	}
	if c <= '9' {
		if t, ok := l.numeral(); ok {
			return t
		}
	}
	start := l.pos
	for l.pos < len(l.data) && class[l.data[l.pos]] == 0 {
		l.pos++
	}
	return l.word(start)
}

func (l *lexer) word(start int) token {
	from := len(l.text)
	l.text = append(l.text, l.data[start:l.pos]...)
	return token{kind: tokenWord, from: from, to: len(l.text)}
}

// numeral reads an integer or a real. Producers write "--5" and "1.2-3" too; viewers read -5 and 1.2, and so does this.
func (l *lexer) numeral() (token, bool) {
	i, negative, seen := l.pos, false, false
	for i < len(l.data) && (l.data[i] == '-' || l.data[i] == '+') {
		negative = negative || l.data[i] == '-'
		i++
	}
	var v, scale float64
	for ; i < len(l.data); i++ {
		switch c := l.data[i]; {
		case c >= '0' && c <= '9':
			seen = true
			if scale > 0 {
				v += float64(c-'0') * scale
				scale /= 10
			} else {
				v = v*10 + float64(c-'0')
			}
			continue
		case c == '.' && scale == 0:
			scale = 0.1
			continue
		case c == '-' && seen:
			continue
		}
		break
	}
	if !seen && scale == 0 || i < len(l.data) && class[l.data[i]] == 0 {
		return token{}, false
	}
	l.pos = i
	if negative {
		v = -v
	}
	if math.IsInf(v, 0) {
		v = 0
	}
	return token{kind: tokenNumber, number: v}, true
}

func (l *lexer) name() token {
	from := len(l.text)
	for l.pos < len(l.data) && class[l.data[l.pos]] == 0 {
		c := l.data[l.pos]
		l.pos++
		if c == '#' && l.pos+1 < len(l.data) {
			hi, lo := hexDigit(l.data[l.pos]), hexDigit(l.data[l.pos+1])
			if hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo)
				l.pos += 2
			}
		}
		l.text = append(l.text, c)
	}
	return token{kind: tokenName, from: from, to: len(l.text)}
}

func (l *lexer) hex() token {
	from, high := len(l.text), -1
	for l.pos++; l.pos < len(l.data); l.pos++ {
		c := l.data[l.pos]
		if c == '>' {
			l.pos++
			break
		}
		d := hexDigit(c)
		switch {
		case d < 0:
		case high < 0:
			high = d
		default:
			l.text = append(l.text, byte(high<<4|d))
			high = -1
		}
	}
	if high >= 0 {
		l.text = append(l.text, byte(high<<4))
	}
	return token{kind: tokenString, from: from, to: len(l.text)}
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *lexer) literal() token {
	from, depth := len(l.text), 1
	for l.pos++; l.pos < len(l.data); l.pos++ {
		c := l.data[l.pos]
		switch c {
		case '\\':
			l.escape()
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.pos++
				return token{kind: tokenString, from: from, to: len(l.text)}
			}
		case '\r':
			if l.pos+1 < len(l.data) && l.data[l.pos+1] == '\n' {
				l.pos++
			}
			c = '\n'
		}
		l.text = append(l.text, c)
	}
	return token{kind: tokenString, from: from, to: len(l.text)}
}

// escape reads one backslash sequence and leaves pos at its last byte.
func (l *lexer) escape() {
	if l.pos++; l.pos >= len(l.data) {
		return
	}
	c := l.data[l.pos]
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case '\n':
		return
	case '\r':
		if l.pos+1 < len(l.data) && l.data[l.pos+1] == '\n' {
			l.pos++
		}
		return
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := int(c - '0')
		for n := 0; n < 2 && l.pos+1 < len(l.data) && l.data[l.pos+1] >= '0' && l.data[l.pos+1] <= '7'; n++ {
			l.pos++
			v = v*8 + int(l.data[l.pos]-'0')
		}
		c = byte(v)
	}
	l.text = append(l.text, c)
}
