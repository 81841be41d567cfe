package event

import (
	"cmp"
	"fmt"
	"slices"

	"baseline/schemas"
	"baseline/sources/source"
)

// Codes of the findings on what looks like an event and is told to no subscriber.
const (
	WentBack      = "status-went-back"   // such as a party that is none again, without a denunciation
	RowGone       = "fact-gone"          // a depositary no longer lists what it listed
	Lifted        = "suspension-gone"    // there is no event for it
	TookOver      = "source-took-over"   // two sources differ, and no day proves that anything happened
	Renamed       = "member-renamed"     // one institution has gone and another has come
	MaybeRenamed  = "member-in-doubt"    // the same, as long as nobody has confirmed that the first has gone
	UnclearStatus = "status-event-vague" // a status that does not follow from the one before
	NotSeenBefore = "may-be-old-news"    // nobody knew what was before, and no day says that it is new
	OldNews       = "old-news"           // a list names a day of long ago for the first time
	Replaced      = "declaration-vague"  // as many as before, the latest of another day
	NotTold       = "events-not-made"    // what happened between two snapshots is lost
	NotProven     = "cause-not-proven"   // an older capture cannot be read again
	DayInDoubt    = "event-day-in-doubt" // a day before the treaty was, or after the capture
	Questioned    = "event-in-question"  // a question on the row is open: the event waits for its answer
)

// Doubt is what looks like an event and may be none, with the events that it would be: a
// steward who has looked may have them told.
type Doubt struct {
	Finding
	Events []Event `json:"events,omitempty"`
}

// doubted is a doubt before its events have their ids.
type doubted struct {
	Finding
	would []telling
}

// taken is what two sources differ on.
type taken struct {
	keys  []string
	would []telling
}

// differs notes that two sources differ on a row.
func (s *step) differs(p pair, old, now string) {
	key := [3]string{p.d.Name, old, now}
	if s.took[key] == nil {
		s.took[key] = &taken{}
	}
	if t := s.took[key]; !slices.Contains(t.keys, p.c.Key) {
		t.keys = append(t.keys, p.c.Key)
	}
}

// tellIfNews tells of what a day proves to be new. Of the rest, the steward is asked.
func (s *step) tellIfNews(p pair, w what) {
	if s.news(p, w.on) {
		s.tell(p, w)
		return
	}
	s.setAside(p, w)
}

// setAside keeps what an event would be with the doubt that its row is in.
func (s *step) setAside(p pair, w what) {
	for key, t := range s.took {
		if key[0] == p.d.Name && slices.Contains(t.keys, p.c.Key) {
			t.would = append(t.would, s.telling(p, w))
		}
	}
}

// tookOver asks the steward about rows in which two sources differ without a day.
func (s *step) tookOver() {
	for key, t := range s.took {
		slices.Sort(t.keys)
		differ := "%d rows of %s, such as %s, differ from what %s had or are not in the list"
		if len(t.keys) == 1 {
			differ = "%d row of %s, %s, differs from what %s had or is not in the list"
		}
		s.doubts = append(s.doubts, doubted{would: t.would, Finding: Finding{
			Code: TookOver, Severity: source.Question, Source: key[2], Dataset: key[0],
			Text: fmt.Sprintf(differ+", and no day proves that anything happened since: no subscriber is told", len(t.keys), key[0], t.keys[0], key[1]),
			Hint: "compare them: baseline changes --dataset " + key[0],
		}})
	}
}

// doubt asks the steward about a row of which no subscriber is told.
func (s *step) doubt(p pair, code string, severity source.Severity, hint, format string, args ...any) {
	s.offer(p, nil, code, severity, hint, format, args...)
}

// offer asks the steward about an event that may be none.
func (s *step) offer(p pair, would []what, code string, severity source.Severity, hint, format string, args ...any) {
	f := Finding{Code: code, Severity: severity, Dataset: p.d.Name, Text: fmt.Sprintf(format, args...) + ": no subscriber is told", Hint: hint}
	if p.now != nil {
		f.Source, f.Capture, f.Locator, f.Quote = p.now.Source, p.now.Evidence.Capture, p.now.Evidence.Locator, p.now.Evidence.Quote
	} else {
		f.Source, f.Capture, f.Locator, f.Quote = p.old.Source, p.old.Evidence.Capture, p.old.Evidence.Locator, p.old.Evidence.Quote
	}
	d := doubted{Finding: f}
	for _, w := range would {
		d.would = append(d.would, s.telling(p, w))
	}
	s.doubts = append(s.doubts, d)
}

// doubtful returns the doubts in their order, their events with the ids that they would have.
func (s *step) doubtful() []Doubt {
	slices.SortFunc(s.doubts, func(a, b doubted) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Source, b.Source))
	})
	var list []Doubt
	for _, d := range s.doubts {
		out := Doubt{Finding: d.Finding}
		slices.SortFunc(d.would, func(a, b telling) int { return cmp.Compare(a.Facts, b.Facts) })
		for _, t := range d.would {
			t.Event.ID = s.chain.would(t)
			out.Events = append(out.Events, t.Event)
		}
		list = append(list, out)
	}
	return list
}

// isOld reports whether a source names, of what it knew otherwise, a day of long ago; or says
// again what it said before it said something else. Neither has happened since.
func (s *step) isOld(p pair, w what) bool {
	if s.differ(p) || w.on.IsNull() {
		return false
	}
	// What it said before was no news either if it was in doubt then, and taken back.
	if s.saidBefore(p, w) && !s.chain.dropped(s.telling(p, w)) {
		return true
	}
	return s.isLate(p, w)
}

// isLate asks the steward about a step into a treaty on a day of long ago.
func (s *step) isLate(p pair, w what) bool {
	if _, ok := dayColumns[w.kind]; !ok || w.kind == InForce || w.correction || w.on.IsNull() || s.differ(p) ||
		w.on.Compare(schemas.Day(s.before.AsOf().AddDate(0, 0, -late))) > 0 {
		return false
	}
	s.offer(p, []what{w}, OldNews, source.Question, lookAtPage, "%s %s has %s of %s, which the list did not have before", p.d.Name, p.c.Key, w.kind, w.on)
	return true
}

// saidBefore reports whether the same source said the same of the same day before: a page
// that was wrong for a while, or a row that had gone and is back.
func (s *step) saidBefore(p pair, w what) bool {
	column, ok := dayColumns[w.kind]
	if !ok || p.now == nil {
		return false
	}
	at := p.d.Column(column)
	for _, o := range slices.Concat(s.after.Others, s.before.Others) {
		if o.Dataset == p.d.Name && o.Row.Source == p.now.Source && p.d.KeyText(o.Row) == p.c.Key && o.Row.Values[at] == w.on {
			return true
		}
	}
	for _, g := range s.before.Gone {
		if g.Source == p.now.Source && g.Dataset == p.d.Name && g.Key == p.c.Key && g.Cell(column) == w.on.String() {
			return true
		}
	}
	return false
}
