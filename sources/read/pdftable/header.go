package pdftable

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// wanted is the folded headers and the column that each one means.
type wanted struct {
	spec  Spec
	heads map[string]int
}

func foldSpec(spec Spec) wanted {
	w := wanted{spec, map[string]int{}}
	for i, c := range spec.Columns {
		for _, h := range c.Heads {
			w.heads[fold(h)] = i
		}
	}
	return w
}

// begins says whether a header starts with the folded text and goes on after it.
func (w wanted) begins(text string) bool {
	for h := range w.heads {
		if len(h) > len(text) && strings.HasPrefix(h, text) {
			return true
		}
	}
	return false
}

// A head is one header cell: of a column of the Spec, or of another column (column is -1).
type head struct {
	column int
	box    Box
	parts  []*Segment
}

func (h head) text() string {
	texts := make([]string, len(h.parts))
	for i, p := range h.parts {
		texts[i] = p.Text
	}
	return strings.Join(texts, " ")
}

// A band is the header cells that stand beside each other, left to right, and the tables that they make: ranges of heads.
type band struct {
	box    Box
	heads  []head
	tables [][2]int
}

// pageHeaders is the headers of a page. Partial has header words that make no whole header, as prose may have them.
type pageHeaders struct {
	page     *Page
	segments []*Segment // by baseline
	bands    []band
	partial  []head
}

func findHeaders(p *Page, w wanted) (pageHeaders, error) {
	found := pageHeaders{page: p}
	for i := range p.Lines {
		if p.Lines[i].Turned {
			continue
		}
		for j := range p.Lines[i].Segments {
			found.segments = append(found.segments, &p.Lines[i].Segments[j])
		}
	}
	slices.SortStableFunc(found.segments, func(a, b *Segment) int {
		return cmp.Or(cmp.Compare(a.base, b.base), cmp.Compare(a.Box.X0, b.Box.X0))
	})
	heads := matchHeads(found.segments, w)
	if len(heads) > maxHeads {
		return found, fail(ErrLimit, "page %d: %d texts are like header cells", p.Number, len(heads))
	}
	slices.SortStableFunc(heads, func(a, b head) int { return cmp.Compare(a.box.Y0, b.box.Y0) })
	for len(heads) > 0 {
		b := band{box: heads[0].box}
		n := 0
		for n < len(heads) && heads[n].box.Y0 < b.box.Y1-0.2*heads[n].parts[0].size {
			b.box = b.box.union(heads[n].box)
			n++
		}
		b.heads, heads = heads[:n:n], heads[n:]
		if err := found.split(&b, w); err != nil {
			return found, err
		}
	}
	return found, nil
}

// matchHeads finds the header cells. Of two that share a text the one of more lines counts: "Total" over "Reports" is not
// also a column "Reports".
func matchHeads(segments []*Segment, w wanted) []head {
	var all []head
	for i, s := range segments {
		text := fold(s.Text)
		if c, ok := w.heads[text]; ok {
			all = append(all, head{c, s.Box, []*Segment{s}})
		}
		parts := []*Segment{s}
		for j := i; len(parts) < 5 && text != "" && w.begins(text); {
			below := under(segments, j, parts[len(parts)-1])
			if below < 0 {
				break
			}
			j = below
			parts = append(slices.Clone(parts), segments[j])
			text += fold(segments[j].Text)
			if c, ok := w.heads[text]; ok {
				box := Box{}
				for _, p := range parts {
					box = box.union(p.Box)
				}
				all = append(all, head{c, box, parts})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b head) int { return cmp.Compare(len(b.parts), len(a.parts)) })
	used := map[*Segment]bool{}
	return slices.DeleteFunc(all, func(h head) bool {
		if slices.ContainsFunc(h.parts, func(s *Segment) bool { return used[s] }) {
			return true
		}
		for _, s := range h.parts {
			used[s] = true
		}
		return false
	})
}

// under is the index of the text that stands directly below another in the same cell, or -1.
func under(segments []*Segment, from int, s *Segment) int {
	for j := from + 1; j < min(len(segments), from+maxNeighbours) && segments[j].base-s.base <= 1.7*s.size; j++ {
		t := segments[j]
		if t.base-s.base >= 0.7*s.size && t.Box.overlapX(s.Box) > 0 && math.Abs(t.size-s.size) < 0.15*s.size {
			return j
		}
	}
	return -1
}

// split sorts a band into tables: from left to right, a column that comes again begins the next table.
func (p *pageHeaders) split(b *band, w wanted) error {
	slices.SortStableFunc(b.heads, func(x, y head) int { return cmp.Compare(x.box.X0, y.box.X0) })
	var groups [][]head
	seen := map[int]bool{}
	for i, h := range b.heads {
		if i == 0 || seen[h.column] {
			groups = append(groups, nil)
			clear(seen)
		}
		seen[h.column] = true
		groups[len(groups)-1] = append(groups[len(groups)-1], h)
	}
	whole := 0
	for _, g := range groups {
		if w.complete(g) {
			whole++
		}
	}
	if whole == 0 {
		p.partial = append(p.partial, b.heads...)
		return nil
	}
	if whole < len(groups) {
		return p.halfTable(groups, w)
	}
	if err := p.longerHead(b); err != nil {
		return err
	}
	if p.addOthers(b); len(b.heads) > maxHeads {
		return fail(ErrLimit, "page %d: %d texts are beside the header at %s", p.page.Number, len(b.heads), b.box)
	}
	p.bands = append(p.bands, *b)
	return nil
}

// complete says whether header cells have every column that is not optional.
func (w wanted) complete(heads []head) bool {
	for i, c := range w.spec.Columns {
		if !c.Optional && !slices.ContainsFunc(heads, func(h head) bool { return h.column == i }) {
			return false
		}
	}
	return true
}

func (p *pageHeaders) halfTable(groups [][]head, w wanted) error {
	for _, g := range groups {
		if !w.complete(g) {
			h := g[0]
			return fail(ErrColumns, "page %d: the header at %s has the column %q (%s) twice, or half a table beside a whole one",
				p.page.Number, h.box, w.spec.Columns[h.column].Name, h.text())
		}
	}
	return nil
}

// longerHead is an error for a header cell that has a further line above it: "Informational" over "Reports" is not "Reports".
func (p *pageHeaders) longerHead(b *band) error {
	for i, h := range b.heads {
		left, right := math.Inf(-1), math.Inf(1)
		if i > 0 {
			left = b.heads[i-1].box.X1
		}
		if i+1 < len(b.heads) {
			right = b.heads[i+1].box.X0
		}
		top := h.parts[0]
		for _, s := range p.segments {
			if s.base >= top.base {
				break
			}
			if top.base-s.base <= 1.35*top.size && top.base-s.base >= 0.7*top.size && s.font == top.font && math.Abs(s.size-top.size) < 0.1*top.size &&
				s.Box.overlapX(top.Box) > 0 && s.Box.X0 > left && s.Box.X1 < right {
				return fail(ErrColumns, "page %d: the header at %s reads %q above %q", p.page.Number, s.Box, s.Text, h.text())
			}
		}
	}
	return nil
}

// addOthers adds the header cells that nobody asked for and marks which heads make which table.
func (p *pageHeaders) addOthers(b *band) {
	mine := map[*Segment]bool{}
	for _, h := range b.heads {
		for _, s := range h.parts {
			mine[s] = true
		}
	}
	for _, s := range p.segments {
		if mine[s] || s.Box.overlapY(b.box) < 0.5*(s.Box.Y1-s.Box.Y0) {
			continue
		}
		i := slices.IndexFunc(b.heads, func(h head) bool { return h.column < 0 && h.box.overlapX(s.Box) > 0 })
		if i >= 0 {
			b.heads[i].box = b.heads[i].box.union(s.Box)
			b.heads[i].parts = append(b.heads[i].parts, s)
			continue
		}
		if b.heads = append(b.heads, head{-1, s.Box, []*Segment{s}}); len(b.heads) > maxHeads {
			return
		}
	}
	slices.SortStableFunc(b.heads, func(x, y head) int { return cmp.Compare(x.box.X0, y.box.X0) })
	seen, from := map[int]bool{}, 0
	for i, h := range b.heads {
		if h.column >= 0 && seen[h.column] {
			b.tables = append(b.tables, [2]int{from, i})
			from = i
			clear(seen)
		}
		if h.column >= 0 {
			seen[h.column] = true
		}
	}
	b.tables = append(b.tables, [2]int{from, len(b.heads)})
}

// lostHeader is an error when a page without a whole header has a part of one where another page has the column: its rows
// would be lost without a word.
func lostHeader(pages []pageHeaders, spec Spec) error {
	for _, p := range pages {
		if len(p.bands) > 0 {
			continue
		}
		for _, h := range p.partial {
			for _, q := range pages {
				for _, b := range q.bands {
					for _, g := range b.heads {
						if g.column == h.column && math.Abs(g.box.X0-h.box.X0) < 1 && math.Abs(g.parts[0].size-h.parts[0].size) < 0.5 {
							return fail(ErrColumns, "page %d: the header at %s has %q and lacks other columns of page %d",
								p.page.Number, h.box, spec.Columns[h.column].Name, q.page.Number)
						}
					}
				}
			}
		}
	}
	return nil
}
