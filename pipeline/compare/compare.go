// Package compare finds what differs between two snapshots. It knows no format and
// no publisher; what may be compared at all follows from the parts that each
// snapshot covers:
//
//   - only columns that both record are compared;
//   - only places that the older snapshot is about count;
//   - a row is withdrawn only where the newer list was read to its end;
//   - a part that the older snapshot did not cover is news if it is a new number of a
//     series, such as a year. Otherwise it only widens what is covered, and of its
//     rows only those dated after the older snapshot are changes.
package compare

import (
	"cmp"
	"slices"
	"time"

	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// Snapshots compares two snapshots. asOf is the day of the older one. The result
// does not depend on the order of rows, nor on evidence.
func Snapshots(older, newer *snapshot.Snapshot, asOf time.Time) schemas.Comparison {
	var out schemas.Comparison
	_ = each(older, newer, asOf, &out, func(c schemas.Change) error { // which never fails
		out.Changes = append(out.Changes, c)
		return nil
	})
	return out
}

// Each hands over the changes between two snapshots one by one, in the order of Snapshots,
// and keeps none. It stops at the first error of emit and returns it.
func Each(older, newer *snapshot.Snapshot, asOf time.Time, emit func(schemas.Change) error) error {
	return each(older, newer, asOf, &schemas.Comparison{}, emit)
}

func each(older, newer *snapshot.Snapshot, asOf time.Time, out *schemas.Comparison, emit func(schemas.Change) error) error {
	for _, d := range schemas.Facts {
		if d.Verbatim {
			continue
		}
		c := &comparison{d: d, older: older, newer: newer, asOf: schemas.Day(asOf), out: out, emit: emit}
		if c.dataset(); c.fault != nil {
			return c.fault
		}
	}
	return nil
}

type comparison struct {
	d            *schemas.Dataset
	older, newer *snapshot.Snapshot
	asOf         schemas.Value
	out          *schemas.Comparison
	emit         func(schemas.Change) error
	fault        error
}

func (c *comparison) dataset() {
	for _, p := range c.older.Parts {
		if p.Dataset == c.d.Name && !c.readAgain(p) {
			c.out.NotRead = append(c.out.NotRead, p.Dataset+" "+p.Name())
		}
	}
	old, now := c.older.Tables[c.d.Name], c.newer.Tables[c.d.Name]
	if c.d.Finer != "" {
		old, now = c.level(old, now)
	}
	for c.fault == nil && (len(old) > 0 || len(now) > 0) {
		switch side := c.next(old, now); {
		case side < 0:
			c.gone(old[0])
			old = old[1:]
		case side > 0:
			c.came(now[0])
			now = now[1:]
		default:
			c.both(old[0], now[0])
			old, now = old[1:], now[1:]
		}
	}
}

// next says which of two sorted lists has the next key: negative the old, positive
// the new, zero both.
func (c *comparison) next(old, now []schemas.Row) int {
	switch {
	case len(now) == 0:
		return -1
	case len(old) == 0:
		return 1
	default:
		return c.d.CompareKeys(old[0], now[0])
	}
}

// readAgain reports whether the newer snapshot has a part that covers p whole. A page
// about one state does not cover a list of all.
func (c *comparison) readAgain(p snapshot.Part) bool {
	return slices.ContainsFunc(c.newer.Parts, func(q snapshot.Part) bool {
		return q.Dataset == p.Dataset && !slices.ContainsFunc(q.Key, func(pin source.Pin) bool { return !slices.Contains(p.Key, pin) })
	})
}

// covering returns the part of s that the row lies in. Where several do, it is the
// one of the row's own source, or else the one that says most: a complete one.
func (c *comparison) covering(s *snapshot.Snapshot, r schemas.Row) (snapshot.Part, bool) {
	var found snapshot.Part
	ok := false
	for _, p := range s.Parts {
		if p.Dataset != c.d.Name || !p.Holds(r) {
			continue
		}
		if p.Source == r.Source {
			return p, true
		}
		if !ok || p.Complete && !found.Complete {
			found, ok = p, true
		}
	}
	return found, ok
}

// leaving returns the part of the newer snapshot that speaks of a row which that does
// not have: a complete one of the most trusted source, before the row's own.
func (c *comparison) leaving(old schemas.Row) (snapshot.Part, bool) {
	found, ok := c.covering(c.newer, old)
	for _, p := range c.newer.Parts {
		if p.Dataset == c.d.Name && p.Complete && p.Holds(old) && (!found.Complete || c.d.Trusted(p.Source) < c.d.Trusted(found.Source)) {
			found, ok = p, true
		}
	}
	return found, ok
}

// level brings two lists to one level where one knows only states and the other their
// institutions: there the institutions are rolled up to the state.
func (c *comparison) level(old, now []schemas.Row) (oldUp, nowUp []schemas.Row) {
	up := func(r schemas.Row) bool {
		p, read := c.covering(c.older, r)
		q, readNow := c.covering(c.newer, r)
		return read && !records(p.Columns, c.d.Finer) || readNow && !records(q.Columns, c.d.Finer)
	}
	return c.rollUp(old, up), c.rollUp(now, up)
}

// rollUp rolls up the rows of each state for which up says so.
func (c *comparison) rollUp(rows []schemas.Row, up func(schemas.Row) bool) []schemas.Row {
	var out []schemas.Row
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && c.d.CompareCoarse(rows[0], rows[n]) == 0 {
			n++
		}
		if up(rows[0]) {
			out = append(out, c.d.RollUp(c.d, rows[:n]))
		} else {
			out = append(out, rows[:n]...)
		}
		rows = rows[n:]
	}
	return out
}

func (c *comparison) gone(old schemas.Row) {
	p, read := c.leaving(old)
	switch {
	case !read: // its part is told of in NotRead
	case c.d.IsAbsent(old) && p.Complete: // both lists leave it out, each in its way
	case p.Complete && !p.Confirmed && !c.newer.Withdrew(p.Source, c.d, c.d.KeyText(old)):
		c.out.Unconfirmed = append(c.out.Unconfirmed, schemas.Gap{Dataset: c.d.Name, Key: c.d.KeyText(old), Place: c.cell(old, c.d.Code), Name: c.cell(old, c.d.Spelling)})
	case !p.Complete:
		c.out.Unknown = append(c.out.Unknown, schemas.Gap{Dataset: c.d.Name, Key: c.d.KeyText(old), Place: c.cell(old, c.d.Code), Name: c.cell(old, c.d.Spelling)})
	default:
		c.add(schemas.Withdrawn, old, old, schemas.Row{}, c.values(p.Columns, old, false))
	}
}

func (c *comparison) came(now schemas.Row) {
	p, covered := c.covering(c.older, now)
	if c.d.IsAbsent(now) {
		if !covered || !p.Complete {
			c.out.Widened++
		}
		return
	}
	if !c.about(p, covered, now) {
		c.out.Outside++
		return
	}
	// Of a list that was not complete, absence says nothing: what it lacked may be old.
	if (!covered || !p.Complete) && !c.news(now) {
		c.out.Widened++
		return
	}
	q, _ := c.covering(c.newer, now)
	c.add(schemas.Added, now, schemas.Row{}, now, c.values(q.Columns, now, true))
}

// about reports whether the older snapshot is about the row's place.
func (c *comparison) about(p snapshot.Part, covered bool, r schemas.Row) bool {
	if c.d.Code == "" {
		return true
	}
	place := r.Values[c.d.Column(c.d.Code)].Text()
	if covered {
		return p.Universe == nil || slices.Contains(p.Universe, place)
	}
	// The part is new. What the older snapshot is about, it is about in all its parts.
	limited := false
	for _, p := range c.older.Parts {
		if p.Universe != nil {
			if limited = true; slices.Contains(p.Universe, place) {
				return true
			}
		}
	}
	return !limited
}

// news reports whether a row of a part that the older snapshot did not cover tells
// of something that happened since.
func (c *comparison) news(r schemas.Row) bool {
	if c.d.Series != "" && len(c.older.Tables[c.d.Name]) > 0 {
		at := c.d.Column(c.d.Series)
		return !slices.ContainsFunc(c.older.Tables[c.d.Name], func(old schemas.Row) bool {
			return old.Values[at].Compare(r.Values[at]) >= 0
		})
	}
	since := c.since(r)
	return !since.IsNull() && since.Compare(c.asOf) > 0
}

func (c *comparison) since(r schemas.Row) schemas.Value {
	return c.d.SinceWhen(r)
}

func (c *comparison) both(old, now schemas.Row) {
	p, _ := c.covering(c.older, old)
	q, _ := c.covering(c.newer, now)
	if c.isUnknown(now) && !c.isUnknown(old) {
		c.out.Unknown = append(c.out.Unknown, schemas.Gap{Dataset: c.d.Name, Key: c.d.KeyText(old), Place: c.cell(old, c.d.Code), Name: c.cell(old, c.d.Spelling)})
		return
	}
	if old.Source != now.Source && c.day(now).Compare(c.day(old)) < 0 {
		return // another source's older word is no news
	}
	var diffs []schemas.Difference
	for i, col := range c.d.Columns {
		if !col.Aside && records(p.Columns, col.Name) && records(q.Columns, col.Name) && old.Values[i] != now.Values[i] {
			diffs = append(diffs, schemas.Difference{Column: col.Name, Old: old.Values[i], New: now.Values[i]})
		}
	}
	if diffs != nil {
		c.add(schemas.Revised, now, old, now, diffs)
	}
}

// isUnknown reports whether the row says that nobody knows.
func (c *comparison) isUnknown(r schemas.Row) bool {
	return c.d.Absent.Column != "" && r.Values[c.d.Column(c.d.Absent.Column)] == schemas.Str("unknown")
}

// day is the day for which the row vouches: its own, or that of its capture.
func (c *comparison) day(r schemas.Row) schemas.Value { return c.d.Day(r) }

// records reports whether a part with these columns records the column at all.
func records(columns []string, name string) bool {
	return columns == nil || slices.Contains(columns, name)
}

// values lists the cells of a row that came or went, without its key.
func (c *comparison) values(columns []string, r schemas.Row, isNew bool) []schemas.Difference {
	var diffs []schemas.Difference
	for i, col := range c.d.Columns {
		if col.Aside || slices.Contains(c.d.Key, col.Name) || !records(columns, col.Name) || r.Values[i].IsNull() {
			continue
		}
		diff := schemas.Difference{Column: col.Name}
		if isNew {
			diff.New = r.Values[i]
		} else {
			diff.Old = r.Values[i]
		}
		diffs = append(diffs, diff)
	}
	return diffs
}

func (c *comparison) add(kind schemas.ChangeKind, r, old, now schemas.Row, diffs []schemas.Difference) {
	change := schemas.Change{
		Dataset: c.d.Name, Key: c.d.KeyText(r), Kind: kind, Cause: schemas.BySource, Columns: diffs,
		Old: old.Evidence, New: now.Evidence,
	}
	if kind != schemas.Withdrawn {
		change.Since = c.since(r)
		if at := c.d.Column("since_precision"); at >= 0 {
			change.Precision = r.Values[at].Text()
		} else if at := c.d.Column("updated_precision"); at >= 0 {
			change.Precision = r.Values[at].Text()
		}
	}
	change.Place, change.Name = c.cell(r, c.d.Code), c.cell(r, c.d.Spelling)
	if c.fault == nil {
		c.fault = c.emit(change)
	}
}

// cell returns the text of a row's column; "" if the dataset has no such column.
func (c *comparison) cell(r schemas.Row, column string) string {
	if column == "" {
		return ""
	}
	return r.Values[c.d.Column(column)].Text()
}

// WithCause compares two snapshots and says why each row differs. replayed is the
// older snapshot's captures read again with today's code: what differs between older
// and replayed is our reading, what differs between replayed and newer is the source.
func WithCause(older, replayed, newer *snapshot.Snapshot, asOf time.Time) schemas.Comparison {
	out := Snapshots(replayed, newer, asOf)
	reading := Snapshots(older, replayed, asOf).Changes
	for i := range reading {
		reading[i].Cause = schemas.ByReading
	}
	out.Changes = append(out.Changes, reading...)
	order := map[string]int{}
	for i, d := range schemas.Facts {
		order[d.Name] = i
	}
	slices.SortStableFunc(out.Changes, func(a, b schemas.Change) int {
		return cmp.Compare(order[a.Dataset], order[b.Dataset])
	})
	return out
}
