package listing

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"baseline/schemas/places"
)

// why says why a text names no state.
func (p *page) why(s string) string {
	if why, ok := p.without(s); ok {
		return why
	}
	return "names no state that is known"
}

// without returns the registry's reason why a text names no state.
func (p *page) without(s string) (string, bool) {
	s, _ = undecorated(s)
	if why, ok := noEntry(s); ok {
		return why, true
	}
	if why, ok := places.Default().NotState(s); ok {
		return why, true
	}
	if pl, ok := places.Default().Lookup(s); ok && p.n.lookup(s) == "" {
		return "names no state: " + pl.Kind, true
	}
	return "", false
}

// noEntry knows the first option of a drop-down and rows that sum up.
func noEntry(s string) (why string, ok bool) {
	low := strings.ToLower(strings.Trim(s, " -–—.…:"))
	switch {
	case totals[low]:
		return "a row that sums up", true
	case low == "" || strings.HasPrefix(low, "select") || strings.HasPrefix(low, "choose") || strings.HasPrefix(low, "please"):
		return "an invitation to choose", true
	}
	return "", false
}

// weigh gives a candidate its shape and its score: how many states it names, times how
// much it looks like what is meant.
func (p *page) weigh(c *candidate) {
	s := &c.sections[0]
	h := p.hits[s.hits[0]]
	block := p.t.lines[h.line].block
	c.shape = p.shape(c)
	w := 1.0
	if p.aside(h.mark) {
		w *= 0.15
	}
	if p.t.within(block, atom.Main, atom.Article) >= 0 {
		w *= 1.5
	}
	if c.shape == "options" {
		w *= 0.15
	}
	if p.first >= 0 && h.line < p.first && p.t.nodes[block].tag != atom.H1 {
		w *= 0.15
	}
	head := ""
	if len(s.heads) > 0 {
		head = s.heads[0]
	}
	named := false
	for _, part := range c.sections {
		if part.class != "" {
			named = true
		}
	}
	for _, i := range s.hits[:min(len(s.hits), 20)] {
		for _, n := range p.hits[i].names {
			if n.class != "" {
				named = true
			}
		}
	}
	if named {
		w *= 2
	}
	switch {
	case head != "" && mentions(head, chrome):
		w *= 0.1
	case head != "" && mentions(head, telling), len(s.heads) > 1 && mentions(s.heads[1], telling):
		w *= 1.5
	}
	if h.prose {
		w *= 0.7
	}
	r := c.result
	rich := 0
	for _, rec := range r.Records {
		if rec.Organisation != "" || rec.Class != "" {
			rich++
		}
	}
	switch {
	case rich*2 > len(r.Records):
		w *= 1.6
	case c.shape == "map":
		w *= 0.1 // the shapes of a map are all there, members or not
	}
	c.score = float64(len(c.codes)) * w * (0.3 + 0.7*r.Share())
}

func (p *page) shape(c *candidate) string {
	s := &c.sections[0]
	h := p.hits[s.hits[0]]
	block := p.t.lines[h.line].block
	switch {
	case p.t.within(block, atom.Svg, atom.Map) >= 0:
		return "map"
	case p.t.nodes[block].tag == atom.Option:
		return "options"
	case len(h.names) > 1 || h.prose:
		return "prose"
	case p.isTable(s):
		return "table"
	}
	tag := p.t.nodes[block].tag
	if p.t.lines[h.line].depth > s.depth {
		tag = p.t.nodes[p.t.above(block, s.depth)].tag
	}
	switch tag {
	case atom.Dt, atom.Dd, atom.Dl:
		return "definitions"
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return "headings"
	case atom.Li, atom.Ul, atom.Ol, atom.P:
		return "list"
	case atom.Div, atom.Section, atom.Article, atom.Details, atom.Figure:
		if p.t.lines[h.line].depth > s.depth+1 || p.t.nodes[block].depth > s.depth {
			return "cards"
		}
	}
	return "list"
}

// allowed applies the words of the Want to the headings over a list.
func (p *page) allowed(s *section) bool {
	for _, h := range s.heads[:min(len(s.heads), 1)] {
		if mentions(h, lower(p.want.Not)) {
			return false
		}
	}
	if len(s.chain) > 0 && mentions(s.chain[0].text, lower(p.want.Not)) {
		return false
	}
	if len(p.want.Under) == 0 {
		return true
	}
	for _, h := range s.heads {
		if mentions(h, lower(p.want.Under)) {
			return true
		}
	}
	return false
}

func lower(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

// choose reads the candidates and takes the one that is meant.
func (p *page) choose(all []*candidate) (*Result, error) {
	var in, out []*candidate
	for _, c := range all {
		if c.result == nil {
			kept := c.sections[:0:0]
			for i := range c.sections {
				if p.allowed(&c.sections[i]) {
					kept = append(kept, c.sections[i])
				}
			}
			if len(kept) < len(c.sections) && len(kept) > 0 {
				c.sections = kept
				c.codes = map[string]bool{}
				for _, s := range kept {
					for _, h := range s.hits {
						for _, n := range p.hits[h].names {
							c.codes[n.code] = true
						}
					}
				}
			} else if len(kept) == 0 {
				out = append(out, c)
				continue
			}
		}
		if len(c.codes) < minStates {
			out = append(out, c)
			continue
		}
		if c.result == nil {
			c.shape = p.shape(c)
			c.result = p.read(c)
			if len(c.result.Records) > maxRecords {
				return nil, fmt.Errorf("a list has more than %d entries: %w", maxRecords, ErrLimit)
			}
			c.codes = codesOf(c.result)
			p.weigh(c)
		}
		if len(c.codes) < minStates {
			out = append(out, c)
			continue
		}
		in = append(in, c)
	}
	if len(in) == 0 {
		return nil, fmt.Errorf("%s: %w", p.nearMiss(out), ErrNoList)
	}
	slices.SortStableFunc(in, func(a, b *candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.order - b.order
	})
	best := in[0]
	for _, c := range in[1:] {
		if sameList(best, c) {
			if !p.chromeOnly(c) && richness(c) > richness(best) && len(c.codes)*10 >= len(best.codes)*9 {
				best, c = c, best
			}
		}
	}
	r := best.result
	for _, c := range in {
		if c == best {
			continue
		}
		if sameList(best, c) {
			if !p.chromeOnly(c) {
				disagree(r, best, c)
			}
			continue
		}
		if c.score*2 > in[0].score {
			return nil, fmt.Errorf("%s and %s: %w; say with words of headings which", p.describe(best), p.describe(c), ErrTwoLists)
		}
		r.Left = append(r.Left, p.leftOut(c, "another list"))
	}
	for _, c := range out {
		r.Left = append(r.Left, p.leftOut(c, "outside the list"))
	}
	return r, nil
}

func codesOf(r *Result) map[string]bool {
	codes := make(map[string]bool, len(r.Records))
	for _, rec := range r.Records {
		codes[rec.Code] = true
	}
	return codes
}

// chromeOnly reports candidates in landmarks that never hold a list that is meant.
func (p *page) chromeOnly(c *candidate) bool {
	return len(c.sections) > 0 && p.aside(p.hits[c.sections[0].hits[0]].mark)
}

// sameList reports whether two lists name nearly the same states.
func sameList(a, b *candidate) bool {
	both := 0
	for c := range a.codes {
		if b.codes[c] {
			both++
		}
	}
	return both*10 >= (len(a.codes)+len(b.codes)-both)*8
}

// richness is how much a list says about its states.
func richness(c *candidate) int {
	n := 0
	for _, r := range c.result.Records {
		n++
		if r.Organisation != "" {
			n += 3
		}
		if r.Class != "" {
			n += 3
		}
		if len(r.Links) > 0 {
			n++
		}
	}
	return n
}

// disagree notes the states that one of two copies of a list has and the other not, and
// the classes in which they differ.
func disagree(r *Result, best, other *candidate) {
	path := other.result.Records[0].Path
	for _, rec := range other.result.Records {
		if !best.codes[rec.Code] {
			r.Left = append(r.Left, Left{Text: rec.Quote, Path: rec.Path, Why: fmt.Sprintf("stands in the same list as %s and not in the one read, %s", other.shape, best.shape)})
		}
	}
	for _, rec := range best.result.Records {
		if !other.codes[rec.Code] {
			r.Left = append(r.Left, Left{Text: rec.Name, Path: path, Why: fmt.Sprintf("is missing in the same list as %s", other.shape)})
		}
	}
	a, b := classesOf(best.result), classesOf(other.result)
	for _, rec := range best.result.Records {
		if x, y := a[rec.Code], b[rec.Code]; x != "" && y != "" && x != y {
			r.Left = append(r.Left, Left{Text: rec.Name, Path: path, Why: fmt.Sprintf("is %s in the list read and %s in the same list as %s", x, y, other.shape)})
			delete(a, rec.Code)
		}
	}
}

func classesOf(r *Result) map[string]string {
	all := map[string][]string{}
	for _, rec := range r.Records {
		if rec.Class != "" && !slices.Contains(all[rec.Code], rec.Class) {
			all[rec.Code] = append(all[rec.Code], rec.Class)
		}
	}
	out := map[string]string{}
	for code, classes := range all {
		slices.Sort(classes)
		out[code] = strings.Join(classes, " and ")
	}
	return out
}

func (p *page) leftOut(c *candidate, why string) Left {
	if len(c.sections) == 0 {
		return Left{Text: p.sample(c), Path: c.result.Records[0].Path, Why: why}
	}
	h := p.hits[c.sections[0].hits[0]]
	if len(c.sections[0].heads) > 0 {
		why += fmt.Sprintf(", under %q", cutText(c.sections[0].heads[0], 60))
	}
	return Left{Text: p.sample(c), Path: p.t.path(p.t.lines[h.line].block), Why: why}
}

func (p *page) sample(c *candidate) string {
	var out []string
	if c.result != nil {
		for _, r := range c.result.Records[:min(len(c.result.Records), 3)] {
			out = append(out, r.Name)
		}
	} else {
		for _, i := range c.sections[0].hits[:min(len(c.sections[0].hits), 3)] {
			out = append(out, p.hits[i].names[0].printed)
		}
	}
	return fmt.Sprintf("%s, … (%d states)", strings.Join(out, ", "), len(c.codes))
}

func (p *page) describe(c *candidate) string {
	s := fmt.Sprintf("%s of %s", c.shape, p.sample(c))
	if len(c.sections) > 0 && len(c.sections[0].heads) > 0 {
		s += fmt.Sprintf(" under %q", cutText(c.sections[0].heads[0], 60))
	}
	return s
}

func cutText(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

func (p *page) nearMiss(out []*candidate) string {
	if len(out) == 0 {
		return "the page names no state in a text of its own"
	}
	best := out[0]
	for _, c := range out {
		if len(c.codes) > len(best.codes) {
			best = c
		}
	}
	if best.shape == "" {
		best.shape = "texts"
	}
	return fmt.Sprintf("the page names states only in passing or under other headings, at most in %s", p.describe(best))
}
