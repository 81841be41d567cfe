package message

import (
	"fmt"
	"slices"
	"strings"

	"baseline/pipeline/alerts/outbox"
)

// issue is one thing that a steward should look at, or one that has been resolved.
type issue struct {
	Heading, Text, More, Hint string
	ID                        string // what mute and ack take; "" if they take none of its kind
}

// notYet is the code of the issue about a publisher that does not let us read. Package
// alerts, which gives it, cannot be seen from here.
const notYet = "not-renewed"

func (p *page) notice(m outbox.Message) {
	w, n := p.words, m.Notice
	for _, i := range n.Open {
		p.Issues = append(p.Issues, w.issue(m.Kind, i))
	}
	for _, i := range n.Resolved {
		p.Resolved = append(p.Resolved, issue{Heading: w.issueHeading(i), Text: fmt.Sprintf(w.texts["was-open"], w.day(i.Since, "day"))})
	}
	switch m.Kind {
	case outbox.Health:
		p.Lead = w.texts["health-lead"]
		switch {
		case len(n.Open) == 1:
			p.Subject = w.texts["baseline"] + w.colon + " " + w.issueHeading(n.Open[0])
		case len(n.Open) > 0:
			p.Subject = w.count(len(n.Open), "open-subject") + w.about3(n.Open)
		case len(n.Resolved) == 1:
			p.Subject = fmt.Sprintf(w.texts["resolved-subject"], w.issueHeading(n.Resolved[0]))
		default:
			p.Subject = w.count(len(n.Resolved), "resolved-subject") + w.about3(n.Resolved)
		}
		if len(n.Open) == 0 {
			p.Lead = ""
		}
	case outbox.Doubt:
		p.Subject, p.Lead = w.count(len(n.Open), "doubt-subject"), w.texts["doubt-lead"]
	case outbox.Undelivered:
		p.Subject, p.Lead = w.count(len(n.Open), "undelivered-subject"), w.texts["undelivered-lead"]
	case outbox.Burst:
		p.burst(m)
	case outbox.Summary:
		p.summary(n)
	}
}

// burst lists the first events of many that wait for a steward's word.
func (p *page) burst(m outbox.Message) {
	w, n := p.words, m.Notice
	p.Subject = w.count(n.Count, "burst-subject")
	p.Lead = fmt.Sprintf(w.texts["burst-lead"], w.count(n.Count, "news"), w.count(n.Messages, "waiting"))
	p.Commands = []line{
		{w.texts["burst-release"], "baseline alerts release " + n.Burst + " --reason \"" + w.texts["reason"] + "\""},
		{w.texts["burst-ack"], "baseline alerts ack " + n.Burst + " --reason \"" + w.texts["reason"] + "\""},
	}
	for _, e := range m.Events {
		i := item{Heading: w.heading(e), Address: e.Address, Source: w.source(e), ID: e.ID}
		if origin := w.origin(e.Origin); origin != "" && i.Source != w.texts["by-project"] {
			i.Lines = []line{{w.labels["origin"], origin}}
		}
		p.Items = append(p.Items, i)
	}
	if more := n.Count - len(m.Events); more > 0 {
		p.Rest = w.count(more, "more-events")
	}
}

// summary says what a new workspace knows.
func (p *page) summary(n *outbox.Notice) {
	w := p.words
	p.Subject = w.texts["summary-subject"]
	parts := []string{fmt.Sprintf(w.texts["summary-lead"], w.count(n.Sources, "sources"), w.count(n.Rows, "rows"))}
	if n.Since != "" {
		parts = append(parts, fmt.Sprintf(w.texts["summary-since"], plain(n.Since), w.count(n.Count, "news")))
	}
	parts = append(parts, w.texts["summary-now"])
	if open := n.Questions["hold"] + n.Questions["question"]; open > 0 {
		parts = append(parts, w.count(open, "findings"))
	}
	p.Lead = strings.Join(parts, " ")
}

// about3 names the sources of issues, if they are three or fewer.
func (w *words) about3(issues []outbox.Issue) string {
	var sources []string
	for _, i := range issues {
		if i.Source == "" {
			return ""
		}
		if !slices.Contains(sources, i.Source) {
			sources = append(sources, i.Source)
		}
	}
	if len(sources) > 3 {
		return ""
	}
	return " (" + strings.Join(sources, ", ") + ")"
}

func (w *words) issue(kind outbox.Kind, i outbox.Issue) issue {
	out := issue{Heading: w.issueHeading(i), Text: plain(i.Text), Hint: plain(i.Hint), ID: i.ID}
	var more []string
	since := func(text string) {
		if !i.Since.IsZero() {
			more = append(more, fmt.Sprintf(w.texts[text], w.day(i.Since, "day")))
		}
	}
	switch kind {
	case outbox.Undelivered:
		if i.Count > 0 {
			more = append(more, w.count(i.Count, "tells"))
		}
		since("due-since")
		if i.Runs > 0 {
			more = append(more, w.count(i.Runs, "tries"))
		}
	case outbox.Doubt:
		out.ID = "" // it is told once
		since("found-on")
	default:
		if i.Count > 1 {
			more = append(more, w.count(i.Count-1, "more"))
		}
		since("open-since")
		if i.Code == notYet && i.Runs > 0 {
			more = append(more, w.count(i.Runs, "runs"))
		}
	}
	out.More = strings.Join(more, " ")
	return out
}

func (w *words) issueHeading(i outbox.Issue) string {
	word, ok := w.issues[i.Code]
	if !ok {
		word = strings.ReplaceAll(i.Code, "-", " ")
	}
	if i.Source == "" {
		return upper(word)
	}
	return i.Source + w.colon + " " + word
}
