package event_test

import (
	"slices"
	"strings"
	"testing"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/archive"
	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// What was in doubt or in question was told to nobody: nothing corrects it. It is told, once
// it is clear, as the page then has it, and never on the strength of a row that was not read.
func TestWhatWasInDoubtIsNotCorrected(t *testing.T) {
	signed := irl + "status=signed; signed=2002-02-28"
	party := signed[:strings.Index(signed, "status")] + "status=party; signed=2002-02-28; consent="
	for name, c := range map[string]struct{ days, want []string }{
		"a day to come, then the right one": {[]string{signed, party + "2409-11-20", party + "2026-11-20", party + "2026-11-20; remarks=R"},
			[]string{"1 event-day-in-doubt", "2 party ETS185/IRL"}},
		"a day to come that comes": {[]string{signed, party + "2026-11-26", party + "2026-11-26; remarks=R", party + "2026-11-26"},
			[]string{"1 event-day-in-doubt", "3 party ETS185/IRL"}},
		"a correction that cannot be, taken back": {[]string{party + "2006-01-10", party + "7006-01-10", party + "2006-01-10"},
			[]string{"1 event-day-in-doubt"}},
		"a correction that cannot be, then one that can": {[]string{party + "2006-01-10", party + "7006-01-10", party + "2006-01-11"},
			[]string{"1 event-day-in-doubt", "2 party ETS185/IRL corrected to 2006-01-11"}},
		"in question, and answered by another day": {[]string{signed, "?" + party + "2026-11-20", party + "2026-11-21"},
			[]string{"1 event-in-question", "2 party ETS185/IRL"}},
		"in question, and the source fails": {[]string{signed, "?" + party + "2026-11-20", party + "2026-11-20; standing=kept", party + "2026-11-20; standing=unconfirmed", signed},
			[]string{"1 event-in-question", "4 status-went-back"}},
		"in question, fails, and is read again": {[]string{signed, "?" + party + "2026-11-20", party + "2026-11-20; standing=kept", party + "2026-11-20"},
			[]string{"1 event-in-question", "3 party ETS185/IRL"}},
		"an effect alone, announced": {[]string{irl + "status=party", irl + "status=party; denunciation_effect=2027-05-01", irl + "status=party; denunciation_effect=2027-05-01; remarks=R"},
			[]string{"1 denounced ETS185/IRL"}},
		"withdrawn without a day, in question": {[]string{irl + "status=party", "?" + irl + "status=withdrawn", irl + "status=withdrawn; remarks=R"},
			[]string{"1 event-in-question", "2 denounced ETS185/IRL"}},
		"a day to come, corrected to one of long ago": {[]string{irl + "status=none", irl + "status=signed; signed=2091-01-26", irl + "status=signed; signed=1991-01-26"},
			[]string{"1 event-day-in-doubt", "2 old-news"}},
		"a signature in question, taken back": {[]string{irl + "status=none", "?" + irl + "status=signed; signed=2026-11-20", irl + "status=none"},
			[]string{"1 event-in-question", "2 status-went-back"}},
		"a correction in question, taken back": {[]string{signed, "?" + irl + "status=signed; signed=2006-02-28", signed},
			[]string{"1 event-in-question"}},
	} {
		chain := &event.Chain{}
		told, _ := walk(t, chain, &schemas.TreatyStatus, c.days...)
		same(t, name, told, c.want)
		if len(chain.Waiting) != 0 {
			t.Errorf("%s: %d still wait", name, len(chain.Waiting))
		}
	}
}

// The event that was in question is told with the day and the words of the page as it is now.
func TestAnswerIsToldAsThePageIsNow(t *testing.T) {
	chain := &event.Chain{}
	days := []string{irl + "status=signed", irl + "status=party; consent=2026-10-20", irl + "status=party; consent=2026-11-20; remarks=R"}
	var before *snapshot.Snapshot
	for i, day := range days {
		after := snap(t, &schemas.TreatyStatus, yesterday.AddDate(0, 0, i), day)
		if i == 1 {
			after.Findings = []source.Finding{{Severity: source.Question, Capture: after.Captures[0].SHA256, Locator: "line 1"}}
		}
		if before != nil {
			events, _ := chain.Next(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
			if i == 2 && (len(events) != 1 || events[0].On.Month() != 11 || events[0].Correction || events[0].Quote != day || events[0].Capture != after.Captures[0].SHA256) {
				t.Errorf("%+v", events)
			}
		}
		before = after
	}
}

// A day of long ago that a list names for the first time, or names again after it had not,
// did not happen since: a steward may have it told, subscribers are not.
func TestOldNews(t *testing.T) {
	none, party := irl+"status=none", irl+"status=party; signed=1990-01-26; consent=1990-06-29"
	for name, c := range map[string]struct{ days, want []string }{
		"for the first time":    {[]string{none, party}, []string{"1 old-news", "1 old-news"}},
		"a signature":           {[]string{none, irl + "status=signed; signed=2012-01-26"}, []string{"1 old-news"}},
		"months late":           {[]string{none, irl + "status=signed; signed=2026-05-26"}, []string{"1 signed ETS185/IRL"}},
		"a suspension":          {[]string{irl + "status=party", irl + "status=party; suspended=2012-01-26"}, []string{"1 old-news"}},
		"a denunciation":        {[]string{irl + "status=party", irl + "status=withdrawn; denounced=2012-01-26"}, []string{"1 old-news"}},
		"effect alone":          {[]string{irl + "status=party", irl + "status=party; denunciation_effect=2026-11-24"}, []string{"1 denounced ETS185/IRL"}},
		"unknown, then old":     {[]string{irl + "status=signed", irl + "status=unknown", irl + "status=party; consent=2026-11-01"}, []string{"2 may-be-old-news"}},
		"another reservation":   {[]string{dec + "kind=reservation; count=1; latest=2020-01-01", dec + "kind=reservation; count=1; latest=2026-11-01"}, []string{"1 declaration-vague"}},
		"dated, in an open one": {[]string{"incomplete " + other, "incomplete " + other + " | " + swe + "class=full; since=2026-11-24"}, []string{"1 joined enoc/SWE/"}},
		"old, in an open one":   {[]string{"incomplete " + other, "incomplete " + other + " | " + swe + "class=full; since=2016-11-24"}, nil},
	} {
		d := &schemas.TreatyStatus
		if strings.Contains(c.days[0], "enoc") {
			d = &schemas.Memberships
		} else if strings.Contains(c.days[0], "kind=") {
			d = &schemas.TreatyDeclarations
		}
		told, _ := walk(t, &event.Chain{}, d, c.days...)
		same(t, name, told, c.want)
	}
}

// A row that was wrong for a while, or gone, and says again what it said is no news.
func TestSaidBefore(t *testing.T) {
	party := irl + "status=party; signed=2026-06-26; consent=2026-07-29"
	before, after := snap(t, &schemas.TreatyStatus, yesterday, irl+"status=none"), snap(t, &schemas.TreatyStatus, today, party)
	flapped := after.Tables["treaty_status"][0]
	after.Others = []snapshot.Other{{Emitted: source.Emitted{Dataset: "treaty_status", Row: flapped}, By: "a", Agrees: true}}
	changes := compare.Snapshots(before, after, before.AsOf()).Changes
	if events, _ := event.From(changes, before, after); len(events) != 0 {
		t.Errorf("flapped: %q", briefs(events))
	}
	after.Others = nil
	before.Gone = []snapshot.Gone{{Source: "a", Dataset: "treaty_status", Key: "ETS185/IRL", Row: `{"signed":"2026-06-26","consent":"2026-07-29"}`}}
	if events, _ := event.From(changes, before, after); len(events) != 0 {
		t.Errorf("gone and back: %q", briefs(events))
	}
	before.Gone = nil
	if events, _ := event.From(changes, before, after); len(events) != 2 {
		t.Errorf("as it is: %q", briefs(events))
	}
}

// A doubt has the event with it that it would be, under the id that the event then has.
func TestDoubtsHaveTheirEvents(t *testing.T) {
	before := snap(t, &schemas.TreatyStatus, yesterday, irl+"status=signed; as_of=2026-11-22")
	after := snap(t, &schemas.TreatyStatus, today, irl+"status=party; consent=2026-11-20; source=b")
	after.Parts = append(after.Parts, after.Parts[0])
	after.Parts[1].Source = "b"
	_, doubts := event.From(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
	if len(doubts) != 1 || doubts[0].Code != event.TookOver || len(doubts[0].Events) != 1 {
		t.Fatalf("%+v", doubts)
	}
	before.Tables["treaty_status"][0].Values[schemas.TreatyStatus.Column("as_of")] = schemas.Value{}
	before.Tables["treaty_status"][0].Source = "b"
	before.Parts[0].Source = "b"
	events, _ := event.From(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
	if len(events) != 1 || events[0].ID != doubts[0].Events[0].ID {
		t.Errorf("%q and %q", briefs(events), briefs(doubts[0].Events))
	}
}

// Who else of a state is in a network is part of the news that one has come or gone.
func TestOthersOfTheState(t *testing.T) {
	d := &schemas.Memberships
	a, b := swe+"organisation=A; class=full", swe+"organisation=B; class=member"
	for name, c := range map[string]struct {
		before, after []string
		want          string
	}{
		"one leaves": {[]string{a, b}, []string{a}, "left SWE enoc/SWE/B class {class:member organisation:B others:A} > {others:A}"},
		"one joins":  {[]string{a}, []string{a, b}, "joined SWE enoc/SWE/B class {class:none others:A} > {class:member organisation:B others:A}"},
		"the last":   {[]string{a}, nil, "left SWE enoc/SWE/A class {class:full organisation:A} > {}"},
	} {
		before, after := snap(t, d, yesterday, append(slices.Clone(c.before), other)...), snap(t, d, today, append(slices.Clone(c.after), other)...)
		events, _ := event.From(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
		same(t, name, briefs(events), []string{c.want})
	}
}

// A day of entry into force that was named before it came has come when any capture is of that
// day: it is told as something that has happened.
func TestEntryIsSeenWhenItsDayHasCome(t *testing.T) {
	row := irl + "status=party; consent=2026-07-20; in_force=2026-11-24"
	before, after := snap(t, &schemas.TreatyStatus, yesterday, row), snap(t, &schemas.TreatyStatus, yesterday, row)
	after.Captures = append(after.Captures, archive.Record{Source: "b", Request: archive.Asked{ID: "list"}, SHA256: strings.Repeat("b", 64), RequestedAt: today})
	events, _ := event.From(compare.Snapshots(before, after, before.AsOf()).Changes, before, after)
	if len(events) != 1 || events[0].Kind != event.InForce || events[0].On.After(events[0].Seen) {
		t.Errorf("%q, seen %v", briefs(events), events)
	}
}
