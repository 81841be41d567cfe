// Package schedule asks each source on its cron line, in UTC, for as long as the program
// runs, and catches up once on what was missed while it did not run. What was asked and
// when is on disk, so that a restart forgets nothing and repeats nothing.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sort"
	"time"

	"github.com/robfig/cron/v3"

	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// Times and numbers that nobody needs to set.
const (
	// afterCrash is how long a source whose run did not end is left in peace: a program that
	// dies at each start must not ask at each start.
	afterCrash = time.Hour
	// longestBackoff bounds how rarely a failing source is asked.
	longestBackoff = 30 * 24 * time.Hour
	// aheadOfUs is how far in the future a state may lie before it is taken for that of a
	// clock that was wrong.
	aheadOfUs = 24 * time.Hour
	// searchLimit is how far a cron line is searched for its next time.
	searchLimit = 5 * 366 * 24 * time.Hour
)

// Result is what a run did.
type Result struct {
	// Failed says of each source that did not let us read what it said.
	Failed   map[string]string
	Snapshot string // in force afterwards
	Held     int    // rows
	Requests []Requests
	// Err says that the run as a whole failed: nothing was written.
	Err error
}

// Requests counts the requests of a run to one host with one outcome.
type Requests struct {
	Host, Outcome string
	Count         int
}

// Notice tells a steward of a source that keeps failing, or that has come back.
type Notice struct {
	Source   string
	Failures int    // in a row; 0: it has come back
	Why      string // what the last failure said
}

// Clock tells the time and waits for one. A simulated one makes years pass in a test.
type Clock interface {
	Now() time.Time
	// SleepUntil returns when the wall clock has reached t, or ctx has ended.
	SleepUntil(ctx context.Context, t time.Time) error
}

// Scheduler runs sources on their lines.
type Scheduler struct {
	Workspace *workspace.Workspace
	Sources   []source.Source
	// Run asks these sources and refreshes. One run goes on at a time. A ctx that ends stops
	// the asking, never a write.
	Run      func(ctx context.Context, ids []string) Result
	Tell     func(Notice)  // to a steward; nil: nobody
	Ran      func(Result)  // after each run; nil: nobody
	Clock    Clock         // nil: the machine's
	Jitter   time.Duration // a time is put off by up to so much, the same for all who have the line
	Patience int           // failures in a row after which a steward is told; 0: 3
	Log      *slog.Logger  // nil: nothing is logged
}

// Entry is what is known of one source's schedule.
type Entry struct {
	ID    string
	Line  string // cron, UTC
	State State
	Next  time.Time // when it will be asked; zero: its line names no time
	Fault string    // of the state on disk, for the log
}

// Asks reports whether the source has a publisher that can be asked on a schedule.
func Asks(s source.Source) bool {
	_, tabled := s.(source.Tabled)
	about := s.About()
	return !tabled && !about.Frozen && about.Edition == "" && len(about.Requests) > 0
}

// Check reads the lines of all sources, so that a mistake shows at the start.
func (s *Scheduler) Check() error {
	for _, src := range s.Sources {
		about := src.About()
		if _, err := cron.ParseStandard(about.Schedule); Asks(src) && err != nil {
			return fmt.Errorf("source %s: the schedule %q is no cron line: %w", about.ID, about.Schedule, err)
		}
	}
	return nil
}

func (s *Scheduler) clock() Clock {
	if s.Clock == nil {
		return Wall{}
	}
	return s.Clock
}

func (s *Scheduler) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// Entries lists the sources that are asked on a schedule, the next one first.
func (s *Scheduler) Entries() ([]Entry, error) {
	var list []Entry
	now := s.clock().Now().UTC()
	for _, src := range s.Sources {
		if !Asks(src) {
			continue
		}
		about := src.About()
		line, err := cron.ParseStandard(about.Schedule)
		if err != nil {
			return nil, fmt.Errorf("source %s: the schedule %q is no cron line: %w", about.ID, about.Schedule, err)
		}
		e := Entry{ID: about.ID, Line: about.Schedule}
		if e.State, e.Fault, err = Load(s.Workspace, about.ID); err != nil {
			return nil, fmt.Errorf("schedule of %s: %w", about.ID, err)
		}
		e.Next = s.next(about.ID, line, e.State, now)
		list = append(list, e)
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].Next, list[j].Next
		if a.IsZero() || b.IsZero() {
			return !a.IsZero()
		}
		return a.Before(b)
	})
	return list, nil
}

// next is when a source is to be asked. It lies in the past if that was missed: then it is
// asked once, however many times were missed.
func (s *Scheduler) next(id string, line cron.Schedule, st State, now time.Time) time.Time {
	if st.Begun.After(now.Add(aheadOfUs)) {
		st.Begun = now // a clock that was wrong then
	}
	if st.Asked.After(now.Add(aheadOfUs)) {
		st.Asked = now
	}
	if st.Asked.IsZero() {
		// It has never been asked: now, unless a run that began with it did not end.
		if st.Begun.IsZero() {
			return now
		}
		return st.Begun.Add(afterCrash)
	}
	at := line.Next(st.Asked)
	if at.IsZero() || at.Sub(st.Asked) > searchLimit {
		return time.Time{}
	}
	for n := 1; n < skip(st.Failures); n++ {
		later := line.Next(at)
		if later.IsZero() || later.Sub(st.Asked) > longestBackoff {
			break
		}
		at = later
	}
	at = at.Add(s.jitter(id, at))
	if again := st.Begun.Add(afterCrash); st.Begun.After(st.Asked) && again.After(at) {
		at = again
	}
	return at
}

// skip is on which of its times a source that failed so often is asked: each, every second, every
// fourth.
func skip(failures int) int {
	switch {
	case failures < 2:
		return 1
	case failures == 2:
		return 2
	}
	return 4
}

// jitter puts one time of a source off by the same span wherever and whenever it is
// reckoned.
func (s *Scheduler) jitter(id string, at time.Time) time.Duration {
	if s.Jitter <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", id, at.Unix())
	return time.Duration(h.Sum64() % uint64(s.Jitter)).Truncate(time.Second)
}

// Once runs what is due now; ran is false if nothing is.
func (s *Scheduler) Once(ctx context.Context) (r Result, ran bool, err error) {
	r, ran, _, err = s.step(ctx)
	return r, ran, err
}

// step runs what is due and says when something will be due next.
func (s *Scheduler) step(ctx context.Context) (r Result, ran bool, next time.Time, err error) {
	list, err := s.Entries()
	if err != nil {
		return r, false, next, err
	}
	now := s.clock().Now().UTC()
	var due []string
	for _, e := range list {
		if e.Fault != "" {
			s.log().Warn("state of the schedule", "source", e.ID, "fault", e.Fault)
		}
		switch {
		case e.Next.IsZero():
		case !e.Next.After(now):
			due = append(due, e.ID)
		case next.IsZero() || e.Next.Before(next):
			next = e.Next
		}
	}
	if len(due) == 0 {
		return r, false, next, nil
	}
	return s.run(ctx, due), true, next, nil
}

// run runs sources and notes what came of it.
func (s *Scheduler) run(ctx context.Context, ids []string) Result {
	log := s.log()
	started := s.clock().Now().UTC()
	for _, id := range ids {
		if err := Begin(s.Workspace, id, started); err != nil {
			return s.ended(Result{Err: fmt.Errorf("note that %s is asked: %w", id, err)})
		}
	}
	log.Info("run begins", "sources", ids)
	r := s.Run(ctx, ids)
	if r.Err != nil {
		log.Error("run failed", "error", r.Err)
		return s.ended(r)
	}
	for _, id := range ids {
		st, err := Note(s.Workspace, id, s.clock().Now(), r.Failed[id])
		if err == nil {
			err = s.tell(id, st)
		}
		if err != nil {
			r.Err = errors.Join(r.Err, fmt.Errorf("note how asking %s went: %w", id, err))
		}
		if r.Failed[id] != "" {
			log.Warn("source failed", "source", id, "why", r.Failed[id], "in_a_row", st.Failures)
		}
	}
	log.Info("run ended", "sources", ids, "failed", len(r.Failed), "snapshot", r.Snapshot, "held", r.Held)
	return s.ended(r)
}

func (s *Scheduler) ended(r Result) Result {
	if s.Ran != nil {
		s.Ran(r)
	}
	return r
}

// tell tells a steward after the first few failures in a row, then each time their number
// has doubled, and once when the source has come back.
func (s *Scheduler) tell(id string, st State) error {
	patience := s.Patience
	if patience <= 0 {
		patience = 3
	}
	switch {
	case st.Failures == 0 && st.Told > 0:
	case st.Failures >= patience && st.Failures >= 2*st.Told:
	default:
		return nil
	}
	st.Told = st.Failures
	if err := st.save(s.Workspace, id); err != nil {
		return err
	}
	if s.Tell != nil {
		s.Tell(Notice{Source: id, Failures: st.Failures, Why: st.Why})
	}
	return nil
}

// Loop runs what is due until ctx ends. A run in hand finishes what it writes.
func (s *Scheduler) Loop(ctx context.Context) error {
	if err := s.Check(); err != nil {
		return err
	}
	for ctx.Err() == nil {
		r, ran, next, err := s.step(ctx)
		now := s.clock().Now().UTC()
		wait := now.Add(time.Hour) // another process may have changed the state
		switch {
		case err != nil:
			s.log().Error("schedule", "error", err)
			wait = now.Add(time.Minute)
		case ran && r.Err != nil:
			wait = now.Add(time.Minute)
		case ran:
			continue
		case !next.IsZero() && next.Before(wait):
			wait = next
		}
		if err := s.clock().SleepUntil(ctx, wait); err != nil {
			return nil
		}
	}
	return nil
}

// Wall is the machine's own clock.
type Wall struct{}

// Now tells the time.
func (Wall) Now() time.Time { return time.Now() }

// SleepUntil looks at the wall clock at least once a minute: timers stand still while a
// machine sleeps, and a clock that is set does not move them.
func (Wall) SleepUntil(ctx context.Context, t time.Time) error {
	for {
		left := t.Round(0).Sub(time.Now().Round(0))
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(min(left, time.Minute))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
