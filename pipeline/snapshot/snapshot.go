// Package snapshot puts what was read into one immutable set of datasets, keeps the
// last good rows where newer ones did not pass, and stores and loads it.
package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/check"
	"baseline/pipeline/decisions"
	"baseline/schemas"
	"baseline/sources/source"
)

// Snapshot is all datasets as of one run.
type Snapshot struct {
	ID       string
	Tables   map[string][]schemas.Row // by dataset, sorted by key
	Parts    []Part
	Sources  []SourceState
	Captures []archive.Record // that the rows rest on
	Findings []source.Finding // most serious first
	Held     []Held
	Others   []Other // rows that another source overrules
	Gone     []Gone  // rows that were withdrawn, confirmed by a second capture
}

// Part is a slice of a dataset with where it came from and how it stands.
type Part struct {
	source.Part
	Source   string
	Request  string
	Rows     int
	Standing schemas.Standing
	// CompleteSince is when the first of the captures was taken that have been complete
	// without a break; zero for a part that is not complete. Confirmed says that one taken
	// at least the source's time of confirmation later agrees: only then does absence from
	// the part withdraw what another source or an edition has.
	CompleteSince time.Time
	Confirmed     bool
}

// SourceState is a source in a snapshot: its clocks and its counts.
type SourceState struct {
	ID, Title, Publisher string
	Clocks               Clocks
	Budget               int // days; 0: frozen
	Caveats              []source.Caveat
	Rows, Kept, Held     int
	States               int // member states of 2021 on which it says anything
	Captures             Captures
}

// RestsOn reports whether the snapshot has the row's key from that capture.
func (s *Snapshot) RestsOn(dataset string, r schemas.Row, capture string) bool {
	d, rows := schemas.Named(dataset), s.Tables[dataset]
	i, ok := slices.BinarySearchFunc(rows, r, d.CompareKeys)
	return ok && rows[i].Evidence.Capture == capture
}

// Has reports whether the snapshot has the row's key, from whatever capture.
func (s *Snapshot) Has(dataset string, r schemas.Row) bool {
	_, ok := slices.BinarySearchFunc(s.Tables[dataset], r, schemas.Named(dataset).CompareKeys)
	return ok
}

// Needs reports whether any fact of the snapshot rests on the capture.
func (s *Snapshot) Needs(c archive.Record) bool {
	for _, d := range schemas.Facts {
		if slices.ContainsFunc(s.Tables[d.Name], func(r schemas.Row) bool { return r.Source == c.Source && r.Evidence.Capture == c.SHA256 }) {
			return true
		}
	}
	return false
}

// Captures counts the captures that a source's rows rest on, by origin. Neither rebuilt ones
// nor those that a person handed in are ever counted among the publisher's own.
type Captures struct {
	Original int `json:"original"`          // the publisher's own bytes, fetched
	ByHand   int `json:"by_hand,omitempty"` // handed in by a steward, or without the publisher's answer
	Rebuilt  int `json:"rebuilt"`
	Curated  int `json:"curated"`
}

// String prints the counts that are not zero, such as "5 rebuilt".
func (c Captures) String() string {
	var words []string
	for _, n := range []struct {
		count  int
		origin string
	}{{c.Original, "original"}, {c.ByHand, "by hand"}, {c.Rebuilt, "rebuilt"}, {c.Curated, "curated"}} {
		if n.count > 0 {
			words = append(words, fmt.Sprintf("%d %s", n.count, n.origin))
		}
	}
	if words == nil {
		return "none"
	}
	return strings.Join(words, ", ")
}

// Clocks are the three times that say how fresh facts are. A source that failed
// keeps its old ones.
type Clocks struct {
	Checked  time.Time `json:"checked_at"`  // we asked
	Captured time.Time `json:"captured_at"` // we got bytes
	Changed  time.Time `json:"changed_at"`  // facts differed
}

// Held is a row that did not pass, with the code of the finding that held it.
type Held struct {
	source.Emitted
	Part   string
	Reason string
}

// Checked is one capture after reading, resolving and checking.
type Checked struct {
	Record   archive.Record
	Parts    []CheckedPart
	Findings []source.Finding
	// Err is set if the capture could not be read at all; then there are no parts.
	Err error
	// Failed says that the publisher was asked again since and gave no answer that may be
	// read: these are the last good rows.
	Failed bool
}

// CheckedPart is one part of a capture with its rows, sorted into those that may
// pass and those that may not.
type CheckedPart struct {
	source.Part
	Rows []schemas.Row
	// Aside are rows whose names are not known. The rest of the part may pass, but
	// nothing may be withdrawn from it.
	Aside []source.Emitted
	// Excluded are rows that a steward took out: the list has them, and they are no facts.
	Excluded []schemas.Row
	// Reason is the code of the finding that holds the whole part; "" if it passes.
	Reason string
}

// Input is one source with its checked captures.
type Input struct {
	About    source.About
	Captures []Checked
	Checked  time.Time        // when the source was last asked
	Findings []source.Finding // on requests that brought nothing to read
	// Again reads an older capture of the source with the readers and decisions of this run.
	Again func(archive.Record) Checked
}

// Build puts the inputs into a snapshot. What failed or was held is replaced by the
// last good rows of before, if there is one; what a steward corrected comes last. The
// result does not depend on the order of the inputs.
func Build(inputs []Input, before *Snapshot, book *decisions.Book) *Snapshot {
	b := &builder{before: before, book: book, out: &Snapshot{Tables: map[string][]schemas.Row{}}, again: map[string]Checked{}, excluded: map[string][]schemas.Row{}}
	inputs = slices.Clone(inputs)
	slices.SortFunc(inputs, func(x, y Input) int { return cmp.Compare(x.About.ID, y.About.ID) })
	for _, in := range inputs {
		b.source(in)
	}
	b.finish()
	return b.out
}

type builder struct {
	before *Snapshot
	book   *decisions.Book
	out    *Snapshot
	again  map[string]Checked // captures of before, read again, by SHA-256
	// excluded are the rows that a steward took out, by dataset and source.
	excluded map[string][]schemas.Row
}

func (b *builder) source(in Input) {
	state := SourceState{
		ID: in.About.ID, Title: in.About.Title, Publisher: in.About.Publisher,
		Budget: in.About.Budget, Caveats: in.About.Caveats,
	}
	first := len(b.out.Parts)
	held := len(b.out.Held)
	b.out.Findings = append(b.out.Findings, in.Findings...)
	for _, c := range in.Captures {
		b.out.Findings = append(b.out.Findings, c.Findings...)
		if c.Err != nil {
			b.keepRequest(in.About.ID, c.Record.Request.ID)
			continue
		}
		b.capture(c.Record)
		before := len(b.out.Parts)
		for _, p := range c.Parts {
			b.part(in, c.Record, p)
		}
		if c.Failed {
			b.grownOld(b.out.Parts[before:], c.Record.SHA256)
		}
	}
	for _, p := range b.out.Parts[first:] {
		state.Rows += p.Rows
	}
	for _, d := range schemas.Facts {
		for _, r := range b.out.Tables[d.Name] {
			if r.Source == in.About.ID && r.Standing == schemas.Kept {
				state.Kept++
			}
		}
	}
	b.flaps(in.About)
	state.Held = len(b.out.Held) - held
	state.Clocks = b.clocks(in)
	b.out.Sources = append(b.out.Sources, state)
}

func (b *builder) capture(r archive.Record) {
	for _, have := range b.out.Captures {
		if have.SHA256 == r.SHA256 && have.Request.ID == r.Request.ID && have.Source == r.Source {
			return
		}
	}
	b.out.Captures = append(b.out.Captures, r)
}

func (b *builder) part(in Input, r archive.Record, p CheckedPart) {
	about := in.About
	for _, a := range p.Aside {
		b.out.Held = append(b.out.Held, Held{Emitted: a, Part: p.Name(), Reason: "unknown-name"})
	}
	if p.Reason != "" {
		for _, row := range p.Rows {
			b.out.Held = append(b.out.Held, Held{Emitted: source.Emitted{Dataset: p.Dataset, Row: row}, Part: p.Name(), Reason: p.Reason})
		}
		b.keepPart(r.Source, p.Part)
		return
	}
	b.excluded[p.Dataset+" "+r.Source] = append(b.excluded[p.Dataset+" "+r.Source], p.Excluded...)
	rows := p.Rows
	if len(p.Aside) > 0 {
		// The unknown name may be a new spelling of a place that is now missing.
		p.Complete = false
		rows = append(slices.Clone(rows), b.missing(r.Source, p.Part, rows)...)
	}
	part := Part{Part: p.Part, Source: r.Source, Request: r.Request.ID, Standing: schemas.Read}
	if p.Complete {
		b.confirm(&part, r, about)
		rows = append(slices.Clone(rows), b.vanished(r, p, rows, in)...)
	}
	part.Rows = len(rows)
	b.add(part, rows)
}

// grownOld marks the rows of a capture that its publisher did not renew when asked.
func (b *builder) grownOld(parts []Part, capture string) {
	for i := range parts {
		p := &parts[i]
		p.Standing = schemas.Kept
		for n, r := range b.out.Tables[p.Dataset] {
			if r.Standing == schemas.Read && r.Evidence.Capture == capture && p.Holds(r) {
				b.out.Tables[p.Dataset][n].Standing = schemas.Kept
			}
		}
	}
}

func (b *builder) add(p Part, rows []schemas.Row) {
	b.out.Parts = append(b.out.Parts, p)
	b.out.Tables[p.Dataset] = append(b.out.Tables[p.Dataset], rows...)
}

// keepRequest takes over everything that the last snapshot had from one request.
func (b *builder) keepRequest(src, request string) {
	if b.before == nil {
		return
	}
	for _, p := range b.before.Parts {
		if p.Source == src && p.Request == request {
			b.keepPart(src, p.Part)
		}
	}
}

// keepPart takes over one part of the last snapshot, marked as kept.
func (b *builder) keepPart(src string, p source.Part) {
	if b.before == nil {
		return
	}
	for _, old := range b.before.Parts {
		if old.Source != src || old.Dataset != p.Dataset || old.Name() != p.Name() {
			continue
		}
		rows := b.kept(src, p, func(schemas.Row) bool { return true })
		old.Standing = schemas.Kept
		b.add(old, rows)
	}
}

// missing returns the last good rows of the part whose keys the new rows lack.
func (b *builder) missing(src string, p source.Part, rows []schemas.Row) []schemas.Row {
	if b.before == nil {
		return nil
	}
	d := schemas.Named(p.Dataset)
	have := map[string]bool{}
	for _, r := range rows {
		have[d.KeyText(r)] = true
	}
	return b.kept(src, p, func(r schemas.Row) bool { return !have[d.KeyText(r)] })
}

func (b *builder) kept(src string, p source.Part, want func(schemas.Row) bool) []schemas.Row {
	var rows []schemas.Row
	for _, r := range b.before.asRead(p.Dataset) {
		if r.Source == src && p.Holds(r) && want(r) {
			r.Standing = schemas.Kept
			rows = append(rows, r)
			b.keepCapture(r.Evidence.Capture)
		}
	}
	return rows
}

func (b *builder) keepCapture(sum string) {
	for _, r := range b.before.Captures {
		if r.SHA256 == sum {
			b.capture(r)
		}
	}
}

// clocks tells when the source was asked, when bytes came that are in this snapshot,
// and when its facts last differed. A source that failed, or of which anything was
// held, keeps its old clocks but the first: its rows are no fresher than they were. Of
// requests that brought nothing new, the oldest answer counts. A page that was handed in speaks
// for its own request alone: the others were not asked with it, so that it makes none of them
// fresh.
func (b *builder) clocks(in Input) Clocks {
	now := Clocks{Checked: in.Checked.UTC()}
	whole := true
	var aged, asked, handed time.Time // oldest that failed since, newest answer, oldest by hand
	for _, c := range in.Captures {
		whole = whole && c.Err == nil && !slices.ContainsFunc(c.Parts, func(p CheckedPart) bool { return p.Reason != "" || len(p.Aside) > 0 })
		if c.Err == nil && c.Record.RequestedAt.After(now.Captured) {
			now.Captured = c.Record.RequestedAt.UTC()
		}
		if c.Err == nil && c.Failed && (aged.IsZero() || c.Record.RequestedAt.Before(aged)) {
			aged = c.Record.RequestedAt.UTC()
		}
		switch at := c.Record.RequestedAt.UTC(); {
		case c.Err != nil || closed(c, in.Captures):
		case c.Record.Origin != archive.ByHand:
			if at.After(asked) {
				asked = at
			}
		case handed.IsZero() || at.Before(handed):
			handed = at
		}
	}
	now.Changed = now.Captured
	for _, at := range []time.Time{aged, asked, handed} {
		if !at.IsZero() && at.Before(now.Captured) {
			now.Captured = at
		}
	}
	if b.before == nil {
		return now
	}
	i := slices.IndexFunc(b.before.Sources, func(s SourceState) bool { return s.ID == in.About.ID })
	if i < 0 {
		return now
	}
	old := b.before.Sources[i].Clocks
	if aged.IsZero() && now.Captured.Before(old.Captured) {
		now.Captured = old.Captured // a page that was handed in makes nothing older
	}
	if !whole {
		now.Captured = old.Captured
	}
	if b.before.saidBy(in.About.ID) == b.out.saidBy(in.About.ID) {
		now.Changed = old.Changed
	}
	return now
}

// closed reports whether a capture is about earlier numbers of a series alone, such as a year
// whose table a newer one follows: nothing new comes of it.
func closed(c Checked, all []Checked) bool {
	number := func(p CheckedPart) (n schemas.Value) {
		for _, pin := range p.Key {
			if d := schemas.Named(p.Dataset); d.Series != "" && pin.Column == d.Series {
				n = pin.Value
			}
		}
		return n
	}
	return len(c.Parts) > 0 && !slices.ContainsFunc(c.Parts, func(p CheckedPart) bool {
		n := number(p)
		return n.IsNull() || !slices.ContainsFunc(all, func(o Checked) bool {
			return slices.ContainsFunc(o.Parts, func(q CheckedPart) bool { return q.Dataset == p.Dataset && number(q).Compare(n) > 0 })
		})
	})
}

// finish sorts everything, so that the same facts give the same bytes.
func (b *builder) finish() {
	out := b.out
	for name, rows := range out.Tables {
		d := schemas.Named(name)
		slices.SortStableFunc(rows, d.CompareKeys)
	}
	b.remember()
	b.settle()
	b.correct()
	out.Findings = append(out.Findings, check.References(out.Tables)...)
	b.accepted()
	out.Findings = append(out.Findings, b.book.Idle()...)
	slices.SortStableFunc(out.Others, compareOthers)
	slices.SortStableFunc(out.Parts, func(x, y Part) int {
		return cmp.Or(cmp.Compare(x.Dataset, y.Dataset), cmp.Compare(x.Name(), y.Name()), cmp.Compare(x.Source, y.Source))
	})
	slices.SortStableFunc(out.Captures, func(x, y archive.Record) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Request.ID, y.Request.ID), x.RequestedAt.Compare(y.RequestedAt))
	})
	slices.SortStableFunc(out.Findings, func(x, y source.Finding) int {
		return cmp.Or(cmp.Compare(rank(x.Severity), rank(y.Severity)), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Dataset, y.Dataset))
	})
	for i := range out.Sources {
		out.Sources[i].States = out.statesKnown(out.Sources[i].ID)
		for _, c := range out.Captures {
			n := &out.Sources[i].Captures
			switch {
			case c.Source != out.Sources[i].ID:
			case c.Origin == archive.Rebuilt:
				n.Rebuilt++
			case c.Origin == archive.Curated:
				n.Curated++
			case c.Origin == archive.Publisher:
				n.Original++
			default: // an origin that is not known is no proof of the publisher's
				n.ByHand++
			}
		}
	}
}

// accepted makes notes of the questions that arise between sources and that a steward
// has answered. Those on one capture were asked when it was read.
func (b *builder) accepted() {
	for i := range b.out.Findings {
		f := &b.out.Findings[i]
		b.book.Asked(*f)
		if f.Severity == source.Question && b.book.Accepted(*f) != nil {
			f.Severity = source.Note
		}
	}
}

func rank(s source.Severity) int {
	return slices.Index([]source.Severity{source.Hold, source.Question, source.Note}, s)
}
