package listing

import (
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html/atom"
)

// section is a part of a list: hits under one heading.
type section struct {
	hits  []int
	class string
	heads []string // headings over it, nearest first
	chain []heading
	depth int16 // of the elements that hold one entry each
}

// How far back a part of a list looks for the list it continues, and for the headings
// over it, in lists and in headings.
const (
	nearLists = 100
	nearHeads = 500
)

// maxSentences is how many sentences that name states are looked at as lists.
const maxSentences = 100

// dropSentences keeps the sentences that name the most states.
func (p *page) dropSentences() {
	var counts []int
	for _, h := range p.hits {
		if h.prose {
			counts = append(counts, len(h.names))
		}
	}
	if len(counts) <= maxSentences {
		return
	}
	slices.Sort(counts)
	least := counts[len(counts)-maxSentences]
	kept, left := p.hits[:0], maxSentences
	for _, h := range p.hits {
		if h.prose && (len(h.names) < least || left == 0) {
			p.isHit[h.line] = 0
			continue
		}
		if h.prose {
			left--
		}
		kept = append(kept, h)
		p.isHit[h.line] = int32(len(kept))
	}
	p.hits = kept
}

// candidates groups the hits into lists.
func (p *page) candidates() []*candidate {
	p.dropSentences()
	byKey := map[[2]uint64][]int{}
	var order [][2]uint64
	for i, h := range p.hits {
		k := [2]uint64{h.key, uint64(int64(h.mark))}
		if p.t.nodes[p.t.lines[h.line].block].tag == atom.Option {
			k[1] = uint64(int64(p.t.within(p.t.lines[h.line].block, atom.Select, atom.Datalist)))
		}
		if byKey[k] == nil {
			order = append(order, k)
		}
		byKey[k] = append(byKey[k], i)
	}
	var sections []section
	for _, k := range order {
		sections = append(sections, p.sections(byKey[k])...)
	}
	sort.SliceStable(sections, func(a, b int) bool { return sections[a].hits[0] < sections[b].hits[0] })
	return p.merge(sections)
}

// headsBetween returns the headings from line a up to before line b.
func (p *page) headsBetween(a, b int32) []heading {
	from := sort.Search(len(p.heads), func(i int) bool { return p.heads[i].line >= a })
	to := sort.Search(len(p.heads), func(i int) bool { return p.heads[i].line >= b })
	return p.heads[from:max(from, to)]
}

// sections divides hits of one kind where a heading stands between them.
func (p *page) sections(hits []int) (out []section) {
	inEntries := p.levelsInEntries(hits)
	own := 9
	if l := p.level(&p.t.lines[p.hits[hits[0]].line]); l > 0 {
		own = l
	}
	start := 0
	for i := 1; i <= len(hits); i++ {
		if i < len(hits) {
			divides := false
			for _, h := range p.headsBetween(p.hits[hits[i-1]].line+1, p.hits[hits[i]].line) {
				if !inEntries[h.level] && (h.level < own || h.level == 8 || h.level == 7) {
					divides = true
				}
			}
			if !divides {
				continue
			}
		}
		out = append(out, p.divide(p.section(hits[start:i], inEntries, own))...)
		start = i
	}
	return out
}

// levelsInEntries tells the levels of headings that belong to entries: they stand in
// most gaps between names.
func (p *page) levelsInEntries(hits []int) (in [10]bool) {
	var n [10]int
	for i := 1; i < len(hits); i++ {
		var here [10]bool
		for _, h := range p.headsBetween(p.hits[hits[i-1]].line+1, p.hits[hits[i]].line) {
			if !h.neutral || h.class != "" {
				here[h.level] = true
			}
		}
		for l, is := range here {
			if is {
				n[l]++
			}
		}
	}
	for l := range n {
		in[l] = n[l]*2 > len(hits)-1 && len(hits) > 2
	}
	return in
}

// section gives hits the headings over them.
func (p *page) section(hits []int, inEntries [10]bool, own int) section {
	s := section{hits: hits}
	first := p.hits[hits[0]].line
	before := p.headsBetween(0, first)
	before = before[max(0, len(before)-nearHeads):]
	level, classLevel := 10, 10
	for k := len(before) - 1; k >= 0; k-- {
		h := before[k]
		if inEntries[h.level] || h.level >= level || h.level >= own && h.level < 7 {
			continue
		}
		if h.level == 8 && len(s.chain) > 0 {
			continue
		}
		if p.isolated(h, first) || k > 0 && tabs(before[k-1], h) || k+1 < len(before) && tabs(h, before[k+1]) {
			continue
		}
		level = min(h.level, 8)
		s.heads = append(s.heads, h.text)
		s.chain = append(s.chain, h)
		if h.class != "" && s.class == "" && classLevel == 10 {
			s.class, classLevel = h.class, h.level
		} else if h.class == "" && !h.neutral && classLevel == 10 {
			classLevel = 0 // a heading without a class ends the class above it
			if h.level == 7 {
				classLevel = 10
			}
		}
		if level == 1 {
			break
		}
	}
	// The short line just before, such as "Our members:" or the button of an accordion.
	if k := first - 1; k >= 0 && p.isHit[k] == 0 {
		if txt := p.t.lineText(&p.t.lines[k]); len(txt) < 120 && (len(s.heads) == 0 || s.heads[0] != txt) {
			if c := p.n.classIn(txt); c != "" && p.n.classOf(stripCount(txt)) == "" && s.class == "" && classLevel >= 8 && (strings.HasSuffix(txt, ":") || len(txt) < 40) {
				s.class = c
			}
			s.heads = append([]string{txt}, s.heads...)
		}
	}
	if h := p.hits[hits[0]]; h.label != "" {
		s.heads = append([]string{h.label}, s.heads...)
	}
	return s
}

// tabs reports two headings of classes with nothing between them, such as the labels of
// tabs: none of them says which class what follows has.
func tabs(a, b heading) bool {
	return a.level == 8 && b.level == 8 && a.class != b.class && b.line-a.line == 1
}

// isolated reports whether a heading stands in a landmark of its own, such as the title
// of a dialogue, and so over nothing that comes after.
func (p *page) isolated(h heading, first int32) bool {
	for i := p.t.lines[h.line].block; i >= 0; i = p.t.nodes[i].parent {
		if first >= 0 && p.contains(i, p.t.lines[first].block) {
			return false
		}
		switch p.t.nodes[i].tag {
		case atom.Nav, atom.Aside, atom.Dialog, atom.Footer:
			return true
		}
		switch p.t.attribute(i, "role") {
		case "navigation", "dialog", "alertdialog", "complementary", "contentinfo":
			return true
		}
	}
	return false
}

// divide finds the elements that hold one entry each, and divides a section again where
// it holds the same states twice in different parents, or a text between them.
func (p *page) divide(s section) []section {
	s.depth = p.unitDepth(s.hits)
	var out []section
	start := 0
	codes := map[string]bool{}
	for i := range s.hits {
		if i > 0 {
			a, b := p.hits[s.hits[i-1]].line, p.hits[s.hits[i]].line
			if p.parentOf(a, s.depth) != p.parentOf(b, s.depth) && (p.repeats(s, i, codes) || p.textBetween(a, b, s.depth)) {
				out = append(out, p.part(s, start, i))
				start, codes = i, map[string]bool{}
			}
		}
		for _, n := range p.hits[s.hits[i]].names {
			codes[n.code] = true
		}
	}
	return append(out, p.part(s, start, len(s.hits)))
}

func (p *page) part(s section, from, to int) section {
	c := s
	c.hits = s.hits[from:to]
	if from > 0 {
		if k := p.hits[c.hits[0]].line - 1; k >= 0 && p.isHit[k] == 0 {
			txt := p.t.lineText(&p.t.lines[k])
			c.heads = append([]string{txt}, s.heads...)
			if class := p.n.classIn(txt); class != "" {
				c.class = class
			} else if len(p.n.classes) > 0 && p.textBetween(p.hits[s.hits[from-1]].line, p.hits[c.hits[0]].line, s.depth) {
				c.class = ""
			}
		}
	}
	c.depth = p.unitDepth(c.hits)
	return c
}

// repeats reports whether most states of the parent in which hit i stands were there
// before in the section.
func (p *page) repeats(s section, i int, codes map[string]bool) bool {
	parent := p.parentOf(p.hits[s.hits[i]].line, s.depth)
	same, all := 0, 0
	for ; i < len(s.hits) && p.parentOf(p.hits[s.hits[i]].line, s.depth) == parent; i++ {
		for _, n := range p.hits[s.hits[i]].names {
			all++
			if codes[n.code] {
				same++
			}
		}
	}
	return all >= minStates && same*10 >= all*8 && all*3 >= len(codes)
}

// textBetween reports whether between two entries in different parents stands a line
// that belongs to neither and says more than a letter or a region.
func (p *page) textBetween(a, b int32, depth int16) bool {
	_, from := p.unit(a, depth)
	to, _ := p.unit(b, depth)
	for i := from; i < to; i++ {
		s := p.t.lineText(&p.t.lines[i])
		if p.isHit[i] == 0 && !p.cousins(p.t.lines[a].block, p.t.lines[i].block, depth) && !neutral(s) && p.t.nodes[p.t.lines[i].block].depth <= depth+1 {
			return true
		}
	}
	return false
}

// merge makes candidates of sections: parts for classes of one list belong together, as
// do parts that a neutral heading divides.
func (p *page) merge(sections []section) (out []*candidate) {
	for _, s := range sections {
		codes := map[string]bool{}
		for _, h := range s.hits {
			for _, n := range p.hits[h].names {
				codes[n.code] = true
			}
		}
		var into *candidate
		for k := len(out) - 1; k >= max(0, len(out)-nearLists) && into == nil; k-- {
			if p.belongs(out[k], s, codes) {
				into = out[k]
			}
		}
		if into == nil {
			into = &candidate{codes: map[string]bool{}, order: len(out)}
			out = append(out, into)
		}
		into.sections = append(into.sections, s)
		for c := range codes {
			into.codes[c] = true
		}
	}
	return out
}

func (p *page) belongs(c *candidate, s section, codes map[string]bool) bool {
	last := c.sections[len(c.sections)-1]
	a, b := p.hits[last.hits[0]], p.hits[s.hits[0]]
	if a.prose != b.prose || p.aside(a.mark) != p.aside(b.mark) || p.kindOf(a) != p.kindOf(b) {
		return false
	}
	same := 0
	for code := range codes {
		if c.codes[code] {
			same++
		}
	}
	sameKind := a.key == b.key && a.mark == b.mark
	if s.class != "" && last.class != "" {
		for _, q := range c.sections {
			if q.class == s.class && same*2 > len(codes) {
				return false
			}
		}
		return sameKind || same*2 <= len(codes)
	}
	if !sameKind || s.class != "" || last.class != "" || same*5 > len(codes) {
		return false
	}
	return p.onlyNeutral(last, s)
}

// onlyNeutral reports whether all headings between two sections only sort.
func (p *page) onlyNeutral(a, b section) bool {
	end := p.hits[a.hits[len(a.hits)-1]].line
	heads := p.headsBetween(end+1, p.hits[b.hits[0]].line)
	for _, h := range heads {
		if !h.neutral {
			return false
		}
	}
	if len(heads) == 0 {
		return false
	}
	// The first part must stand under a heading that sorts, too.
	return len(a.chain) > 0 && a.chain[0].neutral
}

// kindOf tells apart what can never be one list.
func (p *page) kindOf(h hit) string {
	block := p.t.lines[h.line].block
	switch {
	case p.t.nodes[block].tag == atom.Option:
		return "options"
	case p.t.within(block, atom.Svg, atom.Map) >= 0:
		return "map"
	}
	return ""
}
