package schedule_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// A mistake that spoils each run must not become a nuisance to the publishers, and the
// steward must hear of it.
func TestRunsThatFailAsAWholeAskLessAndLess(t *testing.T) {
	for name, asked := range map[string]bool{"before asking": false, "after asking": true} {
		t.Run(name, func(t *testing.T) {
			c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)} // a Monday
			var at, read []time.Time
			var told []int
			well := false
			s := &schedule.Scheduler{
				Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("weekly", "0 5 * * 1")},
				Tell: func(n schedule.Notice) { told = append(told, n.Failures) },
				Run: func(_ context.Context, ids []string) schedule.Result {
					if len(ids) > 0 {
						at = append(at, c.now)
					} else {
						read = append(read, c.now)
					}
					if well {
						return schedule.Result{}
					}
					return schedule.Result{Err: errors.New("decisions/names.yaml cannot be read"), Asked: asked && len(ids) > 0}
				},
			}
			loop(t, s, c, 7*24*time.Hour)
			if asked && len(at) > 2 || len(at) > 12 {
				t.Errorf("a weekly source was asked %d times in a week: %v", len(at), at)
			}
			if n := len(at) + len(read); n < 8 || n > 13 {
				t.Errorf("tried %d times in a week", n)
			}
			if fmt.Sprint(told) != "[3 6 12]" && fmt.Sprint(told) != "[3 6]" {
				t.Errorf("told after %v failures", told)
			}
			well, told = true, nil
			at = nil
			loop(t, s, c, 7*24*time.Hour+time.Hour)
			if fmt.Sprint(told) != "[0]" || len(at) < 1 || len(at) > 2 {
				t.Errorf("after it was put right: told %v, asked %v", told, at)
			}
		})
	}
}

// Two programs on one workspace: one of them does what is due.
func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	second := &schedule.Scheduler{
		Workspace: workspace.Open(dir), Sources: []source.Source{line("daily", "0 5 * * *")}, Holder: "process 2", Clock: &clock{now: at},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
		Run: func(context.Context, []string) schedule.Result {
			t.Error("the second process ran what the first one was running")
			return schedule.Result{}
		},
	}
	n := 0
	first := &schedule.Scheduler{
		Workspace: workspace.Open(dir), Sources: second.Sources, Holder: "process 1", Clock: second.Clock,
		Run: func(context.Context, []string) schedule.Result {
			n++
			// The first one has begun: make the source due for the second one all the same.
			if err := os.Remove(workspace.Open(dir).Path("schedule/daily.json")); err != nil {
				t.Error(err)
			}
			for range 2 {
				if l := second.Once(context.Background()); l.Ran || l.HeldBy != "process 1" || l.Err != nil {
					t.Errorf("%+v", l)
				}
			}
			return schedule.Result{}
		},
	}
	first.Once(context.Background())
	if n != 1 || strings.Count(log.String(), "process 1") != 1 {
		t.Errorf("%d runs, log\n%s", n, log.String())
	}
	if l := second.Once(context.Background()); l.Ran || l.HeldBy != "" {
		t.Errorf("what the first one has done is done again: %+v", l)
	}
}

// What another process is asking is not known to have gone well.
func TestASourceThatWasNotAskedIsNotNoted(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	c := &clock{now: time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)}
	for range 3 {
		if _, err := schedule.Note(ws, "daily", c.now.AddDate(0, 0, -9), "the server answered 500"); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	s := &schedule.Scheduler{
		Workspace: ws, Sources: []source.Source{line("daily", "0 5 * * *")}, Clock: c, Tell: func(n schedule.Notice) { t.Errorf("told %+v", n) },
		Run: func(context.Context, []string) schedule.Result {
			n++
			return schedule.Result{Skipped: []string{"daily"}}
		},
	}
	s.Once(context.Background())
	st, _, err := schedule.Load(ws, "daily", c.now)
	if err != nil || st.Failures != 3 || !st.Asked.Equal(c.now.AddDate(0, 0, -9)) {
		t.Errorf("%+v, %v", st, err)
	}
	loop(t, s, c, 3*time.Hour)
	if n > 5 {
		t.Errorf("looked %d times in three hours whether the other process is done", n)
	}
}

// A program that is told to end has not failed.
func TestStopping(t *testing.T) {
	for name, asked := range map[string]bool{"in asking": false, "before writing": true} {
		t.Run(name, func(t *testing.T) {
			ws := workspace.Open(t.TempDir())
			c := &clock{now: time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)}
			var log bytes.Buffer
			var last schedule.Look
			var runs [][]string
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			c.stop, c.until = stop, c.now.AddDate(1, 0, 0)
			s := &schedule.Scheduler{
				Workspace: ws, Sources: []source.Source{line("daily", "0 5 * * *")}, Clock: c,
				Log: slog.New(slog.NewTextHandler(&log, nil)), Looked: func(l schedule.Look) { last = l },
				Run: func(ctx context.Context, ids []string) schedule.Result {
					runs = append(runs, ids)
					if len(runs) == 1 {
						stop()
						return schedule.Result{Err: errors.New("stopped while asking"), Asked: asked}
					}
					return schedule.Result{}
				},
			}
			if err := s.Loop(ctx); err != nil {
				t.Fatal(err)
			}
			if !last.Ran || !last.Result.Stopped || !last.Well() || strings.Contains(log.String(), "ERROR") || !strings.Contains(log.String(), "msg=stopped") {
				t.Errorf("%+v, log\n%s", last, log.String())
			}
			// The next start goes on at once.
			s.Once(context.Background())
			if want := map[bool]string{false: "[[daily] [daily]]", true: "[[daily] []]"}[asked]; fmt.Sprint(runs) != want {
				t.Errorf("ran %v, want %s", runs, want)
			}
			if l := s.Once(context.Background()); l.Ran {
				t.Errorf("ran once more: %v", runs)
			}
		})
	}
}

// Whoever watches hears of the program also when nothing is due.
func TestASignOfLifeEachHour(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	c := &clock{now: time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)}
	if _, err := schedule.Note(ws, "yearly", c.now, ""); err != nil {
		t.Fatal(err)
	}
	var at []time.Time
	s := &schedule.Scheduler{
		Workspace: ws, Sources: []source.Source{line("yearly", "0 5 1 1 *")},
		Looked: func(l schedule.Look) {
			if l.Ran || !l.Well() {
				t.Errorf("%+v", l)
			}
			at = append(at, c.now)
		},
	}
	loop(t, s, c, 24*time.Hour-time.Minute)
	if len(at) != 24 {
		t.Errorf("%d looks in a day", len(at))
	}
}

// While runs fail as a whole, an hour in which nothing is due is no good news.
func TestALookBetweenFailuresIsNotWell(t *testing.T) {
	var well []bool
	s := &schedule.Scheduler{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("daily", "0 5 * * *")},
		Looked: func(l schedule.Look) { well = append(well, l.Well()) },
		Run: func(context.Context, []string) schedule.Result {
			return schedule.Result{Err: errors.New("the disk is full")}
		},
	}
	loop(t, s, &clock{now: time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)}, 5*time.Hour)
	if len(well) < 5 || strings.Contains(fmt.Sprint(well), "true") {
		t.Errorf("well: %v", well)
	}
}

// Not everybody who installs this program may come to one publisher in one second; and each
// keeps its own minute over restarts.
func TestJitterIsOfTheWorkspace(t *testing.T) {
	next := map[time.Time]bool{}
	start := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	for range 8 {
		ws := workspace.Open(t.TempDir())
		entry := func() time.Time {
			s := &schedule.Scheduler{
				Workspace: ws, Sources: []source.Source{line("daily", "0 5 * * *")}, Clock: &clock{now: start}, Jitter: schedule.Jitter,
				Run: func(context.Context, []string) schedule.Result { return schedule.Result{} },
			}
			s.Once(context.Background())
			list, err := s.Entries()
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0].Next
		}
		first := entry()
		if again := entry(); !again.Equal(first) {
			t.Errorf("%s, after a restart %s", first, again)
		}
		if put := first.Sub(time.Date(2027, 1, 5, 5, 0, 0, 0, time.UTC)); put < 0 || put >= schedule.Jitter {
			t.Errorf("put off by %s", put)
		}
		next[first] = true
	}
	if len(next) < 6 {
		t.Errorf("8 workspaces ask at %d moments", len(next))
	}
}

func TestJitterLosesNoRun(t *testing.T) {
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	n := 0
	s := &schedule.Scheduler{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("dense", "*/5 * * * *")}, Jitter: schedule.Jitter,
		Run: func(context.Context, []string) schedule.Result {
			n++
			c.now = c.now.Add(3 * time.Second)
			return schedule.Result{}
		},
	}
	loop(t, s, c, 24*time.Hour-time.Minute)
	if n != 288 { // one at once, then each five minutes
		t.Errorf("%d runs in a day", n)
	}
}

// What is broken of one source is that source's alone, and the log says it once.
func TestOneBrokenSourceDoesNotStopTheOthers(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	if err := os.MkdirAll(ws.Path("schedule/unreadable.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := ws.Write("captures/log/damaged", []byte("no folder")); err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	var log bytes.Buffer
	ran := map[string]int{}
	s := &schedule.Scheduler{
		Workspace: ws, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Sources: []source.Source{line("unreadable", "0 5 * * *"), line("damaged", "0 5 * * *"), line("good", "0 5 * * *")},
		Run: func(_ context.Context, ids []string) schedule.Result {
			r := schedule.Result{Failed: map[string]string{}}
			for _, id := range ids {
				if ran[id]++; id == "damaged" {
					r.Failed[id] = "its records cannot be read"
				}
			}
			return r
		},
	}
	loop(t, s, c, 3*24*time.Hour-time.Hour)
	if ran["good"] != 4 || ran["damaged"] < 1 || ran["damaged"] > 3 || ran["unreadable"] != 0 {
		t.Errorf("ran %v", ran)
	}
	if n := strings.Count(log.String(), "unreadable.json cannot be read"); n != 1 {
		t.Errorf("told %d times in\n%s", n, log.String())
	}
	if n := strings.Count(log.String(), "failed=1"); n != ran["damaged"] {
		t.Errorf("%d runs with one failure in\n%s", n, log.String())
	}
}

// A first run that is stopped leaves its sources as they were, never asked to the end, whatever
// the archive has of them by then: the next start goes on, and does not wait for the line.
func TestAFirstRunThatIsStoppedGoesOn(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	c := &clock{now: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)}
	ctx, stop := context.WithCancel(context.Background())
	s := &schedule.Scheduler{
		Workspace: ws, Sources: []source.Source{line("monthly", "0 5 3 * *")}, Clock: c, Holder: "p",
		Run: func(context.Context, []string) schedule.Result {
			body := []byte("the first of two pages")
			sum := sha256.Sum256(body)
			if err := archive.In(ws).Put(archive.Record{
				Source: "monthly", Request: archive.Asked{ID: "one", URL: "https://monthly.example/1"}, RequestedAt: c.now, Status: 200,
				SHA256: hex.EncodeToString(sum[:]), Bytes: len(body), Origin: archive.Publisher,
			}, body); err != nil {
				t.Fatal(err)
			}
			stop()
			return schedule.Result{Err: errors.New("stopped while asking")}
		},
	}
	s.Once(ctx)
	c.now = c.now.Add(time.Minute)
	list, err := s.Entries()
	if err != nil || list[0].Next.After(c.now) {
		t.Errorf("next %s, %v", list[0].Next, err)
	}
	if _, err := schedule.Note(ws, "monthly", c.now, ""); err != nil {
		t.Fatal(err)
	}
	if list, err = s.Entries(); err != nil || !list[0].Next.After(c.now) {
		t.Errorf("after it was asked: next %s, %v", list[0].Next, err)
	}
}

// That what was asked cannot be read puts off no other source.
func TestReadingThatFailsPutsOffNobody(t *testing.T) {
	c := &clock{now: time.Date(2027, 1, 4, 3, 0, 0, 0, time.UTC)}
	asked := map[string][]string{}
	s := &schedule.Scheduler{
		Workspace: workspace.Open(t.TempDir()), Sources: []source.Source{line("a", "0 3 * * *"), line("b", "30 4 * * *"), line("c", "0 6 * * *")}, Clock: c, Holder: "p",
		Run: func(_ context.Context, ids []string) schedule.Result {
			for _, id := range ids {
				asked[id] = append(asked[id], c.now.Format("02 15:04"))
			}
			return schedule.Result{Err: errors.New("decisions cannot be read"), Asked: len(ids) > 0}
		},
	}
	loop(t, s, c, 50*time.Hour)
	for id, want := range map[string][]string{"a": {"04 03:00", "05 03:00", "06 03:00"}, "b": {"04 03:00", "04 04:30", "05 04:30", "06 04:30"}, "c": {"04 03:00", "04 06:00", "05 06:00"}} {
		if !slices.Equal(asked[id], want) {
			t.Errorf("%s was asked %v, want %v", id, asked[id], want)
		}
	}
}
