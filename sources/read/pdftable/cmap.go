package pdftable

import (
	"slices"
	"unicode/utf16"
)

// A cmap maps the codes of a font to Unicode (bf entries) or to glyph numbers (cid entries), and says how many bytes the
// codes have.
type cmap struct {
	spaces []codespace
	text   map[uint32]rune // negative: see alphabet
	cids   []cidRange
}

type codespace struct {
	size   int
	lo, hi uint32
}

type cidRange struct{ lo, hi, cid uint32 }

// An alphabet keeps the texts of glyphs that stand for more than one character, such as the ligature ffi. A glyph's rune
// -1-i stands for the text number i.
type alphabet struct {
	texts []string
	index map[string]rune
}

func (a *alphabet) rune(s []rune) rune {
	s = unligate(s)
	switch {
	case len(s) == 1 && s[0] > 0:
		return s[0]
	case len(s) == 0 || len(s) > 64 || s[0] <= 0:
		return '\ufffd'
	}
	if r, ok := a.index[string(s)]; ok {
		return r
	}
	if a.index == nil {
		a.index = map[string]rune{}
	}
	r := rune(-1 - len(a.texts))
	a.texts = append(a.texts, string(s))
	a.index[string(s)] = r
	return r
}

// unligate writes the ligatures that Unicode has as single characters (ff, fi, fl, ffi, ffl, st) as their letters: whether
// a font calls its glyph "ﬁ" or "fi" is its producer's choice, not the text's.
func unligate(s []rune) []rune {
	for i, r := range s {
		if r >= 0xFB00 && r <= 0xFB06 {
			letters := [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[r-0xFB00]
			return append(append(slices.Clone(s[:i]), []rune(letters)...), unligate(s[i+1:])...)
		}
	}
	return s
}

// maxMappings bounds the entries of one CMap; 16-bit codes have 65,536.
const maxMappings = 1 << 17

// readCMap reads an embedded CMap. Entries that are no CMap syntax are left out: their codes stay unexplained.
func readCMap(data []byte, letters *alphabet) (*cmap, error) {
	m := &cmap{text: map[uint32]rune{}}
	l := &lexer{data: data}
	entries := 0
	for {
		l.text = l.text[:0]
		t := l.next()
		if t.kind == tokenEnd {
			return m, nil
		}
		if t.kind != tokenWord {
			continue
		}
		n := 0
		switch string(l.bytes(t)) {
		case "begincodespacerange":
			n = m.readSpaces(l)
		case "beginbfchar":
			n = m.readChars(l, letters)
		case "beginbfrange":
			n = m.readRanges(l, letters)
		case "begincidrange":
			n = m.readCIDs(l, 3)
		case "begincidchar":
			n = m.readCIDs(l, 2)
		}
		if entries += n; entries > maxMappings {
			return nil, fail(ErrLimit, "a character map has more than %d entries", maxMappings)
		}
	}
}

func code(b []byte) (v uint32) {
	for _, c := range b {
		v = v<<8 | uint32(c)
	}
	return v
}

// pair reads two strings; ok is false at the section's end.
func pair(l *lexer) (a, b token, ok bool) {
	l.text = l.text[:0]
	if a = l.next(); a.kind != tokenString {
		return a, b, false
	}
	b = l.next()
	return a, b, true
}

func (m *cmap) readSpaces(l *lexer) int {
	for n := 0; ; n++ {
		a, b, ok := pair(l)
		if !ok || b.kind != tokenString || n > 256 {
			return n
		}
		size := a.to - a.from
		if size >= 1 && size <= 4 {
			m.spaces = append(m.spaces, codespace{size, code(l.bytes(a)), code(l.bytes(b))})
		}
	}
}

func (m *cmap) readChars(l *lexer, letters *alphabet) int {
	for n := 0; ; n++ {
		a, b, ok := pair(l)
		if !ok || n > maxMappings {
			return n
		}
		if b.kind == tokenString {
			m.text[code(l.bytes(a))] = letters.rune(utf16Runes(l.bytes(b)))
		}
	}
}

func (m *cmap) readRanges(l *lexer, letters *alphabet) int {
	for n := 0; ; n++ {
		a, b, ok := pair(l)
		if !ok || b.kind != tokenString || n > maxMappings {
			return n
		}
		lo, hi := code(l.bytes(a)), code(l.bytes(b))
		t := l.next()
		switch {
		case t.kind == tokenOpenArray:
			for c := lo; ; c++ {
				e := l.next()
				if e.kind != tokenString {
					break
				}
				if c <= hi {
					m.text[c] = letters.rune(utf16Runes(l.bytes(e)))
				}
				n++
			}
		case t.kind == tokenString && hi >= lo && hi-lo < maxMappings:
			n += int(hi - lo)
			m.fill(lo, hi, utf16Runes(l.bytes(t)), letters)
		}
	}
}

// fill maps lo to the text, and each following code to the text with its last character counted on.
func (m *cmap) fill(lo, hi uint32, text []rune, letters *alphabet) {
	if len(text) == 0 || len(m.text)+int(hi-lo) > maxMappings {
		return
	}
	for c := lo; ; c++ {
		m.text[c] = letters.rune(text)
		if c == hi {
			return
		}
		text[len(text)-1]++
	}
}

func (m *cmap) readCIDs(l *lexer, per int) int {
	for n := 0; ; n++ {
		l.text = l.text[:0]
		a := l.next()
		if a.kind != tokenString || n > maxMappings {
			return n
		}
		lo := code(l.bytes(a))
		hi := lo
		if per == 3 {
			hi = code(l.bytes(l.next()))
		}
		if t := l.next(); t.kind == tokenNumber && t.number >= 0 && t.number <= 0xFFFF {
			m.cids = append(m.cids, cidRange{lo, hi, uint32(t.number)})
		}
	}
}

// cid is the glyph number of a code; a code without one has number 0.
func (m *cmap) cid(c uint32) uint32 {
	for _, r := range m.cids {
		if c >= r.lo && c <= r.hi {
			return r.cid + c - r.lo
		}
	}
	return 0
}

// next cuts the next code from s by the map's code spaces; a byte that is in none is a code of its own.
func (m *cmap) next(s []byte) (c uint32, size int) {
	for size = 1; size <= 4 && size <= len(s); size++ {
		c = c<<8 | uint32(s[size-1])
		for _, space := range m.spaces {
			if space.size == size && c >= space.lo && c <= space.hi {
				return c, size
			}
		}
	}
	return uint32(s[0]), 1
}

func utf16Runes(b []byte) []rune {
	if len(b) == 1 {
		return []rune{rune(b[0])}
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return utf16.Decode(units)
}
