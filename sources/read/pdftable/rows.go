package pdftable

import (
	"math"
	"slices"
	"strings"
)

// A grid is the texts under the header of one table, in lines from top to bottom.
type grid struct {
	page  int
	spec  Spec
	heads []head
	edges []float64 // one more than heads
	lines []gridLine
	rest  []gridLine // from where the columns end
	pitch float64    // the usual distance of two rows
}

// A gridLine is texts on one baseline, by column of the grid. Where marks of another font stand a little higher or lower than
// the text beside them, the baseline is the text's.
type gridLine struct {
	base, size float64
	cells      [][]*Segment
	anchor     bool // has a cell of a column with one line a row
	named      bool // has a cell of a text column
}

// put adds a text; texts come by baseline.
func (g *grid) put(s *Segment, stop float64) {
	lines := &g.lines
	if s.base >= stop {
		lines = &g.rest
	}
	n := len(*lines)
	if n == 0 || s.base-(*lines)[n-1].base > sameLine*min(s.size, (*lines)[n-1].size) {
		*lines = append(*lines, gridLine{base: s.base, size: s.size, cells: make([][]*Segment, len(g.heads))})
		n++
	}
	l := &(*lines)[n-1]
	mid := (s.Box.X0 + s.Box.X1) / 2
	i := 0
	for i+1 < len(g.heads) && mid >= g.edges[i+1] {
		i++
	}
	l.cells[i] = append(l.cells[i], s)
	switch c := g.heads[i].column; {
	case c >= 0 && g.spec.Columns[c].Kind == Text:
		if !l.named {
			l.base, l.size = s.base, s.size
		}
		l.named = true
	case c >= 0:
		l.anchor = true
	}
}

// table cuts the grid's lines into rows.
func (g *grid) table() (Table, error) {
	t := Table{Page: g.page}
	for _, h := range g.heads {
		if h.column < 0 {
			t.Others = append(t.Others, Cell{h.text(), g.page, h.box})
			continue
		}
		t.Columns = append(t.Columns, g.spec.Columns[h.column].Name)
		t.Header = append(t.Header, Cell{h.text(), g.page, h.box})
		for _, s := range h.parts {
			t.taken = append(t.taken, s.id)
		}
	}
	g.anchorText()
	g.lines = slices.DeleteFunc(g.lines, func(l gridLine) bool { return !l.anchor && !l.named && !g.foreignDigit(l) })
	body := g.body()
	rows, used, err := g.rows(body)
	if err != nil {
		return t, err
	}
	if len(rows) == 0 {
		return t, fail(ErrEmptyTable, "page %d: no row below the header at %s", g.page, g.heads[0].box)
	}
	if err := g.lostRow(used); err != nil {
		return t, err
	}
	for _, r := range rows {
		row, err := g.row(r, &t)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// anchorText makes anchors of the lines that have all their columns, in a table without a column that anchors rows.
func (g *grid) anchorText() {
	for _, h := range g.heads {
		if h.column >= 0 && g.spec.Columns[h.column].Kind != Text {
			return
		}
	}
	for i, l := range g.lines {
		g.lines[i].anchor = !slices.ContainsFunc(g.heads, func(h head) bool {
			return h.column >= 0 && !g.spec.Columns[h.column].Optional && len(l.cells[slices.IndexFunc(g.heads, func(k head) bool { return k.column == h.column })]) == 0
		})
	}
}

// foreignDigit says whether a line has a number in a column that nobody asked for.
func (g *grid) foreignDigit(l gridLine) bool {
	for i, cell := range l.cells {
		if g.heads[i].column < 0 && slices.ContainsFunc(cell, func(s *Segment) bool { return hasDigit(s.Text) }) {
			return true
		}
	}
	return false
}

// usual is the usual distance of two rows.
func (g *grid) usual() float64 {
	var steps []float64
	last := math.Inf(-1)
	for _, l := range g.lines {
		if l.anchor {
			if !math.IsInf(last, -1) {
				steps = append(steps, l.base-last)
			}
			last = l.base
		}
	}
	if len(steps) == 0 {
		if len(g.lines) == 0 {
			return 0
		}
		return 1.8 * g.lines[0].size
	}
	slices.Sort(steps)
	return steps[(len(steps)-1)/2]
}

// body counts the lines from the top that are the table's by their size, their distance and, after a wider gap, by their
// alignment: what follows is notes and footers.
func (g *grid) body() []gridLine {
	if len(g.lines) == 0 {
		return nil
	}
	g.pitch = g.usual()
	pitch, last := g.pitch, g.lines[0].base
	sizes := map[bool]float64{} // of text and numbers, and of marks, which may be of another size
	for i, l := range g.lines {
		gap := l.base - last
		marks := g.marksAlone(l)
		if _, ok := sizes[marks]; !ok {
			sizes[marks] = l.size
		}
		switch size := sizes[marks]; {
		case math.Abs(l.size-size) > 0.15*size,
			gap > 2.4*pitch,
			gap > 1.6*pitch && (!l.anchor || !l.named || !g.aligned(l, g.lines[:i])),
			!l.anchor && noteMark(l):
			return g.lines[:i]
		}
		last = l.base
	}
	return g.lines
}

// marksAlone says whether a line has marks and nothing else that was asked for.
func (g *grid) marksAlone(l gridLine) bool {
	for i, cell := range l.cells {
		if c := g.heads[i].column; c >= 0 && len(cell) > 0 && g.spec.Columns[c].Kind != Mark {
			return false
		}
	}
	return l.anchor
}

// noteMark says whether a line begins as a note does.
func noteMark(l gridLine) bool {
	for _, cell := range l.cells {
		if len(cell) > 0 {
			return strings.IndexAny(cell[0].Text, "*†‡¹²³") == 0
		}
	}
	return false
}

// maxCompared bounds the lines that one is compared with; a page of a listing has 50.
const maxCompared = 200

// aligned says whether the line's cells keep to the left, the right or the middle that most cells of their column keep to.
func (g *grid) aligned(l gridLine, above []gridLine) bool {
	above = above[max(0, len(above)-maxCompared):]
	places := [3]func(Box) float64{
		func(b Box) float64 { return b.X0 },
		func(b Box) float64 { return b.X1 },
		func(b Box) float64 { return (b.X0 + b.X1) / 2 },
	}
	for i, cell := range l.cells {
		if len(cell) == 0 || g.heads[i].column < 0 {
			continue
		}
		own := span(cell)
		kept := false
		for _, place := range places {
			n, near := 0, 0
			for _, a := range above {
				if len(a.cells[i]) > 0 {
					n++
					if math.Abs(place(span(a.cells[i]))-place(own)) < 0.15*l.size {
						near++
					}
				}
			}
			kept = kept || n > 0 && 2*near > n
		}
		if !kept {
			return false
		}
	}
	return true
}

func span(cell []*Segment) (box Box) {
	for _, s := range cell {
		box = box.union(s.Box)
	}
	return box
}

// lostRow is an error when a line after the table's end looks like a row: a cell across two columns has cut the table, or
// a gap has.
func (g *grid) lostRow(used int) error {
	body := g.lines[:used]
	for _, l := range append(slices.Clone(g.lines[used:]), g.rest...) {
		if !l.anchor || !l.named || math.Abs(l.size-body[0].size) > 0.15*body[0].size || !g.aligned(l, body) {
			continue
		}
		cut := l
		if used < len(g.lines) {
			cut = g.lines[used]
		} else if len(g.rest) > 0 {
			cut = g.rest[0]
		}
		return fail(ErrLayout, "page %d: %s at %s is like a row, and the table ends before it at %s, %s",
			g.page, quote(l), lineBox(l), lineBox(cut), quote(cut))
	}
	return nil
}

func lineBox(l gridLine) (box Box) {
	for _, cell := range l.cells {
		box = box.union(span(cell))
	}
	return box
}

func quote(l gridLine) string {
	var texts []string
	for _, cell := range l.cells {
		for _, s := range cell {
			texts = append(texts, s.Text)
		}
	}
	return "“" + strings.Join(texts, " ") + "”"
}

// row makes the cells of one row from its lines.
func (g *grid) row(lines []gridLine, t *Table) (Row, error) {
	row := Row{Page: g.page, Cells: make([]Cell, len(g.spec.Columns))}
	for i, h := range g.heads {
		if h.column < 0 {
			for _, l := range lines {
				if g.foreignDigit(l) {
					return row, fail(ErrColumns, "page %d: the column %q at %s has numbers and was not asked for", g.page, h.text(), h.box)
				}
			}
			continue
		}
		cell := &row.Cells[h.column]
		cell.Page = g.page
		var texts []string
		for _, l := range lines {
			if err := g.check(l.cells[i], h); err != nil {
				return row, err
			}
			for _, s := range l.cells[i] {
				texts = append(texts, s.Text)
				cell.Box = cell.Box.union(s.Box)
				t.taken = append(t.taken, s.id)
			}
		}
		cell.Text = strings.Join(texts, " ")
	}
	return row, nil
}

// check refuses what cannot be one cell: two texts where a number stands, a number beside a name, texts over each other.
func (g *grid) check(line []*Segment, h head) error {
	c := g.spec.Columns[h.column]
	for _, s := range line {
		if s.over {
			return fail(ErrLayout, "page %d: texts are drawn over each other at %s, “%s”", g.page, s.Box, s.Text)
		}
		if s.mixed && c.Kind == Number {
			return fail(ErrLayout, "page %d: a number is set in several sizes at %s, “%s”: the small part may be a note's mark", g.page, s.Box, s.Text)
		}
		if len(line) > 1 && (c.Kind != Text || hasDigit(s.Text)) {
			return fail(ErrColumns, "page %d: the column %q has two texts at %s, “%s” and “%s”: a column without a header",
				g.page, c.Name, span(line), line[0].Text, line[1].Text)
		}
	}
	return nil
}
