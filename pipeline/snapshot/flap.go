package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

// Flapped is the code of the note on a value that changed and changed back within the
// source's time of confirmation.
const Flapped = "flapped"

// flaps remembers, for the time of confirmation, what a source said of a fact before: such
// a row stays among the others, overruled by its own source. If the source says again
// what it said, that is one note and no change; the captures of both stay as evidence.
func (b *builder) flaps(about source.About) {
	if b.before == nil {
		return
	}
	for _, d := range schemas.Facts {
		earlier := b.earlier(d, about.ID)
		if len(earlier) == 0 {
			continue
		}
		for _, r := range b.out.Tables[d.Name] {
			if r.Source == about.ID {
				b.flap(d, r, b.lately(d, r, earlier[d.KeyText(r)], about.ConfirmAfter()))
			}
		}
	}
}

// earlier returns by key what the source said at the time of the last snapshot and, as far
// as that remembers it, before; oldest first.
func (b *builder) earlier(d *schemas.Dataset, src string) map[string][]schemas.Row {
	rows := map[string][]schemas.Row{}
	keep := func(r schemas.Row) {
		if r.Source == src && !r.Evidence.Observed.IsNull() {
			rows[d.KeyText(r)] = append(rows[d.KeyText(r)], r)
		}
	}
	for _, o := range b.before.Others {
		if o.Dataset == d.Name && o.By != Corrected {
			keep(o.Row)
		}
	}
	for _, r := range b.before.asRead(d.Name) {
		keep(r)
	}
	for _, list := range rows {
		slices.SortStableFunc(list, func(x, y schemas.Row) int { return observed(x).Compare(observed(y)) })
	}
	return rows
}

// lately leaves of the earlier rows those within the time, one for each run of rows that
// say the same, up to the last that says something else than r, and puts them among the
// others. What our reading alone made of one capture is none.
func (b *builder) lately(d *schemas.Dataset, r schemas.Row, earlier []schemas.Row, within time.Duration) []schemas.Row {
	var rows []schemas.Row
	for _, e := range earlier {
		if r.Evidence.Observed.IsNull() || !observed(e).Before(observed(r)) || observed(r).Sub(observed(e)) > within || e.Evidence.Capture == r.Evidence.Capture && differ(d, e, r) != "" {
			continue
		}
		if n := len(rows); n > 0 && differ(d, rows[n-1], e) == "" {
			rows = rows[:n-1]
		}
		rows = append(rows, e)
	}
	for len(rows) > 0 && differ(d, rows[len(rows)-1], r) == "" {
		rows = rows[:len(rows)-1]
	}
	for _, e := range rows {
		e.Standing = schemas.Read
		b.out.Others = append(b.out.Others, Other{Emitted: source.Emitted{Dataset: d.Name, Row: e}, By: e.Source, Agrees: differ(d, e, r) == ""})
		b.keepCapture(e.Evidence.Capture)
	}
	return rows
}

// flap notes that r says again what was said before something else was.
func (b *builder) flap(d *schemas.Dataset, r schemas.Row, lately []schemas.Row) {
	var again *schemas.Row
	for i := range lately {
		if differ(d, lately[i], r) == "" {
			again = &lately[i]
		}
	}
	if again == nil {
		return
	}
	other := lately[len(lately)-1]
	b.out.Findings = append(b.out.Findings, source.Finding{
		Code: Flapped, Severity: source.Note, Source: r.Source, Dataset: d.Name, Capture: other.Evidence.Capture,
		Text: fmt.Sprintf("%s %s said %s on %s, and says again what it said on %s (capture %.12s): nothing has changed",
			d.Name, d.KeyText(r), differ(d, r, other), observed(other).Format(time.DateOnly), observed(*again).Format(time.DateOnly), again.Evidence.Capture),
		Locator: other.Evidence.Locator, Quote: other.Evidence.Quote,
	})
}

func observed(r schemas.Row) time.Time { return r.Evidence.Observed.Time() }

// differ prints what other says in the columns in which it differs from r, such as
// "status signed"; "" if in none but wording.
func differ(d *schemas.Dataset, r, other schemas.Row) string {
	var said []string
	for i, c := range d.Columns {
		if !c.Aside && r.Values[i] != other.Values[i] {
			value := other.Values[i].String()
			if other.Values[i].IsNull() {
				value = "nothing"
			}
			said = append(said, strings.ReplaceAll(c.Name, "_", " ")+" "+value)
		}
	}
	return strings.Join(said, ", ")
}
