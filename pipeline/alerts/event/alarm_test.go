package event_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/coemembers"
	"baseline/sources/coetreaties"
	"baseline/sources/saferinternetday"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
	"baseline/sources/untreaties"
	"baseline/sources/weprotect"
)

// spy is a source that remembers what it was given to read.
type spy struct {
	source.Source
	bodies *[][]byte
}

func (s spy) Parse(c source.Capture, emit source.Emit) error {
	*s.bodies = append(*s.bodies, bytes.Clone(c.Body))
	return s.Source.Parse(c, emit)
}

// damaged returns the damages that sourcetest makes of a capture: random mutants, and what
// publishers, networks and redesigns do.
func damaged(t *testing.T, src source.Source, request string, good []byte, made map[string][]byte) (mutants, others [][]byte) {
	t.Helper()
	for _, name := range sourcetest.Made {
		if _, ok := made[name]; !ok {
			made[name] = nil
		}
	}
	var all [][]byte
	t.Run("survives", func(t *testing.T) {
		t.Run("same", func(t *testing.T) { sourcetest.Survives(t, spy{src, &all}, request, good, made) })
	})
	n := 200 // as many mutants as sourcetest makes; they come after the good capture
	if testing.Short() {
		n = 40
	}
	if len(all) < n+10 {
		t.Fatalf("%d damages only", len(all))
	}
	return all[1 : 1+n], all[1+n:]
}

// everything is a file of subscriptions that asks for all that happens, and lets it go out.
const everything = `
channels:
  out: {kind: stdout}
subscriptions:
  - {id: all, channel: out, language: en, how: at-once}
burst: 1000
`

// No false alarm: over damages of the reliability suite, through the whole pipeline into the
// outbox, no event appears that the capture's facts do not bear. A mutant may say something
// else that a publisher might have meant, such as another day; then its event says just that,
// with that capture as evidence. What no publisher means gives no event, on the first day or
// when the same is read again after the time of confirmation. When the good page is back,
// after a day on which the publisher did not answer, nothing is told of rows of which nothing
// was told before.
func TestNoFalseAlarm(t *testing.T) {
	at := sourcetest.Taken
	bundled := func(name ...string) []byte {
		return sourcetest.File(t, filepath.Join(append([]string{sourcetest.Root(t), "testdata", "captures"}, name...)...))
	}
	text := chart(at, "28/02/2002\t\t\t")
	half := strings.Split(text, "\n")
	for name, c := range map[string]struct {
		src     source.Source
		request string
		good    []byte
		made    map[string][]byte
	}{
		"chart": {coetreaties.New(), "signatures-185", []byte(text), map[string][]byte{
			"columns swapped": []byte(strings.NewReplacer("Signature", "Ratification", "Ratification", "Signature").Replace(text)),
			"label missing":   []byte(strings.ReplaceAll(text, "Ratification", "")),
			"half the list":   []byte(strings.Join(half[:25], "\n")),
		}},
		"opsc":       {untreaties.New(), "OPSC", bundled("un-treaties", "OPSC.html"), map[string][]byte{}},
		"crc":        {untreaties.New(), "CRC", bundled("un-treaties", "CRC.html"), map[string][]byte{}},
		"weprotect":  {weprotect.New(), "governments", bundled("weprotect", "governments.html"), map[string][]byte{}},
		"coe":        {coemembers.New(), "states", bundled("coe-members", "states.html"), map[string][]byte{}},
		"treaties":   {coetreaties.New(), "treaties", bundled("coe-treaties", "treaties.body"), map[string][]byte{}},
		"sid-norway": {saferinternetday.New(), "norway", bundled("safer-internet-day", "norway.html"), map[string][]byte{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mutants, others := damaged(t, c.src, c.request, c.good, c.made)
			base := newBench(t, c.src)
			if err := base.Workspace.Write(subscription.File, []byte(everything)); err != nil {
				t.Fatal(err)
			}
			base.put(c.src.About().ID, c.request, at, string(c.good))
			out, _, _ := base.refresh()
			if len(out.Snapshot.Parts) == 0 || out.Held > 0 || len(out.Failed) > 0 {
				t.Fatalf("the good capture does not pass: %d rows held, failed %q: %.900v", out.Held, out.Failed, out.Snapshot.Findings)
			}
			told := 0
			read := 0
			for i := 0; i < len(mutants); i += share() {
				events := base.damage(c.src, c.request, at, c.good, mutants[i])
				told += len(events)
				read++
				if len(events) > 0 {
					t.Logf("mutant %d tells what it says: %q", i, briefs(events))
				}
			}
			for i, body := range others {
				if events := base.damage(c.src, c.request, at, c.good, body); len(events) > 0 {
					t.Errorf("damage %d tells %q\n%.300s", i, briefs(events), body)
				}
			}
			if told > 3*read {
				t.Errorf("%d mutants tell %d events: a publisher's slip is not that much news", read, told)
			}
			t.Logf("%d of %d mutants tell %d events that they bear; %d damages tell none", read, len(mutants), told, len(others))
		})
	}
}

// share is of how many mutants one is taken through the pipeline. BASELINE_MUTANTS=all takes
// each of them, which is several minutes' work.
func share() int {
	if os.Getenv("BASELINE_MUTANTS") == "all" {
		return 1
	}
	return 20
}

// damage reads a damaged capture in a copy of the workspace, twice, then nothing, then the good
// one again, and fails the test for each event in the outbox that the captures do not bear.
func (b *bench) damage(src source.Source, request string, at time.Time, good, body []byte) (all []event.Event) {
	b.Helper()
	root := filepath.Join(b.TempDir(), "copy")
	if err := os.CopyFS(root, os.DirFS(b.Workspace.Root())); err != nil {
		b.Fatal(err)
	}
	c := &bench{T: b.T, before: b.before, Pipeline: &pipeline.Pipeline{
		Workspace: workspace.Open(root), Sources: b.Sources, Names: places.Default(), Holder: "the test", Workers: 1,
	}}
	sum := sha256.Sum256(body)
	for _, days := range []int{1, 9} {
		c.put(src.About().ID, request, at.AddDate(0, 0, days), string(body))
		before := c.before
		out, events := c.outbox()
		for _, e := range events {
			if why := borne(e, before, out.Snapshot, hex.EncodeToString(sum[:])); why != "" {
				b.Errorf("day %d: %s: %s", days, brief(e), why)
			}
		}
		if before.Hash() == out.Snapshot.Hash() && len(events) > 0 {
			b.Errorf("day %d: no fact differs, and %q is told", days, briefs(events))
		}
		all = append(all, events...)
		if days == 1 && out.Snapshot.Hash() == before.Hash() && !slices.ContainsFunc(out.Snapshot.Tables["memberships"], func(r schemas.Row) bool { return r.Standing == schemas.Unconfirmed }) &&
			!slices.ContainsFunc(out.Snapshot.Tables["treaty_status"], func(r schemas.Row) bool { return r.Standing == schemas.Unconfirmed }) {
			break // nothing waits for the second capture
		}
	}
	c.put(src.About().ID, request, at.AddDate(0, 0, 12), "")
	if _, events := c.outbox(); len(events) > 0 {
		b.Errorf("an empty answer tells %q", briefs(events))
	}
	c.put(src.About().ID, request, at.AddDate(0, 0, 14), string(good)+"\n")
	_, events := c.outbox()
	for _, e := range events {
		if !slices.ContainsFunc(all, func(o event.Event) bool { return o.Dataset == e.Dataset && strings.HasPrefix(o.Key, e.Key) }) {
			b.Errorf("the good page is back, and it tells %s, of which nothing was told before", brief(e))
		}
	}
	if err := os.RemoveAll(root); err != nil {
		b.Fatal(err)
	}
	return all
}

// outbox refreshes and returns the events that are on their way to the subscriber and were not
// before.
func (b *bench) outbox() (pipeline.Outcome, []event.Event) {
	b.Helper()
	had := b.sent()
	out, err := b.Refresh()
	if err != nil {
		b.Fatal(err)
	}
	if out.AlertsFault != nil {
		b.Fatal(out.AlertsFault)
	}
	b.before = out.Snapshot
	return out, slices.DeleteFunc(b.sent(), func(e event.Event) bool {
		return slices.ContainsFunc(had, func(o event.Event) bool { return o.ID == e.ID })
	})
}

func (b *bench) sent() (events []event.Event) {
	b.Helper()
	list, err := outbox.In(b.Workspace).Waiting()
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range list {
		events = append(events, m.Events...)
	}
	return events
}

// borne says why a capture does not bear an event: it is not the event's evidence, or the
// rows before and after do not say what the event says.
func borne(e event.Event, before, after *snapshot.Snapshot, capture string) string {
	if e.Capture != capture {
		return "its evidence is another capture"
	}
	d := schemas.Named(e.Dataset)
	find := func(s *snapshot.Snapshot) *schemas.Row {
		i := slices.IndexFunc(s.Tables[e.Dataset], func(r schemas.Row) bool {
			return d.KeyText(r) == e.Key || e.Kind == event.SIDUpdated && strings.HasPrefix(d.KeyText(r), e.Key)
		})
		if i < 0 {
			return nil
		}
		return &s.Tables[e.Dataset][i]
	}
	was, is := find(before), find(after)
	if e.Kind == event.Left && is == nil {
		if was == nil || !after.Withdrew(was.Source, d, e.Key) {
			return "no capture has confirmed that it has gone"
		}
		return ""
	}
	switch {
	case is == nil:
		return "there is no such row"
	case is.Standing != schemas.Read || is.Evidence.Capture != capture || is.Evidence.Quote != e.Quote:
		return "the row was not read from the capture"
	case was != nil && was.Values[d.Column(e.Column)] == is.Values[d.Column(e.Column)] && e.Kind != event.Signed && e.Kind != event.InForce:
		return "its column is what it was"
	}
	if e.Treaty != "" && !e.On.IsZero() && (e.On.Year() < 1989 || e.On.After(e.Seen)) {
		return "it cannot have happened on that day"
	}
	if slices.ContainsFunc(after.Findings, func(f source.Finding) bool {
		return f.Severity == source.Question && f.Capture == capture && f.Locator != "" && f.Locator == e.Locator
	}) {
		return "a question on its row is open"
	}
	for column, value := range e.New {
		if at := d.Column(column); at >= 0 && is.Values[at].String() != value && (e.Kind != event.Signed || column != "status") {
			return "the row does not say " + column + " " + value
		}
	}
	order := []string{"none", "signed", "party"}
	if at := d.Column("status"); was != nil && d.Forward.Column != "" && slices.Index(order, is.Values[at].Text()) < slices.Index(order, was.Values[at].Text()) {
		return "a status that went back is told"
	}
	return ""
}
