package message_test

import (
	"strings"
	"testing"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

// A health mail names each issue as mute and ack take it, and says how often in a row its
// publisher did not let us read.
func TestHealth(t *testing.T) {
	m := notice(outbox.Health, outbox.Notice{Open: []outbox.Issue{unanswered, tooOld}, Resolved: []outbox.Issue{unanswered}})
	says(t, m, "en", []string{
		"Baseline: 2 things to look at (enoc, inhope)", "enoc: the publisher does not let us read", "Id for mute and ack: issue-enoc.not-renewed", "Id for mute and ack: issue-inhope.over-budget",
		"It has failed 4 times in a row.", "And 2 more of this kind.", "Open since 6 October 2026.", "Was open since 6 October 2026.", "the last good rows stay",
	}, []string{"failed once"})
	says(t, m, "fr", []string{"Baseline : 2 points à examiner (enoc, inhope)", "Identifiant pour mute et ack : issue-enoc.not-renewed", "4 échecs de suite.", "Et 2 autres du même genre.", "Était ouvert depuis le 6 octobre 2026."}, nil)
	page(t, render(t, m, "en").HTML).Find(".box code").Each(func(i int, s *selection) {
		if want := []string{unanswered.ID, tooOld.ID}[i]; s.Text() != want {
			t.Errorf("box %d names %q", i, s.Text())
		}
	})
	two := tooOld
	two.Count = 2
	says(t, notice(outbox.Health, outbox.Notice{Open: []outbox.Issue{two}}), "fr", []string{"Baseline : inhope : ses faits sont plus anciens que permis", "Et 1 autre du même genre."}, []string{"1 autres"})
	four := notice(outbox.Health, outbox.Notice{})
	for _, s := range []string{"a", "b", "c", "d"} {
		four.Notice.Open = append(four.Notice.Open, outbox.Issue{ID: "issue-" + s + ".unreadable", Source: s, Code: "unreadable", Count: 1})
	}
	if r := render(t, four, "en"); r.Subject != "Baseline: 4 things to look at" {
		t.Errorf("subject %q", r.Subject)
	}
}

// A doubt is told once: there is nothing to mute. Of a message that is not delivered its
// events and tries are counted, not findings.
func TestDoubtAndUndelivered(t *testing.T) {
	doubt := notice(outbox.Doubt, outbox.Notice{Open: []outbox.Issue{{ID: "issue-step3.fact-gone", Source: "enoc", Code: "fact-gone", Text: "x", Count: 1, Since: seen}}})
	says(t, doubt, "en", []string{"enoc: a fact is no longer listed", "Found on 9 October 2026."}, []string{"issue-step3", "Open since"})
	late := notice(outbox.Undelivered, outbox.Notice{Open: []outbox.Issue{{ID: "msg-00112233445566778899aabbccddeeff", Code: "undelivered", Text: "x", Count: 2, Since: seen, Runs: 6}}})
	says(t, late, "en", []string{"Baseline: 1 message is not delivered", "It tells of 2 events.", "It was tried 6 times.", "due since 9 October 2026"}, []string{"more of this kind", "Open since"})
}

// A burst shows where each of its events is from, and its commands can be pasted whole.
func TestBurst(t *testing.T) {
	m := notice(outbox.Burst, outbox.Notice{Burst: "burst-12-20261009-903d39d43c", Messages: 1, Count: 3}, ratified, like(ratified, from("rebuilt", "")))
	says(t, m, "en", []string{"Baseline: 3 events in one refresh wait for your release", "1 message to a subscriber waits.", "And 1 more event.", "rebuilt from published facts"}, []string{"1 messages", "this kind"})
	says(t, m, "fr", []string{"1 message à un abonné attend.", "Et 1 autre événement."}, []string{"1 messages", "1 autres"})
	r := render(t, m, "en")
	for _, line := range []string{`  baseline alerts release burst-12-20261009-903d39d43c --reason "WHY"`, `  baseline alerts ack burst-12-20261009-903d39d43c --reason "WHY"`} {
		if !strings.Contains(r.Text, line+"\n") || !strings.Contains(page(t, r.HTML).Find("p code").Text(), strings.TrimSpace(line)) {
			t.Errorf("it lacks %q:\n%s", line, r.Text)
		}
	}
	links := page(t, r.HTML).Find(".box td a")
	if links.Length() != 2 || links.First().AttrOr("href", "") != ratified.Address || links.First().Text() != ratified.Publisher {
		t.Errorf("a burst does not show its sources:\n%s", r.HTML)
	}
	m.Notice.Messages = 0
	says(t, m, "fr", []string{"Aucun abonné ne les a demandés."}, []string{"0 message"})
}

// The first message of a workspace says what is true of it, and no more.
func TestSummary(t *testing.T) {
	m := notice(outbox.Summary, outbox.Notice{Sources: 16, Rows: 28292, Since: "2021", Count: 18, Questions: map[string]int{"hold": 1, "question": 2}})
	says(t, m, "en", []string{"This workspace knows 16 sources and has 28,292 rows.", "Since edition 2021 it finds 18 pieces of news", "3 findings are open"}, []string{"has read 16"})
	says(t, m, "fr", []string{"connaît 16 sources et contient 28 292 lignes.", "3 constats sont ouverts"}, []string{"a lu 16"})
	bare := notice(outbox.Summary, outbox.Notice{Sources: 1, Rows: 2})
	says(t, bare, "en", []string{"1 source and has 2 rows. Subscribers"}, []string{"nothing known", "0 pieces", "1 sources", "edition", "finding"})
	says(t, bare, "fr", []string{"1 source et contient 2 lignes. Les abonnés"}, []string{"rien de connu", "0 nouveauté", "1 sources", "édition"})
}

// A table of this project, and what a steward corrected, are not the facts of a publisher.
func TestFooterIsTrueForAll(t *testing.T) {
	for _, one := range told {
		says(t, about(one.event), "en", []string{"Please check it at the source before you quote it."}, []string{"The facts are those of the publishers"})
		says(t, about(one.event), "fr", []string{"Veuillez la vérifier à la source avant de la citer."}, []string{"Les faits sont ceux des sources", "this project"})
	}
}

func TestNothingToSay(t *testing.T) {
	if _, err := message.Render(outbox.Message{Kind: outbox.Health}, message.Reader{}); err == nil {
		t.Error("a notice that says nothing is rendered")
	}
	if r := render(t, outbox.Message{Kind: outbox.Told, Events: []event.Event{ratified}}, "xx"); r.Language != "en" {
		t.Error("a language that there is not is not English")
	}
}
