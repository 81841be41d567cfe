// Package message words messages for their readers, in English and French: as plain text, as
// a page for mail readers, and as JSON for machines.
package message

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

// Reader is for whom a message is worded.
type Reader struct {
	Language     string // en or fr
	Subscription string // id; "" for a steward
	Name         string // of the subscription
	Rhythm       string // of the subscription
	Stop         string // address that ends it; "" if the channel has none
}

// Stop fills the id of a subscription into an address that ends it.
func Stop(address, subscription string) string {
	at := strings.ReplaceAll(address, "{subscription}", url.QueryEscape(subscription))
	if strings.HasPrefix(at, "mailto:") && !strings.Contains(at, "?") {
		at += "?subject=" + url.PathEscape("unsubscribe "+subscription)
	}
	return at
}

// Address is the address alone of one that may have a name before it.
func Address(s string) string {
	if a, err := netmail.ParseAddress(s); err == nil {
		return a.Address
	}
	return s
}

// Line is one labelled line about an event, such as "It is: party".
type Line struct{ Label, Text string }

// Item is one event in the words of a language.
type Item struct {
	Heading string // such as "Sweden: party to the Budapest Convention since 28 April 2021"
	Lines   []Line
	Quote   string
	Address string
	Source  string
	ID      string
}

// page is what the templates show.
type page struct {
	Language, Subject, Lead string
	Items                   []Item
	Issues, Resolved        []issue
	Foot                    []string
	Stop, StopText          string
	Test                    string
	words                   *words
}

type issue struct{ Heading, Text, Hint, More string }

// W gives templates the words of the language.
func (p page) W() *words { return p.words }

// Schema is the JSON Schema (2020-12) of the JSON form of a message, as webhooks get it.
//
//go:embed schema.json
var Schema []byte

//go:embed mail.html
var mailText string

var mail = htmltemplate.Must(htmltemplate.New("mail").Parse(mailText))

// form is the JSON form of a message, as Schema describes it.
type form struct {
	Type         string         `json:"type"`
	ID           string         `json:"id"`
	Class        outbox.Class   `json:"class"`
	Kind         outbox.Kind    `json:"kind"`
	Subscription string         `json:"subscription,omitempty"`
	Language     string         `json:"language"`
	Subject      string         `json:"subject"`
	Text         string         `json:"text"`
	Created      time.Time      `json:"created"`
	Events       []event.Event  `json:"events"`
	Open         []outbox.Issue `json:"open,omitempty"`
	Resolved     []outbox.Issue `json:"resolved,omitempty"`
}

// Render words a message. The same message gives the same bytes.
func Render(m outbox.Message, r Reader) (channel.Rendered, error) {
	w := in(r.Language)
	p := page{Language: w.code, words: w}
	switch m.Kind {
	case outbox.Told, outbox.Digest, outbox.Test:
		p.events(m, r)
	default:
		if m.Notice == nil {
			return channel.Rendered{}, fmt.Errorf("a message of kind %s says nothing", m.Kind)
		}
		p.notice(m)
	}
	p.foot(m, r)
	var html bytes.Buffer
	if err := mail.Execute(&html, p); err != nil {
		return channel.Rendered{}, err
	}
	text := p.text()
	f := form{
		Type: "baseline.message", ID: m.ID, Class: m.Class, Kind: m.Kind, Subscription: m.Subscription, Language: w.code,
		Subject: p.Subject, Text: text, Created: m.Created.UTC(), Events: m.Events,
	}
	if f.Events == nil {
		f.Events = []event.Event{}
	}
	if m.Notice != nil {
		f.Open, f.Resolved = m.Notice.Open, m.Notice.Resolved
	}
	body, err := json.Marshal(f)
	if err != nil {
		return channel.Rendered{}, err
	}
	return channel.Rendered{
		ID: m.ID, Subscription: m.Subscription, Language: w.code, Subject: p.Subject, Text: text, HTML: html.String(), JSON: body,
		Thread: m.Thread, Date: m.Created,
	}, nil
}

func (p *page) events(m outbox.Message, r Reader) {
	w := p.words
	events := slices.Clone(m.Events)
	slices.SortStableFunc(events, func(a, b event.Event) int {
		if m.Kind != outbox.Digest { // about one thing: what was first comes first
			return cmp.Compare(slices.Index(event.Kinds, a.Kind), slices.Index(event.Kinds, b.Kind))
		}
		return b.On.Compare(a.On)
	})
	for _, e := range events {
		p.Items = append(p.Items, w.item(e))
	}
	switch {
	case m.Kind == outbox.Test && len(p.Items) == 0:
		p.Subject, p.Lead = w.testSubject, w.testLead
	case m.Kind == outbox.Digest:
		p.Subject = fmt.Sprintf(w.digestSubject, w.count(len(events), w.news), cmp.Or(r.Name, r.Subscription))
		p.Lead = fmt.Sprintf(w.digestLead, w.day(m.Due, "day"))
		if len(p.Items) == 1 {
			p.Subject = p.Items[0].Heading
		}
	default:
		p.Subject = p.Items[0].Heading
		switch {
		case len(events) == 2 && events[1].Kind == event.InForce && !events[1].On.IsZero():
			p.Subject += fmt.Sprintf(w.andInForce, w.day(events[1].On, "day"))
		case len(events) > 1:
			p.Subject += fmt.Sprintf(w.andMore, len(events)-1)
		}
	}
	if m.Kind == outbox.Test {
		p.Test = w.testMark
		p.Subject = w.testPrefix + p.Subject
		p.Lead = w.testLead
	}
}

func (p *page) foot(m outbox.Message, r Reader) {
	w := p.words
	if m.Class == outbox.Steward {
		p.Foot = []string{w.footSteward}
		return
	}
	p.Foot = []string{fmt.Sprintf(w.footWhy, cmp.Or(r.Name, r.Subscription)), w.footFacts}
	p.Stop = r.Stop
	if r.Stop != "" {
		p.StopText = w.footStop
	} else {
		p.StopText = fmt.Sprintf(w.footStopFile, r.Subscription)
	}
}

// item words one event.
func (w *words) item(e event.Event) Item {
	i := Item{Heading: w.heading(e), Quote: quote(e.Quote), Address: e.Address, Source: cmp.Or(e.Publisher, e.Source), ID: e.ID}
	if e.Source == "decisions" {
		i.Source = w.bySteward
	} else if e.Publisher == "this project" {
		i.Source = w.byProject
	}
	line := func(label, text string) {
		if text != "" {
			i.Lines = append(i.Lines, Line{label, text})
		}
	}
	line(w.what, w.happened(e))
	line(w.was, w.side(e, e.Old, e.New))
	line(w.is, w.side(e, e.New, nil))
	switch {
	case e.Correction: // the day is what was corrected
	case e.On.After(e.Seen):
		line(w.fromLabel, w.day(e.On, precision(e)))
	case !e.On.IsZero():
		line(w.since, w.day(e.On, precision(e)))
	case e.Kind != event.ReportYear:
		line(w.since, fmt.Sprintf(w.noDay, w.day(e.Seen, "day")))
	}
	line(w.means, w.meaning(e))
	line(w.seen, w.day(e.Seen, "day"))
	return i
}

// quote is what the source says; of a text that is not repeated here, nothing is left to quote.
func quote(s string) string {
	if strings.Trim(strings.ReplaceAll(s, "[...]", ""), " |") == "" {
		return ""
	}
	return s
}

// precision says how precise the event's day is.
func precision(e event.Event) string {
	for _, column := range []string{"since_precision", "updated_precision"} {
		if p := e.New[column]; p != "" && (e.New["since"] != "" || e.New["updated"] != "") {
			return p
		}
	}
	return "day"
}

// columns that are told, in their order. The others are for machines.
var shown = []string{
	"status", "class", "signed", "consent", "consent_kind", "in_force", "denounced", "denunciation_effect", "suspended", "opened",
	"criteria_met", "specific_law", "definition", "third", "fourth", "fifth", "kind", "count", "withdrawn", "latest",
	"year", "edition", "review", "reports", "places", "joined_year", "missing_since",
}

// side words what was or what is. Of what was, nothing that is the same afterwards needs to be
// told again, except when nothing else would be left.
func (w *words) side(e event.Event, cells, other map[string]string) string {
	var parts []string
	for _, column := range shown {
		value, ok := cells[column]
		if !ok || column == "kind" && e.Dataset != "treaty_declarations" || other != nil && other[column] == value && column != "status" && column != "class" {
			continue
		}
		if text := w.cell(column, value, cells); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 && other != nil {
		return w.nothing
	}
	return strings.Join(parts, w.semicolon+" ")
}

// cell words one value, such as "signed 23 November 2001".
func (w *words) cell(column, value string, cells map[string]string) string {
	p := "day"
	switch column {
	case "since":
		p = cmp.Or(cells["since_precision"], "day")
	case "updated":
		p = cmp.Or(cells["updated_precision"], "day")
	case "consent_kind":
		if value == "unspecified" {
			return ""
		}
	}
	form, ok := w.columns[column]
	if !ok {
		return ""
	}
	text := value
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		text = w.day(day, p)
	} else if word, ok := w.values[column+"="+value]; ok {
		text = word
	} else if word, ok := w.values[value]; ok {
		text = word
	} else if digits(value) && column != "year" && column != "edition" && column != "joined_year" {
		text = w.number(value)
	}
	return strings.TrimSpace(fmt.Sprintf(form, text))
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (w *words) number(s string) string {
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), w.thousands)
}

// day words a day as precisely as it is known.
func (w *words) day(t time.Time, precision string) string {
	t = t.UTC()
	switch precision {
	case "year":
		return fmt.Sprint(t.Year())
	case "month":
		return fmt.Sprintf("%s %d", w.months[t.Month()-1], t.Year())
	}
	number := fmt.Sprint(t.Day())
	if t.Day() == 1 && w.first != "" {
		number = w.first
	}
	return fmt.Sprintf("%s %s %d", number, w.months[t.Month()-1], t.Year())
}

func (w *words) count(n int, forms [2]string) string {
	if n == 1 || n == 0 && w.code == "fr" {
		return fmt.Sprintf(forms[0], n)
	}
	return fmt.Sprintf(forms[1], n)
}

func (p *page) notice(m outbox.Message) {
	w, n := p.words, m.Notice
	for _, i := range n.Open {
		p.Issues = append(p.Issues, w.issue(i))
	}
	for _, i := range n.Resolved {
		p.Resolved = append(p.Resolved, issue{Heading: w.issueHeading(i), Text: fmt.Sprintf(w.openSince, w.day(i.Since, "day"))})
	}
	switch m.Kind {
	case outbox.Health:
		switch {
		case len(n.Open) == 0:
			p.Subject = w.count(len(n.Resolved), w.resolvedSubject)
		default:
			p.Subject = w.count(len(n.Open), w.openSubject)
			if len(n.Open) == 1 {
				p.Subject = w.health + ": " + p.Issues[0].Heading
			}
		}
		p.Lead = w.healthLead
	case outbox.Doubt:
		p.Subject, p.Lead = w.count(len(n.Open), w.doubtSubject), w.doubtLead
	case outbox.Undelivered:
		p.Subject, p.Lead = w.count(len(n.Open), w.undeliveredSubject), w.undeliveredLead
	case outbox.Burst:
		p.Subject = w.count(n.Count, w.burstSubject)
		p.Lead = fmt.Sprintf(w.burstLead, w.count(n.Count, w.news), n.Messages, n.Burst, n.Burst)
		for _, e := range m.Events {
			p.Items = append(p.Items, Item{Heading: w.heading(e), Address: e.Address, Source: cmp.Or(e.Publisher, e.Source), ID: e.ID})
		}
		if more := n.Count - len(m.Events); more > 0 {
			p.Issues = append(p.Issues, issue{Text: fmt.Sprintf(w.more, more)})
		}
	case outbox.Summary:
		p.Subject = w.summarySubject
		p.Lead = fmt.Sprintf(w.summaryLead, n.Sources, w.number(fmt.Sprint(n.Rows)), w.count(n.Count, w.news), cmp.Or(n.Since, w.nothing))
		if open := n.Questions["hold"] + n.Questions["question"]; open > 0 {
			p.Lead += " " + fmt.Sprintf(w.summaryOpen, open)
		}
	}
}

func (w *words) issue(i outbox.Issue) issue {
	out := issue{Heading: w.issueHeading(i), Text: i.Text, Hint: i.Hint}
	if i.Count > 1 {
		out.More = fmt.Sprintf(w.more, i.Count-1)
	}
	if !i.Since.IsZero() {
		out.More = strings.TrimSpace(out.More + " " + fmt.Sprintf(w.openSince, w.day(i.Since, "day")))
	}
	return out
}

func (w *words) issueHeading(i outbox.Issue) string {
	word, ok := w.issues[i.Code]
	if !ok {
		word = strings.ReplaceAll(i.Code, "-", " ")
	}
	if i.Source == "" {
		return word
	}
	return i.Source + ": " + word
}

// fields are the words of a text. Blanks that are not to be broken at stay in them.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' })
}

// width is where lines of plain text end.
const width = 78

// text words a page as plain text, which must stand alone.
func (p page) text() string {
	var b strings.Builder
	put := func(indent, s string) { b.WriteString(wrap(indent, s)) }
	if p.Test != "" {
		put("", p.Test)
		b.WriteString("\n")
	}
	if p.Lead != "" {
		put("", p.Lead)
		b.WriteString("\n")
	}
	for _, i := range p.Items {
		put("", i.Heading)
		b.WriteString("\n")
		for _, l := range i.Lines {
			put("  ", l.Label+p.words.colon+" "+l.Text)
		}
		if i.Source != "" {
			put("  ", p.words.where+p.words.colon+" "+i.Source)
		}
		if i.Address != "" {
			b.WriteString("  " + i.Address + "\n")
		}
		if i.Quote != "" {
			put("  ", p.words.open+i.Quote+p.words.close)
		}
		if i.ID != "" {
			b.WriteString("  " + i.ID + "\n")
		}
		b.WriteString("\n")
	}
	for _, i := range p.Issues {
		p.putIssue(&b, i)
	}
	if len(p.Resolved) > 0 {
		put("", p.words.resolvedHead)
		b.WriteString("\n")
		for _, i := range p.Resolved {
			p.putIssue(&b, i)
		}
	}
	b.WriteString("-- \n")
	for _, f := range p.Foot {
		put("", f)
	}
	if p.StopText != "" {
		put("", p.StopText)
		if p.Stop != "" {
			b.WriteString(p.Stop + "\n")
		}
	}
	return b.String()
}

func (p page) putIssue(b *strings.Builder, i issue) {
	for _, s := range []string{i.Heading, i.Text, i.More} {
		if s != "" {
			b.WriteString(wrap("", s))
		}
	}
	if i.Hint != "" {
		b.WriteString(wrap("  ", p.words.hint+p.words.colon+" "+i.Hint))
	}
	b.WriteString("\n")
}

// wrap breaks a text into lines. What cannot be broken stands on a line of its own.
func wrap(indent, s string) string {
	var b strings.Builder
	line := indent
	for _, word := range fields(s) {
		if len([]rune(line))+len([]rune(word)) > width && strings.TrimSpace(line) != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
			if indent != "" {
				line += "  "
			}
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

// in returns the words of a language, English for one that there is not.
func in(language string) *words {
	if w := languages[language]; w != nil {
		return w
	}
	return &english
}

// Heading is an event in one line.
func Heading(language string, e event.Event) string { return in(language).heading(e) }

// Place is the name of a place.
func Place(language, code string) string { return in(language).place(code) }

// Treaty is the short name of a treaty.
func Treaty(language, code string) string { return cmp.Or(in(language).treaties[code].name, code) }

// Network is the name of a network.
func Network(language, id string) string { return cmp.Or(in(language).networks[id], id) }

// Body words one event as plain text and as a fragment of HTML, without its heading.
func Body(language string, e event.Event) (text, html string) {
	w := in(language)
	p := page{Language: w.code, words: w, Items: []Item{w.item(e)}}
	i := p.Items[0]
	var b strings.Builder
	for _, l := range i.Lines {
		b.WriteString(l.Label + w.colon + " " + l.Text + "\n")
	}
	b.WriteString(w.where + w.colon + " " + i.Source + "\n")
	if i.Quote != "" {
		b.WriteString(w.open + i.Quote + w.close + "\n")
	}
	var fragment bytes.Buffer
	if err := body.Execute(&fragment, p); err != nil {
		return b.String(), htmltemplate.HTMLEscapeString(b.String())
	}
	return b.String(), strings.TrimSpace(fragment.String())
}

var body = htmltemplate.Must(htmltemplate.New("body").Parse(`{{$w := .W}}{{range .Items}}<dl>{{range .Lines}}<dt>{{.Label}}</dt><dd>{{.Text}}</dd>{{end}}<dt>{{$w.Where}}</dt><dd>{{if .Address}}<a href="{{.Address}}">{{.Source}}</a>{{else}}{{.Source}}{{end}}</dd></dl>{{with .Quote}}<blockquote>{{.}}</blockquote>{{end}}{{end}}`))
