package pdftable

import (
	"math"
	"unicode/utf8"
)

// A run is glyphs that were drawn one after the other, on one baseline, without space between them.
type run struct {
	x0, x1, base, size float64
	from, to           int32 // its text in collector.text
	font               int32
	line               int32
	blank              bool // a blank was drawn just before it
	turned             bool
	raised             bool // a superscript
	box                Box  // of turned text
}

// A collector gathers the visible glyphs of one page into runs, in points from the top left corner of the page.
type collector struct {
	page          int
	width, height float64
	letters       *alphabet
	glyphs        *int // of the document so far
	count         int  // of the page so far

	text     []byte
	runs     []run
	open     bool    // the last run may go on
	last     rune    // last glyph of the open run
	lastX    float64 // where it starts
	blankX   float64 // where the last blank ends
	blankY   float64
	unseen   bool // invisible text was drawn
	fontless bool // text was drawn in a font that the page does not have
}

// The gap, as a share of the font size, that makes a new word; and the step back that still is kerning.
const (
	wordGap  = 0.13
	kernBack = 0.25
)

// add takes a glyph with its left end at x in text space. Glyphs off the page are not visible and left out.
func (c *collector) add(p pen, m matrix, x, advance float64, r rune) error {
	*c.glyphs++
	if c.count++; *c.glyphs > maxGlyphs || c.count > maxPage {
		return fail(ErrLimit, "the page has more than %d glyphs, or the document more than %d", maxPage, maxGlyphs)
	}
	if !p.visible {
		c.unseen = true
		return nil
	}
	x0 := m.e + x*m.a + p.rise*m.c
	y := m.f + x*m.b + p.rise*m.d
	if p.turned {
		c.addTurned(p, x0, y, x0+advance*m.a, y+advance*m.b, r)
		return nil
	}
	x1 := x0 + advance*m.a
	if x0 > x1 {
		x0, x1 = x1, x0
	}
	if mid := (x0 + x1) / 2; !(mid >= 0 && mid <= c.width && y >= 0 && y <= c.height) || p.size < 0.5 {
		return nil
	}
	switch kindOf(r) {
	case runeNothing:
		return nil
	case runeBlank:
		c.open, c.blankX, c.blankY = false, x1, y
		return nil
	case runeUnknown:
		r = utf8.RuneError
	}
	c.put(p, x0, x1, y, r)
	return nil
}

func (c *collector) put(p pen, x0, x1, y float64, r rune) {
	n := len(c.runs)
	if c.open && n > 0 {
		last := &c.runs[n-1]
		if c.accent(last, x0, x1, y, r) {
			return
		}
		gap := x0 - last.x1
		if last.font == p.font && math.Abs(last.base-y) < 0.03*p.size && math.Abs(last.size-p.size) < 0.03*p.size &&
			gap < wordGap*p.size && gap > -kernBack*p.size {
			c.write(r)
			last.x1, last.to = max(last.x1, x1), int32(len(c.text))
			c.last, c.lastX = r, x0
			return
		}
	}
	from := int32(len(c.text))
	c.write(r)
	blank := math.Abs(x0-c.blankX) < 0.3*p.size && math.Abs(y-c.blankY) < 0.3*p.size
	c.runs = append(c.runs, run{
		x0: x0, x1: x1, base: y, size: p.size, font: p.font, from: from, to: int32(len(c.text)), blank: blank,
	})
	c.open, c.last, c.lastX = true, r, x0
}

func (c *collector) write(r rune) {
	if r < 0 {
		c.text = append(c.text, c.letters.texts[-1-r]...)
		return
	}
	c.text = utf8.AppendRune(c.text, r)
}

// accent joins a letter with the accent that was drawn over it just before, as TeX's older fonts do.
func (c *collector) accent(last *run, x0, x1, y float64, r rune) bool {
	if c.last < 0x5E || c.last < 0x80 && c.last != '^' && c.last != '`' && c.last != '~' {
		return false
	}
	whole, ok := accented(r, c.last)
	if !ok || math.Abs(last.base-y) > 0.4*last.size || c.lastX < x0-0.2*(x1-x0) || last.x1 > x1+0.5*(x1-x0) || c.lastX >= x1 {
		return false
	}
	c.text = c.text[:len(c.text)-utf8.RuneLen(c.last)]
	alone := int(last.from) == len(c.text)
	c.write(whole)
	last.to = int32(len(c.text))
	last.x1 = x1
	if alone {
		last.x0, last.base = x0, y
	}
	c.last, c.lastX = whole, x0
	return true
}

// addTurned takes a glyph of text that does not run from left to right: it goes on with the run that was drawn before it.
func (c *collector) addTurned(p pen, x0, y0, x1, y1 float64, r rune) {
	switch kindOf(r) {
	case runeNothing:
		return
	case runeBlank:
		r = ' '
	case runeUnknown:
		r = utf8.RuneError
	}
	half := p.size / 2
	box := Box{min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half}
	if box.X1 < 0 || box.Y1 < 0 || box.X0 > c.width || box.Y0 > c.height {
		return
	}
	n := len(c.runs)
	if n > 0 && c.runs[n-1].turned && !c.open && c.runs[n-1].box.overlapX(box) > 0 && c.runs[n-1].box.overlapY(box) > 0 {
		c.write(r)
		c.runs[n-1].to = int32(len(c.text))
		c.runs[n-1].box = c.runs[n-1].box.union(box)
		return
	}
	from := int32(len(c.text))
	c.write(r)
	c.open = false
	c.runs = append(c.runs, run{size: p.size, font: p.font, from: from, to: int32(len(c.text)), turned: true, box: box})
}

type runeKind uint8

const (
	runeText runeKind = iota
	runeBlank
	runeNothing
	runeUnknown
)

// kindOf sorts out blanks, characters without width, and codes that are no characters.
func kindOf(r rune) runeKind {
	switch {
	case r > ' ' && r < 0x7F, r < 0:
		return runeText
	case r == ' ', r == '\t', r == '\n', r == '\r', r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return runeBlank
	case r >= 0x200B && r <= 0x200F, r == 0xFEFF, r == 0x2060:
		return runeNothing
	case r < ' ', r == 0x7F, !utf8.ValidRune(r):
		return runeUnknown
	}
	return runeText
}
