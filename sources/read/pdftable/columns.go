package pdftable

import (
	"math"
	"slices"
)

// minGutter is the narrowest white strip between two columns, as a share of the font size.
const minGutter = 0.3

type interval struct{ lo, hi float64 }

// A gutter is the white that is left between two neighbouring header cells after the texts below them are taken out.
type gutter []interval

func (g gutter) without(lo, hi float64) gutter {
	out := make(gutter, 0, len(g)+1)
	for _, i := range g {
		if hi <= i.lo || lo >= i.hi {
			out = append(out, i)
			continue
		}
		if lo > i.lo {
			out = append(out, interval{i.lo, lo})
		}
		if hi < i.hi {
			out = append(out, interval{hi, i.hi})
		}
	}
	if len(out) > maxPieces {
		return gutter{out.widest()}
	}
	return out
}

// maxPieces bounds the pieces of a gutter; where a header is far from the next, a few texts may stand between.
const maxPieces = 64

func (g gutter) widest() (best interval) {
	for _, i := range g {
		if i.hi-i.lo > best.hi-best.lo {
			best = i
		}
	}
	return best
}

// tables reads the tables under one band.
func (p *pageHeaders) tables(index int, spec Spec) ([]Table, error) {
	b := &p.bands[index]
	bottom := p.page.Height + 1
	for _, other := range p.bands {
		if other.box.Y0 >= b.box.Y1 && other.box.overlapX(b.box) > 0 {
			bottom = min(bottom, other.box.Y0)
		}
	}
	var below []*Segment
	for _, s := range p.segments {
		if s.base > b.box.Y1 && s.base < bottom {
			below = append(below, s)
		}
	}
	edges, stop, err := p.edges(b, below)
	if err != nil {
		return nil, err
	}
	var tables []Table
	for _, t := range b.tables {
		g := &grid{page: p.page.Number, spec: spec, heads: b.heads[t[0]:t[1]], edges: edges[t[0] : t[1]+1]}
		for _, s := range below {
			if mid := (s.Box.X0 + s.Box.X1) / 2; mid >= g.edges[0] && mid < g.edges[len(g.edges)-1] {
				g.put(s, stop)
			}
		}
		table, err := g.table()
		if err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, nil
}

// edges finds the column borders of a band: from top to bottom, each text narrows the gutters that it reaches into. The
// first text that leaves no gutter is no cell: it is a note below the table, or a cell across two columns, which the rows
// below it tell. Stop is the baseline of that text.
func (p *pageHeaders) edges(b *band, below []*Segment) (edges []float64, stop float64, err error) {
	gutters := make([]gutter, len(b.heads)-1)
	for i := range gutters {
		lo, hi := b.heads[i].box.X1, b.heads[i+1].box.X0
		if hi-lo < minGutter*b.heads[i].parts[0].size {
			return nil, 0, fail(ErrLayout, "page %d: the header cells %q and %q at %s touch", p.page.Number, b.heads[i].text(), b.heads[i+1].text(), b.heads[i].box)
		}
		gutters[i] = gutter{{lo, hi}}
	}
	stop = math.Inf(1)
scan:
	for _, s := range below {
		narrowed := slices.Clone(gutters)
		for i, g := range gutters {
			narrowed[i] = g.without(s.Box.X0, s.Box.X1)
			if w := narrowed[i].widest(); w.hi-w.lo < minGutter*s.size {
				stop = s.base - sameLine*s.size
				break scan
			}
		}
		gutters = narrowed
	}
	edges = append(edges, math.Inf(-1))
	for _, g := range gutters {
		w := g.widest()
		edges = append(edges, (w.lo+w.hi)/2)
	}
	return append(edges, math.Inf(1)), stop, nil
}
