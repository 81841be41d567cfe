package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

// asked is a file of subscriptions: one wants Sweden at once, one all of it each Monday.
const asked = `
channels:
  out: {kind: stdout}
subscriptions:
  - {id: sweden, channel: out, language: en, how: at-once, match: {states: [SWE]}}
  - {id: all, channel: out, language: fr, how: weekly mon 07:00}
stewards:
  - {channel: out, after: 2}
burst: 2
`

// at is when refreshes are here: a Wednesday.
var at = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// subscribed is a bench with subscriptions, whose clock the test moves.
type subscribed struct {
	bench
	now *time.Time
}

func newSubscribed(t *testing.T) subscribed {
	t.Helper()
	b := newBench(t, fake{id: "a"}, fake{id: "b"})
	now := at
	b.Now = func() time.Time { return now }
	if err := b.Workspace.Write(subscription.File, []byte(asked)); err != nil {
		t.Fatal(err)
	}
	return subscribed{b, &now}
}

// waiting are the messages that wait, as kind, receiver and the keys of their events.
func (s subscribed) waiting() []string {
	s.Helper()
	list, err := outbox.In(s.Workspace).Waiting()
	if err != nil {
		s.Fatal(err)
	}
	return briefly(list)
}

func briefly(list []outbox.Message) []string {
	out := []string{}
	for _, m := range list {
		text := fmt.Sprint(m.Kind, " ", m.Subscription)
		if m.Class == outbox.Steward {
			text = fmt.Sprint(m.Kind, " steward")
		}
		for _, e := range m.Events {
			text += fmt.Sprint(" ", e.Kind, ":", e.Key)
		}
		if m.Burst != "" {
			text += " held"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// send sends what is due and returns what standard output got.
func (s subscribed) send() (string, alerts.Report) {
	s.Helper()
	book, err := alerts.LoadBook(s.Workspace)
	if err != nil {
		s.Fatal(err)
	}
	var out bytes.Buffer
	p := alerts.Post{Workspace: s.Workspace, Book: book, Holder: "the test", Now: s.Now, Options: channel.Options{Out: &out}}
	r, err := p.Send(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	return out.String(), r
}

// The first refresh tells subscribers nothing, and the steward once that it was the first.
// What happens from then on is told once, to those who asked for it.
func TestAlertsAreToldOnce(t *testing.T) {
	s := newSubscribed(t)
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.refresh()
	s.want("after the first refresh", s.waiting(), "summary steward")
	if out, r := s.send(); r.Sent != 1 || !strings.Contains(out, "this workspace has begun") {
		t.Errorf("%+v\n%s", r, out)
	}
	s.refresh()
	s.want("after the same again", s.waiting())

	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party")
	out := s.refresh()
	if out.Queued.Events != 1 || out.Queued.Messages != 2 {
		t.Errorf("%+v", out.Queued)
	}
	s.want("after a ratification", s.waiting(), "digest all party:CRC/SWE", "event sweden party:CRC/SWE")
	text, r := s.send()
	if r.Sent != 1 || r.Waiting != 1 || !r.Next.Equal(time.Date(2026, 3, 9, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"Sweden has joined the Convention on the Rights of the Child", "Before: signatory", "Now: has consented to be bound", "because of the subscription “sweden”"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	s.refresh()
	s.capture("a", "list", 8, "CRC France party", "CRC Sweden party", "CRC Norway signed")
	s.refresh()
	s.want("a digest grows", s.waiting(), "digest all party:CRC/SWE signed:CRC/NOR")
	*s.now = time.Date(2026, 3, 9, 7, 1, 0, 0, time.UTC)
	text, r = s.send()
	if r.Sent != 1 || strings.Count(text, "ev-") != 2 || !strings.Contains(text, "2 nouveautés") || !strings.Contains(text, "Norvège") {
		t.Errorf("%+v\n%s", r, text)
	}
	if text, r := s.send(); text != "" || r.Sent+r.Failed+r.Dropped > 0 {
		t.Errorf("sent again: %+v\n%s", r, text)
	}
	done, err := outbox.In(s.Workspace).Done()
	if err != nil || len(done) != 3 {
		t.Errorf("%d messages are done, %v", len(done), err)
	}
}

// More events in one refresh than the bound wait for a steward. Released, they go out;
// acknowledged, they never do.
func TestBurstWaitsForASteward(t *testing.T) {
	for _, do := range []outbox.Do{outbox.Release, outbox.Ack} {
		s := newSubscribed(t)
		s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
		s.capture("a", "list", 0, "CRC France party", "CRC Poland party")
		s.refresh()
		s.send()
		s.capture("a", "list", 7, "CRC France party", "CRC Poland party", "CRC Sweden party", "CRC Norway party", "CRC Malta party")
		out := s.refresh()
		if out.Queued.Burst == "" || out.Queued.Held != 2 || out.Queued.Messages != 1 {
			t.Fatalf("%+v", out.Queued)
		}
		text, r := s.send()
		if r.Sent != 1 || r.Held != 2 || !strings.Contains(text, "3 events in one refresh wait for your release") || !strings.Contains(text, out.Queued.Burst) {
			t.Errorf("%+v\n%s", r, text)
		}
		s.refresh() // and no refresh lets them go
		if _, r := s.send(); r.Sent != 0 || r.Held != 2 {
			t.Errorf("%+v", r)
		}
		if err := outbox.In(s.Workspace).Say(outbox.Word{About: out.Queued.Burst, Do: do, Reason: "seen on the page", At: s.Now()}); err != nil {
			t.Fatal(err)
		}
		*s.now = s.now.AddDate(0, 0, 7)
		text, r = s.send()
		if sent := map[outbox.Do]int{outbox.Release: 2, outbox.Ack: 0}[do]; r.Sent != sent || r.Dropped != 2-sent || r.Held != 0 {
			t.Errorf("%s: %+v\n%s", do, r, text)
		}
	}
}

// What is acknowledged is never told, what is muted is told later, and who has left the file
// is told nothing.
func TestAcknowledgedMutedAndGone(t *testing.T) {
	s := newSubscribed(t)
	s.capture("b", "list", 25, "OPSC France party", "OPSC Italy party")
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	s.refresh()
	s.send()
	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party", "CRC Norway party")
	s.refresh()
	box := outbox.In(s.Workspace)
	list, err := box.Waiting()
	if err != nil {
		t.Fatal(err)
	}
	say := func(w outbox.Word) {
		t.Helper()
		w.Reason, w.At = "a reason", s.Now()
		if err := box.Say(w); err != nil {
			t.Fatal(err)
		}
	}
	say(outbox.Word{About: "sweden", Do: outbox.Mute, Until: s.Now().Add(48 * time.Hour)})
	if _, r := s.send(); r.Sent != 0 || r.Waiting != 2 {
		t.Errorf("muted: %+v", r)
	}
	for _, m := range list {
		for _, e := range m.Events {
			if e.Place == "NOR" {
				say(outbox.Word{About: e.ID, Do: outbox.Ack})
			}
		}
	}
	*s.now = s.now.Add(49 * time.Hour)
	if text, r := s.send(); r.Sent != 1 || !strings.Contains(text, "Sweden has joined") {
		t.Errorf("no longer muted: %+v", r)
	}
	*s.now = s.now.AddDate(0, 0, 7)
	if text, r := s.send(); r.Sent != 1 || strings.Contains(text, "Norvège") || !strings.Contains(text, "Suède") {
		t.Errorf("acknowledged: %+v\n%s", r, text)
	}
	s.capture("a", "list", 9, "CRC France party", "CRC Sweden party", "CRC Norway party", "CRC Malta party")
	s.refresh()
	if err := s.Workspace.Write(subscription.File, []byte("channels:\n  out: {kind: stdout}\nsubscriptions:\n  - {id: other, channel: out, language: en}\n")); err != nil {
		t.Fatal(err)
	}
	*s.now = s.now.AddDate(0, 0, 7)
	if text, r := s.send(); r.Sent != 0 || r.Dropped != 1 {
		t.Errorf("nobody has asked any more: %+v\n%s", r, text)
	}
	if err := box.Say(outbox.Word{About: "x", Do: outbox.Ack, At: s.Now()}); err == nil {
		t.Error("nobody said why")
	}
}

// A digest waits for its time with all that has come; what is muted in it comes in one of its
// own, and what comes while it is on its way in the next. Nothing is in two.
func TestDigestsAndMutedEvents(t *testing.T) {
	s := newSubscribed(t)
	s.capture("b", "list", 25, "OPSC France party", "OPSC Italy party")
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	first := s.refresh().Manifest.ID
	s.send()
	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party", "CRC Norway party")
	s.refresh()
	box := outbox.In(s.Workspace)
	list, err := box.Waiting()
	if err != nil {
		t.Fatal(err)
	}
	until := s.Now().AddDate(0, 0, 20)
	for _, m := range list {
		for _, e := range m.Events {
			if e.Place == "NOR" {
				if err := box.Say(outbox.Word{About: e.ID, Do: outbox.Mute, Until: until, Reason: "wait for their letter", At: s.Now()}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	*s.now = s.now.AddDate(0, 0, 7)
	text, r := s.send()
	if r.Sent != 2 || strings.Contains(text, "Norvège") || !strings.Contains(text, "Suède") || r.Waiting != 0 {
		t.Errorf("%+v\n%s", r, text)
	}
	s.want("what is muted waits", s.waiting(), "digest all party:CRC/NOR")
	// The same step again, as after a crash: nothing comes of it.
	if err := s.Workspace.Write("outbox/queued.json", []byte(fmt.Sprintf(`{"number": 0, "after": %q, "begun": 1, "at": %q}`, first, at.Format(time.RFC3339)))); err != nil {
		t.Fatal(err)
	}
	s.refresh()
	s.want("after a crash", s.waiting(), "digest all party:CRC/NOR")
	*s.now = until.Add(time.Hour)
	if text, r := s.send(); r.Sent != 1 || !strings.Contains(text, "Norvège") {
		t.Errorf("%+v\n%s", r, text)
	}
	if _, r := s.send(); r.Sent != 0 {
		t.Errorf("%+v", r)
	}
}

// A mistake in the file of subscriptions does not stop a refresh, and loses nothing.
func TestMistakeInSubscriptionsLosesNothing(t *testing.T) {
	s := newSubscribed(t)
	s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	s.refresh()
	if err := s.Workspace.Write(subscription.File, []byte("subscriptions:\n  - {id: sweden, channel: oot}\n")); err != nil {
		t.Fatal(err)
	}
	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party")
	if out := s.refresh(); out.AlertsFault == nil || !strings.Contains(out.AlertsFault.Error(), subscription.File+":2:") || out.Same {
		t.Errorf("%v", out.AlertsFault)
	}
	s.capture("a", "list", 8, "CRC France party", "CRC Sweden party", "CRC Norway signed")
	s.refresh()
	if err := s.Workspace.Write(subscription.File, []byte(asked)); err != nil {
		t.Fatal(err)
	}
	s.refresh()
	s.want("after it was put right", s.waiting(), "digest all party:CRC/SWE signed:CRC/NOR", "event sweden party:CRC/SWE", "summary steward")
}

// Where the bytes of one source of the older snapshot are damaged, nobody can say why its facts
// changed: the steward is asked. The other sources are told all the same, and from the next
// refresh on it is again.
func TestDamageSilencesOneSourceOnce(t *testing.T) {
	s := newSubscribed(t)
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	rec := s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.refresh()
	s.send()
	if err := os.Remove(s.Workspace.Path("captures/" + rec.SHA256[:2] + "/" + rec.SHA256)); err != nil {
		t.Fatal(err)
	}
	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party")
	s.capture("b", "list", 7, "OPSC France party", "OPSC Italy party", "OPSC Malta party")
	s.refresh()
	s.want("with the damage", s.waiting(), "digest all party:CRC/SWE", "doubt steward", "event sweden party:CRC/SWE")
	if text, _ := s.send(); !strings.Contains(text, "not in the archive") || !strings.Contains(text, "baseline alerts tell doubt-1-") {
		t.Errorf("%s", text)
	}
	s.capture("a", "list", 8, "CRC France party", "CRC Sweden party", "CRC Norway signed")
	s.capture("b", "list", 8, "OPSC France party", "OPSC Italy party", "OPSC Malta party", "OPSC Spain party")
	s.refresh()
	s.want("the day after", s.waiting(), "digest all party:CRC/SWE party:OPSC/ESP signed:CRC/NOR")
}

// Whichever operation on the disk fails, alone or with all after it: after the next run the
// same messages wait that would have waited without the fault.
func TestMessagesSurviveEveryFault(t *testing.T) {
	t.Parallel()
	s := newSubscribed(t)
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.refresh()
	s.capture("a", "list", 7, "CRC France party", "CRC Sweden party", "CRC Norway signed")
	base := os.DirFS(s.Workspace.Root())
	again := func(hook func(op, file string) error) (*pipeline.Pipeline, string) {
		root := filepath.Join(t.TempDir(), "ws")
		if err := os.CopyFS(root, base); err != nil {
			t.Fatal(err)
		}
		p := *s.Pipeline
		p.Workspace = workspace.Open(root, workspace.Before(hook))
		return &p, root
	}
	none := func(string, string) error { return nil }
	whole, root := again(none)
	if _, err := whole.Refresh(); err != nil {
		t.Fatal(err)
	}
	want := files(t, root)
	if n := len(slices.DeleteFunc(slices.Collect(maps.Keys(want)), func(name string) bool { return !strings.Contains(name, "outbox/waiting") })); n != 3 {
		t.Fatalf("%d messages without a fault", n)
	}
	operations := 0
	for once, step := range map[bool]int{true: 2, false: 7} {
		for n := 1; ; n += step {
			d := &disk{n: n, once: once}
			p, root := again(d.before)
			_, err := p.Refresh()
			if d.done < n {
				break
			}
			operations = max(operations, n)
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("operation %d (alone: %v): the run says %v", n, once, err)
			}
			next := *p
			next.Workspace = workspace.Open(root)
			if _, err := next.Refresh(); err != nil {
				t.Errorf("operation %d: the next run: %v", n, err)
			}
			if got := files(t, root); !maps.Equal(got, want) {
				for name := range want {
					if got[name] != want[name] {
						t.Errorf("operation %d (alone: %v): %s is not there or another", n, once, name)
					}
				}
				for name := range got {
					if _, ok := want[name]; !ok {
						t.Errorf("operation %d (alone: %v): %s is too many", n, once, name)
					}
				}
			}
		}
	}
	if operations < 60 {
		t.Errorf("%d operations only", operations)
	}
}

// A publisher that does not let us read is told of after so many failures in a row as the
// steward has asked for, also if something else stands in the way each day.
func TestFailingPublisherIsToldAfterSomeFailures(t *testing.T) {
	s := newSubscribed(t) // after: 2
	s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	*s.now = start
	s.refresh()
	s.send()
	fail := func(day int, fault, text string, status int) {
		t.Helper()
		rec := recordOf("a", "list", day, "")
		rec.SHA256, rec.Status, rec.Fault, rec.FaultText = "", status, fault, text
		if err := archive.In(s.Workspace).Note(rec); err != nil {
			t.Fatal(err)
		}
		*s.now = start.AddDate(0, 0, day).Add(time.Hour)
		s.refresh()
		s.refresh() // looking again is no further failure
	}
	fail(1, "no-answer", "there was no answer from example.org", 0)
	s.want("after one failure", s.waiting())
	fail(2, "challenge-page", "a challenge stands in front of the page", 403)
	s.want("after two", s.waiting(), "health steward")
	if text, _ := s.send(); !strings.Contains(text, "did not let us read: a challenge") || strings.Contains(text, "there was no answer from") {
		t.Errorf("%s", text)
	}
	s.capture("a", "list", 3, "CRC France party", "CRC Sweden signed")
	*s.now = start.AddDate(0, 0, 3)
	s.refresh()
	if text, _ := s.send(); !strings.Contains(text, "Resolved") {
		t.Errorf("%s", text)
	}
}
