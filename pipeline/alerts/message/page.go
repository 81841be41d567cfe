package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

// line is one labelled line about an event, such as "It is: signatory".
type line struct{ Label, Text string }

// item is one event in the words of a language.
type item struct {
	Heading string // such as "Ireland has ratified the Budapest Convention (1 October 2026)"
	Lines   []line
	Quote   string
	Address string
	Source  string
	ID      string // of the event; of several that are told as one, with commas
}

// page is what the templates show.
type page struct {
	Language, Subject, Lead string
	Title                   string // the page's heading; "" if the only item has it
	Commands                []line // what a steward can run, with what it does
	Items                   []item
	Issues, Resolved        []issue
	Rest                    string // what is not shown
	Foot                    []string
	Stop, StopText          string
	Test                    string
	words                   *words
}

// L gives templates a label of the language.
func (p page) L(name string) string { return p.words.labels[name] }

// H is a label with its colon.
func (p page) H(name string) string { return p.words.labels[name] + p.words.colon }

// Colon is what stands between a label and its text.
func (p page) Colon() string { return p.words.colon }

// reach is how far events reach, the farthest first: what binds a state comes before what
// does not. A message is headed by the event that reaches farthest.
var reach = []event.Kind{
	event.Denounced, event.Party, event.InForce, event.Suspended, event.Signed, event.ReservationMade, event.ReservationWithdrawn,
	event.DeclarationMade, event.DeclarationWithdrawn, event.Left, event.Joined, event.ClassChanged, event.ReportYear, event.RatingChanged, event.SIDUpdated,
}

func (p *page) events(m outbox.Message, r Reader) {
	w := p.words
	events := slices.Clone(m.Events)
	slices.SortStableFunc(events, func(a, b event.Event) int {
		if m.Kind != outbox.Digest {
			return cmp.Compare(slices.Index(reach, a.Kind), slices.Index(reach, b.Kind))
		}
		return newestFirst(a, b)
	})
	told := fold(events)
	for _, f := range told {
		i := w.item(f.Event)
		i.ID = strings.Join(f.ids, ", ")
		p.Items = append(p.Items, i)
	}
	switch {
	case m.Kind == outbox.Test && len(p.Items) == 0:
		p.Subject = w.texts["test-subject"]
	case m.Kind == outbox.Digest && len(p.Items) != 1:
		p.Subject = w.count(len(p.Items), "news") + w.colon + " " + plain(cmp.Or(r.Name, r.Subscription))
	default:
		p.Subject = w.subject(told)
	}
	if m.Kind == outbox.Digest {
		p.Lead = fmt.Sprintf(w.texts["digest-lead"], w.day(m.Due, "day"))
	}
	if m.Kind == outbox.Test {
		p.Test = w.texts["test-mark"]
		p.Subject = w.texts["test-prefix"] + " " + p.Subject
		p.Lead = w.texts["test-lead"]
	}
}

// newestFirst orders events by their day, those without one by the day on which they were
// seen. Reports seen on one day go by their years.
func newestFirst(a, b event.Event) int {
	day := func(e event.Event) time.Time {
		if !e.On.IsZero() {
			return e.On.UTC()
		}
		return e.Seen.UTC().Truncate(24 * time.Hour)
	}
	year := func(e event.Event) string {
		if e.Kind != event.ReportYear {
			return ""
		}
		return cmp.Or(e.New["year"], e.New["edition"])
	}
	x, y := year(a), year(b)
	if x == "" || y == "" {
		x, y = "", ""
	}
	return cmp.Or(day(b).Compare(day(a)), cmp.Compare(len(y), len(x)), cmp.Compare(y, x))
}

// folded is what is told as one event.
type folded struct {
	event.Event
	ids []string
}

// fold tells a signature together with the deposit that came with it: alone, it would say
// of a state that has consented to be bound that it is not bound.
func fold(events []event.Event) (told []folded) {
	same := func(a, b event.Event) bool {
		return a.Place == b.Place && a.Treaty == b.Treaty && !a.Correction && !b.Correction
	}
	for _, e := range events {
		if e.Kind == event.Signed && slices.ContainsFunc(events, func(p event.Event) bool { return p.Kind == event.Party && same(e, p) }) {
			continue
		}
		f := folded{Event: e, ids: []string{e.ID}}
		for _, s := range events {
			if e.Kind != event.Party || s.Kind != event.Signed || !same(e, s) {
				continue
			}
			f.ids = append(f.ids, s.ID)
			f.New, f.Old = with(e.New, "signed", e.New["signed"], s.New["signed"]), with(e.Old, "status", s.Old["status"], e.Old["status"])
		}
		told = append(told, f)
	}
	return told
}

// with is a copy of cells in which a column has the first value that there is.
func with(cells map[string]string, column string, values ...string) map[string]string {
	out := map[string]string{}
	for c, v := range cells {
		out[c] = v
	}
	if v := cmp.Or(values...); v != "" {
		out[column] = v
	} else {
		delete(out, column)
	}
	return out
}

// longest is how long a subject should be: mail readers cut off what is longer.
const longest = 100

// subject is the heading of the first event, with what else happened.
func (w *words) subject(told []folded) string {
	first := told[0].Event
	s, rest := w.heading(first), len(told)-1
	if first.Kind == event.Party && !first.Correction {
		day, ok := parseDay(first.New["in_force"])
		if i := slices.IndexFunc(told, func(f folded) bool {
			return f.Kind == event.InForce && f.Place == first.Place && f.Treaty == first.Treaty && !f.On.IsZero() && !f.Correction
		}); i >= 0 {
			day, ok = told[i].On, true
			rest--
		}
		form := w.texts["and-in-force-since"]
		if day.After(first.Seen) {
			form = w.texts["and-in-force-from"]
		}
		if more := fmt.Sprintf(form, w.day(day, "day")); ok && (utf8.RuneCountInString(s+more) <= longest+5 || rest < len(told)-1) {
			s += more
		}
	}
	if rest > 0 {
		s += fmt.Sprintf(w.texts["and-more"], rest)
	}
	return s
}

func (p *page) foot(m outbox.Message, r Reader) {
	w := p.words
	for _, e := range m.Events {
		if note := w.note(e); note != "" && !slices.Contains(p.Foot, note) {
			p.Foot = append(p.Foot, note)
		}
	}
	if m.Class == outbox.Steward {
		p.Foot = append(p.Foot, w.texts["foot-steward"])
		return
	}
	p.Foot = append(p.Foot, fmt.Sprintf(w.texts["foot-why"], w.quoted(plain(cmp.Or(r.Name, r.Subscription)))))
	if len(p.Items) > 0 {
		p.Foot = append(p.Foot, w.texts["foot-facts"])
	}
	p.Stop = r.Stop
	if r.Stop != "" {
		p.StopText = w.texts["foot-stop"] + w.colon
	} else {
		p.StopText = fmt.Sprintf(w.texts["foot-stop-file"], r.Subscription)
	}
}

// text words a page as plain text, which must stand alone.
func (p page) text() string {
	var b strings.Builder
	put := func(s string) {
		if s != "" {
			b.WriteString(wrap("", s))
		}
	}
	for _, s := range []string{p.Test, p.Lead} {
		if s != "" {
			put(s)
			b.WriteString("\n")
		}
	}
	for _, c := range p.Commands {
		put(c.Label + p.words.colon)
		b.WriteString("  " + c.Text + "\n\n") // on one line, to be pasted
	}
	for _, i := range p.Items {
		p.putItem(&b, i)
	}
	for _, i := range p.Issues {
		p.putIssue(&b, i)
	}
	if p.Rest != "" {
		put(p.Rest)
		b.WriteString("\n")
	}
	if len(p.Resolved) > 0 {
		put(p.L("resolved"))
		b.WriteString("\n")
		for _, i := range p.Resolved {
			p.putIssue(&b, i)
		}
	}
	b.WriteString("-- \n")
	for _, f := range p.Foot {
		put(f)
	}
	put(p.StopText)
	if p.Stop != "" {
		b.WriteString(p.Stop + "\n")
	}
	return b.String()
}

func (p page) putItem(b *strings.Builder, i item) {
	b.WriteString(wrap("", i.Heading) + "\n")
	for _, l := range i.Lines {
		b.WriteString(wrap("  ", l.Label+p.words.colon+" "+l.Text))
	}
	if i.Source != "" {
		b.WriteString(wrap("  ", p.H("where")+" "+i.Source))
	}
	if i.Address != "" {
		b.WriteString("  " + i.Address + "\n")
	}
	if i.Quote != "" {
		b.WriteString(wrap("  ", p.words.quoted(i.Quote)))
	}
	if i.ID != "" {
		b.WriteString(wrap("  ", p.H("reference")+" "+i.ID))
	}
	b.WriteString("\n")
}

func (p page) putIssue(b *strings.Builder, i issue) {
	for _, s := range []string{i.Heading, i.Text, i.More} {
		if s != "" {
			b.WriteString(wrap("", s))
		}
	}
	if i.Hint != "" {
		b.WriteString(wrap("  ", p.H("hint")+" "+i.Hint))
	}
	if i.ID != "" {
		b.WriteString(wrap("  ", p.H("issue")+" "+i.ID))
	}
	b.WriteString("\n")
}
