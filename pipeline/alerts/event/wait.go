package event

import (
	"slices"
	"strings"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
)

// dayColumns are the columns that hold the day of an event in a treaty.
var dayColumns = map[Kind]string{Signed: "signed", Party: "consent", InForce: "in_force", Denounced: "denounced", Suspended: "suspended"}

// tell adds an event about a row, unless it must wait.
func (s *step) tell(p pair, w what) {
	t := s.telling(p, w)
	switch {
	case p.now == nil: // the list that leaves it out is asked about as a whole
	case s.inDoubt(p, w.kind, w.on):
		s.chain.Waiting = append(s.chain.Waiting, Waiting{telling: t, Day: true})
		s.doubt(p, DayInDoubt, source.Question, lookAtPage, "%s %s has %s, said to be of %s", p.d.Name, p.c.Key, w.kind, w.on)
		return
	case s.questioned(*p.now):
		s.chain.Waiting = append(s.chain.Waiting, Waiting{telling: t, Question: true})
		s.doubt(p, Questioned, source.Note, "answer the question on the row: baseline review", "%s %s has %s, and a question on this row is open; until it is answered", p.d.Name, p.c.Key, w.kind)
		return
	}
	s.told = append(s.told, t)
}

// oldest is when the oldest of the treaties, the CRC, was adopted.
var oldest = time.Date(1989, 11, 20, 0, 0, 0, 0, time.UTC)

// inDoubt reports whether nothing can have happened to a treaty on that day: before it was
// opened, or after somebody saw that it had. A suspension may be announced.
func (s *step) inDoubt(p pair, kind Kind, on schemas.Value) bool {
	if p.d != &schemas.TreatyStatus || kind == Suspended || on.IsNull() {
		return false
	}
	from := schemas.Day(oldest)
	if t := s.row(s.after, &schemas.Treaties, p.now.Values[p.d.Column("treaty")].Text()); t != nil {
		if opened := t.Values[schemas.Treaties.Column("opened")]; !opened.IsNull() {
			from = opened
		}
	}
	if kind == Denounced && p.is("denounced").IsNull() {
		return on.Compare(from) < 0 // the day of its effect, which is announced
	}
	return on.Compare(from) < 0 || on.Compare(schemas.Day(s.after.AsOf())) > 0
}

// questioned reports whether a question on the very row is open. The snapshot must have its
// findings with it.
func (s *step) questioned(r schemas.Row) bool {
	return slices.ContainsFunc(s.after.Findings, func(f Finding) bool {
		return f.Severity == source.Question && f.Capture == r.Evidence.Capture && f.Locator != "" && f.Locator == r.Evidence.Locator
	})
}

// answered looks again at the events that wait for the answer to a question, or for a day
// that can be: it tells of them, as the row now has them, and drops them if the row takes
// back what it said. A row that was not read today answers nothing.
func (s *step) answered() {
	waiting := s.chain.Waiting
	s.chain.Waiting = nil
	for _, w := range waiting {
		if !w.Question && !w.Day {
			s.chain.Waiting = append(s.chain.Waiting, w)
			continue
		}
		s.pending[pendingOn(w.Event.Dataset, w.Event.Key, w.Event.Column)] = true
		if column, ok := dayColumns[w.Event.Kind]; ok {
			s.pending[pendingOn(w.Event.Dataset, w.Event.Key, column)] = true
		}
		d := schemas.Named(w.Event.Dataset)
		now := s.row(s.after, d, w.Event.Key)
		switch {
		case now == nil:
			s.chain.drop(w.telling)
		case now.Standing != schemas.Read:
			s.chain.Waiting = append(s.chain.Waiting, w)
		case !w.holds(d, *now):
			s.chain.drop(w.telling)
		default:
			p := pair{d: d, now: now, c: schemas.Change{Dataset: d.Name, Key: w.Event.Key, Kind: schemas.Revised, Place: w.Event.Place}}
			if what := w.anew(d, *now); s.inDoubt(p, what.kind, what.on) || s.questioned(*now) {
				s.chain.Waiting = append(s.chain.Waiting, w)
			} else if !s.isLate(p, what) {
				s.told = append(s.told, s.telling(p, what))
			}
		}
	}
}

func pendingOn(dataset, key, column string) string { return dataset + "\x1f" + key + "\x1f" + column }

// holds reports whether a row still says what makes the event.
func (w Waiting) holds(d *schemas.Dataset, now schemas.Row) bool {
	e := w.Event
	cell := func(column string) schemas.Value { return now.Values[d.Column(column)] }
	switch is := cell(e.Column); {
	case e.Correction:
		return !is.IsNull() && is.String() != e.Old[e.Column]
	case e.Kind == Signed:
		return slices.Index(forward, cell("status").Text()) >= slices.Index(forward, "signed")
	case e.Kind == Denounced:
		return !is.IsNull() || !cell("denunciation_effect").IsNull() || cell("status").Text() == "withdrawn"
	case d == &schemas.TreatyStatus && e.Column == dayColumns[e.Kind]:
		return !is.IsNull()
	default:
		return is.String() == e.New[e.Column]
	}
}

// anew is what the event says, with the cells of the row as it now is.
func (w Waiting) anew(d *schemas.Dataset, now schemas.Row) what {
	e := w.Event
	out := what{
		kind: e.Kind, column: e.Column, on: schemas.Value{}, old: e.Old, new: map[string]string{}, how: e.How, correction: e.Correction, key: e.Key,
		family: w.Subject[strings.LastIndex(w.Subject, "\x1f")+1:],
	}
	for column, value := range e.New {
		out.new[column] = value
		if at := d.Column(column); at >= 0 && (e.Kind != Signed || column != "status") {
			out.new[column] = now.Values[at].String()
		}
	}
	switch column, ok := dayColumns[e.Kind]; {
	case ok && d.Column(column) >= 0:
		out.on = now.Values[d.Column(column)]
	case !e.On.IsZero():
		out.on = schemas.Day(e.On)
	}
	if e.Kind == Denounced && out.on.IsNull() {
		out.on = now.Values[d.Column("denunciation_effect")]
	}
	if kind := out.new["consent_kind"]; kind != "" && e.Kind == Party {
		if out.how = kind; kind == "unspecified" {
			out.how = ""
		}
	}
	if e.Correction {
		out.facts = []string{e.Column + "=" + e.Old[e.Column] + ">" + out.new[e.Column]}
	} else {
		out.facts = w.More
	}
	return out
}
