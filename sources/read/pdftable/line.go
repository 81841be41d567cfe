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
	lines := group(upright, raise(upright))
	slices.SortStableFunc(upright, func(a, b run) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.x0, b.x0))
	})
	return c.set(upright, turned, lines)
}

// group numbers the lines of runs that are sorted by baseline. A superscript is on the line of its word, and does not part
// texts above its baseline from those below.
func group(runs []run, words []int) (lines int) {
	first := -1
	for i := range runs {
		if words[i] >= 0 {
			continue
		}
		if first >= 0 && runs[i].base-runs[first].base > sameLine*min(runs[i].size, runs[first].size) {
			lines++
			first = i
		}
		if first < 0 {
			first = i
		}
		runs[i].line = int32(lines)
	}
	for i := len(runs) - 1; i >= 0; i-- { // the word of a superscript comes after it
		if w := words[i]; w >= 0 {
			runs[i].line = runs[w].line
		}
	}
	return lines + 1
}

// maxNeighbours bounds the search for the word of a superscript; a line of a listing has a dozen runs.
const maxNeighbours = 256

// raise finds superscripts: smaller runs that stand above the baseline at the end of a word. For each run it gives the index
// of that word, or -1.
func raise(runs []run) (words []int) {
	words = make([]int, len(runs))
	for i := range runs {
		words[i] = -1
		small := &runs[i]
		for j := i + 1; j < min(len(runs), i+maxNeighbours) && runs[j].base-small.base < 0.7*runs[j].size; j++ {
			big := &runs[j]
			if small.size < smaller*big.size && big.base-small.base > 0.15*big.size &&
				small.x0-big.x1 < 0.25*big.size && small.x0-big.x1 > -0.15*big.size {
				small.raised, words[i] = true, j
				break
			}
		}
	}
	return words
}

// A setter joins runs into words and words into segments.
type setter struct {
	text     []byte
	spans    [][2]int // of each segment in text
	segments []Segment
	starts   []int // the first segment of each line
}

func (c *collector) set(runs, turned []run, count int) []Line {
	s := setter{
		text:     make([]byte, 0, 2*len(c.text)+len(runs)),
		spans:    make([][2]int, 0, len(runs)+len(turned)),
		segments: make([]Segment, 0, len(runs)+len(turned)),
		starts:   make([]int, 0, count+len(turned)+1),
	}
	for i, r := range runs {
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
			s.starts = append(s.starts, len(s.segments))
		} else if s.join(r, box, piece) {
			continue
		}
		s.begin(r, box, r.base, piece)
	}
	for _, r := range turned { // each its own line
		s.starts = append(s.starts, len(s.segments))
		s.begin(r, r.box, r.box.Y1, c.text[r.from:r.to])
	}
	return s.lines(c.page, len(turned))
}

// begin opens a segment.
func (s *setter) begin(r run, box Box, base float64, piece []byte) {
	s.spans = append(s.spans, [2]int{len(s.text), len(s.text) + len(piece)})
	s.text = append(s.text, piece...)
	s.segments = append(s.segments, Segment{Box: box, base: base, size: r.size, font: r.font, id: int32(len(s.segments))})
}

// join adds a run to the last segment, unless there is a column's gap between them.
func (s *setter) join(r run, box Box, piece []byte) bool {
	last := &s.segments[len(s.segments)-1]
	gap := r.x0 - last.Box.X1
	if gap > segmentGap*max(r.size, last.size) {
		return false
	}
	if (gap >= wordGap*r.size || r.blank) && !r.raised {
		s.text = append(s.text, ' ')
		if last.first == 0 {
			last.first = last.Box.X1 - last.Box.X0
		}
	}
	last.over = last.over || gap < -kernBack*r.size
	last.mixed = last.mixed || !r.raised && math.Abs(r.size-last.size) > 0.15*last.size
	s.text = append(s.text, piece...)
	s.spans[len(s.spans)-1][1] = len(s.text)
	last.Box = last.Box.union(box)
	return true
}

func (s *setter) lines(page, turned int) []Line {
	all := string(s.text)
	for i, span := range s.spans {
		segment := &s.segments[i]
		segment.Text = all[span[0]:span[1]]
		if segment.first == 0 {
			segment.first = segment.Box.X1 - segment.Box.X0
		}
	}
	s.starts = append(s.starts, len(s.segments))
	lines := make([]Line, len(s.starts)-1)
	for i := range lines {
		own := s.segments[s.starts[i]:s.starts[i+1]:s.starts[i+1]]
		lines[i] = Line{Page: page, Segments: own, Turned: i >= len(lines)-turned}
		for _, o := range own {
			lines[i].Box = lines[i].Box.union(o.Box)
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
