package message

import "baseline/pipeline/alerts/event"

// report says what a report or a page has that it did not have.
func (l *lines) report(e event.Event) {
	w := l.words
	switch e.Kind {
	case event.ReportYear:
		l.add("report-before", w.cells(e.Old, "year", "edition"))
		l.add("report-now", w.cells(e.New, "year", "edition", "reports", "places"))
	case event.RatingChanged:
		columns := []string{"criteria_met", "specific_law", "definition", "third", "fourth", "fifth", "edition"}
		l.add("was", w.cells(e.Old, columns...))
		l.add("is", w.cells(e.New, columns...))
	case event.SIDUpdated:
		if was := e.Old["status"]; was != e.New["status"] && was != "" && was != "none" {
			l.add("was", w.value("status", was))
		}
		l.add("is", w.value("status", e.New["status"]))
		l.dated("updated", e.On, precision(e))
	}
}
