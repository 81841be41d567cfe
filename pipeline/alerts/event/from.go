package event

import (
	"cmp"
	"slices"
	"strings"

	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// From makes events of the changes between two snapshots, with the chain of snapshots left
// out of account: it is Next of an empty Chain.
func From(changes []schemas.Change, before, after *snapshot.Snapshot) ([]Event, []Doubt) {
	return new(Chain).Next(changes, before, after)
}

// Next makes events of the changes between the last snapshot of the chain and the next
// one, as compare.WithCause gives them. Only changes that the source made count, and of
// those no rows that are kept, held or not confirmed gone. The events are sorted, and the
// result does not depend on the order of the changes. A first snapshot, without one before
// it, gives none. after must have its findings with it, as Refresh returns it: an event of a
// row on which a question is open waits for the answer. Next notes in the chain what it
// told and what waits.
func (c *Chain) Next(changes []schemas.Change, before, after *snapshot.Snapshot) ([]Event, []Doubt) {
	if before == nil || after == nil || len(before.Tables) == 0 {
		return nil, nil
	}
	s := &step{before: before, after: after, chain: c, took: map[[3]string]*taken{}, pending: map[string]bool{}}
	byDataset := map[string][]pair{}
	for _, change := range changes {
		if p, ok := s.pair(change); ok {
			byDataset[change.Dataset] = append(byDataset[change.Dataset], p)
		}
	}
	for _, list := range byDataset {
		slices.SortStableFunc(list, func(a, b pair) int { return cmp.Compare(a.c.Key, b.c.Key) })
	}
	s.answered()
	for _, p := range byDataset[schemas.TreatyStatus.Name] {
		s.treaty(p)
	}
	s.entries(&schemas.Treaties, byDataset[schemas.Treaties.Name])
	s.entries(&schemas.TreatyStatus, byDataset[schemas.TreatyStatus.Name])
	for _, p := range byDataset[schemas.TreatyDeclarations.Name] {
		s.declarations(p)
	}
	s.memberships(byDataset[schemas.Memberships.Name])
	s.ratings(byDataset[schemas.LegislationRatings.Name])
	s.reportYears(byDataset[schemas.CybertipReports.Name])
	s.saferInternetDay(byDataset[schemas.SaferInternetDay.Name])
	s.tookOver()
	return s.number(), s.doubtful()
}

// step is the way from one snapshot to the next.
type step struct {
	before, after *snapshot.Snapshot
	chain         *Chain
	rows          map[*snapshot.Snapshot]map[string]map[string]schemas.Row
	told          []telling
	doubts        []doubted
	party         map[string]bool      // keys of treaty_status for which party is told
	took          map[[3]string]*taken // by dataset, old and new source: what differs without a day
	pending       map[string]bool      // what had an event that waited, by waitsOn
}

// telling is an event before it has its id.
type telling struct {
	Event Event
	// Subject is what can be this or that, one after the other, such as the membership of an
	// institution; Facts what it now is.
	Subject, Facts string
	More           []string `json:",omitempty"` // of the facts, those beside kind, row and day
}

// pair is a change with its rows.
type pair struct {
	d        *schemas.Dataset
	c        schemas.Change
	old, now *schemas.Row // nil if there is none; old as the older snapshot has it
}

// pair finds the rows of a change. It reports false for changes that make no events.
func (s *step) pair(c schemas.Change) (pair, bool) {
	d := schemas.Named(c.Dataset)
	if d == nil || c.Cause != schemas.BySource {
		return pair{}, false
	}
	p := pair{d: d, c: c, old: s.row(s.before, d, c.Key), now: s.row(s.after, d, c.Key)}
	switch {
	case c.Kind == schemas.Withdrawn:
		if p.now != nil {
			return p, false // it waits for its confirmation
		}
		p.now = nil
		return p, p.old != nil
	case p.now == nil || p.now.Standing == schemas.Unconfirmed:
		return p, false
	case p.now.Standing == schemas.Kept && s.rested(*p.now):
		return p, false // the last good row: what differs was decided, not published
	}
	if c.Kind == schemas.Added {
		p.old = nil
	}
	return p, true
}

// rested reports whether the older snapshot had the row's capture.
func (s *step) rested(r schemas.Row) bool {
	return slices.ContainsFunc(s.before.Captures, func(c archive.Record) bool { return c.SHA256 == r.Evidence.Capture })
}

// row finds a row by key; for the key of a state as a whole, what its parts make together.
func (s *step) row(snap *snapshot.Snapshot, d *schemas.Dataset, key string) *schemas.Row {
	if s.rows == nil {
		s.rows = map[*snapshot.Snapshot]map[string]map[string]schemas.Row{s.before: {}, s.after: {}}
	}
	index := s.rows[snap][d.Name]
	if index == nil {
		index = map[string]schemas.Row{}
		for rows := snap.Tables[d.Name]; d.RollUp != nil && len(rows) > 0; {
			n := 1
			for n < len(rows) && d.CompareCoarse(rows[0], rows[n]) == 0 {
				n++
			}
			index[stateKey(d, rows[0])] = d.RollUp(d, rows[:n])
			rows = rows[n:]
		}
		for _, r := range snap.Tables[d.Name] {
			index[d.KeyText(r)] = r
		}
		s.rows[snap][d.Name] = index
	}
	if r, ok := index[key]; ok {
		return &r
	}
	return nil
}

// stateKey is the key of the state that the row is a part of.
func stateKey(d *schemas.Dataset, r schemas.Row) string {
	r.Values = slices.Clone(r.Values)
	if at := d.Column(d.Finer); at >= 0 {
		r.Values[at] = schemas.Value{}
	}
	return d.KeyText(r)
}

func (p pair) diff(column string) (schemas.Difference, bool) {
	i := slices.IndexFunc(p.c.Columns, func(x schemas.Difference) bool { return x.Column == column })
	if i < 0 {
		return schemas.Difference{}, false
	}
	return p.c.Columns[i], true
}

// is returns what the newer snapshot has in a column.
func (p pair) is(column string) schemas.Value {
	if x, ok := p.diff(column); ok {
		return x.New
	}
	if p.now == nil {
		return schemas.Value{}
	}
	return p.now.Values[p.d.Column(column)]
}

// was returns what the older captures say in a column, as they are read today. What they do
// not record counts as unchanged.
func (p pair) was(column string) schemas.Value {
	if x, ok := p.diff(column); ok {
		return x.Old
	}
	switch {
	case p.c.Kind == schemas.Added:
		return schemas.Value{}
	case p.now != nil:
		return p.now.Values[p.d.Column(column)]
	}
	return p.old.Values[p.d.Column(column)]
}

// had returns what the older snapshot itself has.
func (p pair) had(column string) schemas.Value {
	if p.old == nil {
		return schemas.Value{}
	}
	return p.old.Values[p.d.Column(column)]
}

func (p pair) changed(column string) bool { x, ok := p.diff(column); return ok && x.Old != x.New }

// moved reports whether one value of a column took the place of another.
func (p pair) moved(column string) bool {
	x, ok := p.diff(column)
	return ok && x.Old != x.New && !x.Old.IsNull() && !x.New.IsNull()
}

// voice returns the sources of the older and the newer row. Where the older snapshot had no
// row, it is the source of the list that left it out.
func (s *step) voice(p pair) (old, now string) {
	now = p.now.Source
	if p.old != nil {
		return p.old.Source, now
	}
	for _, part := range s.before.Parts {
		if part.Dataset == p.d.Name && part.Holds(*p.now) && (old == "" || part.Source == now) {
			old = part.Source
		}
	}
	return old, now
}

// differ reports whether two sources speak, one after the other. A steward's correction
// speaks for the source that it corrects.
func (s *step) differ(p pair) bool {
	old, now := s.voice(p)
	return old != now && old != snapshot.Corrected && now != snapshot.Corrected
}

// news reports whether something happened: the same source says something else than it
// did, or the day of it comes after what the other source vouched for.
func (s *step) news(p pair, on schemas.Value) bool {
	if !s.differ(p) {
		return true
	}
	old, now := s.voice(p)
	day := schemas.Day(s.before.AsOf())
	if p.old != nil {
		day = p.d.Day(*p.old)
	}
	if !on.IsNull() && on.Compare(day) > 0 {
		return true
	}
	if old != "" { // else the older snapshot said nothing about it
		s.differs(p, old, now)
	}
	return false
}

// what is what an event says beyond its row.
type what struct {
	kind       Kind
	column     string
	on         schemas.Value
	old, new   map[string]string
	facts      []string // what makes it this event and no other, beside kind, row and day
	family     string   // events of one row that follow each other
	how, key   string   // key: if it is not the row's
	correction bool
}

func (s *step) telling(p pair, w what) telling {
	e := Event{
		Kind: w.kind, Place: p.c.Place, Dataset: p.d.Name, Key: cmp.Or(w.key, p.c.Key), Column: w.column, Old: full(w.old), New: full(w.new),
		How: w.how, Correction: w.correction, On: w.on.Time(), Snapshot: s.after.ID,
	}
	row := p.now
	if row == nil {
		row = p.old
	}
	cell := func(column string) string {
		if at := p.d.Column(column); at >= 0 {
			return row.Values[at].Text()
		}
		return ""
	}
	e.Treaty, e.Network = cell("treaty"), cell("network")
	if p.now != nil {
		s.evidence(&e, *p.now)
	} else {
		s.absence(&e, p.d, *p.old)
	}
	if e.Kind == InForce && e.On.After(e.Seen) {
		e.Seen = s.after.AsOf() // the page named the day before it came; that it has come was seen now
	}
	facts := []string{string(w.kind), e.Place, e.Dataset, e.Key}
	if w.correction {
		facts = append(facts, "correction")
	}
	facts = append(facts, w.facts...)
	facts = append(facts, "on="+w.on.String())
	return telling{Event: e, More: w.facts, Subject: strings.Join([]string{e.Dataset, e.Key, w.family}, "\x1f"), Facts: strings.Join(facts, "\x1f")}
}

// full leaves out the columns without a value.
func full(cells map[string]string) map[string]string {
	out := map[string]string{}
	for column, value := range cells {
		if value != "" {
			out[column] = value
		}
	}
	return out
}

// number gives the events their ids, in their order.
func (s *step) number() []Event {
	order := map[string]int{}
	for i, d := range schemas.Facts {
		order[d.Name] = i
	}
	slices.SortStableFunc(s.told, func(a, b telling) int {
		x, y := a.Event, b.Event
		return cmp.Or(cmp.Compare(order[x.Dataset], order[y.Dataset]), cmp.Compare(x.Place, y.Place), cmp.Compare(x.Key, y.Key),
			cmp.Compare(slices.Index(Kinds, x.Kind), slices.Index(Kinds, y.Kind)), cmp.Compare(a.Facts, b.Facts))
	})
	s.told = slices.CompactFunc(s.told, func(a, b telling) bool { return a.Facts == b.Facts })
	slices.SortStableFunc(s.chain.Waiting, func(a, b Waiting) int { return cmp.Compare(a.Facts, b.Facts) })
	var events []Event
	for _, t := range s.told {
		t.Event.ID = s.chain.id(t)
		events = append(events, t.Event)
	}
	return events
}
