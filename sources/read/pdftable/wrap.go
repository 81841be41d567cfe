package pdftable

import (
	"math"
	"slices"
)

// How the lines of a wrapped text stand around the line that anchors its row.
type stance int

const (
	anchorFirst  stance = iota // the number is on the first line
	anchorMiddle               // the number is in the middle, between two lines or on one
	anchorLast                 // the number is on the last line
)

// wrapPitch is the largest distance of two lines of one cell, as a share of the font size.
const wrapPitch = 1.7

// A share says how many lines above and below its anchor a row has.
type share struct{ anchor, above, below int }

// rows gives each line of the body to one row. All rows of a table stand alike around their anchors; the stance that the
// geometry allows is taken, and it is an error when none does, or when two would read differently. Used counts the lines
// that are in rows: those behind are notes.
func (g *grid) rows(body []gridLine) (rows [][]gridLine, used int, err error) {
	var anchors []int
	for i, l := range body {
		if l.anchor {
			anchors = append(anchors, i)
		}
	}
	// A number without a name behind a gap is a page number.
	for n := len(anchors); n > 1 && anchors[n-1] == anchors[n-2]+1; n = len(anchors) {
		if last := body[anchors[n-1]]; last.named || last.base-body[anchors[n-2]].base <= 1.6*g.pitch {
			break
		}
		body, anchors = body[:anchors[n-1]], anchors[:n-1]
	}
	if len(anchors) == 0 {
		return nil, 0, nil
	}
	var fits [][]share
	var fault error // how the likely stance fails: the middle, when a number stands alone, or else the first
	unnamed := slices.ContainsFunc(anchors, func(a int) bool { return !body[a].named })
	for _, st := range []stance{anchorFirst, anchorMiddle, anchorLast} {
		shares, err := g.divide(body, anchors, st)
		if err == nil && !slices.ContainsFunc(fits, func(f []share) bool { return slices.Equal(f, shares) }) {
			fits = append(fits, shares)
		}
		if fault == nil || st == anchorMiddle && err != nil && unnamed {
			fault = err
		}
	}
	if len(fits) > 1 {
		fits = slices.DeleteFunc(fits, func(f []share) bool { return !g.wrapsBecauseItMust(body, f) })
	}
	switch {
	case len(fits) == 0 && fault != nil:
		return nil, 0, fault
	case len(fits) != 1:
		l := stray(body)
		return nil, 0, fail(ErrLayout, "page %d: %s at %s may belong to the row above or to the row below", g.page, quote(l), lineBox(l))
	}
	for _, s := range fits[0] {
		used = s.anchor + s.below + 1
		rows = append(rows, body[s.anchor-s.above:used])
	}
	return rows, used, nil
}

// stray is the first line without an anchor.
func stray(body []gridLine) gridLine {
	i := slices.IndexFunc(body, func(l gridLine) bool { return !l.anchor })
	return body[max(0, i)]
}

// divide shares the lines between the anchors out by one stance; the error names the first line that fits nowhere.
func (g *grid) divide(body []gridLine, anchors []int, st stance) ([]share, error) {
	shares := make([]share, len(anchors))
	free := anchors[0] // lines between the row before and this anchor
	for k, a := range anchors {
		s := &shares[k]
		s.anchor = a
		after := len(body) - a - 1
		if k+1 < len(anchors) {
			after = anchors[k+1] - a - 1
		}
		s.above = free
		switch st {
		case anchorFirst:
			if free > 0 {
				return nil, g.loose(body[a-free])
			}
			s.below = after
			if k+1 == len(anchors) {
				s.below = g.trailing(body, a, after)
			}
		case anchorMiddle:
			s.below = s.above
		}
		if s.below > after {
			return nil, g.loose(body[a-s.above])
		}
		if !body[a].named && (st != anchorMiddle || s.above == 0) {
			return nil, fail(ErrLayout, "page %d: %s at %s has no text beside it", g.page, quote(body[a]), lineBox(body[a]))
		}
		free = after - s.below
	}
	if rest := len(body) - free; free > 0 && g.near(body, rest) {
		return nil, g.loose(body[rest])
	}
	for k := range shares {
		if err := g.fits(body, shares, k, st); err != nil {
			return nil, err
		}
	}
	return shares, nil
}

func (g *grid) loose(l gridLine) error {
	return fail(ErrLayout, "page %d: %s at %s belongs to no row", g.page, quote(l), lineBox(l))
}

// trailing counts the lines below the last row that go on with its text.
func (g *grid) trailing(body []gridLine, anchor, after int) (n int) {
	for n < after && g.near(body, anchor+n+1) && g.mustWrap(body, body[anchor+n], body[anchor+n+1]) {
		n++
	}
	return n
}

// near says whether a line stands to the one above it as lines of one cell do.
func (g *grid) near(body []gridLine, i int) bool {
	above, l := body[i-1], body[i]
	return l.base-above.base <= min(wrapPitch*l.size, g.pitch*1.02) && g.face(above) == g.face(l) && g.aligned(l, body[:i])
}

// fits checks one row against the geometry: its lines are near, no nearer to the next row than to each other, in one font,
// and around the anchor as the stance says.
func (g *grid) fits(body []gridLine, shares []share, k int, st stance) error {
	s := shares[k]
	own := body[s.anchor-s.above : s.anchor+s.below+1]
	if s.above+s.below == 0 {
		return nil
	}
	texts := slices.Clone(own)
	texts = slices.DeleteFunc(texts, func(l gridLine) bool { return !l.named })
	outer := math.Inf(1)
	if k > 0 {
		outer = texts[0].base - lastText(body, shares[k-1])
	}
	if k+1 < len(shares) {
		next := shares[k+1]
		outer = min(outer, body[next.anchor-next.above].base-texts[len(texts)-1].base)
		if !body[next.anchor].named && next.above == 0 {
			outer = math.Inf(1)
		}
	}
	sum := 0.0
	for i, l := range texts {
		sum += l.base
		if i == 0 {
			continue
		}
		if gap := l.base - texts[i-1].base; gap > wrapPitch*l.size || gap > outer+0.05*l.size || g.face(l) != g.face(texts[0]) {
			return g.loose(l)
		}
	}
	if st == anchorMiddle && math.Abs(sum/float64(len(texts))-body[s.anchor].base) > 0.25*body[s.anchor].size {
		return g.loose(texts[0])
	}
	return nil
}

// lastText is the baseline of the last line of a row that has text.
func lastText(body []gridLine, s share) float64 {
	for i := s.anchor + s.below; i > s.anchor-s.above; i-- {
		if body[i].named {
			return body[i].base
		}
	}
	return body[s.anchor-s.above].base
}

// face is the typeface of a line's first text column.
func (g *grid) face(l gridLine) int32 {
	for i, cell := range l.cells {
		if c := g.heads[i].column; len(cell) > 0 && c >= 0 && g.spec.Columns[c].Kind == Text {
			return cell[0].font
		}
	}
	return 0
}

// wrapsBecauseItMust says whether each broken line is broken where its next word had no room.
func (g *grid) wrapsBecauseItMust(body []gridLine, shares []share) bool {
	for _, s := range shares {
		var above *gridLine
		for i := s.anchor - s.above; i <= s.anchor+s.below; i++ {
			if !body[i].named {
				continue
			}
			if above != nil && !g.mustWrap(body, *above, body[i]) {
				return false
			}
			above = &body[i]
		}
	}
	return true
}

// mustWrap says whether the first word of a line had no room on the line above, in some column of text: with it, that line
// would be wider than any in the column.
func (g *grid) mustWrap(body []gridLine, above, l gridLine) bool {
	for i, cell := range l.cells {
		if len(cell) == 0 || len(above.cells[i]) == 0 {
			continue
		}
		widest := 0.0
		for _, b := range body[:min(len(body), maxCompared)] {
			if len(b.cells[i]) > 0 {
				box := span(b.cells[i])
				widest = max(widest, box.X1-box.X0)
			}
		}
		box := span(above.cells[i])
		if box.X1-box.X0+0.2*l.size+cell[0].first > 0.99*widest {
			return true
		}
	}
	return false
}
