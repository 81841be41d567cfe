// Package schedule asks each source on its cron line, in UTC, for as long as the program
// runs, and catches up once on what was missed while it did not run. What was asked and
// when is on disk, so that a restart forgets nothing and repeats nothing.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// Times and numbers that nobody needs to set.
const (
	// Jitter and Patience are what the program uses where nobody says otherwise.
	Jitter   = 10 * time.Minute
	Patience = 3
	// lookEvery is the longest time between two looks: another process may have changed what
	// is on disk, and whoever watches wants a sign of life.
	lookEvery = time.Hour
	// lookSoon is when to look again at what stood in the way a moment ago.
	lookSoon = time.Minute
	// guard is the name under which one process at a time does what is due in a workspace.
	guard = "schedule"
)

// Result is what a run did.
type Result struct {
	// Failed says of each source that did not let us read what it said.
	Failed map[string]string
	// Skipped are sources that were not asked, because another process is asking them.
	Skipped  []string
	Snapshot string // in force afterwards
	Held     int    // rows
	// Err says that the run as a whole failed: nothing was written. With Asked the publishers
	// were asked all the same, and what they answered waits in the archive.
	Err   error
	Asked bool
	// Stopped says that Err is no failure: the program was told to end. The scheduler sets it.
	Stopped bool
}

// Notice tells a steward of a source that keeps failing, or that has come back. Without a
// source it is about runs that fail as a whole.
type Notice struct {
	Source   string
	Failures int    // in a row; 0: it has come back
	Why      string // what the last failure said
}

// Look is one look at what is due, and what came of it.
type Look struct {
	Ran     bool
	Result  Result        // of the run
	Took    time.Duration // the run
	HeldBy  string        // not empty: something is due, but this process runs what is due in the workspace
	Failing int           // runs in a row that failed as a whole, as of now
	Next    time.Time     // when something will be due; zero: never, as far as is known
	Err     error         // the look itself failed
}

// Well reports whether everything is as it should be: what a dead man's switch wants to hear.
func (l Look) Well() bool { return l.Err == nil && l.Failing == 0 }

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
	Holder    string // names this process to others
	// Run asks these sources and refreshes; without sources it only reads again what is in the
	// archive. One run goes on at a time in a workspace. A ctx that ends stops the asking, never
	// a write.
	Run      func(ctx context.Context, ids []string) Result
	Tell     func(Notice)  // to a steward; nil: nobody
	Looked   func(Look)    // after each look, at least once an hour while Loop goes on; nil: nobody
	Clock    Clock         // nil: the machine's
	Jitter   time.Duration // a time is put off by up to so much, in each workspace in its own way
	Patience int           // failures in a row after which a steward is told; 0: 3
	Log      *slog.Logger  // nil: nothing is logged

	said map[string]string // what the log has, so that it is not told it again
	beat beat

	mu     sync.Mutex           // metrics look, too
	unsaid RunState             // of the last run, if it could not be written
	later  map[string]time.Time // sources of which nothing could be noted: when to try again
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

func (s *Scheduler) now() time.Time { return s.clock().Now().UTC() }

func (s *Scheduler) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// Once does what is due now.
func (s *Scheduler) Once(ctx context.Context) Look {
	s.beat.begins(s.now())
	l := s.look(ctx)
	s.beat.ends(s.now())
	if s.Looked != nil {
		s.Looked(l)
	}
	return l
}

// work is what is to be done at a moment.
type work struct {
	due  []string
	read bool // what was asked earlier waits to be read
	next time.Time
	run  RunState
}

func (w work) any() bool { return w.read || len(w.due) > 0 }

// plan says what is to be done now.
func (s *Scheduler) plan() (w work, err error) {
	list, err := s.Entries()
	if err != nil {
		return w, err
	}
	now := s.now()
	run, fault := s.runState()
	w.run = run
	s.fault("all", fault)
	soonest := func(t time.Time) {
		if w.next.IsZero() || t.Before(w.next) {
			w.next = t
		}
	}
	for _, e := range list {
		s.fault(e.ID, e.Fault)
		switch next := e.Next; {
		case e.unread:
			soonest(now.Add(lookSoon)) // it may be readable then
		case next.IsZero():
		case next.After(now):
			soonest(next)
		default:
			w.due = append(w.due, e.ID)
		}
	}
	if w.run.Unread {
		if at := w.run.again(now); at.After(now) {
			soonest(at)
		} else {
			w.read = true
		}
	}
	return w, nil
}

// fault logs what is wrong with the state of a source, when it is new.
func (s *Scheduler) fault(id, text string) {
	if s.news(id, text) {
		s.log().Warn("state of the schedule", "source", id, "fault", text)
	}
}

// news reports whether the log does not have a text on something yet. An empty text says that
// there is nothing more to say on it.
func (s *Scheduler) news(on, text string) bool {
	if s.said[on] == text {
		return false
	}
	if s.said == nil {
		s.said = map[string]string{}
	}
	s.said[on] = text
	return text != ""
}

// look does what is due, unless another process is at it in the same workspace.
func (s *Scheduler) look(ctx context.Context) (l Look) {
	if err := s.sow(); err != nil && s.news("_seed", err.Error()) {
		s.log().Warn("jitter", "error", err)
	}
	w, err := s.plan()
	if err != nil {
		return Look{Err: err}
	}
	l = Look{Next: w.next, Failing: w.run.Failures}
	if !w.any() {
		return l
	}
	release, err := s.Workspace.TryGuard(guard, s.Holder)
	var held *workspace.HeldError
	if errors.As(err, &held) {
		l.HeldBy = held.Holder
		if w.run.Holder != "" && w.run.Holder != s.Holder {
			l.HeldBy = w.run.Holder
		}
		if s.news("_held", l.HeldBy) {
			s.log().Info("another process does what is due in this workspace; this one looks again later", "holder", l.HeldBy)
		}
		return l
	}
	if err != nil {
		l.Err = err
		return l
	}
	defer release()
	s.news("_held", "")
	// The process that had it may have done all this.
	if w, err = s.plan(); err != nil {
		return Look{Err: err}
	}
	if w.any() {
		begun := s.now()
		l.Ran, l.Result = true, s.run(ctx, w)
		l.Took = s.now().Sub(begun)
		if w, err = s.plan(); err != nil {
			l.Err = err
			return l
		}
		if w.any() {
			w.next = s.now() // what came due meanwhile
		}
	}
	l.Next, l.Failing = w.next, w.run.Failures
	return l
}

// Loop does what is due until ctx ends. A run in hand finishes what it writes.
func (s *Scheduler) Loop(ctx context.Context) error {
	if err := s.Check(); err != nil {
		return err
	}
	s.greet()
	for ctx.Err() == nil {
		l := s.Once(ctx)
		now := s.now()
		wait := now.Add(lookEvery)
		switch {
		case l.Err != nil:
			s.log().Error("schedule", "error", l.Err)
			wait = now.Add(lookSoon)
		case l.HeldBy != "":
			wait = now.Add(lookSoon)
		case !l.Next.IsZero() && l.Next.Before(wait):
			wait = l.Next
		}
		if err := s.clock().SleepUntil(ctx, wait); err != nil {
			return nil
		}
	}
	return nil
}

// greet says at the start what will be done.
func (s *Scheduler) greet() {
	list, err := s.Entries()
	if err != nil {
		return // the first look says so
	}
	var due []string
	for _, e := range list {
		switch {
		case e.Next.IsZero():
		case !e.Next.After(s.now()):
			due = append(due, e.ID)
		default:
			s.log().Info("schedule begins", "sources", len(list), "due", due, "next", e.ID, "at", e.Next)
			return
		}
	}
	s.log().Info("schedule begins", "sources", len(list), "due", due)
}
