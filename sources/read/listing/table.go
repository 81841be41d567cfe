package listing

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// cell is a cell of a table: its lines, and whether it came down from a row above.
type cell struct {
	node     int32
	from, to int32
	carried  bool
	wide     int
}

const (
	maxColumns = 60
	maxSpan    = 500
)

// rowsOf returns the rows of the table in which row lies, with cells at their columns.
func (rd *reader) rowsOf(tableNode int32) (rows []int32, cells map[int32][]cell) {
	t := rd.p.t
	cells = map[int32][]cell{}
	type span struct {
		cell
		rows int
	}
	down := map[int]span{}
	for i := tableNode + 1; i < t.nodes[tableNode].end; {
		n := &t.nodes[i]
		if n.kind == element && n.tag == atom.Table {
			i = n.end // a table in a cell
			continue
		}
		if n.kind != element || n.tag != atom.Tr {
			i++
			continue
		}
		var row []cell
		fill := func() {
			for len(row) < maxColumns {
				s, ok := down[len(row)]
				if !ok {
					return
				}
				if s.rows--; s.rows == 0 {
					delete(down, len(row))
				} else {
					down[len(row)] = s
				}
				s.carried = true
				row = append(row, s.cell)
			}
		}
		for c := i + 1; c < n.end; c = t.nodes[c].end {
			if tag := t.nodes[c].tag; tag != atom.Td && tag != atom.Th {
				continue
			}
			fill()
			one := cell{node: c, wide: spanOf(t.attribute(c, "colspan"), maxColumns)}
			one.from, one.to = rd.p.linesOf(c)
			deep := spanOf(t.attribute(c, "rowspan"), maxSpan)
			for k := 0; k < one.wide && len(row) < maxColumns; k++ {
				if k > 0 {
					one = cell{node: c, carried: true, from: one.from, to: one.from}
				}
				if deep > 1 {
					down[len(row)] = span{one, deep - 1}
				}
				row = append(row, one)
			}
		}
		fill()
		rows = append(rows, i)
		cells[i] = row
		i = n.end
	}
	return rows, cells
}

func spanOf(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}

// table reads a section whose entries are rows.
func (rd *reader) table(s *section) {
	p := rd.p
	var tables []int32
	hitRows := map[int32]bool{}
	for _, h := range s.hits {
		row := p.rowOf(p.hits[h].line, s.depth)
		hitRows[row] = true
		if tb := p.t.within(row, atom.Table); tb >= 0 && (len(tables) == 0 || tables[len(tables)-1] != tb) {
			tables = append(tables, tb)
		}
	}
	for _, tb := range tables {
		rd.oneTable(s, tb, hitRows)
	}
}

// rowOf is the row that is the entry: the outermost at or below the units' depth.
func (p *page) rowOf(line int32, depth int16) int32 {
	row := int32(-1)
	for i := p.t.lines[line].block; i >= 0 && p.t.nodes[i].depth >= depth-3; i = p.t.nodes[i].parent {
		if p.t.nodes[i].tag == atom.Tr {
			row = i
			if p.t.nodes[i].depth <= depth {
				break
			}
		}
	}
	return row
}

// columns says what the columns of a table hold.
type columns struct {
	country []int
	role    map[int]string
	label   map[int]string
	postal  map[int]bool // some cell has an address or a number below its first line
	header  int          // rows of the header
}

func (rd *reader) columns(rows []int32, cells map[int32][]cell) columns {
	p := rd.p
	c := columns{role: map[int]string{}, label: map[int]string{}, postal: map[int]bool{}}
	for _, row := range rows {
		all := cells[row]
		labels, texts := 0, 0
		for _, one := range all {
			if txt := rd.cellText(one); txt != "" && !one.carried {
				texts++
				if anyLabel(txt) || p.t.nodes[one.node].tag == atom.Th && one.wide == 1 {
					labels++
				}
			}
		}
		if texts == 0 || labels < texts || rd.nameIn(all) {
			break
		}
		if texts > 1 || len(all) == 1 {
			for col, one := range all {
				if txt := rd.cellText(one); txt != "" {
					c.label[col] = strings.TrimRight(txt, ": ")
					c.role[col] = labelRole(txt)
				}
			}
		}
		c.header++
	}
	named, body := map[int]int{}, 0
	for _, row := range rows[c.header:] {
		body++
		for col, one := range cells[row] {
			if !one.carried && rd.nameOf(one) != nil {
				named[col]++
			}
			for k := one.from + 1; k < one.to && !c.postal[col]; k++ {
				c.postal[col] = isDetail(p.t.lineText(&p.t.lines[k]), true)
			}
		}
	}
	most := -1
	for col := range maxColumns {
		if named[col] > 0 && (most < 0 || named[col] > named[most]) {
			most = col
		}
	}
	for col := range maxColumns {
		if c.role[col] == "country" && named[col]*2 >= named[most] {
			c.country = append(c.country, col)
		}
	}
	if len(c.country) == 0 && most >= 0 {
		c.country = []int{most}
	}
	// Lists set in several columns side by side: as many names, other states.
	if len(c.country) == 1 {
		for col := c.country[0] + 1; col < maxColumns; col++ {
			if named[col]*3 >= named[c.country[0]]*2 && named[col] >= minStates-1 && c.role[col] == "" && rd.otherStates(rows[c.header:], cells, c.country[0], col) {
				c.country = append(c.country, col)
			}
		}
	}
	return c
}

func (rd *reader) otherStates(rows []int32, cells map[int32][]cell, a, b int) bool {
	left, same, n := map[string]bool{}, 0, 0
	for _, row := range rows {
		if all := cells[row]; a < len(all) {
			if x := rd.nameOf(all[a]); x != nil {
				left[x.code] = true
			}
		}
	}
	for _, row := range rows {
		if all := cells[row]; b < len(all) {
			if x := rd.nameOf(all[b]); x != nil {
				n++
				if left[x.code] {
					same++
				}
			}
		}
	}
	return n > 0 && same*5 <= n
}

func (rd *reader) cellText(c cell) string {
	var all []string
	for k := c.from; k < c.to; k++ {
		all = append(all, rd.p.t.lineText(&rd.p.t.lines[k]))
	}
	return strings.Join(all, " ")
}

// nameOf is the state that the first line of a cell names.
func (rd *reader) nameOf(c cell) *name {
	if c.from >= c.to || rd.p.isHit[c.from] == 0 {
		return nil
	}
	h := &rd.p.hits[rd.p.isHit[c.from]-1]
	if len(h.names) != 1 {
		return nil
	}
	return &h.names[0]
}

func (rd *reader) nameIn(all []cell) bool {
	for _, c := range all {
		if !c.carried && rd.nameOf(c) != nil {
			return true
		}
	}
	return false
}

func (rd *reader) oneTable(s *section, tb int32, hitRows map[int32]bool) {
	tab := rd.p.table(rd, tb)
	start, end := rd.bounds(tab.rows, tab.cells, hitRows)
	for at, col := range tab.columns.country {
		w := rowWalk{rd: rd, tableData: tab, section: *s, col: col, until: maxColumns, first: at == 0}
		if at > 0 {
			w.from = col
		}
		if at+1 < len(tab.columns.country) {
			w.until = tab.columns.country[at+1]
		}
		for i := max(start, tab.columns.header); i < end; i++ {
			w.row(i)
		}
	}
}

// rowWalk goes down the rows of a table along one column of states.
type rowWalk struct {
	rd *reader
	*tableData
	section section // with the class of the last row that named one
	col     int     // of the states
	from    int     // columns that belong to it
	until   int
	first   bool  // it is the first such column
	current *name // the state of the row above
	broken  bool  // the state above was not understood
}

func (w *rowWalk) row(i int) {
	rd, row := w.rd, w.rows[i]
	all := w.cells[row]
	filled := rd.filled(all)
	if len(filled) == 0 || i > 0 && rd.isHeader(all, w.columns) || w.single(all, filled) {
		return
	}
	var own cell
	if w.col < len(all) {
		own = all[w.col]
	}
	txt := rd.cellText(own)
	if totals[strings.ToLower(txt)] || totals[strings.ToLower(rd.cellText(filled[0]))] {
		rd.aside(rd.rowText(all, w.from, w.until), rd.p.t.path(row), "a row that sums up")
		return
	}
	n := rd.nameOf(own)
	switch {
	case n != nil:
		w.current, w.broken = n, false
	case txt == "" || own.carried && own.wide == 0 || w.groups:
		if w.current == nil && !w.broken {
			return
		}
	default:
		w.broken = true
	}
	switch {
	case w.broken:
		rd.countUnknown(all, row, w.from, w.until)
	case w.groups && n != nil && len(filled) == 1 && rd.followedByBody(w.rows, w.cells, i):
		rd.r.Texts++
		rd.r.Understood++
	default:
		rd.row(&w.section, *w.current, all, row, w.columns, w.col, w.from, w.until, n == nil || own.carried)
	}
}

// single takes a row with one cell that is no state: the words of a class over the rows
// below, or a remark.
func (w *rowWalk) single(all, filled []cell) bool {
	if len(filled) != 1 || w.rd.nameOf(filled[0]) != nil || len(all) == 1 && !w.groups {
		return false
	}
	p, one := w.rd.p, filled[0]
	txt := w.rd.cellText(one)
	if class := p.n.classIn(txt); class != "" && (one.wide > 1 || p.t.nodes[one.node].tag == atom.Th || p.n.classOf(stripCount(txt)) != "") {
		w.section.class, w.current = class, nil
		return true
	}
	if w.groups && one.wide == w.head.wide && p.t.nodes[one.node].tag == p.t.nodes[w.head.node].tag {
		w.broken = true // a state that nobody knows, over its institutions
		w.rd.countUnknown(all, p.t.nodes[one.node].parent, 0, maxColumns)
		return true
	}
	if one.wide == 1 || w.groups {
		return false
	}
	if !neutral(txt) && w.first {
		w.rd.leave(one.from, "a row of its own that names no state")
	}
	w.current = nil
	return true
}

// bounds are the rows of a section: those with its names, and the rows around them up
// to where another part of the table begins.
func (rd *reader) bounds(rows []int32, cells map[int32][]cell, mine map[int32]bool) (start, end int) {
	start, end = -1, 0
	for i, row := range rows {
		if mine[row] {
			if start < 0 {
				start = i
			}
			end = i + 1
		}
	}
	border := func(i int) bool {
		all := cells[rows[i]]
		if rd.nameIn(all) && !mine[rows[i]] {
			return true
		}
		f := rd.filled(all)
		return len(f) == 1 && f[0].from >= 0 && rd.p.n.classIn(rd.cellText(f[0])) != ""
	}
	for start > 0 && !border(start-1) {
		start--
	}
	for end < len(rows) && !border(end) {
		end++
	}
	return start, end
}

// tableData is a table as it was found once.
type tableData struct {
	rows    []int32
	cells   map[int32][]cell
	columns columns
	groups  bool
	head    cell // with groups: one of the cells that name a state
}

func (p *page) table(rd *reader, tb int32) *tableData {
	if t := p.tables[tb]; t != nil {
		return t
	}
	t := &tableData{}
	t.rows, t.cells = rd.rowsOf(tb)
	t.columns = rd.columns(t.rows, t.cells)
	t.groups, t.head = rd.grouped(t.rows, t.cells, t.columns)
	if p.tables == nil {
		p.tables = map[int32]*tableData{}
	}
	p.tables[tb] = t
	return t
}

// grouped reports a table in which a row of its own names the state and the rows below
// it the institutions.
func (rd *reader) grouped(rows []int32, cells map[int32][]cell, c columns) (bool, cell) {
	var head cell
	alone, named := 0, 0
	for _, row := range rows[c.header:] {
		if !rd.nameIn(cells[row]) {
			continue
		}
		named++
		f := rd.filled(cells[row])
		if len(f) == 1 && rd.nameOf(f[0]) != nil && rd.nameOf(f[0]).rest == "" && (f[0].wide > 1 || len(cells[row]) > 1 || rd.p.t.nodes[f[0].node].tag == atom.Th) {
			alone, head = alone+1, f[0]
		}
	}
	return named > 0 && alone*2 > named && len(rows)-c.header > named, head
}

func (rd *reader) followedByBody(rows []int32, cells map[int32][]cell, i int) bool {
	if i+1 >= len(rows) {
		return false
	}
	next := cells[rows[i+1]]
	f := rd.filled(next)
	return len(f) > 0 && !rd.nameIn(f[:1]) && rd.p.n.classOf(stripCount(rd.cellText(f[0]))) == ""
}

func (rd *reader) filled(all []cell) (out []cell) {
	for _, c := range all {
		if !c.carried && c.from < c.to {
			out = append(out, c)
		}
	}
	return out
}

func (rd *reader) isHeader(all []cell, c columns) bool {
	same, n := 0, 0
	for col, one := range all {
		txt := rd.cellText(one)
		if txt == "" || one.carried {
			continue
		}
		n++
		if strings.EqualFold(strings.TrimRight(txt, ": "), c.label[col]) || isLabel(txt, countryLabels) {
			same++
		}
	}
	return n > 0 && same == n
}

func (rd *reader) rowText(all []cell, from, until int) string {
	var out []string
	for col := from; col < min(until, len(all)); col++ {
		if txt := rd.cellText(all[col]); txt != "" {
			out = append(out, txt)
		}
	}
	return strings.Join(out, " ")
}

func (rd *reader) countUnknown(all []cell, row int32, from, until int) {
	s := rd.rowText(all, from, until)
	if s == "" {
		return
	}
	rd.r.Texts++
	rd.notUnderstood(s, row)
}

// row reads the cells beside the name.
func (rd *reader) row(s *section, n name, all []cell, row int32, c columns, col, from, until int, again bool) {
	p := rd.p
	if rd.full() {
		return
	}
	texts := []entryText{}
	if !again {
		own := all[col]
		texts = append(texts, rd.restTexts(n, p.links(&p.t.lines[own.from]))...)
		for k := own.from + 1; k < own.to; k++ {
			if p.isHit[k] > 0 && rd.repeatsName(p.hits[p.isHit[k]-1], n) {
				continue
			}
			texts = append(texts, rd.lineTexts(&p.t.lines[k], p.t.lineText(&p.t.lines[k]))...)
		}
	} else {
		n.rest = ""
	}
	organisation := false // a column with institutions was met
	for k, role := range c.role {
		organisation = organisation || role == "organisation" && k != col
	}
	met := false
	for k := from; k < min(until, len(all)); k++ {
		one := all[k]
		if k == col && rd.nameOf(one) != nil || one.from >= one.to || one.carried && one.wide == 0 {
			continue
		}
		role := c.role[k]
		if k == col {
			role = "organisation"
		}
		if role == "" && organisation && p.n.classOf(rd.cellText(one)) == "" {
			role = "note"
		}
		if role == "organisation" && met {
			role = "note"
		}
		if role == "country" {
			continue
		}
		count := 0
		for l := one.from; l < one.to; l++ {
			ln := &p.t.lines[l]
			txt := p.t.lineText(ln)
			if p.isHit[l] > 0 && rd.repeatsName(p.hits[p.isHit[l]-1], n) && role != "organisation" {
				continue
			}
			for _, t := range rd.lineTexts(ln, txt) {
				switch {
				case t.role != "":
				case role == "link" && len(t.links) == 0 && !isAddress(t.s):
					t.role = "note"
				case role == "note" || role == "link":
					t.role = role
					if role == "note" && c.label[k] != "" && strings.Trim(t.s, "0123456789./- ") == "" {
						t.s = c.label[k] + " " + t.s
					}
				case role == "class":
					t.role = "class"
				case role == "organisation" && (count == 0 || !c.postal[k] && p.n.classOf(t.s) == ""):
					t.role, met = "organisation", true
				case role == "" && count == 0 && !met && !isDetail(t.s, false) && p.n.classOf(t.s) == "":
					met = true
				}
				count++
				texts = append(texts, t)
			}
		}
	}
	rd.r.Texts += 1 + len(texts)
	rd.r.Understood += 1 + len(texts)
	rd.records(s, n, texts, p.t.path(row), rd.rowText(all, from, until))
}
