package pdftable

import (
	"cmp"
	"math"
	"slices"
)

// How runs become lines and segments, as shares of the font size.
const (
	sameLine   = 0.3  // baselines this near are one line
	segmentGap = 0.7  // a gap wider than this is a gap between columns, or at least no word space
	ascent     = 0.75 // of a box above the baseline
	descent    = 0.22 // of a box below the baseline
	smaller    = 0.8  // a superscript is smaller than this
)

// lines sets the page's runs into lines from top to bottom, by geometry alone.
func (c *collector) lines() []Line {
	upright := make([]run, 0, len(c.runs))
	var turned []run
	for _, r := range c.runs {
		if r.turned {
			turned = append(turned, r)
		} else {
			upright = append(upright, r)
		}
	}
	slices.SortStableFunc(upright, func(a, b run) int { return cmp.Compare(a.base, b.base) })
	lines := group(upright)
	raise(upright)
	slices.SortStableFunc(upright, func(a, b run) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.x0, b.x0))
	})
	return c.set(upright, turned, lines)
}

// group numbers the lines of runs that are sorted by baseline.
func group(runs []run) (lines int) {
	first := 0
	for i := range runs {
		if runs[i].base-runs[first].base > sameLine*min(runs[i].size, runs[first].size) {
			lines++
			first = i
		}
		runs[i].line = int32(lines)
	}
	return lines + 1
}

// maxNeighbours bounds the search for the word of a superscript; a line of a listing has a dozen runs.
const maxNeighbours = 256

// raise finds superscripts: smaller runs that stand above the baseline at the end of a word. They go to that word's line.
func raise(runs []run) {
	for i := range runs {
		small := &runs[i]
		for j := i + 1; j < min(len(runs), i+maxNeighbours) && runs[j].base-small.base < 0.7*runs[j].size; j++ {
			big := &runs[j]
			if small.size < smaller*big.size && big.base-small.base > 0.15*big.size &&
				small.x0-big.x1 < 0.25*big.size && small.x0-big.x1 > -0.15*big.size {
				small.line, small.raised = big.line, true
				break
			}
		}
	}
}

// set joins runs into words and words into segments.
func (c *collector) set(runs, turned []run, count int) []Line {
	text := make([]byte, 0, 2*len(c.text)+len(runs))
	type span struct{ from, to int }
	spans := make([]span, 0, len(runs)+len(turned))
	segments := make([]Segment, 0, len(runs)+len(turned))
	starts := make([]int, 0, count+len(turned)+1)
	for i := 0; i < len(runs); i++ {
		r := runs[i]
		first := i == 0 || runs[i-1].line != r.line
		if !first && repeated(c, runs, i) {
			runs[i] = runs[i-1]
			continue
		}
		piece := c.text[r.from:r.to]
		if r.raised {
			piece = []byte(superscript.Replace(string(piece)))
		}
		box := Box{r.x0, r.base - ascent*r.size, r.x1, r.base + descent*r.size}
		if first {
			starts = append(starts, len(segments))
		} else if last := &segments[len(segments)-1]; r.x0-last.Box.X1 <= segmentGap*max(r.size, last.size) {
			gap := r.x0 - last.Box.X1
			if (gap >= wordGap*r.size || r.blank) && !r.raised {
				text = append(text, ' ')
			}
			last.over = last.over || gap < -kernBack*r.size
			text = append(text, piece...)
			spans[len(spans)-1].to = len(text)
			last.Box = last.Box.union(box)
			continue
		}
		spans = append(spans, span{len(text), len(text) + len(piece)})
		text = append(text, piece...)
		segments = append(segments, Segment{Box: box, base: r.base, size: r.size, font: r.font, id: int32(len(segments))})
	}
	for _, r := range turned {
		starts = append(starts, len(segments))
		spans = append(spans, span{len(text), len(text) + int(r.to-r.from)})
		text = append(text, c.text[r.from:r.to]...)
		segments = append(segments, Segment{Box: r.box, base: r.box.Y1, size: r.size, font: r.font, id: int32(len(segments))})
	}
	all := string(text)
	for i, s := range spans {
		segments[i].Text = all[s.from:s.to]
	}
	starts = append(starts, len(segments))
	lines := make([]Line, len(starts)-1)
	for i := range lines {
		own := segments[starts[i]:starts[i+1]:starts[i+1]]
		lines[i] = Line{Page: c.page, Segments: own, Turned: i >= len(lines)-len(turned)}
		for _, s := range own {
			lines[i].Box = lines[i].Box.union(s.Box)
		}
	}
	return lines
}

// repeated says whether a run is the one before drawn again in its place, as some producers do for bold.
func repeated(c *collector, runs []run, i int) bool {
	a, b := runs[i-1], runs[i]
	return math.Abs(a.x0-b.x0) < 0.1*a.size && math.Abs(a.base-b.base) < 0.1*a.size && math.Abs(a.size-b.size) < 0.1*a.size &&
		string(c.text[a.from:a.to]) == string(c.text[b.from:b.to])
}
