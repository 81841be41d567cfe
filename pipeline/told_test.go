package pipeline_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/archive"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// dated reads lines such as "CRC France party consent=2006-01-10 ?", where ? is a question on
// the row. A line hold holds the part; a word that the reader is told to refuse fails all.
type dated struct {
	fake
	refuse string
}

func (f dated) Parse(c source.Capture, emit source.Emit) error {
	d := &schemas.TreatyStatus
	seen := map[string]bool{}
	for i, line := range strings.Split(string(c.Body), "\n") {
		words := strings.Fields(line)
		where := fmt.Sprintf("line %d", i+1)
		switch {
		case f.refuse != "" && strings.Contains(line, f.refuse):
			return fmt.Errorf("%s: the word %s is not known", where, f.refuse)
		case line == "hold":
			emit.Finding(source.Finding{Code: "told-to", Severity: source.Hold, Text: "the page says hold"})
			continue
		case len(words) < 3:
			continue
		}
		if !seen[words[0]] {
			seen[words[0]] = true
			emit.Part(source.Part{Dataset: d.Name, Key: []source.Pin{{Column: "treaty", Value: schemas.Str(words[0])}}, Complete: true})
		}
		cells := schemas.Cells{"treaty": schemas.Str(words[0]), "published_name": schemas.Str(words[1]), "status": schemas.Str(words[2])}
		for _, w := range words[3:] {
			name, value, _ := strings.Cut(w, "=")
			if w == "?" {
				emit.Finding(source.Finding{Code: "row-odd", Severity: source.Question, Dataset: d.Name, Text: "odd row " + words[1], Locator: where, Quote: line})
				continue
			}
			v, err := schemas.Parse(d.Columns[d.Column(name)].Kind, value)
			if err != nil {
				return err
			}
			cells[name] = v
		}
		emit.Row(d.Name, cells, where, line)
	}
	return nil
}

func datedBench(t *testing.T, list ...source.Source) subscribed {
	t.Helper()
	b := newBench(t, list...)
	now := at
	b.Now = func() time.Time { return now }
	text := strings.NewReplacer("burst: 2", "burst: 25", "match: {states: [SWE]}", "match: {states: [SWE, FRA, NOR]}").Replace(asked)
	if err := b.Workspace.Write(subscription.File, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return subscribed{b, &now}
}

// told sends what is due and returns the events that subscriber sweden got, and the codes of
// the doubts that the steward got.
func (s subscribed) told() (events, doubts []string) {
	s.Helper()
	list, err := outbox.In(s.Workspace).Waiting()
	if err != nil {
		s.Fatal(err)
	}
	for _, m := range list {
		if m.Kind == outbox.Doubt {
			for _, i := range m.Notice.Open {
				doubts = append(doubts, i.Code)
			}
		}
		if m.Subscription != "sweden" {
			continue
		}
		for _, e := range m.Events {
			line := fmt.Sprint(e.Kind, " ", e.Key)
			if e.Correction {
				line += " corrected"
			}
			events = append(events, line)
		}
	}
	s.send()
	slices.Sort(events)
	return events, doubts
}

const (
	fra       = "CRC France party consent=1990-08-07"
	sweSigned = "CRC Sweden signed signed=1990-01-26"
	sweParty  = "CRC Sweden party signed=1990-01-26 consent=2026-01-02"
)

// What a check held back is told when it is let in, whatever lets it in: a steward's release, a
// name that is mapped, a reader that was mended. It is told once.
func TestWhatWasHeldIsToldWhenItIsLetIn(t *testing.T) {
	for name, c := range map[string]struct {
		then   []string // the page of the second day
		reader dated
		letIn  func(s subscribed, held snapshot.Manifest)
	}{
		"released": {[]string{fra, sweParty, "hold"}, dated{fake: fake{id: "a"}}, func(s subscribed, _ snapshot.Manifest) {
			_, m, err := snapshot.Load(s.Workspace, s.current())
			if err != nil {
				s.Fatal(err)
			}
			i := slices.IndexFunc(m.Captures, func(r archive.Record) bool { return r.RequestedAt.Equal(start.AddDate(0, 0, 1)) })
			s.decide("held.yaml", fmt.Sprintf("do: release, source: a, capture: %.12s, code: told-to", m.Captures[i].SHA256))
		}},
		"mapped": {[]string{fra, strings.Replace(sweParty, "Sweden", "Swedeland", 1)}, dated{fake: fake{id: "a"}}, func(s subscribed, _ snapshot.Manifest) {
			s.decide("names.yaml", "do: map, source: a, spelling: Swedeland, place: SWE")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := datedBench(t, c.reader)
			s.capture("a", "list", 0, fra, sweSigned)
			s.refresh()
			s.told()
			s.capture("a", "list", 1, c.then...)
			held := s.refresh()
			if events, _ := s.told(); held.Held == 0 || events != nil {
				t.Fatalf("%d rows held, told %q", held.Held, events)
			}
			*s.now = s.now.AddDate(0, 3, 0)
			c.letIn(s, held.Manifest)
			out := s.refresh()
			events, doubts := s.told()
			s.want("told when it is let in", events, "party CRC/SWE")
			if out.Held != 0 || doubts != nil {
				t.Errorf("%d rows held, doubts %q", out.Held, doubts)
			}
			s.refresh()
			if events, _ := s.told(); events != nil {
				t.Errorf("told again: %q", events)
			}
		})
	}
}

// A state whose name nobody knew from the first day on may always have been in the list: that
// somebody says who it is, is no news.
func TestAMappedNameIsNoNews(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	s.capture("a", "list", 0, fra, sweSigned, "CRC Norland signed signed=2026-01-02")
	s.refresh()
	s.told()
	s.decide("names.yaml", "do: map, source: a, spelling: Norland, place: NOR")
	s.refresh()
	s.want("rows", s.rows(), "CRC/FRA party read", "CRC/NOR signed read", "CRC/SWE signed read")
	if events, doubts := s.told(); events != nil || doubts != nil {
		t.Errorf("told %q, doubts %q", events, doubts)
	}
}

// One source whose old captures cannot be read any more silences no other, and itself for one
// refresh: its events are doubts then, which a steward may have told.
func TestOneLostSourceSilencesNoOther(t *testing.T) {
	for name, newer := range map[string][]source.Source{
		"refused by the reader": {dated{fake: fake{id: "a"}, refuse: "oddword"}, fake{id: "b"}},
		"source removed":        {fake{id: "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := datedBench(t, dated{fake: fake{id: "a"}}, fake{id: "b"})
			s.capture("a", "list", 0, fra, sweSigned, "oddword")
			s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
			s.refresh()
			s.told()
			s.Sources = newer
			s.capture("a", "list", 1, fra, sweParty)
			s.capture("b", "list", 1, "OPSC France party", "OPSC Italy party", "OPSC Sweden party")
			s.refresh()
			events, doubts := s.told()
			s.want("of the other source", events, "party OPSC/SWE")
			if len(newer) == 2 {
				s.want("doubts", doubts, "cause-not-proven")
			}
			s.capture("a", "list", 2, fra, sweParty, "CRC Norway signed signed=2026-01-03")
			s.capture("b", "list", 2, "OPSC France party", "OPSC Italy party", "OPSC Sweden party", "OPSC Norway party")
			s.refresh()
			events, _ = s.told()
			want := []string{"party OPSC/NOR"}
			if len(newer) == 2 {
				want = append(want, "signed CRC/NOR")
			}
			s.want("the day after", events, want...)
		})
	}
}

// A steward who has looked may have a doubt told. It goes to those who asked, once.
func TestADoubtIsToldByASteward(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	s.capture("a", "list", 0, fra, "CRC Sweden none")
	s.refresh()
	s.told()
	s.capture("a", "list", 1, fra, "CRC Sweden signed signed=2001-01-26")
	s.refresh()
	if events, doubts := s.told(); events != nil || !slices.Equal(doubts, []string{"old-news"}) {
		t.Fatalf("told %q, doubts %q", events, doubts)
	}
	book, err := alerts.LoadBook(s.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	head, err := alerts.Head(s.Workspace, s.current())
	if err != nil {
		t.Fatal(err)
	}
	steps, err := alerts.Told(s.Workspace, head.Number)
	if err != nil {
		t.Fatal(err)
	}
	id := steps[len(steps)-1].Doubt(0)
	doubt, err := alerts.FindDoubt(steps, id)
	if err != nil {
		t.Fatal(err)
	}
	q := alerts.Queue{Workspace: s.Workspace, Book: book, Head: head, Now: s.Now()}
	for range 2 { // as after a crash
		n, err := q.TellDoubt(steps, doubt, outbox.Word{About: id, Do: alerts.Let, Reason: "seen", At: s.Now()})
		if err != nil || n != 2 {
			t.Errorf("%d messages, %v", n, err)
		}
		*s.now = s.now.Add(1)
	}
	if events, _ := s.told(); !slices.Equal(events, []string{"signed CRC/SWE"}) {
		t.Errorf("told %q", events)
	}
	if list := s.waiting(); len(list) != 1 || !strings.HasPrefix(list[0], "digest all") {
		t.Errorf("waiting %q", list)
	}
}

// A question that only stays unasked because the source fails, or because its rows are held,
// is not answered.
func TestAFailureAnswersNoQuestion(t *testing.T) {
	for name, page := range map[string][]string{"error": {"nothing"}, "hold": {fra, sweSigned, "hold"}} {
		s := datedBench(t, dated{fake: fake{id: "a"}, refuse: "nothing"})
		s.capture("a", "list", 0, fra, sweSigned)
		s.refresh()
		s.told()
		s.capture("a", "list", 1, fra, sweParty+" ?")
		s.refresh()
		if events, _ := s.told(); events != nil {
			t.Errorf("%s: told %q with a question open", name, events)
		}
		s.capture("a", "list", 2, page...)
		s.refresh()
		if events, _ := s.told(); events != nil {
			t.Errorf("%s: told %q", name, events)
		}
		s.capture("a", "list", 3, fra, sweParty, "x")
		s.refresh()
		if events, _ := s.told(); !slices.Equal(events, []string{"party CRC/SWE"}) {
			t.Errorf("%s: told %q when it is read without a question", name, events)
		}
	}
}

// A row that is wrong for a day, or gone and back, tells subscribers nothing.
func TestAFlapTellsNothing(t *testing.T) {
	swe := "CRC Sweden party signed=2025-11-26 consent=2026-01-29"
	for name, days := range map[string]map[int][]string{
		"none for a day": {0: {fra, swe}, 1: {fra, "CRC Sweden none"}, 2: {fra, swe, "x"}},
		"gone and back":  {0: {fra, swe, "CRC Malta party"}, 1: {fra, "CRC Malta party"}, 9: {fra, "CRC Malta party", "x"}, 10: {fra, swe, "CRC Malta party", "x"}},
	} {
		s := datedBench(t, dated{fake: fake{id: "a"}})
		for day := range 11 {
			if days[day] == nil {
				continue
			}
			s.capture("a", "list", day, days[day]...)
			s.refresh()
			if events, _ := s.told(); events != nil {
				t.Errorf("%s, day %d: told %q", name, day, events)
			}
		}
	}
}

// Where the record of what was told is lost, it begins anew with the snapshot in force: what
// happens from then on is told as ever.
func TestALostRecordBeginsAnew(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	s.capture("a", "list", 0, fra, sweSigned)
	s.refresh()
	s.told()
	s.capture("a", "list", 1, fra, sweParty)
	s.refresh()
	s.told()
	if err := os.RemoveAll(s.Workspace.Path("alerts")); err != nil {
		t.Fatal(err)
	}
	s.capture("a", "list", 2, fra, sweParty, "CRC Norway signed signed=2026-01-03")
	s.refresh()
	if events, _ := s.told(); !slices.Equal(events, []string{"signed CRC/NOR"}) {
		t.Errorf("told %q", events)
	}
}

// Where what was held cannot be read again, the steward is told that something may be missing.
func TestLostHeldRowsAreADoubt(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	s.capture("a", "list", 0, fra, sweSigned)
	s.refresh()
	s.told()
	s.capture("a", "list", 1, fra, sweParty, "hold")
	m := s.refresh().Manifest
	s.told()
	f, ok := m.File(schemas.HeldRows.Name)
	if !ok {
		t.Fatal("there is no file of held rows")
	}
	if err := os.WriteFile(s.Workspace.Path(f.Path), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.capture("a", "list", 2, fra, sweParty)
	s.refresh()
	if events, doubts := s.told(); !slices.Equal(events, []string{"party CRC/SWE"}) || !slices.Equal(doubts, []string{"events-not-made"}) {
		t.Errorf("told %q, doubts %q", events, doubts)
	}
}

// What was in question and taken back was told to nobody: if it comes again, it is news.
func TestWhatWasTakenBackMayComeAgain(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	for day, c := range []struct {
		swe  string
		want []string
	}{
		{sweSigned, nil}, {sweParty + " ?", nil}, {sweSigned, nil}, {sweParty, []string{"party CRC/SWE"}},
	} {
		s.capture("a", "list", day, fra, c.swe, strings.Repeat("x", day))
		s.refresh()
		if events, _ := s.told(); !slices.Equal(events, c.want) {
			t.Errorf("day %d: told %q, want %q", day, events, c.want)
		}
	}
}

// What waits of a source that cannot be read again is as unproven as the rest of it.
func TestWhatWaitsOfALostSourceIsADoubt(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}}, fake{id: "b"})
	s.capture("a", "list", 0, fra, sweSigned, "CRC Norway signed signed=2000-01-01", "oddword")
	s.capture("b", "list", 0, "OPSC France party", "OPSC Italy party")
	s.refresh()
	s.told()
	s.Sources = []source.Source{dated{fake: fake{id: "a"}, refuse: "oddword"}, fake{id: "b"}}
	for day := 1; day < 3; day++ {
		question := strings.Repeat(" ?", 2-day)
		s.capture("a", "list", day, fra, sweParty+question, "CRC Norway party signed=2000-01-01 consent=2026-01-02")
		s.refresh()
		if events, _ := s.told(); events != nil {
			t.Errorf("day %d: told %q", day, events)
		}
	}
}

// Where the snapshot in force is lost for good, the next run goes on from an older one: nothing
// that was told is told again, also in no digest, and the steward hears of it.
func TestALostSnapshotTellsNothingTwice(t *testing.T) {
	s := datedBench(t, dated{fake: fake{id: "a"}})
	lines := []string{fra, sweSigned}
	told := ""
	for day, line := range []string{"", "CRC Norway signed signed=2026-01-10", "CRC Malta signed signed=2026-01-12", "CRC Italy signed signed=2026-01-14"} {
		if line != "" {
			lines = append(lines, line)
		}
		rec := s.capture("a", "list", day*7, lines...)
		if day == 3 {
			break
		}
		m := s.refresh().Manifest
		*s.now = s.now.AddDate(0, 0, 7)
		text, _ := s.send()
		told += text
		if day == 2 {
			f, _ := m.File("treaty_status")
			if err := errors.Join(os.Remove(s.Workspace.Path(f.Path)), os.Remove(s.Workspace.Path(rec.Path())), os.Remove(s.Workspace.Path("captures/"+rec.SHA256[:2]+"/"+rec.SHA256))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out := s.refresh(); out.Recovered == "" {
		t.Fatal("the snapshot in force is not lost")
	}
	*s.now = s.now.AddDate(0, 0, 7)
	text, _ := s.send()
	text = strings.Join(strings.Fields(text), " ")
	for place, want := range map[string]bool{"Norvège": false, "Malte": false, "Italie": true} {
		if strings.Contains(text, place) != want {
			t.Errorf("%s is told after the loss: %v\n%s", place, !want, text)
		}
	}
	if !strings.Contains(text, "has lost files that could not be made again") {
		t.Errorf("the steward does not hear of it:\n%s", text)
	}
	if !strings.Contains(told, "Norvège") || !strings.Contains(told, "Malte") {
		t.Errorf("before the loss:\n%s", told)
	}
}
