package snapshot

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/archive"
	"baseline/schemas"
	"baseline/sources/source"
)

// Gone is a row that was withdrawn.
type Gone struct {
	Source, Dataset, Key string
	MissingSince         time.Time
	Confirmed            time.Time
	Row                  string // JSON, by column name
	Evidence             schemas.Evidence
}

// confirm says since when a part has been complete, and whether a second capture, taken
// late enough, confirms what it leaves out. A table of this project needs no second
// reading: somebody took the row out.
func (b *builder) confirm(p *Part, r archive.Record, about source.About) {
	p.CompleteSince = r.RequestedAt.UTC()
	if b.before != nil {
		i := slices.IndexFunc(b.before.Parts, func(old Part) bool {
			return old.Source == p.Source && old.Dataset == p.Dataset && old.Name() == p.Name() && old.Complete
		})
		if i >= 0 && b.before.Parts[i].CompleteSince.Before(p.CompleteSince) && !b.before.Parts[i].CompleteSince.IsZero() {
			p.CompleteSince = b.before.Parts[i].CompleteSince
		}
	}
	p.Confirmed = r.Origin == archive.Curated || about.Frozen || r.RequestedAt.Sub(p.CompleteSince) >= about.ConfirmAfter()
}

// vanished returns the rows of the last snapshot that the part, which is complete, no
// longer has and that no second capture has confirmed gone. What is confirmed becomes
// one of the withdrawn rows.
func (b *builder) vanished(r archive.Record, p source.Part, rows []schemas.Row, in Input) []schemas.Row {
	if b.before == nil || r.Origin == archive.Curated {
		return nil
	}
	d := schemas.Named(p.Dataset)
	have := map[string]bool{}
	for _, row := range rows {
		have[d.KeyText(row)] = true
	}
	var waiting []schemas.Row
	for _, row := range b.before.asRead(p.Dataset) {
		if row.Source != r.Source || !p.Holds(row) || have[d.KeyText(row)] {
			continue
		}
		_, said := b.book.Excluded(r.Source, d.Name, d.KeyText(row)) // a steward knows that it has gone
		if !said && !b.readsAgain(in, p, row) {
			continue // it has not gone from the page: we read that page otherwise now
		}
		since := r.RequestedAt.UTC()
		if row.Standing == schemas.Unconfirmed && !row.MissingSince.IsNull() {
			since = row.MissingSince.Time()
		}
		if said || r.RequestedAt.Sub(since) >= in.About.ConfirmAfter() {
			b.out.Gone = append(b.out.Gone, Gone{
				Source: r.Source, Dataset: d.Name, Key: d.KeyText(row), MissingSince: since, Confirmed: r.RequestedAt.UTC(),
				Row: rowJSON(d, row), Evidence: row.Evidence,
			})
			continue
		}
		row.Standing, row.MissingSince = schemas.Unconfirmed, schemas.At(since)
		waiting = append(waiting, row)
		b.keepCapture(row.Evidence.Capture)
		b.out.Findings = append(b.out.Findings, source.Finding{
			Code: "unconfirmed-withdrawal", Severity: source.Question, Source: r.Source, Dataset: d.Name, Part: p.Name(), Capture: r.SHA256,
			Text: fmt.Sprintf("row %s of %s has gone from the list of %s; it stays until a capture of %s or later agrees",
				d.KeyText(row), d.Name, since.Format(time.DateOnly), since.Add(in.About.ConfirmAfter()).Format(time.DateOnly)),
			Hint:    "nothing to do but wait; if the publisher has said that the row is gone, exclude it by a decision",
			Locator: row.Evidence.Locator, Quote: row.Evidence.Quote,
		})
	}
	return waiting
}

// readsAgain reports whether the row's own capture, read today, still has it. What cannot
// be read again counts as having it.
func (b *builder) readsAgain(in Input, p source.Part, row schemas.Row) bool {
	if in.Again == nil {
		return true
	}
	sum := row.Evidence.Capture
	c, done := b.again[sum]
	if !done {
		i := slices.IndexFunc(b.before.Captures, func(r archive.Record) bool { return r.SHA256 == sum && r.Source == in.About.ID })
		if i < 0 {
			return true
		}
		c = in.Again(b.before.Captures[i])
		b.again[sum] = c
	}
	if c.Err != nil {
		return true
	}
	d := schemas.Named(p.Dataset)
	return slices.ContainsFunc(c.Parts, func(q CheckedPart) bool {
		return q.Dataset == p.Dataset && slices.ContainsFunc(q.Rows, func(r schemas.Row) bool { return d.CompareKeys(r, row) == 0 })
	})
}

// remember takes over the withdrawn rows of the last snapshot, but for those that have
// come back.
func (b *builder) remember() {
	if b.before == nil {
		return
	}
	for _, g := range b.before.Gone {
		d := schemas.Named(g.Dataset)
		back := slices.ContainsFunc(b.out.Tables[g.Dataset], func(r schemas.Row) bool { return r.Source == g.Source && d.KeyText(r) == g.Key })
		again := slices.ContainsFunc(b.out.Gone, func(n Gone) bool { return n.Source == g.Source && n.Dataset == g.Dataset && n.Key == g.Key })
		if !back && !again {
			b.out.Gone = append(b.out.Gone, g)
		}
	}
	slices.SortStableFunc(b.out.Gone, func(x, y Gone) int {
		return slices.Compare([]string{x.Dataset, x.Key, x.Source}, []string{y.Dataset, y.Key, y.Source})
	})
}

func (s *Snapshot) goneRows() []schemas.Row {
	var rows []schemas.Row
	for i, g := range s.Gone {
		rows = append(rows, recordRow(
			count(i+1), schemas.Str(g.Source), schemas.Str(g.Dataset), schemas.Str(g.Key), schemas.At(g.MissingSince), schemas.At(g.Confirmed),
			schemas.Str(g.Row), schemas.Str(g.Evidence.Capture), schemas.Str(g.Evidence.Locator), schemas.Str(g.Evidence.Quote),
		))
	}
	return rows
}

// goneOf reads the withdrawn rows of a stored snapshot.
func goneOf(rows []schemas.Row) ([]Gone, error) {
	d := &schemas.WithdrawnRows
	var list []Gone
	for _, r := range rows {
		cell := func(name string) schemas.Value { return r.Values[d.Column(name)] }
		if !json.Valid([]byte(cell("row").Text())) || schemas.Named(cell("dataset").Text()) == nil {
			return nil, fmt.Errorf("withdrawn row %s of %s cannot be read", cell("key"), cell("dataset"))
		}
		list = append(list, Gone{
			Source: cell("source").Text(), Dataset: cell("dataset").Text(), Key: cell("key").Text(),
			MissingSince: cell("missing_since").Time(), Confirmed: cell("confirmed_at").Time(), Row: cell("row").Text(),
			Evidence: schemas.Evidence{Capture: cell("capture").Text(), Locator: cell("locator").Text(), Quote: cell("quote").Text()},
		})
	}
	return list, nil
}
