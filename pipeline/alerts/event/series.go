package event

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"baseline/schemas"
)

// reportYears tells once of each year that a publisher's report is new for. Revised figures
// of a year are no event.
func (s *step) reportYears(changes []pair) {
	d := &schemas.CybertipReports
	last := newest(d, s.before.Tables[d.Name], nil)
	for year, list := range added(changes, func(p pair) string { return p.is("year").String() }) {
		p := list[0]
		if last.IsNull() || p.is("year").Compare(last) <= 0 {
			continue
		}
		counted := map[string]bool{}
		total := ""
		for _, r := range s.after.Tables[d.Name] {
			cell := func(column string) schemas.Value { return r.Values[d.Column(column)] }
			if cell("year") != p.is("year") || r.Standing == schemas.Unconfirmed {
				continue
			}
			switch cell("place_kind").Text() {
			case "state", "territory", "area":
				counted[cell("place").Text()] = true
			case "total":
				total = cell("reports").String()
				p.now = &r // the printed total stands for all
			}
		}
		p.c.Place = ""
		s.tell(p, what{
			kind: ReportYear, column: "year", family: "year", key: year, old: map[string]string{"year": last.String()},
			new: map[string]string{"year": year, "places": strconv.Itoa(len(counted)), "reports": total, "series": p.is("series").String()},
		})
	}
}

// newest is the highest number of a series among the rows for which want says so; null if
// there are none.
func newest(d *schemas.Dataset, rows []schemas.Row, want func(schemas.Row) bool) (last schemas.Value) {
	at := d.Column(d.Series)
	for _, r := range rows {
		if (want == nil || want(r)) && r.Values[at].Compare(last) > 0 {
			last = r.Values[at]
		}
	}
	return last
}

// added groups the changes that added rows.
func added(changes []pair, by func(pair) string) map[string][]pair {
	groups := map[string][]pair{}
	for _, p := range changes {
		if p.c.Kind == schemas.Added {
			groups[by(p)] = append(groups[by(p)], p)
		}
	}
	return groups
}

// criteria are the columns of a rating that say which criteria the law meets.
var criteria = []string{"criteria_met", "specific_law", "definition", "third", "fourth", "fifth"}

// ratings tells of new editions of a review, once each, and of each state that meets other
// criteria than it did: in the same edition, or in the one before.
func (s *step) ratings(changes []pair) {
	d := &schemas.LegislationRatings
	for _, p := range changes {
		if p.now != nil && p.c.Kind == schemas.Revised {
			s.rating(p, p.was("edition"), p.was)
		}
	}
	for key, list := range added(changes, func(p pair) string { return p.is("review").Text() + "/" + p.is("edition").Text() }) {
		review := list[0].is("review")
		last := newest(d, s.before.Tables[d.Name], func(r schemas.Row) bool { return r.Values[d.Column("review")] == review })
		if last.IsNull() || list[0].is("edition").Compare(last) <= 0 {
			continue
		}
		for _, p := range list {
			if before := s.row(s.before, d, review.Text()+"/"+last.Text()+"/"+p.c.Place); before != nil {
				s.rating(p, last, func(column string) schemas.Value { return before.Values[d.Column(column)] })
			}
		}
		rated := 0
		for _, r := range s.after.Tables[d.Name] {
			if r.Values[d.Column("review")] == review && r.Values[d.Column("edition")] == list[0].is("edition") {
				rated++
			}
		}
		p := list[0]
		p.c.Place = ""
		s.tell(p, what{
			kind: ReportYear, column: "edition", family: "edition", key: key,
			old: map[string]string{"edition": last.String()},
			new: map[string]string{"review": review.String(), "edition": p.is("edition").String(), "places": strconv.Itoa(rated)},
		})
	}
}

// rating tells of a state that meets other criteria. What one of the two does not say is no
// difference.
func (s *step) rating(p pair, edition schemas.Value, was func(string) schemas.Value) {
	old, now := map[string]string{"edition": edition.String()}, map[string]string{"edition": p.is("edition").String()}
	facts := []string{}
	column := ""
	for _, c := range criteria {
		before, is := was(c), p.is(c)
		if before.IsNull() || is.IsNull() {
			continue
		}
		if c == "criteria_met" {
			old[c], now[c] = before.String(), is.String()
		}
		if before != is {
			old[c], now[c] = before.String(), is.String()
			facts = append(facts, c+"="+is.String())
			column = cmp.Or(column, c)
		}
	}
	if column == "" {
		return
	}
	now["review"] = p.is("review").String()
	w := what{kind: RatingChanged, column: column, family: "criteria", old: old, new: now, facts: facts}
	if p.c.Kind == schemas.Revised {
		s.tellIfNews(p, w)
	} else {
		s.tell(p, w)
	}
}

// saferInternetDay tells of a state's page once for each state and year, however many
// committees it has. Only what was done or is planned counts: that somebody looked again
// and found nothing does not.
func (s *step) saferInternetDay(changes []pair) {
	groups := map[string][]pair{}
	for _, p := range changes {
		if p.now == nil || !updated(p) || !s.news(p, p.is("updated")) {
			continue
		}
		key := p.is("year").String() + "/" + p.is("iso3").Text()
		groups[key] = append(groups[key], p)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		list := groups[key]
		p := slices.MaxFunc(list, func(a, b pair) int {
			return cmp.Or(a.is("updated").Compare(b.is("updated")), cmp.Compare(b.c.Key, a.c.Key))
		})
		w := what{
			kind: SIDUpdated, column: "updated", on: p.is("updated"), family: "page", key: key,
			old: map[string]string{"status": p.was("status").String(), "updated": p.was("updated").String()},
			new: map[string]string{
				"year": p.is("year").String(), "status": p.is("status").String(), "updated": p.is("updated").String(),
				"updated_precision": p.is("updated_precision").String(), "committee": p.is("committee").String(),
			},
			facts: []string{"status=" + p.is("status").String()},
		}
		if p.changed("status") {
			w.column = "status"
		}
		if len(list) > 1 {
			delete(w.new, "committee")
			w.new["committees"] = strconv.Itoa(len(list))
		}
		s.tell(p, w)
	}
}

func updated(p pair) bool {
	switch p.is("status").Text() {
	case "celebrated", "planned":
		return p.changed("status") || p.changed("updated") && p.is("updated").Compare(p.was("updated")) > 0
	}
	return false
}
