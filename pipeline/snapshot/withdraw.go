package snapshot

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
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

// Cell is what the row had in a column, as text; "" for nothing.
func (g Gone) Cell(column string) string {
	var cells map[string]any
	if json.Unmarshal([]byte(g.Row), &cells) != nil || cells[column] == nil {
		return ""
	}
	return fmt.Sprint(cells[column])
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

// withdrawal is the code of the question on a row that has gone from a complete list.
const withdrawal = "unconfirmed-withdrawal"

// hasGone says which row has gone, and since when.
func hasGone(src string, d *schemas.Dataset, key string, since time.Time) source.Finding {
	return source.Finding{
		Code: withdrawal, Severity: source.Question, Source: src, Dataset: d.Name,
		Text: fmt.Sprintf("row %s of %s has gone from the list of %s", key, d.Name, since.Format(time.DateOnly)),
	}
}

// toldGone returns the decision of a steward who knows that the row has gone.
func (b *builder) toldGone(f source.Finding, key string) *decisions.Decision {
	if by, ok := b.book.Excluded(f.Source, f.Dataset, key); ok {
		return by
	}
	return b.book.Accepted(f)
}

// vanished returns the rows of the last snapshot that the part, which is complete, no
// longer has and that no second capture and no steward has confirmed gone. What is
// confirmed becomes one of the withdrawn rows.
func (b *builder) vanished(r archive.Record, p CheckedPart, rows []schemas.Row, in Input) []schemas.Row {
	if b.before == nil || r.Origin == archive.Curated {
		return nil
	}
	d := schemas.Named(p.Dataset)
	have := map[string]bool{}
	for _, row := range slices.Concat(rows, p.Excluded) { // what a steward took out is still listed
		have[d.KeyText(row)] = true
	}
	var waiting []schemas.Row
	for _, row := range b.before.asRead(p.Dataset) {
		key := d.KeyText(row)
		if row.Source != r.Source || !p.Holds(row) || have[key] {
			continue
		}
		since := r.RequestedAt.UTC()
		if row.Standing == schemas.Unconfirmed && !row.MissingSince.IsNull() {
			since = row.MissingSince.Time()
		}
		f := hasGone(r.Source, d, key, since)
		told := b.toldGone(f, key) != nil
		if !told && !b.readsAgain(in, p.Part, row) {
			continue // it has not gone from the page: we read that page otherwise now
		}
		if told || r.RequestedAt.Sub(since) >= in.About.ConfirmAfter() {
			b.out.Gone = append(b.out.Gone, Gone{
				Source: r.Source, Dataset: d.Name, Key: key, MissingSince: since, Confirmed: r.RequestedAt.UTC(),
				Row: rowJSON(d, row), Evidence: row.Evidence,
			})
			continue
		}
		row.Standing, row.MissingSince = schemas.Unconfirmed, schemas.At(since)
		waiting = append(waiting, row)
		b.keepCapture(row.Evidence.Capture)
		f.Part, f.Capture, f.Locator, f.Quote = p.Name(), r.SHA256, row.Evidence.Locator, row.Evidence.Quote
		f.Text += "; it stays until a capture of " + since.Add(in.About.ConfirmAfter()).Format(time.DateOnly) + " or later agrees"
		f.Hint = "nothing to do but wait; if the publisher has said that the row is gone, accept it, and it goes at once"
		b.out.Findings = append(b.out.Findings, f)
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
	for _, g := range b.out.Gone {
		if by := b.toldGone(hasGone(g.Source, schemas.Named(g.Dataset), g.Key, g.MissingSince), g.Key); by != nil {
			b.out.Findings = append(b.out.Findings, source.Finding{
				Code: "withdrawn-by-decision", Severity: source.Note, Source: g.Source, Dataset: g.Dataset,
				Capture: g.Evidence.Capture, Locator: g.Evidence.Locator, Quote: g.Evidence.Quote,
				Text: fmt.Sprintf("row %s of %s, gone since %s, is withdrawn by %s on %s: %s", g.Key, g.Dataset, g.MissingSince.Format(time.DateOnly), by.By, by.On, by.Why),
			})
		}
	}
	slices.SortStableFunc(b.out.Gone, func(x, y Gone) int {
		return slices.Compare([]string{x.Dataset, x.Key, x.Source}, []string{y.Dataset, y.Key, y.Source})
	})
}

// Withdrew reports whether a row of that source has gone for good: a second capture, or a
// steward, has confirmed it.
func (s *Snapshot) Withdrew(src string, d *schemas.Dataset, key string) bool {
	return slices.ContainsFunc(s.Gone, func(g Gone) bool { return g.Source == src && g.Dataset == d.Name && g.Key == key })
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
