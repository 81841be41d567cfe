package listing

import (
	"slices"
	"sort"

	"golang.org/x/net/html/atom"
)

// place returns a key for where a block stands, from the tags above it alone, and the
// nearest landmark.
func (p *page) place(block int32) (key uint64, mark int32) {
	key, mark = 14695981039346656037, -1
	for i := block; i >= 0; i = p.t.nodes[i].parent {
		tag := p.t.nodes[i].tag
		switch tag {
		case atom.Th:
			tag = atom.Td
		case atom.Thead, atom.Tfoot:
			tag = atom.Tbody
		}
		if mark < 0 && p.landmark(i) {
			mark = i
		}
		if roles[tag]&isInline == 0 {
			key = (key ^ uint64(tag)) * 1099511628211
		}
	}
	return key, mark
}

func (p *page) landmark(i int32) bool {
	switch p.t.nodes[i].tag {
	case atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Dialog, atom.Select, atom.Svg, atom.Map, atom.Main, atom.Datalist:
		return true
	}
	switch p.t.attribute(i, "role") {
	case "navigation", "banner", "contentinfo", "complementary", "dialog", "alertdialog", "menu", "menubar", "search", "listbox", "combobox", "main":
		return true
	}
	return false
}

// aside reports landmarks in which no page keeps its main list.
func (p *page) aside(mark int32) bool {
	for ; mark >= 0; mark = p.t.nodes[mark].parent {
		switch p.t.nodes[mark].tag {
		case atom.Nav, atom.Footer, atom.Aside, atom.Dialog:
			return true
		case atom.Header:
			// The header of an entry or an article is none of the page.
			if p.t.within(mark, atom.Article, atom.Section, atom.Main) < 0 {
				return true
			}
		}
		switch p.t.attribute(mark, "role") {
		case "navigation", "banner", "contentinfo", "complementary", "dialog", "alertdialog", "menu", "menubar", "search":
			return true
		}
	}
	return false
}

func (p *page) contains(outer, inner int32) bool {
	return outer <= inner && inner < p.t.nodes[outer].end
}

func (p *page) parentOf(line int32, depth int16) int32 {
	return p.t.above(p.t.lines[line].block, depth-1)
}

// unit returns the lines of the element at that depth in which a line stands, or the
// line itself if it stands directly in something above.
func (p *page) unit(line int32, depth int16) (from, to int32) {
	l := &p.t.lines[line]
	if l.depth <= depth {
		return line, line + 1
	}
	return p.linesOf(p.t.above(l.block, depth))
}

func (p *page) linesOf(node int32) (from, to int32) {
	end := p.t.nodes[node].end
	a := sort.Search(len(p.t.lines), func(i int) bool { return p.t.lines[i].first >= node })
	b := a + sort.Search(len(p.t.lines)-a, func(i int) bool { return p.t.lines[a+i].first >= end })
	return int32(a), int32(b)
}

// unitDepth finds the depth of the largest elements that hold one state each.
func (p *page) unitDepth(hits []int) int16 {
	depths := map[int16]int{}
	next := make([]int, len(hits)) // the next hit that names another state, or -1
	for i := len(hits) - 1; i >= 0; i-- {
		next[i] = -1
		if i+1 < len(hits) {
			if next[i] = i + 1; p.sameState(hits[i], hits[i+1]) {
				next[i] = next[i+1]
			}
		}
	}
	before := -1 // the hit before that names another state
	for i, h := range hits {
		line := p.hits[h].line
		d := int16(2)
		if i > 0 && !p.sameState(hits[i-1], h) {
			before = i - 1
		}
		if before >= 0 {
			d = max(d, p.common(line, p.hits[hits[before]].line)+1)
		}
		if k := next[i]; k >= 0 {
			d = max(d, p.common(line, p.hits[hits[k]].line)+1)
		}
		if len(p.hits[h].names) > 1 {
			d = max(d, p.t.lines[line].depth)
		} else if row := p.aloneInCell(line, hits, before, next[i]); row >= 0 {
			d = min(d, p.t.nodes[row].depth)
		}
		depths[d]++
	}
	var all []int16
	for d := range depths {
		all = append(all, d)
	}
	slices.Sort(all)
	// The shallowest depth at which nearly all elements hold one state.
	seen := 0
	for _, d := range all {
		if seen += depths[d]; seen*10 >= len(hits)*9 {
			return d
		}
	}
	return all[len(all)-1]
}

// aloneInCell returns the row of a name that stands in a cell of a table, without one of
// its neighbours in the same cell, or -1: then the row is the entry, whatever other
// cells name.
func (p *page) aloneInCell(line int32, hits []int, before, next int) int32 {
	block := p.t.lines[line].block
	cell := p.t.within(block, atom.Td, atom.Th)
	if cell < 0 || p.t.nodes[block].depth-p.t.nodes[cell].depth > 1 {
		return -1
	}
	for _, k := range []int{before, next} {
		if k >= 0 && p.contains(cell, p.t.lines[p.hits[hits[k]].line].block) {
			return -1
		}
	}
	return p.t.within(cell, atom.Tr)
}

// cousins reports whether two blocks stand, at that depth, in elements with the same
// tags above them: entries in different rows or columns.
func (p *page) cousins(a, b int32, depth int16) bool {
	if p.t.nodes[a].depth < depth || p.t.nodes[b].depth < depth {
		return false
	}
	x, y := p.t.above(a, depth), p.t.above(b, depth)
	for x != y {
		if p.t.nodes[x].tag != p.t.nodes[y].tag {
			return false
		}
		x, y = p.t.nodes[x].parent, p.t.nodes[y].parent
	}
	return true
}

func (p *page) sameState(a, b int) bool {
	return p.hits[a].names[0].code == p.hits[b].names[0].code
}

// common is the depth of the innermost block around two lines.
func (p *page) common(a, b int32) int16 {
	x, y := p.t.lines[a].block, p.t.lines[b].block
	for x != y {
		if p.t.nodes[x].depth >= p.t.nodes[y].depth {
			x = p.t.nodes[x].parent
		} else {
			y = p.t.nodes[y].parent
		}
	}
	return p.t.nodes[x].depth
}
