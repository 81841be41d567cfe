package figures

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"baseline/schemas"
)

// Marks of notes.
const (
	notMember = "†"
	notReread = "°"
)

// oldAfter is how much older than the table's newest fact a fact must be to be marked.
const oldAfter = 366 * 24 * time.Hour

// listedNames is up to how many rows a note names; it counts more.
const listedNames = 8

// aging is what tells how fresh the fact behind a cell is.
type aging struct {
	day     time.Time // for which the source vouches, or the day of its capture
	vouched bool      // the day is the source's own word
	curated bool      // from a reviewed table, not from a publisher's listing
	kept    bool      // the last good row, because a newer one did not pass
	waits   bool      // the newest list does not have it, and no second capture agreed yet
	decided bool      // a steward corrected it
}

func agingOf(d *schemas.Dataset, r schemas.Row) aging {
	a := aging{curated: r.Source == "curated", kept: r.Standing == schemas.Kept, waits: r.Standing == schemas.Unconfirmed,
		decided: r.Source == "decisions"}
	if !r.Evidence.Observed.IsNull() {
		a.day = r.Evidence.Observed.Time()
	}
	if at := d.Column("as_of"); at >= 0 && !r.Values[at].IsNull() && !a.decided {
		a.day, a.vouched = r.Values[at].Time(), true
	}
	return a
}

func (b *builder) note(mark, text string) {
	b.table.Notes = append(b.table.Notes, Note{mark, text})
}

// finish adds the notes and the sources.
func (b *builder) finish() {
	notes := b.table.Notes
	b.table.Notes = nil
	b.noteMembers()
	b.noteOld()
	b.noteGaps()
	b.table.Notes = append(b.table.Notes, notes...)
	for _, s := range b.facts.Sources {
		used := b.seen[s.ID]
		if used == nil {
			continue
		}
		var caveats []Caveat
		for _, c := range s.Caveats {
			if slices.Contains(used, c.Dataset) {
				caveats = append(caveats, c)
			}
		}
		b.table.Sources = append(b.table.Sources, Source{s.ID, s.Line, caveats})
	}
}

// noteMembers says which of the states are no members, where the table marks one.
func (b *builder) noteMembers() {
	for _, s := range b.states {
		if s.member || !slices.ContainsFunc(b.table.Rows, func(r Row) bool { return r.ISO3 == s.iso3 && r.Mark == notMember }) {
			continue
		}
		since := ""
		if !s.exit.IsZero() {
			since = " since " + s.exit.Format(time.DateOnly)
		}
		b.note(notMember, fmt.Sprintf("%s: no member of the Council of Europe%s", s.name, since))
	}
}

// age is what the cells of one note have in common: column and way of being old.
type age struct {
	column int
	way    string
}

// noteOld marks the cells whose facts are clearly older than the table's others, or
// that nobody could read from a publisher. Where that holds for all cells of a column,
// its head is marked and not the cells. The note groups them by their day.
func (b *builder) noteOld() {
	var newest time.Time
	filled := map[int]int{}
	for _, t := range b.told {
		if t.know == Known {
			filled[t.column]++
			if t.day.After(newest) {
				newest = t.day
			}
		}
	}
	groups := map[age][]told{}
	var order []age
	for _, t := range b.told {
		way := t.old(newest)
		if t.know != Known || way == "" {
			continue
		}
		g := age{t.column, way}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], t)
	}
	slices.SortFunc(order, func(x, y age) int { return cmp.Or(cmp.Compare(x.column, y.column), cmp.Compare(x.way, y.way)) })
	for _, g := range order {
		column := &b.table.Columns[g.column]
		whole := len(groups[g]) == filled[g.column]
		if whole {
			column.Mark = notReread
		}
		days := map[string][]int{}
		for _, t := range groups[g] {
			cell := &b.table.Rows[t.row].Cells[t.column]
			cell.Note = t.asOf() + ", " + g.way
			if !whole {
				cell.Mark = notReread
			}
			days[t.asOf()] = append(days[t.asOf()], t.row)
		}
		b.note(notReread, fmt.Sprintf("%s, %s: %s", column.Title, g.way, b.byDay(days)))
	}
}

// byDay lists the rows of each day, the newest day first.
func (b *builder) byDay(days map[string][]int) string {
	var list []string
	for _, d := range slices.Backward(slices.Sorted(maps.Keys(days))) {
		list = append(list, d+" "+b.names(days[d]))
	}
	return strings.Join(list, "; ")
}

// old says in what way a fact is old; "" if it is not.
func (a aging) old(newest time.Time) string {
	switch {
	case a.waits:
		return "left out of the newest list, which no second capture has confirmed yet"
	case a.decided:
		return "corrected by a steward"
	case a.kept:
		return "last good rows, as newer ones did not pass"
	case a.curated:
		return "looked up by hand and not read since"
	case newest.Sub(a.day) > oldAfter:
		return "not read since"
	}
	return ""
}

func (a aging) asOf() string {
	if a.day.IsZero() {
		return "on a day not known"
	}
	return "as of " + a.day.Format(time.DateOnly)
}

// names lists the rows by name, or counts them where they are many.
func (b *builder) names(rows []int) string {
	if len(rows) > listedNames {
		return fmt.Sprintf("(%d states)", len(rows))
	}
	var names []string
	for _, row := range rows {
		names = append(names, b.table.Rows[row].Name)
	}
	return strings.Join(names, ", ")
}

// noteGaps says why cells are unknown.
func (b *builder) noteGaps() {
	reasons := map[Knowledge]string{
		Unlisted:   "not known, because no source reads it yet",
		Incomplete: "not known, because the list that was read cannot be shown to be complete",
	}
	columns := map[string][]string{}
	for _, t := range b.told {
		if t.row >= len(b.table.Rows) {
			continue
		}
		cell := &b.table.Rows[t.row].Cells[t.column]
		why := cmp.Or(t.gap, reasons[t.know])
		if !strings.HasPrefix(cell.Text, Unknown) || why == "" {
			continue
		}
		cell.Note = why
		if title := b.table.Columns[t.column].Title; !slices.Contains(columns[why], title) {
			columns[why] = append(columns[why], title)
		}
	}
	for _, why := range []string{reasons[Unlisted], reasons[Incomplete], "the source itself does not say"} {
		if titles := columns[why]; titles != nil {
			b.note(Unknown, fmt.Sprintf("%s: %s", why, strings.Join(titles, "; ")))
		}
	}
}
