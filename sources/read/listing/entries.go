package listing

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// reader reads the entries of one candidate.
type reader struct {
	p    *page
	r    *Result
	seen map[[5]string]bool
	aux  []Left // left out with a reason, but understood

	parts  []section
	styles map[uint64]style // by hit.key
}

// text is one text of an entry beside the name.
type entryText struct {
	s     string
	role  string // from a label or a column: organisation, class, note, link; "" if none says
	block int32
	lead  atom.Atom // the inline element with which the text begins: a, b, strong or 0
	links []Link
	item  bool // stands in an item of a list, a definition, a cell
}

func (p *page) read(c *candidate) *Result {
	rd := &reader{p: p, r: &Result{Shape: c.shape, Ended: p.t.ended}, seen: map[[5]string]bool{}, parts: c.sections}
	for i := range c.sections {
		s := &c.sections[i]
		if p.isTable(s) {
			rd.table(s)
		} else {
			rd.units(s)
		}
		if len(rd.r.Records) > maxRecords {
			break
		}
	}
	rd.r.Left = append(rd.r.Left, rd.aux...)
	return rd.r
}

func (p *page) isTable(s *section) bool {
	cells := 0
	for _, h := range s.hits {
		if row := p.t.within(p.t.lines[p.hits[h].line].block, atom.Tr); row >= 0 && p.t.nodes[row].depth <= s.depth {
			cells++
		}
	}
	return cells*2 > len(s.hits)
}

func (rd *reader) leave(k int32, why string) {
	l := &rd.p.t.lines[k]
	rd.aside(rd.p.t.lineText(l), rd.p.t.path(l.block), why)
}

// unknown counts an entry whose state is not known: the element sib, or line k.
func (rd *reader) unknown(u unit, sib, k int32) {
	l := &rd.p.t.lines[k]
	s, node := rd.p.t.lineText(l), l.block
	rd.r.Texts++
	if why, ok := rd.p.without(s); ok {
		rd.r.Understood++
		rd.aside(s, rd.p.t.path(node), why)
		return
	}
	if !u.bare {
		node = sib
		from, to := rd.p.linesOf(sib)
		for i := from; i < to && len(s) < 200; i++ {
			if i != k {
				s += " " + rd.p.t.lineText(&rd.p.t.lines[i])
			}
		}
	}
	rd.notUnderstood(s, node)
}

// maxLeft bounds the texts that are listed as left; all are counted.
const maxLeft = 1000

func (rd *reader) notUnderstood(s string, node int32) {
	if len(rd.r.Left) < maxLeft {
		rd.r.Left = append(rd.r.Left, Left{Text: s, Path: rd.p.t.path(node), Why: rd.p.why(s)})
	}
}

// aside notes a text that was understood and is no entry.
func (rd *reader) aside(s, path, why string) {
	if len(rd.aux) < maxLeft {
		rd.aux = append(rd.aux, Left{Text: s, Path: path, Why: why})
	}
}

// entry reads one unit and what continues it.
func (rd *reader) entry(s *section, u unit, lines []int32) {
	p := rd.p
	if rd.full() {
		return
	}
	h := p.hits[u.hit]
	path := p.t.path(u.node)
	if len(h.names) > 1 || h.prose {
		quote := p.t.lineText(&p.t.lines[h.line])
		for _, n := range h.names {
			q := quote
			if len(q) > 300 {
				q = n.printed
			}
			rd.r.Texts++
			rd.r.Understood++
			rd.records(s, n, rd.restTexts(n, nil), path, q)
		}
		for _, x := range h.unknown {
			rd.r.Texts++
			rd.notUnderstood(x, u.node)
		}
		return
	}
	n := h.names[0]
	var texts []entryText
	var quote []string
	for _, k := range lines {
		l := &p.t.lines[k]
		txt := p.t.lineText(l)
		quote = append(quote, txt)
		switch {
		case k == h.line:
			texts = append(texts, rd.restTexts(n, p.links(l))...)
		case p.isHit[k] > 0 && rd.repeatsName(p.hits[p.isHit[k]-1], n):
		case rd.isMark(k, s):
		default:
			texts = append(texts, rd.lineTexts(l, txt)...)
		}
	}
	rd.r.Texts += 1 + len(texts)
	rd.r.Understood += 1 + len(texts)
	rd.records(s, n, texts, path, strings.Join(quote, " "))
}

// repeatsName reports whether a line of an entry only names its state again.
func (rd *reader) repeatsName(h hit, n name) bool {
	return len(h.names) == 1 && h.names[0].code == n.code && h.names[0].rest == "" && h.names[0].class == "" && (h.names[0].part == "" || h.names[0].part == n.part)
}

// restTexts are the texts behind a name in its own line.
func (rd *reader) restTexts(n name, links []Link) []entryText {
	var out []entryText
	for _, s := range strings.Split(n.rest, "\n") {
		if s = trimSeparators(s); strings.Trim(s, footnotes+"0123456789 ,") != "" || isYear(s) {
			out = append(out, entryText{s: s, block: -1})
		}
	}
	if len(out) == 0 && len(links) > 0 {
		return []entryText{{role: "link", links: links, block: -1}}
	}
	if len(out) > 0 {
		out[0].links = links
	}
	return out
}

// lineTexts are the texts of a line that holds no name: its pieces where one of them is
// a class, the line otherwise.
func (rd *reader) lineTexts(l *line, s string) []entryText {
	t := entryText{s: s, block: l.block, links: rd.p.links(l)}
	top := rd.p.t.nodes[l.first].parent
	for i := top; i > l.block; i = rd.p.t.nodes[i].parent {
		switch rd.p.t.nodes[i].tag {
		case atom.A, atom.B, atom.Strong, atom.Em:
			t.lead = rd.p.t.nodes[i].tag
		}
	}
	switch rd.p.t.nodes[l.block].tag {
	case atom.Li, atom.Dd, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		t.item = true
	}
	pieces := rd.p.pieces(l)
	rest := pieces[:0:0]
	var out []entryText
	for _, piece := range pieces {
		switch {
		case rd.p.n.classOf(piece) != "":
			out = append(out, entryText{s: piece, role: "class", block: l.block})
		default:
			rest = append(rest, piece)
		}
	}
	if len(out) > 0 {
		t.s = strings.TrimSpace(strings.Join(rest, " "))
	}
	if t.s != "" || len(t.links) > 0 && len(out) == 0 {
		out = append([]entryText{t}, out...)
	}
	return out
}

// links are the links of a line: within it, or around it.
func (p *page) links(l *line) (out []Link) {
	last := int32(-1)
	for i := l.first; i <= l.last; i++ {
		if p.t.nodes[i].kind != text {
			continue
		}
		a := p.t.within(i, atom.A, atom.Area, atom.Option)
		if a < 0 || a == last {
			continue
		}
		last = a
		address := p.t.attribute(a, "href")
		if p.t.nodes[a].tag == atom.Option {
			if address = p.t.attribute(a, "value"); !strings.Contains(address, "/") {
				continue
			}
		}
		if address == "" || strings.HasPrefix(address, "#") || strings.HasPrefix(address, "javascript:") {
			continue
		}
		from, to := p.t.nodes[i].from, p.t.nodes[i].to
		for k := i; k < p.t.nodes[a].end && k <= l.last; k++ {
			if p.t.nodes[k].kind == text {
				to = p.t.nodes[k].to
			}
		}
		out = append(out, Link{Text: p.t.of(from, to), Address: strings.TrimSpace(address)})
	}
	return out
}
