package listing

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// page is a page while it is read.
type page struct {
	t     *tree
	n     *names
	want  Want
	hits  []hit
	isHit []int32 // per line: one more than the place of its hit, or 0
	heads []heading
	first int32 // line of the first h1, or -1

	tables map[int32]*tableData // as they were found once
}

// hit is a line that names states.
type hit struct {
	line    int32
	names   []name
	unknown []string
	label   string
	prose   bool // a run inside a sentence
	key     uint64
	mark    int32 // the nearest landmark above: navigation, header, …; -1 without
}

// heading is a line that may stand over a part of a list.
type heading struct {
	line    int32
	level   int // 1 to 6; 7 for captions; 8 for a line that is only the words of a class
	class   string
	text    string
	neutral bool
}

// candidate is a list that may be the one meant.
type candidate struct {
	sections []section
	codes    map[string]bool
	score    float64
	shape    string
	result   *Result // once read
	order    int
}

// scan finds the lines that name states, and the headings.
func (p *page) scan() {
	p.splitLines()
	p.isHit = make([]int32, len(p.t.lines))
	p.first = -1
	for i := range p.t.lines {
		l := &p.t.lines[i]
		s := p.t.lineText(l)
		if s == "" {
			continue
		}
		level := p.level(l)
		if level == 1 && p.first < 0 {
			p.first = int32(i)
		}
		if h, ok := p.hit(l, s); ok {
			h.line = int32(i)
			h.key, h.mark = p.place(l.block)
			if h.prose {
				h.key ^= uint64(i)*0x9E3779B97F4A7C15 | 1
			}
			p.hits = append(p.hits, h)
			p.isHit[i] = int32(len(p.hits))
			continue
		}
		class := ""
		if level == 0 && len(s) < 80 {
			if class = p.n.classOf(strings.TrimRight(stripCount(s), " :")); class != "" {
				level = 8
			}
		}
		if level > 0 {
			if class == "" {
				class = p.n.classIn(s)
			}
			p.heads = append(p.heads, heading{int32(i), level, class, s, neutral(s)})
		}
	}
	p.dropClassCells()
}

// dropClassCells takes the words of a class that stand in the rows of a few states out
// of the headings: they are about those rows, not about the rows below. Where most rows
// have such words, they are known as a column anyway.
func (p *page) dropClassCells() {
	row := func(line int32) int32 { return p.t.within(p.t.lines[line].block, atom.Tr) }
	table := func(tr int32) int32 { return p.t.within(tr, atom.Table) }
	rows, named, classed := map[int32]bool{}, map[int32]int{}, map[int32]int{}
	for _, h := range p.hits {
		if tr := row(h.line); tr >= 0 && !rows[tr] {
			rows[tr] = true
			named[table(tr)]++
		}
	}
	if len(rows) == 0 {
		return
	}
	inRow := func(h heading) (int32, bool) {
		tr := row(h.line)
		return tr, h.level == 8 && tr >= 0 && rows[tr]
	}
	for _, h := range p.heads {
		if tr, ok := inRow(h); ok {
			classed[table(tr)]++
		}
	}
	p.heads = slices.DeleteFunc(p.heads, func(h heading) bool {
		tr, ok := inRow(h)
		return ok && classed[table(tr)]*2 <= named[table(tr)]
	})
}

// stripCount cuts "(24)" from the end of a heading.
func stripCount(s string) string {
	if before, inside, ok := bracket(s); ok && strings.Trim(inside, "0123456789 ") == "" {
		return before
	}
	return s
}

func (p *page) level(l *line) int {
	for i := l.block; i >= 0 && l.depth-p.t.nodes[i].depth <= 3; i = p.t.nodes[i].parent {
		switch p.t.nodes[i].tag {
		case atom.H1:
			return 1
		case atom.H2:
			return 2
		case atom.H3:
			return 3
		case atom.H4:
			return 4
		case atom.H5:
			return 5
		case atom.H6:
			return 6
		case atom.Caption, atom.Legend:
			return 7
		case atom.Optgroup:
			if i == l.block {
				return 7
			}
		}
	}
	return 0
}

// splitLines gives every name its own line where several stand in elements of their own
// in one line: links side by side, cards made of spans.
func (p *page) splitLines() {
	var out []line
	for i := range p.t.lines {
		l := p.t.lines[i]
		starts := p.pieceStarts(&l)
		if len(starts) == 0 {
			if out != nil {
				out = append(out, l)
			}
			continue
		}
		if out == nil {
			out = append(make([]line, 0, len(p.t.lines)+len(starts)), p.t.lines[:i]...)
		}
		if starts[0] > l.first {
			head := l
			head.last = starts[0] - 1
			head.to = p.t.nodes[starts[0]].from
			out = append(out, head)
		}
		for k, from := range starts {
			part := line{from: p.t.nodes[from].from, to: l.to, first: from, last: l.last, block: l.block, depth: l.depth}
			if k+1 < len(starts) {
				part.to, part.last = p.t.nodes[starts[k+1]].from, starts[k+1]-1
			}
			out = append(out, part)
		}
	}
	if out != nil {
		p.t.lines = out
	}
}

// pieceStarts returns the text nodes that are names of three or more states in one
// line.
func (p *page) pieceStarts(l *line) (starts []int32) {
	if l.last-l.first < 4 {
		return nil
	}
	codes, last, lastText := 0, "", ""
	for i := l.first; i <= l.last; i++ {
		nd := &p.t.nodes[i]
		if nd.kind != text || nd.to-nd.from > longestName {
			continue
		}
		s, _ := undecorated(p.t.of(nd.from, nd.to))
		r, ok := p.n.full(s)
		if !ok || s == lastText {
			lastText = ""
			continue
		}
		lastText = s
		if r.code != last {
			codes, last = codes+1, r.code
		}
		starts = append(starts, i)
	}
	if codes < minStates {
		return nil
	}
	return p.withStrangers(l, starts)
}

// withStrangers adds the texts that stand in elements like those of the names and begin
// none: they look like names that nobody knows.
func (p *page) withStrangers(l *line, starts []int32) []int32 {
	top := func(i int32) int32 { return p.t.above(i, p.t.nodes[l.block].depth+1) }
	taken := make(map[int32]bool, len(starts))
	tag := p.t.nodes[top(starts[0])].tag
	for _, i := range starts {
		if p.t.nodes[top(i)].kind == text || p.t.nodes[top(i)].tag != tag || taken[top(i)] {
			return starts // the names do not stand in elements of their own
		}
		taken[top(i)] = true
	}
	for i := l.first; i <= l.last; i++ {
		if u := top(i); p.t.nodes[i].kind == text && p.t.nodes[u].kind == element && p.t.nodes[u].tag == tag && !taken[u] {
			taken[u] = true
			starts = append(starts, i)
		}
	}
	slices.Sort(starts)
	return starts
}

func (p *page) pieces(l *line) []string {
	if l.first == l.last {
		return nil
	}
	var out []string
	for i := l.first; i <= l.last; i++ {
		if nd := &p.t.nodes[i]; nd.kind == text {
			if s := p.t.of(nd.from, nd.to); s != "" && (len(out) == 0 || out[len(out)-1] != s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (p *page) hit(l *line, s string) (hit, bool) {
	if len(s) <= 400 {
		r, ok := p.n.entry(s, p.pieces(l))
		if ok && (r.rest == "" || !p.n.severalNames(s, 2)) {
			return hit{names: []name{r}}, true
		}
		least := minStates
		if ok || len(s) <= 120 {
			least = 2
		}
		if p.n.severalNames(s, least) {
			if run := p.n.prose(s); run.states >= 2 && run.whole {
				return hit{names: run.names, unknown: run.unknown, label: run.label}, true
			} else if !ok && run.states >= minStates {
				return hit{names: run.names, unknown: run.unknown, label: run.label, prose: true}, true
			}
		}
		return hit{names: []name{r}}, ok
	}
	if !p.n.severalNames(s, minStates) {
		return hit{}, false
	}
	if h, ok := p.clauses(s); ok {
		return h, true
	}
	run := p.n.prose(s)
	return hit{names: run.names, unknown: run.unknown, label: run.label, prose: !run.whole}, run.states >= minStates
}

// clauses reads "Albania: People's Advocate; Armenia: Human Rights Defender".
func (p *page) clauses(s string) (h hit, ok bool) {
	all := strings.Split(s, "; ")
	if len(all) < minStates {
		return h, false
	}
	class := ""
	for i, c := range all {
		c = strings.TrimRight(c, ". ")
		if label, rest, ok := strings.Cut(c, ": "); ok {
			_, isName := p.n.full(label)
			_, follows := p.n.entryText(rest)
			in := p.n.classIn(label)
			if !isName && follows && (in != "" || i == 0 && strings.Contains(rest, ": ")) {
				class, c = in, rest
				if i == 0 {
					h.label = label + ":"
				}
			}
		}
		c = strings.TrimPrefix(c, "and ")
		r, isEntry := p.n.entryText(c)
		if !isEntry {
			h.unknown = append(h.unknown, c)
			continue
		}
		if r.class == "" {
			r.class = class
		}
		h.names = append(h.names, r)
	}
	rests := 0
	for _, r := range h.names {
		if r.rest != "" {
			rests++
		}
	}
	return h, len(h.names)*5 >= len(all)*4 && distinct(h.names) >= minStates && rests*2 >= len(h.names)
}
