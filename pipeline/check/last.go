package check

import (
	"fmt"
	"slices"

	"baseline/schemas"
	"baseline/sources/source"
)

// Codes of the findings that a comparison with the last good rows makes.
const (
	TooManyGone = "too-many-withdrawn" // a list lost more rows at once than its bound allows
	WentBack    = "went-back"          // a fact that only moves forward moved back
)

// mayGoBack is how many rows of a part may go back at once, each with a question, before
// the part is held: a depositary corrects one row, a reader's fault moves them all.
const mayGoBack = 2

// WithLast returns the findings about one part's rows beside the last good rows of the
// same part, and beside what it said lately before those: what moved back stays a question
// for that long, and what is back at an earlier word has only flapped.
func WithLast(about source.About, p source.Part, rows, last, earlier []schemas.Row) []source.Finding {
	if len(last) == 0 {
		return nil
	}
	d := schemas.Named(p.Dataset)
	var found []source.Finding
	report := func(severity source.Severity, f source.Finding) {
		f.Severity, f.Source, f.Dataset, f.Part = severity, about.ID, d.Name, p.Name()
		found = append(found, f)
	}
	have := map[string]schemas.Row{}
	for _, r := range rows {
		have[d.KeyText(r)] = r
	}
	if p.Complete {
		gone(about, d, last, have, report)
	}
	if d.Forward.Column != "" {
		back(d, last, earlier, have, report)
	}
	return found
}

func gone(a source.About, d *schemas.Dataset, last []schemas.Row, have map[string]schemas.Row, report func(source.Severity, source.Finding)) {
	var missing []schemas.Row
	for _, r := range last {
		if _, ok := have[d.KeyText(r)]; !ok {
			missing = append(missing, r)
		}
	}
	share := a.MaxWithdrawn(d.Name)
	// Of a short list one row is a large share, and may well leave.
	if len(missing) <= 2 || float64(len(missing)) <= share*float64(len(last)) {
		return
	}
	report(source.Hold, about(missing[0], source.Finding{
		Code: TooManyGone,
		Text: fmt.Sprintf("%d of the %d rows that %s had of %s are gone at once, such as %s; no more than %.0f percent may go unseen", len(missing), len(last), a.ID, d.Name, d.KeyText(missing[0]), share*100),
		Hint: "look at the page: was it cut off, or has its layout changed? If they are really gone, release the rows",
	}))
}

func back(d *schemas.Dataset, last, earlier []schemas.Row, have map[string]schemas.Row, report func(source.Severity, source.Finding)) {
	at := d.Column(d.Forward.Column)
	place := func(r schemas.Row) int { return slices.Index(d.Forward.Order, r.Values[at].Text()) }
	var moved []source.Finding
	told := map[string]bool{}
	for _, old := range slices.Concat(last, earlier) {
		key := d.KeyText(old)
		now, ok := have[key]
		if !ok || told[key] || place(now) < 0 || place(old) < 0 || place(now) >= place(old) {
			continue
		}
		if slices.ContainsFunc(earlier, func(e schemas.Row) bool {
			return e.Values[at] == now.Values[at] && d.CompareKeys(e, now) == 0
		}) {
			continue // told by the note that it flapped
		}
		told[key] = true
		moved = append(moved, about(now, source.Finding{
			Code: WentBack,
			Text: fmt.Sprintf("%s %s was %s and is now %s, which does not happen", d.Name, d.KeyText(now), old.Values[at], now.Values[at]),
			Hint: "look at the page: did the publisher correct a mistake, or did a column move?",
		}))
	}
	severity := source.Question
	if len(moved) > mayGoBack {
		severity = source.Hold
	}
	for _, f := range moved {
		report(severity, f)
	}
}
