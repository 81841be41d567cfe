package listing

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// unit is the element, or the line, that holds one entry.
type unit struct {
	hit      int
	from, to int32 // lines
	node     int32 // the element; for a bare line its block
	bare     bool
	parent   int32
}

func (rd *reader) unitsOf(s *section) []unit {
	p := rd.p
	var units []unit
	for _, h := range s.hits {
		line := p.hits[h].line
		u := unit{hit: h}
		u.from, u.to = p.unit(line, s.depth)
		if n := len(units); n > 0 && units[n-1].from == u.from && units[n-1].to == u.to {
			continue // a second name in the same entry
		}
		if l := &p.t.lines[line]; l.depth <= s.depth {
			u.node, u.bare, u.parent = l.block, true, l.block
		} else {
			u.node = p.t.above(l.block, s.depth)
			u.parent = p.t.nodes[u.node].parent
		}
		units = append(units, u)
	}
	return units
}

// units reads entries that are elements or lines beside each other.
func (rd *reader) units(s *section) {
	units := rd.unitsOf(s)
	tag := rd.usualTag(units)
	st := rd.styleOf(s)
	strict, extends := st.judge()
	rd.edge(units, tag, s, strict, true)
	for i, u := range units {
		var gap []int32
		switch {
		case i+1 < len(units):
			gap = rd.between(s, u, units[i+1].from)
		case extends:
			gap = rd.behind(s, u, tag, st)
		}
		lines := rangeOf(u.from, u.to)
		var unknown []int32
		last := int32(-1)
		for _, k := range gap {
			sib, _ := rd.sibling(u, k, s.depth)
			switch {
			case strict && rd.sameKind(sib, k, tag, u):
				if sib != last || u.bare {
					unknown = append(unknown, k)
				}
				last = sib
			case len(unknown) > 0: // belongs to an entry that is not understood
			case extends:
				lines = append(lines, k)
			case rd.p.isHit[k] == 0:
				rd.leave(k, "stands between entries")
			}
		}
		rd.entry(s, u, lines)
		for _, k := range unknown {
			sib, _ := rd.sibling(u, k, s.depth)
			rd.unknown(u, sib, k)
		}
	}
	rd.edge(units, tag, s, strict, false)
}

// between returns the lines from behind unit u up to the next unit, in elements beside
// it.
func (rd *reader) between(s *section, u unit, next int32) (out []int32) {
	for k := u.to; k < next; k++ {
		_, ok := rd.sibling(u, k, s.depth)
		if !ok && !u.bare && rd.p.cousins(u.node, rd.p.t.lines[k].block, s.depth) {
			sib := rd.p.t.above(rd.p.t.lines[k].block, s.depth)
			ok = rd.sameKind(sib, k, rd.p.t.nodes[u.node].tag, u)
		}
		if ok && !rd.isMark(k, s) {
			out = append(out, k)
		}
	}
	return out
}

// behind returns the lines behind the last unit that continue it as what stands between
// the others continues them: in elements of the same tags, and no more of them.
func (rd *reader) behind(s *section, u unit, tag atom.Atom, st style) (out []int32) {
	siblings, last := 0, int32(-1)
	for k := u.to; k < int32(len(rd.p.t.lines)) && len(out) < max(st.longest, 1); k++ {
		sib, ok := rd.sibling(u, k, s.depth)
		if !ok || rd.p.isHit[k] != 0 || rd.isMark(k, s) {
			return out
		}
		if sib != last && !u.bare {
			last = sib
			siblings++
			if t := rd.p.t.nodes[sib].tag; !st.tags[t] && t != tag || rd.foreign(sib, tag) {
				return out
			}
		}
		if siblings > max(st.siblings, 1) {
			return out
		}
		out = append(out, k)
	}
	return out
}

func rangeOf(from, to int32) []int32 {
	out := make([]int32, 0, to-from)
	for k := from; k < to; k++ {
		out = append(out, k)
	}
	return out
}

// usualTag is the tag of most units; 0 for bare lines.
func (rd *reader) usualTag(units []unit) atom.Atom {
	n := map[atom.Atom]int{}
	best := atom.Atom(0)
	for _, u := range units {
		tag := rd.p.t.nodes[u.node].tag
		if u.bare {
			tag = 0
		}
		n[tag]++
		if n[tag] > n[best] {
			best = tag
		}
	}
	return best
}

// sibling returns the element beside unit u in which line k stands.
func (rd *reader) sibling(u unit, k int32, depth int16) (int32, bool) {
	block := rd.p.t.lines[k].block
	if u.bare {
		return block, block == u.parent
	}
	if rd.p.t.nodes[block].depth < depth {
		return 0, false
	}
	sib := rd.p.t.above(block, depth)
	return sib, rd.p.t.nodes[sib].parent == u.parent
}

// sameKind reports whether a text beside the units looks like a name of one.
func (rd *reader) sameKind(sib, k int32, tag atom.Atom, u unit) bool {
	if u.bare {
		return true
	}
	return rd.p.t.nodes[sib].tag == tag && rd.lead(sib, k) == rd.lead(u.node, u.from)
}

// lead is the tags from a unit down to the block of its first line, as one number, and
// the inline element with which that line begins.
func (rd *reader) lead(node, line int32) uint64 {
	t := rd.p.t
	from, _ := rd.p.linesOf(node)
	if from < int32(len(t.lines)) {
		line = from
	}
	key := uint64(17)
	for i := t.lines[line].block; i > node; i = t.nodes[i].parent {
		tag := t.nodes[i].tag
		if tag == atom.Th {
			tag = atom.Td
		}
		key = key*31 + uint64(tag)
	}
	return key
}

// style is what stands between the units of a list, counted over all its parts.
type style struct {
	units, pairs int
	same         int                // texts of the units' own kind
	filled       int                // gaps with something of another kind
	longest      int                // lines in a gap
	siblings     int                // elements in a gap
	tags         map[atom.Atom]bool // of the elements of another kind
}

// judge says whether a text of the units' own kind between them is an unknown entry,
// and whether what else stands there continues an entry.
func (st style) judge() (strict, extends bool) {
	strict = st.same*10 < st.units*7
	return strict, st.pairs > 0 && st.filled*2 >= st.pairs || !strict
}

// styleOf adds up all parts of the list whose entries stand like those of s.
func (rd *reader) styleOf(s *section) (st style) {
	key := rd.p.hits[s.hits[0]].key
	st.tags = map[atom.Atom]bool{}
	if st, ok := rd.styles[key]; ok {
		return st
	}
	for i := range rd.parts {
		if o := &rd.parts[i]; rd.p.hits[o.hits[0]].key == key {
			units := rd.unitsOf(o)
			rd.gaps(&st, units, rd.usualTag(units), o)
		}
	}
	if rd.styles == nil {
		rd.styles = map[uint64]style{}
	}
	rd.styles[key] = st
	return st
}

func (rd *reader) gaps(st *style, units []unit, tag atom.Atom, s *section) {
	st.units += len(units)
	for i := 0; i+1 < len(units); i++ {
		u, next := units[i], units[i+1]
		if u.parent != next.parent {
			continue
		}
		st.pairs++
		other, siblings, last := 0, 0, int32(-1)
		gap := rd.between(s, u, next.from)
		for _, k := range gap {
			sib, _ := rd.sibling(u, k, s.depth)
			fresh := sib != last || u.bare
			last = sib
			if fresh {
				siblings++
			}
			switch {
			case !rd.sameKind(sib, k, tag, u):
				other++
				st.tags[rd.p.t.nodes[sib].tag] = true
			case fresh:
				st.same++
			}
		}
		st.longest, st.siblings = max(st.longest, len(gap)), max(st.siblings, siblings)
		if other > 0 {
			st.filled++
		}
	}
}

// edge reports texts of the units' kind before the first and after the last of them.
func (rd *reader) edge(units []unit, tag atom.Atom, s *section, strict, before bool) {
	if !strict || len(units) == 0 {
		return
	}
	p := rd.p
	u := units[0]
	from, to := int32(0), u.from
	if !before {
		u = units[len(units)-1]
		from, to = u.to, int32(len(p.t.lines))
	}
	a, b := p.linesOf(u.parent)
	uniform := rd.uniform(u.parent, tag)
	last := int32(-1)
	if before && len(s.chain) > 0 {
		from = max(from, s.chain[0].line+1)
	}
	for k := max(from, a); k < min(to, b); k++ {
		sib, ok := rd.sibling(u, k, s.depth)
		if !before && p.isHit[k] != 0 && (!ok || sib != u.node || u.bare) {
			break // another part of the list, or another list
		}
		if p.isHit[k] != 0 {
			last = sib
		}
		if !ok || sib == last && !u.bare || !rd.sameKind(sib, k, tag, u) || p.isHit[k] != 0 || rd.isMark(k, s) || rd.isHeading(k) && headingRank(tag) <= 0 && u.bare {
			continue
		}
		last = sib
		if txt := p.t.lineText(&p.t.lines[k]); len(txt) > 120 || strings.HasSuffix(txt, ".") || (u.bare || !uniform) && (strings.HasSuffix(txt, ":") || anyLabel(txt)) || !u.bare && !uniform && len(txt) > 60 {
			continue
		}
		if !u.bare && !uniform && headingRank(tag) <= 0 {
			rd.leave(k, "stands beside the entries")
			continue
		}
		rd.unknown(u, sib, k)
	}
}

// uniform reports whether an element holds little but elements of one tag.
func (rd *reader) uniform(parent int32, tag atom.Atom) bool {
	t := rd.p.t
	same, all := 0, 0
	for c := parent + 1; c < t.nodes[parent].end; c = t.nodes[c].end {
		if n := &t.nodes[c]; n.kind == element && n.tag != atom.Script {
			all++
			if n.tag == tag || tag == atom.Dt && n.tag == atom.Dd {
				same++
			}
		}
	}
	return same*10 >= all*9
}

// foreign reports elements that cannot continue the last entry.
func (rd *reader) foreign(sib int32, tag atom.Atom) bool {
	t := rd.p.t
	switch st := t.nodes[sib].tag; st {
	case atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Section, atom.Article, atom.Form, atom.Script, atom.Main:
		return true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		// A heading of the same or a higher rank opens something else.
		return tag == 0 || st <= tag || headingRank(tag) == 0 || headingRank(st) <= headingRank(tag)
	}
	return rd.p.landmark(sib)
}

func headingRank(tag atom.Atom) int {
	return slices.Index([]atom.Atom{0, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}, tag)
}

func (rd *reader) isHeading(k int32) bool { return rd.p.level(&rd.p.t.lines[k]) > 0 }

// isMark reports whether line k is a heading over a part of the list and so no text of
// an entry.
func (rd *reader) isMark(k int32, s *section) bool {
	for _, h := range rd.p.headsBetween(k, k+1) {
		return h.line == k && rd.markLevel(h, s)
	}
	return false
}

func (rd *reader) markLevel(h heading, s *section) bool {
	for _, c := range s.chain {
		if c.line == h.line {
			return true
		}
	}
	return h.neutral && len(h.text) < 40 && h.level < 8
}
