package pdftable

// A rawValue is a PDF value as far as the vetting of a file needs it: a number, a name, a dictionary, an array, or a
// reference, whose object number is in number.
type rawValue struct {
	number float64
	name   string
	ref    bool
	items  []rawValue
	dict   map[string]rawValue
}

func (r rawValue) key(name string) rawValue { return r.dict[name] }

const maxRawDepth = 32

// value reads the next value. Strings and what else the vetting does not need are the zero value.
func (l *lexer) value(depth int) rawValue {
	return l.valueOf(l.next(), depth)
}

func (l *lexer) valueOf(t token, depth int) (r rawValue) {
	if depth > maxRawDepth {
		return r
	}
	switch t.kind {
	case tokenName:
		r.name = string(l.bytes(t))
	case tokenNumber:
		r.number = t.number
		pos := l.pos
		generation, word := l.next(), l.next()
		if generation.kind == tokenNumber && word.kind == tokenWord && string(l.bytes(word)) == "R" {
			r.ref = true
		} else {
			l.pos = pos
		}
	case tokenOpenArray:
		for t := l.next(); t.kind != tokenCloseArray && t.kind != tokenEnd; t = l.next() {
			r.items = append(r.items, l.valueOf(t, depth+1))
		}
	case tokenOpenDict:
		r.dict = map[string]rawValue{}
		for t := l.next(); t.kind != tokenCloseDict && t.kind != tokenEnd; t = l.next() {
			if t.kind == tokenName {
				name := string(l.bytes(t))
				r.dict[name] = l.value(depth + 1)
			}
		}
	}
	return r
}
