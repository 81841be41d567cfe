package saferinternetday

import (
	"fmt"
	"time"

	"baseline/sources/source"
)

// Statuses that a page can have.
const (
	celebrated = "celebrated"
	planned    = "planned"
	awaiting   = "awaiting update"
	noReport   = "no report"
)

// year is the year of the Safer Internet Day that the page is about: the one that the
// page names, else the one to which its update belongs. If the two differ, or the page
// names several or none, the findings say so.
func (p page) year() (int, []source.Finding) {
	const hint = "look at the page; until its year is known it gives no row"
	unknown := func(code, text string) (int, []source.Finding) {
		list := []source.Finding{{Code: code, Severity: source.Question, Text: text, Hint: hint}}
		if p.updated.IsZero() && p.awaiting == "" {
			list = append(list, notDated)
		}
		return 0, list
	}
	switch {
	case len(p.years) > 1:
		return unknown("year-in-doubt", fmt.Sprintf("headings name several years, %v,", p.years))
	case len(p.years) == 1 && p.awaiting == "" && !p.updated.IsZero() && season(p.updated) != p.years[0]:
		return unknown("year-in-doubt", fmt.Sprintf("the year %d in a heading does not fit the update of %s", p.years[0], p.updated.Format(time.DateOnly)))
	case len(p.years) == 1:
		return p.years[0], nil
	case p.awaiting != "":
		return unknown("year-unknown", "no year stands in the sentence that awaits an update")
	case !p.updated.IsZero():
		return season(p.updated), nil
	}
	return unknown("year-unknown", "neither a heading nor a day of an update tells the year")
}

// verdict is what the page says of the day.
type verdict struct {
	status string
	doubts []source.Finding
}

// judge compares the update with the day. An update on the day counts as a plan: that
// more was done is not proven. A page without any day has no status: beside what another
// source knows of that year, a guess would look like a change.
func (p page) judge(year int) verdict {
	day := dayOf(year)
	var v verdict
	doubt := func(code string, severity source.Severity, text, hint string) {
		v.doubts = append(v.doubts, source.Finding{Code: code, Severity: severity, Text: text, Hint: hint})
	}
	switch {
	case p.awaiting != "":
		v.status = awaiting
		if p.activities != "" {
			doubt("awaiting-beside-activities", source.Hold, "an update is awaited, yet there is a text on activities", "look which of the two holds")
		}
		return v
	case p.updated.IsZero():
		if year >= lineSince {
			v.status = planned
			doubt("update-line-missing", source.Hold, fmt.Sprintf("the day of the update is missing, which every page since %d has", lineSince), "look whether the label has changed, and add it to words.yaml")
		} else {
			v.doubts = append(v.doubts, notDated)
			return v
		}
	case p.precision == "month" && p.updated.Year() == day.Year() && p.updated.Month() == day.Month():
		v.status = planned
		doubt("month-of-the-day", source.Question, fmt.Sprintf("updated in the month of %s, before or after it: planned is assumed", day.Format(time.DateOnly)), "read in the text whether the day has passed")
	case p.updated.After(day):
		v.status = celebrated
	default:
		v.status = planned
	}
	if p.activities == "" {
		v.status = noReport
		// An empty template looks the same, so somebody must look before the row passes.
		doubt("no-activities", source.Hold, "nothing stands below the heading on activities", "look whether the page was loaded whole; release the row if it is empty indeed")
	}
	return v
}

// notDated is about pages before lineSince, and about those of which no year is known.
var notDated = source.Finding{
	Code: "update-not-dated", Severity: source.Question,
	Text: "the page has no day of its update, so that done is not told from planned, and it gives no row", Hint: "look for the day elsewhere",
}

// lineSince is the year from which every page has a line with the day of its update.
const lineSince = 2022
