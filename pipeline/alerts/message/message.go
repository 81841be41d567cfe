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
	if len(p.Items) != 1 || len(p.Issues)+len(p.Resolved) > 0 {
		p.Title = p.Subject
	}
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
func Treaty(language, code string) string {
	return cmp.Or(bare(in(language).treaties[code].name), code)
}

// Network is the name of a network.
func Network(language, id string) string { return cmp.Or(bare(in(language).networks[id].name), id) }

// Body words one event as plain text and as a fragment of HTML, without its heading.
func Body(language string, e event.Event) (text, html string) {
	w := in(language)
	p := page{Language: w.code, words: w, Items: []item{w.item(e)}}
	if note := w.note(e); note != "" {
		p.Foot = []string{note}
	}
	i := p.Items[0]
	var b strings.Builder
	for _, l := range i.Lines {
		b.WriteString(l.Label + w.colon + " " + l.Text + "\n")
	}
	b.WriteString(w.labels["where"] + w.colon + " " + i.Source + "\n")
	if i.Quote != "" {
		b.WriteString(w.quoted(i.Quote) + "\n")
	}
	for _, f := range p.Foot {
		b.WriteString(f + "\n")
	}
	var fragment bytes.Buffer
	if err := body.Execute(&fragment, p); err != nil {
		return b.String(), htmltemplate.HTMLEscapeString(b.String())
	}
	return b.String(), strings.TrimSpace(fragment.String())
}

var body = htmltemplate.Must(htmltemplate.New("body").Parse(`{{$p := .}}{{range .Items}}<dl>{{range .Lines}}<dt>{{.Label}}</dt><dd>{{.Text}}</dd>{{end}}<dt>{{$p.L "where"}}</dt><dd>{{if .Address}}<a href="{{.Address}}">{{.Source}}</a>{{else}}{{.Source}}{{end}}</dd></dl>{{with .Quote}}<blockquote>{{.}}</blockquote>{{end}}{{end}}{{range .Foot}}<p>{{.}}</p>{{end}}`))
