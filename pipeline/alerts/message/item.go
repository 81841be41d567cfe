package message

import (
	"cmp"
	"strings"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/archive"
)

// lines collects what is said of one event.
type lines struct {
	words *words
	list  []line
}

// add adds a line, unless it would say nothing.
func (l *lines) add(label, text string) {
	if text != "" {
		l.list = append(l.list, line{l.words.labels[label], text})
	}
}

// dated adds the day of an event, or that the source gives none.
func (l *lines) dated(label string, day time.Time, precision string) {
	if day.IsZero() {
		l.add("day", l.words.texts["no-day"])
		return
	}
	l.add(label, l.words.day(day, precision))
}

// item words one event.
func (w *words) item(e event.Event) item {
	i := item{Heading: w.heading(e), Quote: quote(e), Address: e.Address, Source: w.source(e), ID: e.ID}
	l := &lines{words: w}
	l.add("what", w.happened(e))
	switch {
	case e.Correction:
		l.add("was", w.cell(e.Column, e.Old[e.Column]))
		l.add("is", w.cell(e.Column, e.New[e.Column]))
	case e.Dataset == "memberships":
		l.membership(e)
	case e.Dataset == "treaty_declarations":
		l.declaration(e)
	case e.Dataset == "treaty_status" || e.Dataset == "treaties":
		l.treaty(e)
	default:
		l.report(e)
	}
	l.add("means", w.meaning(e))
	if e.Origin != archive.Curated {
		l.add("origin", w.origin(e.Origin))
	}
	l.add("known", plain(e.Cited))
	l.add("seen", w.day(e.Seen, "day"))
	i.Lines = l.list
	return i
}

// source names who says so.
func (w *words) source(e event.Event) string {
	switch {
	case e.Source == bySteward:
		return w.texts["by-steward"]
	case e.Origin == archive.Curated || e.Publisher == "this project":
		return w.texts["by-project"]
	}
	return plain(cmp.Or(e.Publisher, e.Source))
}

// origin says what the capture is, if it is not the publisher's own bytes.
func (w *words) origin(origin string) string {
	switch origin {
	case "":
		return ""
	case archive.Rebuilt:
		return w.texts["rebuilt"]
	case archive.ByHand:
		return w.texts["by-hand"]
	}
	return w.texts["other-origin"]
}

// quote is what the source says. Of a text that is not repeated here nothing is left to
// quote, and a row of a table of this project says to readers what the lines say better.
func quote(e event.Event) string {
	if e.Origin == archive.Curated || strings.Trim(strings.ReplaceAll(e.Quote, "[...]", ""), " |") == "" {
		return ""
	}
	return plain(e.Quote)
}

// cell words one value, such as "signed on 23 November 2001".
func (w *words) cell(column, value string) string {
	form, ok := w.columns[column]
	if !ok || value == "" {
		return ""
	}
	text := w.value(column, value)
	if day, ok := parseDay(value); ok {
		text = w.day(day, "day")
	} else if column == "reports" || column == "places" {
		text = w.number(value)
	}
	return strings.TrimSpace(strings.ReplaceAll(form, "%s", text))
}

// cells words several values.
func (w *words) cells(cells map[string]string, columns ...string) string {
	var parts []string
	for _, c := range columns {
		if text := w.cell(c, cells[c]); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, w.semicolon+" ")
}
