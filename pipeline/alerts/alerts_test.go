package alerts_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

var began = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func book(t testing.TB, text string) *subscription.Book {
	t.Helper()
	b, err := subscription.Load([]byte(text), "subscriptions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A source that fails is told after three failures in a row, then after one day, two, four and
// so on, and once when it reads again. Looking at the same answer again is no further failure.
// A row that is held is told at once.
func TestStewardsAreToldWithGrowingGaps(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	b := book(t, "channels:\n  out: {kind: stdout}\nsubscriptions: []\nstewards:\n  - {channel: out}\n")
	head := &alerts.Step{Number: 3, After: "20260105-0123456789"}
	if err := alerts.Write(ws, *head, new(event.Chain)); err != nil {
		t.Fatal(err)
	}
	failing := source.Finding{Source: "enoc", Code: "not-renewed", Severity: source.Question, Text: "the server does not answer"}
	held := source.Finding{Source: "ncmec", Code: "total-differs", Severity: source.Hold, Text: "the total is another"}
	box := outbox.In(ws)
	told := map[string][]int{} // by issue: days
	for day := range 120 {
		var findings []source.Finding
		if day < 90 {
			findings = append(findings, failing)
		}
		if day >= 10 && day < 12 {
			findings = append(findings, held, held)
		}
		for again := range 3 { // three refreshes a day, one answer
			now := began.AddDate(0, 0, day).Add(time.Duration(again) * time.Hour)
			q := alerts.Queue{Workspace: ws, Book: b, Head: head, Issues: alerts.Issues(findings, nil), Asked: map[string]time.Time{"enoc": began.AddDate(0, 0, day), "ncmec": began.AddDate(0, 0, day)}, Now: now}
			if _, err := q.Put(); err != nil {
				t.Fatal(err)
			}
		}
		list, err := box.Waiting()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			for _, i := range m.Notice.Open {
				told[i.ID] = append(told[i.ID], day)
			}
			for _, i := range m.Notice.Resolved {
				told[i.ID+" resolved"] = append(told[i.ID+" resolved"], day)
			}
			m.Sent = began
			if err := box.Finish(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	for id, want := range map[string][]int{
		"issue-enoc.not-renewed": {2, 3, 5, 9, 17, 33, 65}, "issue-enoc.not-renewed resolved": {90},
		"issue-ncmec.total-differs": {10, 11}, "issue-ncmec.total-differs resolved": {12},
	} {
		if !slices.Equal(told[id], want) {
			t.Errorf("%s was told on days %v, want %v", id, told[id], want)
		}
	}
	if len(told) != 4 {
		t.Errorf("told: %v", told)
	}
}

// What is acknowledged is not told while it lasts, and is when it comes again.
func TestAcknowledgedIssueComesAgain(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	b := book(t, "channels:\n  out: {kind: stdout}\nsubscriptions: []\nstewards:\n  - {channel: out}\n")
	head := &alerts.Step{Number: 1, After: "20260105-0123456789"}
	if err := alerts.Write(ws, *head, new(event.Chain)); err != nil {
		t.Fatal(err)
	}
	box := outbox.In(ws)
	open := []source.Finding{{Source: "sentinels", Code: "page-moved", Severity: source.Question, Text: "the page has moved"}}
	var days []int
	if err := box.Say(outbox.Word{About: "issue-sentinels.page-moved", Do: outbox.Ack, Reason: "known", At: began}); err != nil {
		t.Fatal(err)
	}
	for day := range 20 {
		findings := open
		if day == 10 {
			findings = nil
		}
		q := alerts.Queue{Workspace: ws, Book: b, Head: head, Issues: alerts.Issues(findings, nil), Asked: map[string]time.Time{"sentinels": began.AddDate(0, 0, day)}, Now: began.AddDate(0, 0, day)}
		out, err := q.Put()
		if err != nil {
			t.Fatal(err)
		}
		if out.Messages > 0 {
			days = append(days, day)
		}
	}
	if !slices.Equal(days, []int{11, 12, 14, 18}) {
		t.Errorf("told on days %v", days)
	}
}

// Steps of refreshes that did not end are removed by the next, and never told.
func TestStepsThatNeverWereInForce(t *testing.T) {
	ws := workspace.Open(filepath.Join(t.TempDir(), "ws"))
	e := func(n int) []event.Event {
		return []event.Event{{ID: fmt.Sprintf("ev-%032d", n), Kind: event.Party, Dataset: "treaty_status", Key: "CRC/SWE", Column: "status", Seen: began, Source: "a", Snapshot: "x"}}
	}
	write := func(number int, after string, n int) {
		t.Helper()
		if err := alerts.Write(ws, alerts.Step{Number: number, After: after, Events: e(n)}, new(event.Chain)); err != nil {
			t.Fatal(err)
		}
	}
	write(0, "20260101-0000000000", 0)
	write(1, "20260102-0000000000", 1) // this run ends before its snapshot is in force
	head, err := alerts.Head(ws, "20260101-0000000000")
	if err != nil || head.Number != 0 {
		t.Fatalf("%+v, %v", head, err)
	}
	write(1, "20260103-0000000000", 2)
	head, err = alerts.Head(ws, "20260103-0000000000")
	if err != nil || head.Number != 1 {
		t.Fatalf("%+v, %v", head, err)
	}
	steps, err := alerts.Told(ws, head.Number)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range steps {
		for _, e := range s.Events {
			ids = append(ids, strings.TrimLeft(e.ID, "ev-0"))
		}
	}
	if !slices.Equal(ids, []string{"", "2"}) {
		t.Errorf("told: %q", ids)
	}
	if head, err := alerts.Head(ws, "20260102-0000000000"); err != nil || head != nil {
		t.Errorf("%+v, %v", head, err)
	}
}
