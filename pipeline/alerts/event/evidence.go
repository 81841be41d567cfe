package event

import (
	"cmp"
	"strings"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// evidence fills in where a row was read.
func (s *step) evidence(e *Event, r schemas.Row) {
	e.Source, e.Capture, e.Locator, e.Quote = r.Source, r.Evidence.Capture, r.Evidence.Locator, r.Evidence.Quote
	if e.Seen = r.Evidence.Observed.Time(); e.Seen.IsZero() {
		e.Seen = s.after.AsOf()
	}
	s.describe(e)
}

// leaves returns the list that leaves a row out: of the row's own source, if that has one.
func (s *step) leaves(d *schemas.Dataset, old schemas.Row) (list snapshot.Part) {
	for _, part := range s.after.Parts {
		if part.Dataset == d.Name && part.Complete && part.Holds(old) && (list.Source == "" || part.Source == old.Source) {
			list = part
		}
	}
	return list
}

// gone reports whether a row has gone from where it was: that another source's list leaves
// it out proves nothing, for it may never have been there.
func (s *step) gone(p pair) bool {
	list := s.leaves(p.d, *p.old)
	if list.Source == p.old.Source || list.Source == "" || s.after.Withdrew(p.old.Source, p.d, p.c.Key) {
		return true
	}
	s.differs(p, p.old.Source, list.Source)
	return false
}

// absence is the evidence for a row that has gone: the list that leaves it out.
func (s *step) absence(e *Event, d *schemas.Dataset, old schemas.Row) {
	e.Source = old.Source
	list := s.leaves(d, old)
	for _, c := range s.after.Captures { // oldest first
		if c.Source == list.Source && c.Request.ID == list.Request {
			e.Source, e.Capture, e.Seen = c.Source, c.SHA256, c.RequestedAt.UTC()
		}
	}
	for _, g := range s.after.Gone {
		if g.Source == old.Source && g.Dataset == d.Name && g.Key == d.KeyText(old) {
			e.Seen = g.Confirmed.UTC()
			e.New["missing_since"] = g.MissingSince.UTC().Format(time.DateOnly)
		}
	}
	if e.Seen.IsZero() {
		e.Seen = s.after.AsOf()
	}
	s.describe(e)
}

// describe fills in who published the capture, and where.
func (s *step) describe(e *Event) {
	for _, src := range s.after.Sources {
		if src.ID == e.Source {
			e.Publisher = src.Publisher
		}
	}
	for _, c := range s.after.Captures {
		if c.SHA256 != e.Capture || c.Source != e.Source {
			continue
		}
		if url := cmp.Or(c.FinalURL, c.Request.URL); strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
			e.Address = url
		}
		if c.Origin != archive.Publisher {
			e.Origin = c.Origin
		}
		if i := strings.LastIndex(e.Quote, cells); c.Origin == archive.Curated && c.Source != snapshot.Corrected && i >= 0 {
			e.Cited = strings.TrimSpace(e.Quote[i+len(cells):]) // the last cell names where the fact is known from
		}
	}
}

// cells stands between the cells of a quoted row of a curated table.
const cells = " | "
