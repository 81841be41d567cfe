package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"baseline/pipeline/archive"
	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
	"baseline/sources"
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

// fields reads a cron line apart from the library that is tested, minute by minute.
func matches(line string, t time.Time) bool {
	f := strings.Fields(line)
	for i, v := range []int{t.Minute(), t.Hour(), t.Day(), int(t.Month()), int(t.Weekday())} {
		if !field(f[i], v) {
			return false
		}
	}
	return true
}

func field(f string, v int) bool {
	for _, p := range strings.Split(f, ",") {
		p, step, _ := strings.Cut(p, "/")
		n := 1
		if step != "" {
			n, _ = strconv.Atoi(step)
		}
		low, high, isRange := strings.Cut(p, "-")
		switch {
		case p == "*" && v%n == 0:
			return true
		case isRange:
			l, _ := strconv.Atoi(low)
			h, _ := strconv.Atoi(high)
			if v >= l && v <= h {
				return true
			}
		case p == strconv.Itoa(v):
			return true
		}
	}
	return false
}

func TestTwoYears(t *testing.T) {
	real := slices.DeleteFunc(sources.All(), func(s source.Source) bool { return !schedule.Asks(s) })
	if len(real) < 12 {
		t.Fatalf("only %d sources are asked", len(real))
	}
	for name, list := range map[string][]source.Source{"Europe/Paris": real, "America/New_York": nil} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			twoYears(t, zone, list)
		})
	}
}

func twoYears(t *testing.T, zone *time.Location, list []source.Source) {
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	// Times that a clock change leaves out or repeats, a day that few years have, and one
	// daily line.
	list = append(list, line("leap", "0 3 29 2 *"), line("spring", "30 2 * * *"), line("autumn", "30 1 * 3,10,11 0"), line("monthly", "15 6 1 * *"))
	asleep, awake := time.Date(2027, 6, 10, 12, 0, 0, 0, time.UTC), time.Date(2027, 7, 10, 12, 0, 0, 0, time.UTC)

	want := map[string]int{}
	for _, s := range list {
		about := s.About()
		want[about.ID]++ // the first time, which no line names
		missed := 0
		for at := from.Add(time.Minute); at.Before(to.Add(-time.Hour)); at = at.Add(time.Minute) {
			switch {
			case !matches(about.Schedule, at):
			case at.After(asleep) && !at.After(awake):
				missed = 1
			default:
				want[about.ID]++
			}
		}
		want[about.ID] += missed
	}
	if want["leap"] != 2 {
		t.Fatalf("the leap day comes %d times", want["leap"]-1)
	}

	ws := workspace.Open(t.TempDir())
	c := &clock{now: from.In(zone), until: to.Add(-time.Hour)}
	c.events = append(c.events,
		event{asleep, func(c *clock) { c.now = awake.In(zone) }},
		event{time.Date(2027, 9, 7, 4, 50, 0, 0, time.UTC), func(c *clock) { c.now = c.now.Add(-time.Hour) }},
		event{time.Date(2028, 2, 1, 4, 10, 0, 0, time.UTC), func(c *clock) { c.now = c.now.Add(time.Hour) }},
	)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		at := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)))))
		c.events = append(c.events, event{at, func(c *clock) { c.stop() }}) // the program is ended and started again
	}
	slices.SortFunc(c.events, func(a, b event) int { return a.at.Compare(b.at) })

	ran := map[string]int{}
	busy := false
	starts := 0
	for ; !c.now.After(c.until) && starts < 1000; starts++ {
		ctx, stop := context.WithCancel(context.Background())
		c.stop = stop
		s := &schedule.Scheduler{
			Workspace: ws, Sources: list, Clock: c, Jitter: 10 * time.Minute,
			Run: func(_ context.Context, ids []string) schedule.Result {
				if busy {
					t.Error("two runs at once")
				}
				busy = true
				for _, id := range ids {
					ran[id]++
				}
				c.now = c.now.Add(3 * time.Second)
				busy = false
				return schedule.Result{}
			},
		}
		if err := s.Loop(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
	}
	if starts < 50 {
		t.Errorf("started %d times", starts)
	}
	for _, s := range list {
		if id := s.About().ID; ran[id] != want[id] {
			t.Errorf("%s (%s): %d runs, want %d", id, s.About().Schedule, ran[id], want[id])
		}
	}
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
	// A state from a clock that was wrong does not silence the source for years.
	if _, err := schedule.Note(ws, "weekly", at.AddDate(3, 0, 0), ""); err != nil {
		t.Fatal(err)
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 15, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("asked in three years: %+v", e)
	}
	if err := ws.Write("schedule/weekly.json", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if e := next(ws); !e.Next.Equal(time.Date(2027, 3, 8, 5, 0, 0, 0, time.UTC)) || !strings.Contains(e.Fault, "cannot be read") {
		t.Errorf("damaged state: %+v", e)
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
	if len(at) != 3 || at[1].Sub(at[0]) < time.Hour || at[2].Sub(at[1]) < time.Hour {
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

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestMetricsAndHealth(t *testing.T) {
	ws := workspace.Open(t.TempDir())
	s := &schedule.Scheduler{Workspace: ws, Sources: []source.Source{line("weekly", "0 5 * * 1")}}
	if _, err := schedule.Note(ws, "weekly", time.Now(), "the server answered 500"); err != nil {
		t.Fatal(err)
	}
	m := schedule.NewMetrics(s, "test")
	m.Ran(schedule.Result{Requests: []schedule.Requests{{Host: "a.example", Outcome: "new", Count: 3}}}, time.Second)
	m.Ran(schedule.Result{Err: errors.New("x")}, time.Second)
	server, err := m.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	at := "http://" + server.Address()
	if code, _ := get(t, at+"/healthz"); code != 200 {
		t.Errorf("healthz: %d", code)
	}
	if code, body := get(t, at+"/readyz"); code != 503 || !strings.Contains(body, "no snapshot") {
		t.Errorf("readyz: %d %s", code, body)
	}
	code, body := get(t, at+"/metrics")
	for _, want := range []string{
		`baseline_requests_total{host="a.example",outcome="new"} 3`, `baseline_runs_total{outcome="failed"} 1`,
		`baseline_source_consecutive_failures{source="weekly"} 1`, `baseline_source_age_budget_seconds{source="weekly"} 604800`,
		`baseline_build_info{version="test"} 1`, "baseline_source_next_run_timestamp_seconds",
	} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("metrics (%d) lack %s:\n%s", code, want, body)
		}
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	file := filepath.Join(t.TempDir(), "baseline.prom")
	if err := m.WriteTextfile(file); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "baseline_runs_total") {
		t.Errorf("%s, %v", text, err)
	}
	if err := m.WriteTextfile(filepath.Join(t.TempDir(), "no", "folder", "x.prom")); err == nil {
		t.Error("a file that cannot be written must be told")
	}
	if _, err := m.Serve(server.Address()); err == nil {
		t.Error("an address that is taken must be told")
	}
	var _ prometheus.Collector = m
}

func TestPing(t *testing.T) {
	var paths []string
	status := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		w.WriteHeader(status)
	}))
	defer server.Close()
	for _, ok := range []bool{true, false} {
		if err := schedule.Ping(context.Background(), server.URL+"/secret-uuid", ok); err != nil {
			t.Error(err)
		}
	}
	if fmt.Sprint(paths) != "[/secret-uuid /secret-uuid/fail]" {
		t.Errorf("%v", paths)
	}
	status = 500
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := schedule.Ping(ctx, server.URL+"/secret-uuid", true); err == nil {
		t.Error("a ping that is refused must be told")
	}
	server.Close()
	ctx, stop = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := schedule.Ping(ctx, server.URL+"/secret-uuid", true); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}
