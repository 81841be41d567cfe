package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// disagreement is the code of the finding for two sources that say different things of
// one fact.
const disagreement = "sources-disagree"

// Other is a row that another source overrules: it stays beside the fact.
type Other struct {
	source.Emitted
	By     string // source that is followed instead
	Agrees bool   // it says the same as far as both say anything
}

// settle lets one source speak where several do: for each state and instrument the
// most trusted, of equally trusted ones the one that vouches for the newer day. The
// others' rows are set aside. Where they say something else, a finding says so.
func (b *builder) settle() {
	for _, d := range schemas.Facts {
		rows := b.out.Tables[d.Name]
		if len(rows) == 0 {
			continue
		}
		var kept []schemas.Row
		for len(rows) > 0 {
			n := 1
			for n < len(rows) && d.CompareCoarse(rows[0], rows[n]) == 0 {
				n++
			}
			kept = append(kept, b.settleOne(d, rows[:n])...)
			rows = rows[n:]
		}
		b.out.Tables[d.Name] = kept
	}
}

// settleOne decides on the rows of one coarse key.
func (b *builder) settleOne(d *schemas.Dataset, rows []schemas.Row) []schemas.Row {
	if !slices.ContainsFunc(rows, func(r schemas.Row) bool { return r.Source != rows[0].Source }) {
		if by, ok := b.leftOut(d, rows[0]); ok && !by.Confirmed && !d.IsAbsent(rows[0]) {
			return b.doubt(d, rows, by)
		} else if ok {
			if !d.IsAbsent(rows[0]) {
				b.disagree(d, rows[0], by.Source+" leaves it out of a complete list", by.Source)
			}
			b.setAside(d, rows, by.Source, d.IsAbsent(rows[0]))
			return nil
		}
		return b.withoutDoubles(d, rows)
	}
	best := slices.MinFunc(rows, func(x, y schemas.Row) int { return d.Prefer(x, y) }).Source
	lost := map[string][]schemas.Row{}
	for _, r := range rows {
		lost[r.Source] = append(lost[r.Source], r)
	}
	won := lost[best]
	delete(lost, best)
	for _, src := range slices.Sorted(maps.Keys(lost)) {
		b.loses(d, won, lost[src], best)
	}
	return b.settleOne(d, won)
}

// loses sets the rows of one source aside. Against several institutions it is the state
// as a whole that is compared.
func (b *builder) loses(d *schemas.Dataset, won, lost []schemas.Row, best string) {
	if d.RollUp != nil && !slices.ContainsFunc(lost, func(r schemas.Row) bool {
		return slices.ContainsFunc(won, func(w schemas.Row) bool { return d.CompareKeys(w, r) == 0 })
	}) {
		state := d.RollUp(d, lost)
		said := b.differing(d, won, state)
		if said != "" {
			b.disagree(d, state, said, best)
		}
		b.setAside(d, lost, best, said == "")
		return
	}
	for _, r := range lost {
		said := b.differing(d, won, r)
		if said != "" {
			b.disagree(d, r, said, best)
		}
		b.setAside(d, []schemas.Row{r}, best, said == "")
	}
}

// leftOut returns a part of a more trusted source that covers the row's place, is
// complete, and does not list it. A row that a steward took out is no word against others.
func (b *builder) leftOut(d *schemas.Dataset, r schemas.Row) (Part, bool) {
	for _, p := range b.out.Parts {
		if p.Dataset == d.Name && p.Complete && p.Source != r.Source && p.Holds(r) && d.Trusted(p.Source) < d.Trusted(r.Source) &&
			(p.Universe == nil || slices.Contains(p.Universe, r.Values[d.Column(d.Code)].Text())) &&
			!slices.ContainsFunc(b.excluded[d.Name+" "+p.Source], func(e schemas.Row) bool { return d.CompareCoarse(e, r) == 0 }) {
			return p, true
		}
	}
	return Part{}, false
}

// doubt keeps rows that a complete list leaves out, until a second capture agrees.
func (b *builder) doubt(d *schemas.Dataset, rows []schemas.Row, by Part) []schemas.Row {
	rows = b.withoutDoubles(d, rows)
	for i := range rows {
		rows[i].Standing, rows[i].MissingSince = schemas.Unconfirmed, schemas.At(by.CompleteSince)
	}
	b.disagree(d, rows[0], by.Source+" leaves it out of a list that no second capture has confirmed yet", rows[0].Source)
	return rows
}

func (b *builder) setAside(d *schemas.Dataset, rows []schemas.Row, by string, agrees bool) {
	for _, r := range rows {
		b.out.Others = append(b.out.Others, Other{Emitted: source.Emitted{Dataset: d.Name, Row: r}, By: by, Agrees: agrees})
	}
}

// differing says in which columns the winner says something else than the row; "" if
// in none. Columns that either leaves empty, or does not record, say nothing.
func (b *builder) differing(d *schemas.Dataset, won []schemas.Row, r schemas.Row) string {
	other := won[0]
	same := slices.IndexFunc(won, func(w schemas.Row) bool { return d.CompareKeys(w, r) == 0 })
	switch {
	case same >= 0:
		other = won[same]
	case d.RollUp != nil:
		other = d.RollUp(d, won)
		r = d.RollUp(d, []schemas.Row{r})
	}
	var said []string
	for i, c := range d.Columns {
		if v, w := r.Values[i], other.Values[i]; !c.Aside && !slices.Contains(d.Key, c.Name) && !v.IsNull() && !w.IsNull() && v != w {
			said = append(said, fmt.Sprintf("%s says %s %s", other.Source, strings.ReplaceAll(c.Name, "_", " "), w))
		}
	}
	return strings.Join(said, ", ")
}

func (b *builder) disagree(d *schemas.Dataset, r schemas.Row, said, followed string) {
	var own []string
	for i, c := range d.Columns {
		if !c.Aside && !slices.Contains(d.Key, c.Name) && !r.Values[i].IsNull() {
			own = append(own, strings.ReplaceAll(c.Name, "_", " ")+" "+r.Values[i].String())
		}
	}
	b.out.Findings = append(b.out.Findings, source.Finding{
		Code: disagreement, Severity: source.Question, Source: r.Source, Dataset: d.Name,
		Text:    fmt.Sprintf("%s %s: %s says %s; %s; %s is followed", d.Name, d.KeyText(r), r.Source, strings.Join(own, ", "), said, followed),
		Hint:    "look at both; take out or correct the row that is wrong",
		Capture: r.Evidence.Capture, Locator: r.Evidence.Locator, Quote: r.Evidence.Quote,
	})
}

// withoutDoubles holds the later of two rows of one source with one key. Within one
// part doubles are refused before they come here.
func (b *builder) withoutDoubles(d *schemas.Dataset, rows []schemas.Row) []schemas.Row {
	var unique []schemas.Row
	for _, r := range rows {
		if n := len(unique); n > 0 && d.CompareKeys(unique[n-1], r) == 0 {
			b.out.Held = append(b.out.Held, Held{Emitted: source.Emitted{Dataset: d.Name, Row: r}, Reason: "two-captures"})
			b.out.Findings = append(b.out.Findings, source.Finding{
				Code: "two-captures", Severity: source.Hold, Source: r.Source, Dataset: d.Name,
				Text:    "row " + d.KeyText(r) + " of " + d.Name + " stands in two captures of " + r.Source + "; the second is held",
				Hint:    "two requests of the source read the same listing: take one out",
				Capture: r.Evidence.Capture, Locator: r.Evidence.Locator, Quote: r.Evidence.Quote,
			})
			continue
		}
		unique = append(unique, r)
	}
	return unique
}

// statesKnown counts the member states of 2021 on which the source says anything.
func (s *Snapshot) statesKnown(src string) int {
	known := map[string]bool{}
	for _, d := range schemas.Facts {
		at := d.Column(d.Code)
		if at < 0 {
			continue
		}
		for _, r := range s.Tables[d.Name] {
			if r.Source == src {
				known[r.Values[at].Text()] = true
			}
		}
		for _, o := range s.Others {
			if o.Dataset == d.Name && o.Row.Source == src {
				known[o.Row.Values[at].Text()] = true
			}
		}
	}
	n := 0
	for _, code := range places.Default().Group("coe47") {
		if known[code] {
			n++
		}
	}
	return n
}

func compareOthers(x, y Other) int {
	d := schemas.Named(x.Dataset)
	if c := cmp.Compare(x.Dataset, y.Dataset); c != 0 {
		return c
	}
	return cmp.Or(d.CompareKeys(x.Row, y.Row), cmp.Compare(x.Row.Source, y.Row.Source))
}
