package message_test

import (
	"strings"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

var seen = time.Date(2026, 10, 9, 6, 0, 0, 0, time.UTC)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

type cells = map[string]string

const chart = "https://www.coe.int/en/web/conventions/full-list?module=signatures-by-treaty&treatynum=185"

// treaty is an event about a state's part in a treaty, as the Treaty Office's chart gives it.
func treaty(kind event.Kind, code, place string, on time.Time, was, is cells) event.Event {
	return event.Event{
		ID: "ev-0123456789abcdef0123456789abcdef", Kind: kind, Place: place, Dataset: "treaty_status", Key: code + "/" + place, Column: "status", Treaty: code,
		Old: was, New: is, On: on, Seen: seen, Source: "coe-treaties", Publisher: "Council of Europe, Treaty Office",
		Capture: strings.Repeat("ab", 32), Locator: "row 44", Quote: "44, 01/10/2026", Address: chart, Snapshot: "20261009-0123456789",
	}
}

// declared is an event about reservations and declarations.
func declared(kind event.Kind, code, place string, on time.Time, was, is cells) event.Event {
	e := treaty(kind, code, place, on, was, is)
	e.Dataset, e.Column = "treaty_declarations", "count"
	return e
}

// member is an event about a membership.
func member(kind event.Kind, network, place string, on time.Time, was, is cells) event.Event {
	e := treaty(kind, "", place, on, was, is)
	e.Dataset, e.Network, e.Column, e.Source, e.Publisher, e.Address = "memberships", network, "class", network, "The publisher of the list", "https://example.org/members"
	return e
}

// report is an event about a report or a page.
func report(kind event.Kind, dataset, place, key string, was, is cells) event.Event {
	e := treaty(kind, "", place, time.Time{}, was, is)
	e.Dataset, e.Key, e.Publisher, e.Address = dataset, key, "The publisher of the report", "https://example.org/report"
	return e
}

// like changes an event.
func like(e event.Event, change func(*event.Event)) event.Event {
	change(&e)
	return e
}

func by(how string) func(*event.Event) { return func(e *event.Event) { e.How = how } }

func from(origin, cited string) func(*event.Event) {
	return func(e *event.Event) {
		e.Origin, e.Cited = origin, cited
		if origin == "curated" {
			e.Source, e.Publisher, e.Address, e.Quote = "curated", "this project", "", "ETS185 | Sweden | party | 2021-04-28 | "+cited
		}
	}
}

func corrected(column, was, is string) func(*event.Event) {
	return func(e *event.Event) {
		e.Correction, e.Column, e.Old, e.New = true, column, cells{column: was}, cells{column: is}
	}
}

var (
	ratified = like(treaty(event.Party, "ETS185", "IRL", day(2026, 10, 1), cells{"status": "signed", "signed": "2002-02-28"},
		cells{"status": "party", "signed": "2002-02-28", "consent": "2026-10-01", "consent_kind": "ratification", "in_force": "2027-02-01"}), by("ratification"))
	sweden = treaty(event.Party, "ETS185", "SWE", day(2021, 4, 28), cells{"status": "signed"}, cells{"status": "party", "consent": "2021-04-28", "consent_kind": "unspecified"})
	fsm    = cells{"class": "full", "organisation": "FSM"}
)

// a case is a message with the name of its golden files.
type example struct {
	name    string
	message outbox.Message
}

// told are the events that are told alone, by the name of the golden file.
var told = []struct {
	name  string
	event event.Event
}{
	{"signed", treaty(event.Signed, "CETS224", "IRL", day(2026, 10, 1), cells{"status": "none"}, cells{"status": "signed", "signed": "2026-10-01"})},
	{"signed-eu", treaty(event.Signed, "CETS201", "EUE", time.Time{}, cells{"status": "none"}, cells{"status": "signed"})},
	{"ratified", ratified},
	{"accepted-in-force", like(treaty(event.Party, "ETS185", "NLD", day(2026, 5, 1), cells{"status": "signed"}, cells{"status": "party", "consent": "2026-05-01", "in_force": "2026-09-01"}), by("acceptance"))},
	{"approved-eu", like(treaty(event.Party, "CETS201", "EUE", day(2026, 10, 1), cells{"status": "signed"}, cells{"status": "party", "consent": "2026-10-01", "in_force": "2027-02-01"}), by("approval"))},
	{"acceded", like(treaty(event.Party, "OPSC", "GBR", day(2026, 10, 1), cells{"status": "none"}, cells{"status": "party", "consent": "2026-10-01"}), by("accession"))},
	{"succeeded", like(treaty(event.Party, "CRC", "MNE", day(2006, 10, 23), cells{"status": "none"}, cells{"status": "party", "consent": "2006-10-23"}), by("succession"))},
	{"party", treaty(event.Party, "ETS185", "IRL", time.Time{}, cells{"status": "unknown"}, cells{"status": "party"})},
	{"party-curated", like(sweden, from("curated", "coe.int T-CY news of 28 April 2021 (66th party)"))},
	{"party-rebuilt", like(ratified, from("rebuilt", ""))},
	{"party-by-hand", like(ratified, from("by hand", ""))},
	{"in-force", treaty(event.InForce, "ETS185", "IRL", day(2026, 9, 1), cells{"status": "party"}, cells{"status": "party", "consent": "2026-05-01", "in_force": "2026-09-01"})},
	{"in-force-all", like(treaty(event.InForce, "CETS224", "", day(2026, 9, 1), nil, cells{"in_force": "2026-09-01"}), func(e *event.Event) { e.Dataset = "treaties" })},
	{"denounced", treaty(event.Denounced, "CETS201", "RUS", day(2026, 9, 1), cells{"status": "party"}, cells{"status": "party", "denounced": "2026-09-01", "denunciation_effect": "2027-01-01"})},
	{"denounced-over", treaty(event.Denounced, "CETS201", "RUS", day(2025, 9, 1), cells{"status": "party"}, cells{"status": "withdrawn", "denounced": "2025-09-01", "denunciation_effect": "2026-01-01"})},
	{"denounced-no-day", treaty(event.Denounced, "CETS201", "RUS", time.Time{}, cells{"status": "party"}, cells{"status": "withdrawn"})},
	{"suspended", treaty(event.Suspended, "CETS201", "RUS", day(2026, 9, 1), cells{"status": "party"}, cells{"status": "party", "suspended": "2026-09-01"})},
	{"reservation-made", declared(event.ReservationMade, "CETS201", "CHE", day(2026, 9, 1), cells{"kind": "reservation", "count": "1"}, cells{"kind": "reservation", "count": "3", "withdrawn": "0", "latest": "2026-09-01"})},
	{"reservation-withdrawn", declared(event.ReservationWithdrawn, "CETS201", "CHE", time.Time{}, cells{"kind": "reservation", "count": "1"}, cells{"kind": "reservation"})},
	{"declaration-made", declared(event.DeclarationMade, "CETS201", "CHE", time.Time{}, nil, cells{"kind": "declaration", "count": "1"})},
	{"declaration-made-un", declared(event.DeclarationMade, "CRC", "CHE", time.Time{}, nil, cells{"kind": "declaration", "count": "2"})},
	{"declaration-withdrawn", declared(event.DeclarationWithdrawn, "CETS201", "CHE", time.Time{}, cells{"kind": "declaration", "count": "2", "withdrawn": "0"}, cells{"kind": "declaration", "count": "1", "withdrawn": "1"})},
	{"declaration-withdrawn-un", declared(event.DeclarationWithdrawn, "OPSC", "CHE", time.Time{}, cells{"kind": "declaration", "count": "2"}, cells{"kind": "declaration", "count": "1", "withdrawn": "1"})},
	{"joined", member(event.Joined, "inhope", "SRB", day(2021, 12, 1), cells{"class": "none"}, cells{"class": "member", "since": "2021-12-01", "since_precision": "month"})},
	{"joined-named", member(event.Joined, "chi", "CYP", time.Time{}, cells{"class": "none"}, cells{"class": "associate", "organisation": "Hope For Children", "joined_year": "2026"})},
	{"joined-another", member(event.Joined, "inhope", "DEU", time.Time{}, cells{"class": "none", "others": "eco"}, cells{"class": "full", "organisation": "FSM", "others": "eco"})},
	{"joined-kosovo", member(event.Joined, "weprotect", "XKX", time.Time{}, nil, cells{"class": "expert country"})},
	{"joined-coe", member(event.Joined, "coe", "CYP", day(2026, 5, 5), cells{"class": "none"}, cells{"class": "member", "since": "2026-05-05"})},
	{"joined-portal", member(event.Joined, "iwf-portals", "MDA", time.Time{}, cells{"class": "none"}, cells{"class": "reporting portal"})},
	{"left", member(event.Left, "weprotect", "SMR", time.Time{}, cells{"class": "full"}, cells{"missing_since": "2026-09-01"})},
	{"left-others", member(event.Left, "inhope", "DEU", time.Time{}, with(fsm, "others", "eco, jugendschutz.net"), cells{"others": "eco, jugendschutz.net", "missing_since": "2026-09-01"})},
	{"left-last", member(event.Left, "inhope", "DEU", time.Time{}, fsm, cells{"missing_since": "2026-09-01"})},
	{"left-coe", member(event.Left, "coe", "RUS", time.Time{}, cells{"class": "member"}, cells{"class": "none"})},
	{"class-changed", member(event.ClassChanged, "enoc", "BEL", day(2025, 9, 1), cells{"class": "associate"}, cells{"class": "full / associate", "since": "2025-09-01", "since_precision": "month"})},
	{"class-changed-named", member(event.ClassChanged, "inhope", "DEU", time.Time{}, cells{"class": "associate", "organisation": "FSM"}, with(fsm, "others", "eco"))},
	{"report-year", report(event.ReportYear, "cybertip_reports", "", "2024", cells{"year": "2023"}, cells{"year": "2024", "reports": "20513249", "places": "240", "series": "from-2024"})},
	{"report-edition", report(event.ReportYear, "legislation_ratings", "", "csam/2023", cells{"edition": "2018"}, cells{"review": "csam", "edition": "2023", "places": "196"})},
	{"rating-changed", report(event.RatingChanged, "legislation_ratings", "IRL", "csam/2023/IRL", cells{"criteria_met": "3", "definition": "no", "edition": "2018"}, cells{"criteria_met": "5", "definition": "yes", "edition": "2023", "review": "csam"})},
	{"rating-changed-criteria", report(event.RatingChanged, "legislation_ratings", "IRL", "grooming/2017/IRL", cells{"definition": "no", "edition": "2017"}, cells{"definition": "yes", "edition": "2017", "review": "grooming"})},
	{"sid-updated", like(report(event.SIDUpdated, "safer_internet_day", "IRL", "2026/IRL", cells{"status": "planned"}, cells{"year": "2026", "status": "celebrated", "updated": "2026-02-20"}), func(e *event.Event) { e.On = day(2026, 2, 20) })},
	{"sid-updated-again", like(report(event.SIDUpdated, "safer_internet_day", "IRL", "2026/IRL", cells{"status": "celebrated"}, cells{"year": "2026", "status": "celebrated", "updated": "2026-02-26"}), func(e *event.Event) { e.On = day(2026, 2, 26) })},
	{"correction", like(ratified, corrected("consent", "2026-10-01", "2026-10-02"))},
	{"correction-by-steward", like(like(ratified, corrected("consent", "2026-10-01", "2026-10-02")), func(e *event.Event) {
		e.Source, e.Publisher, e.Address, e.Origin, e.Quote = "decisions", "this project", "", "curated", "consent: 2026-10-02"
	})},
	{"correction-all", like(treaty(event.InForce, "CETS224", "", day(2026, 10, 1), nil, nil), corrected("in_force", "2026-09-01", "2025-10-01"))},
}

// with is a copy of cells with one more.
func with(c cells, column, value string) cells {
	out := cells{}
	for k, v := range c {
		out[k] = v
	}
	out[column] = value
	return out
}

func about(events ...event.Event) outbox.Message {
	return outbox.Message{ID: outbox.ID("test"), Class: outbox.Subscriber, Kind: outbox.Told, Subscription: "ireland", Events: events, Created: seen, Due: seen}
}

func notice(kind outbox.Kind, n outbox.Notice, events ...event.Event) outbox.Message {
	return outbox.Message{ID: outbox.ID("n"), Class: outbox.Steward, Kind: kind, Created: seen, Due: seen, Notice: &n, Events: events}
}

var (
	unanswered = outbox.Issue{ID: "issue-enoc.not-renewed", Source: "enoc", Code: "not-renewed", Text: "members was asked on 2026-10-09 and did not let us read: enoc.eu did not answer in time", Hint: "the last good rows stay", Count: 1, Since: day(2026, 10, 6), Runs: 4}
	tooOld     = outbox.Issue{ID: "issue-inhope.over-budget", Source: "inhope", Code: "over-budget", Text: "its newest facts are of 2026-01-02, and its budget is 40 days", Hint: "look whether it is still asked: baseline schedule --list", Count: 3, Since: seen, Runs: 1}
)

// examples are all messages that have golden files.
func examples() (list []example) {
	for _, one := range told {
		list = append(list, example{one.name, about(one.event)})
	}
	signed := treaty(event.Signed, "ETS185", "IRL", day(2026, 10, 1), cells{"status": "none"}, cells{"status": "signed", "signed": "2026-10-01"})
	signed.ID = "ev-11111111111111111111111111111111"
	both := like(ratified, func(e *event.Event) { e.Old, e.New = cells{"status": "none"}, with(e.New, "signed", "2026-10-01") })
	digest := about(told[0].event, told[13].event, told[24].event, told[35].event, signed, both)
	digest.Kind = outbox.Digest
	test := about(ratified)
	test.Kind = outbox.Test
	return append(list,
		example{"several", about(signed, both)},
		example{"digest", digest},
		example{"test", test},
		example{"health", notice(outbox.Health, outbox.Notice{Open: []outbox.Issue{unanswered, tooOld}, Resolved: []outbox.Issue{{ID: "issue-chi.unreadable", Source: "chi", Code: "unreadable", Since: day(2026, 10, 1)}}})},
		example{"resolved", notice(outbox.Health, outbox.Notice{Resolved: []outbox.Issue{unanswered}})},
		example{"doubt", notice(outbox.Doubt, outbox.Notice{Open: []outbox.Issue{{ID: "issue-step3.member-renamed", Source: "inhope", Code: "member-renamed", Text: "inhope/IRL/Hotline.ie is in the list and inhope/IRL/ISPAI, of the same class, has gone: no subscriber is told", Hint: "look at the page: is it the same institution under another name?", Count: 1, Since: seen}}})},
		example{"undelivered", notice(outbox.Undelivered, outbox.Notice{Open: []outbox.Issue{{ID: "msg-00112233445566778899aabbccddeeff", Code: "undelivered", Text: "subscription s does not get its message: the mail server refuses the message: 550 no such user", Hint: "put it right, then: baseline alerts send --retry msg-00112233445566778899aabbccddeeff", Count: 2, Since: seen, Runs: 6}}})},
		example{"burst", notice(outbox.Burst, outbox.Notice{Burst: "burst-12-20261009-903d39d43c", Messages: 1, Count: 3}, ratified, like(sweden, from("curated", "news")))},
		example{"summary", notice(outbox.Summary, outbox.Notice{Sources: 16, Rows: 28292, Since: "2021", Count: 18, Questions: map[string]int{"hold": 1, "question": 2}})},
		example{"summary-bare", notice(outbox.Summary, outbox.Notice{Sources: 1, Rows: 2})},
	)
}
