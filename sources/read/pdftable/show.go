package pdftable

import "math"

// invisible are the rendering modes that paint nothing: text behind a scan, or a clipping path.
func invisible(mode int) bool { return mode == 3 || mode == 7 }

// show draws the strings among the operands and moves by the numbers between them.
func (in *interpreter) show(args []token, l *lexer) error {
	for _, t := range args {
		switch t.kind {
		case tokenString:
			if err := in.draw(l.bytes(t)); err != nil {
				return err
			}
		case tokenNumber:
			in.tm = in.tm.shifted(-t.number/1000*in.size*in.stretch, 0)
		}
	}
	return nil
}

// draw gives each glyph of a string to the collector and moves the text matrix behind it.
func (in *interpreter) draw(s []byte) error {
	f := in.font
	if f == nil {
		if len(s) > 0 {
			in.out.fontless = true
		}
		return nil
	}
	m := in.tm.mul(in.ctm)
	if !m.finite() || math.IsNaN(in.size) || math.Abs(in.size) > 1e6 {
		return fail(ErrLimit, "page %d draws text beyond any page", in.out.page)
	}
	pen, x := in.pen(m), 0.0
	for len(s) > 0 {
		var r rune
		var w, gap float64
		if f.composite {
			var n int
			r, w, n = f.compositeGlyph(s)
			if n == 1 && s[0] == ' ' {
				gap = in.word
			}
			s = s[n:]
		} else {
			c := s[0]
			r, w = f.text[c], f.width[c]
			if c == ' ' {
				gap = in.word
			}
			s = s[1:]
		}
		advance := (w*in.size + in.char) * in.stretch
		body := advance
		if math.Abs(in.char) > 0.4*math.Abs(in.size) {
			body = w * in.size * in.stretch // spaced this wide, each character is a word
		}
		if err := in.out.add(pen, m, x, body, r); err != nil {
			return err
		}
		x += advance + gap*in.stretch
	}
	in.tm = in.tm.shifted(x, 0)
	return nil
}

// compositeGlyph cuts one code from s and gives its character, its width and its size in bytes.
func (f *font) compositeGlyph(s []byte) (r rune, width float64, n int) {
	var c, cid uint32
	switch {
	case f.codes != nil:
		c, n = f.codes.next(s)
		cid = f.codes.cid(c)
	case len(s) == 1:
		c, n = uint32(s[0]), 1
		cid = c
	default:
		c, n = uint32(s[0])<<8|uint32(s[1]), 2
		cid = c
	}
	width, ok := f.cidWidth[cid]
	if !ok {
		width = f.defaultWidth
	}
	if r, ok = f.toUnicode[c]; !ok {
		r = '\ufffd'
	}
	return r, width, n
}

// A pen is what the glyphs of one string share.
type pen struct {
	font    int32
	size    float64 // height of the em as displayed
	rise    float64
	reach   float64 // displayed points per unit of advance
	turned  bool
	visible bool
}

func (in *interpreter) pen(m matrix) pen {
	// Upright text has its ascenders towards the top of the page, where y is small.
	sign := 1.0
	if in.size < 0 {
		sign = -1
	}
	upright := m.a*sign*in.stretch > 0 && m.d*sign < 0 && math.Abs(m.b) <= 0.02*math.Abs(m.a)
	return pen{
		font:    in.font.face,
		size:    math.Abs(in.size) * math.Hypot(m.c, m.d),
		rise:    in.rise,
		reach:   math.Hypot(m.a, m.b),
		turned:  !upright,
		visible: !invisible(in.mode),
	}
}
