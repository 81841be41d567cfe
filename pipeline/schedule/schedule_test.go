package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// listed is a source with a cron line, and nothing to read.
type listed struct{ about source.About }

func (l listed) About() source.About                   { return l.about }
func (l listed) Requests(source.Plan) []source.Request { return l.about.Ask() }
func (listed) Parse(source.Capture, source.Emit) error { return nil }

func line(id, cron string) listed {
	return listed{source.About{ID: id, Schedule: cron, Budget: 7, Requests: []source.Address{{ID: "x", Media: "html", Addresses: []string{"https://" + id + ".example/"}}}}}
}

// clock makes time pass by itself. At some moments of real time, something happens to it.
type clock struct {
	now    time.Time
	events []event
	until  time.Time
	stop   context.CancelFunc
}

type event struct {
	at   time.Time
	what func(*clock)
}

func (c *clock) Now() time.Time { return c.now }

func (c *clock) SleepUntil(ctx context.Context, t time.Time) error {
	for len(c.events) > 0 && !c.events[0].at.After(t) {
		e := c.events[0]
		c.events = c.events[1:]
		if e.at.After(c.now) {
			c.now = e.at
		}
		e.what(c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if c.now.After(t) {
			return nil
		}
	}
	if t.After(c.now) {
		c.now = t
	}
	if c.now.After(c.until) {
		c.stop()
		return context.Canceled
	}
	return ctx.Err()
}

// loop runs a scheduler on a simulated clock for a span and returns when each source ran.
func loop(t *testing.T, s *schedule.Scheduler, c *clock, span time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c.stop, c.until = stop, c.now.Add(span)
	s.Clock = c
	if err := s.Loop(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestFailingSourceIsAskedLessOftenAndTold(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	var days []int
	var told []schedule.Notice
	bad := true
	s := &schedule.Scheduler{
		Workspace: ws, Sources: []source.Source{line("daily", "0 5 * * *")},
		Run: func(context.Context, []string) schedule.Result {
			days = append(days, c.now.YearDay())
			if bad {
				return schedule.Result{Failed: map[string]string{"daily": "the server answered 500"}}
			}
			return schedule.Result{}
		},
		Tell: func(n schedule.Notice) { told = append(told, n) },
	}
	loop(t, s, c, 40*24*time.Hour)
	// 4 January at once, the same day at five, then every second day, then every fourth.
	if got, want := fmt.Sprint(days), "[4 4 6 10 14 18 22 26 30 34 38 42]"; got != want {
		t.Errorf("ran on days %s, want %s", got, want)
	}
	var after []int
	for _, n := range told {
		after = append(after, n.Failures)
	}
	if fmt.Sprint(after) != "[3 6 12]" || told[0].Why != "the server answered 500" {
		t.Errorf("told %+v", told)
	}
	bad, days, told = false, nil, nil
	loop(t, s, c, 10*24*time.Hour)
	if len(days) < 6 || len(told) != 1 || told[0].Failures != 0 {
		t.Errorf("after it came back: ran on %v, told %+v", days, told)
	}
}

func TestWhatIsOnDiskDecides(t *testing.T) {
	at := time.Date(2027, 3, 10, 12, 0, 0, 0, time.UTC)
	weekly := line("weekly", "0 5 * * 1")
	now := at
	next := func(ws *workspace.Workspace) schedule.Entry {
		t.Helper()
		s := &schedule.Scheduler{Workspace: ws, Sources: []source.Source{weekly}, Clock: &clock{now: now}}
		list, err := s.Entries()
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	ws := workspace.Open(t.TempDir())
	if e := next(ws); !e.Next.Equal(at) {
		t.Errorf("never asked: %+v", e)
	}
	// The archive knows when a publisher was asked; a capture that was rebuilt says nothing of that.
	for origin, day := range map[string]int{archive.Publisher: 2, archive.Rebuilt: 9} {
		rec := archive.Record{Source: "weekly", Request: archive.Asked{ID: "x"}, RequestedAt: time.Date(2027, 3, day, 5, 0, 0, 0, time.UTC), Status: 500, Origin: origin}
		if err := archive.In(ws).Note(rec); err != nil {
			t.Fatal(err)
		}
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 8, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("asked on 2 March, missed on 8 March: %+v", e)
	}
	if _, err := schedule.Note(ws, "weekly", at, ""); err != nil {
		t.Fatal(err)
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 15, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("asked just now: %+v", e)
	}
	// A run that did not end is not tried again at once, and not forgotten.
	now = time.Date(2027, 3, 15, 5, 0, 0, 0, time.UTC)
	if err := schedule.Begin(ws, "weekly", now); err != nil {
		t.Fatal(err)
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 15, 6, 0, 0, 0, time.UTC)) {
		t.Errorf("begun and not ended: %+v", e)
	}
	now = at
	// An offset does not move the line: 5:00 is that of UTC.
	if err := ws.Write("schedule/weekly.json", []byte(`{"asked": "2027-03-08T04:30:00+02:00"}`)); err != nil {
		t.Fatal(err)
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 8, 5, 0, 0, 0, time.UTC)) || e.State.Asked.Location() != time.UTC {
		t.Errorf("asked at 2:30 UTC: %+v", e)
	}
	// A state that says nothing, or what cannot be, is not believed: the archive knows better.
	for _, text := range []string{"{", "", "null", "{}", `{"asked": "2030-03-10T12:00:00Z"}`, `{"asked": 7}`} {
		if err := ws.Write("schedule/weekly.json", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 8, 5, 0, 0, 0, time.UTC)) || !strings.Contains(e.Fault, "the archive was asked") {
			t.Errorf("state %q: %+v", text, e)
		}
	}
}

// The clock was three years ahead when the state was written. The source must be asked again
// in this life, whether or not the archive knows when it was asked, and as often as its line says.
func TestAStateOfAWrongClockDoesNotSilenceASource(t *testing.T) {
	start := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)
	ahead := start.AddDate(3, 0, 0)
	for name, spoil := range map[string]func(*workspace.Workspace) error{
		"asked": func(ws *workspace.Workspace) error { _, err := schedule.Note(ws, "daily", ahead, ""); return err },
		"begun": func(ws *workspace.Workspace) error { return schedule.Begin(ws, "daily", ahead) },
		"asked, and archived so": func(ws *workspace.Workspace) error {
			rec := archive.Record{Source: "daily", Request: archive.Asked{ID: "x"}, RequestedAt: ahead, Status: 500, Origin: archive.Publisher}
			_, err := schedule.Note(ws, "daily", ahead, "")
			return errors.Join(err, archive.In(ws).Note(rec))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ws := workspace.Open(t.TempDir())
			if err := spoil(ws); err != nil {
				t.Fatal(err)
			}
			c := &clock{now: start}
			n := 0
			s := &schedule.Scheduler{
				Workspace: ws, Sources: []source.Source{line("daily", "0 5 * * *")}, Jitter: schedule.Jitter,
				Run: func(context.Context, []string) schedule.Result { n++; return schedule.Result{} },
			}
			loop(t, s, c, 30*24*time.Hour-time.Hour)
			if n != 31 { // at once, then daily
				t.Errorf("%d runs in 30 days", n)
			}
		})
	}
}

func TestARunThatFailsIsTriedLaterNotAtOnce(t *testing.T) {
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	var at []time.Time
	var log bytes.Buffer
	s := &schedule.Scheduler{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("daily", "0 5 * * *")},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
		Run: func(context.Context, []string) schedule.Result {
			at = append(at, c.now)
			if len(at) < 3 {
				return schedule.Result{Err: errors.New("the disk is full")}
			}
			return schedule.Result{}
		},
	}
	loop(t, s, c, 4*time.Hour)
	if len(at) != 3 || at[1].Sub(at[0]) != time.Hour || at[2].Sub(at[1]) != 2*time.Hour {
		t.Errorf("ran at %v", at)
	}
	if !strings.Contains(log.String(), "the disk is full") {
		t.Errorf("log: %s", log.String())
	}
}

func TestLinesAreCheckedAtTheStart(t *testing.T) {
	s := &schedule.Scheduler{Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("odd", "every day")}}
	if err := s.Loop(context.Background()); err == nil || !strings.Contains(err.Error(), "source odd") {
		t.Errorf("%v", err)
	}
}

func TestWallClock(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	if err := (schedule.Wall{}).SleepUntil(ctx, time.Now().Add(5*time.Millisecond)); err != nil {
		t.Error(err)
	}
	time.AfterFunc(5*time.Millisecond, stop)
	if err := (schedule.Wall{}).SleepUntil(ctx, time.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
