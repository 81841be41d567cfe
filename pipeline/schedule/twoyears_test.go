package schedule_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"baseline/pipeline/schedule"
	"baseline/pipeline/workspace"
	"baseline/sources"
	"baseline/sources/source"
)

// matches reads the fields of a cron line apart from the library that is tested.
func matches(fields []string, t time.Time) bool {
	for i, v := range []int{t.Minute(), t.Hour(), t.Day(), int(t.Month()), int(t.Weekday())} {
		if !field(fields[i], v) {
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

// named are the times that a line names, minute by minute.
func named(line string, from, to time.Time) (list []time.Time) {
	fields := strings.Fields(line)
	for at := from.Add(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		if matches(fields, at) {
			list = append(list, at)
		}
	}
	return list
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

// Times that nothing on a line names: the month in which the machine sleeps, clocks that are
// set, and a program that dies in the middle of a run.
var (
	from    = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	to      = time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	asleep  = time.Date(2027, 6, 10, 12, 0, 0, 0, time.UTC)
	awake   = time.Date(2027, 7, 10, 12, 0, 0, 0, time.UTC)
	back    = time.Date(2027, 9, 7, 9, 50, 0, 0, time.UTC)
	forward = time.Date(2028, 2, 1, 4, 10, 0, 0, time.UTC)
	crashes = time.Date(2028, 5, 2, 0, 0, 0, 0, time.UTC) // the first run after it
)

// change is by how much the clock is set back, and later forward.
const change = 5 * time.Hour

func twoYears(t *testing.T, zone *time.Location, list []source.Source) {
	// Times that a clock change leaves out or repeats, a day that few years have, one daily
	// line, and one source that never lets us read.
	list = append(slices.Clone(list), line("leap", "0 3 29 2 *"), line("spring", "30 2 * * *"), line("autumn", "30 1 * 3,10,11 0"),
		line("monthly", "15 6 1 * *"), line("failing", "50 3 * * *"))
	// In memory: on a disk, most of the time would be spent on waiting for it.
	ws := workspace.OpenBucket(memblob.OpenBucket(nil), "mem://")
	t.Cleanup(func() { _ = ws.Close() })
	c := &clock{now: from.In(zone), until: to.Add(-time.Hour)}
	crash := false
	c.events = append(c.events,
		event{asleep, func(c *clock) { c.now = awake.In(zone) }},
		event{back, func(c *clock) { c.now = c.now.Add(-change) }},
		event{forward, func(c *clock) { c.now = c.now.Add(change) }},
		event{crashes, func(*clock) { crash = true }},
	)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		at := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)))))
		c.events = append(c.events, event{at, func(c *clock) { c.stop() }}) // the program is ended and started again
	}
	slices.SortFunc(c.events, func(a, b event) int { return a.at.Compare(b.at) })

	ran := map[string][]time.Time{}
	var died time.Time
	busy := false
	run := func(_ context.Context, ids []string) schedule.Result {
		if busy {
			t.Error("two runs at once")
		}
		if crash {
			crash, died = false, c.now.UTC()
			panic("the program dies")
		}
		busy = true
		for _, id := range ids {
			ran[id] = append(ran[id], c.now.UTC())
		}
		c.now = c.now.Add(3 * time.Second)
		busy = false
		return schedule.Result{Failed: map[string]string{"failing": "the server answered 500"}}
	}
	starts := 0
	for ; !c.now.After(c.until) && starts < 1000; starts++ {
		ctx, stop := context.WithCancel(context.Background())
		c.stop = stop
		s := &schedule.Scheduler{Workspace: ws, Sources: list, Clock: c, Jitter: schedule.Jitter, Run: run}
		func() {
			defer func() {
				if recover() != nil {
					c.now = c.now.Add(time.Minute) // until somebody starts it again
				}
			}()
			if err := s.Loop(ctx); err != nil {
				t.Fatal(err)
			}
		}()
		stop()
	}
	if starts < 50 || died.IsZero() {
		t.Errorf("started %d times, died at %v", starts, died)
	}
	for _, s := range list {
		about := s.About()
		on := named(about.Schedule, from, to.Add(-time.Hour))
		inTime(t, about.ID, on, ran[about.ID], died)
		if about.ID == "failing" {
			seldom(t, ran[about.ID])
			continue
		}
		want := 1 // the first time, which no line names
		missed := 0
		for _, at := range on {
			if at.After(asleep) && !at.After(awake) {
				missed = 1
			} else {
				want++
			}
		}
		if got := len(ran[about.ID]); got != want+missed {
			t.Errorf("%s (%s): %d runs, want %d", about.ID, about.Schedule, got, want+missed)
		}
	}
	if n := len(ran["leap"]); n != 2 {
		t.Errorf("the leap day was asked for %d times", n-1)
	}
}

// inTime wants each run within the jitter after a time that the line names, but for those
// that catch up.
func inTime(t *testing.T, id string, on, ran []time.Time, died time.Time) {
	t.Helper()
	const slack = 10 * time.Second // runs of others take some seconds
	soonAfter := func(at, event time.Time) bool { return !at.Before(event) && at.Sub(event) <= slack }
	var caught []time.Time
	for i, at := range ran {
		n, exact := slices.BinarySearchFunc(on, at, time.Time.Compare)
		if exact {
			n++
		}
		switch {
		case n > 0 && at.Sub(on[n-1]) <= schedule.Jitter+slack:
		case i == 0 && at.Equal(from):
		case soonAfter(at, awake), soonAfter(at, died.Add(time.Hour)), soonAfter(at, forward.Add(change)):
			caught = append(caught, at)
		default:
			t.Errorf("%s: run at %s, at which nothing was due", id, at)
		}
	}
	if len(caught) > 3 {
		t.Errorf("%s: caught up %d times: %v", id, len(caught), caught)
	}
}

// seldom wants a source that never lets us read to be asked every fourth day.
func seldom(t *testing.T, ran []time.Time) {
	t.Helper()
	if n := len(ran); n < 165 || n > 185 {
		t.Errorf("the failing source was asked %d times in two years", n)
	}
	for i := 3; i < len(ran); i++ {
		gap := ran[i].Sub(ran[i-1])
		if gap < 4*24*time.Hour-time.Hour && !ran[i-1].Equal(awake) {
			t.Errorf("the failing source was asked at %s and again at %s", ran[i-1], ran[i])
		}
	}
}
