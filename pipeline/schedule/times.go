package schedule

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"sort"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/robfig/cron/v3"
)

const (
	// afterCrash is how long a source whose run did not end is left in peace: a program that
	// dies at each start must not ask at each start.
	afterCrash = time.Hour
	// longestBackoff bounds how rarely a failing source is asked.
	longestBackoff = 30 * 24 * time.Hour
	// searchLimit is how far a cron line is searched for its next time.
	searchLimit = 5 * 366 * 24 * time.Hour
	// seedFile holds what makes the jitter of this workspace its own. No source is named so.
	seedFile = folder + "/_seed"
)

// Entry is what is known of one source's schedule.
type Entry struct {
	ID    string
	Line  string // cron, UTC
	State State
	Next  time.Time // when it will be asked, UTC; zero: its line names no time, or its state cannot be read
	Fault string    // of the state on disk, for people

	unread bool // its state cannot be read now
}

// Entries lists the sources that are asked on a schedule, the next one first. It changes
// nothing. A source whose state cannot be read is among them, with the fault.
func (s *Scheduler) Entries() ([]Entry, error) {
	var list []Entry
	now := s.now()
	seed := s.seed()
	run, _ := s.runState()
	s.mu.Lock()
	put := maps.Clone(s.later)
	s.mu.Unlock()
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
		if e.State, e.Fault, err = Load(s.Workspace, about.ID, now); err != nil {
			e.Fault, e.unread = err.Error(), true
		} else {
			e.Next = s.next(about.ID+" "+seed, line, e.State, now)
		}
		if !e.Next.IsZero() {
			e.Next = later(e.Next, put[e.ID])
			if run.Failures > 0 && run.Unasked {
				e.Next = later(e.Next, run.again(now))
			}
		}
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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// next is when a source is to be asked. It lies in the past if that was missed: then it is
// asked once, however many times were missed.
func (s *Scheduler) next(name string, line cron.Schedule, st State, now time.Time) time.Time {
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
		next := line.Next(at)
		if next.IsZero() || next.Sub(st.Asked) > longestBackoff {
			break
		}
		at = next
	}
	at = at.Add(s.jitter(name, line, at))
	if st.Begun.After(st.Asked) {
		at = later(at, st.Begun.Add(afterCrash))
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

// jitter puts one time of a source off, by the same span whenever it is reckoned in one
// workspace, and by another span in each workspace. It stays in the first half of the gap
// to the next time of the line, so that no time is lost.
func (s *Scheduler) jitter(name string, line cron.Schedule, at time.Time) time.Duration {
	span := s.Jitter
	if next := line.Next(at); !next.IsZero() {
		span = min(span, next.Sub(at)/2)
	}
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", name, at.Unix())
	// The last bytes move only the lowest bits of this hash far: fold the high ones in.
	sum := h.Sum64()
	sum = (sum ^ sum>>32) * 0x9e3779b97f4a7c15
	return time.Duration((sum ^ sum>>29) % uint64(span)).Truncate(time.Second)
}

// seed is what makes the jitter of this workspace its own; "" until the first look.
func (s *Scheduler) seed() string {
	text, err := s.Workspace.Read(seedFile)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// sow gives the workspace its seed, unless it has one.
func (s *Scheduler) sow() error {
	if s.seed() != "" {
		return nil
	}
	err := s.Workspace.Create(seedFile, []byte(uuid.NewString()+"\n"))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s cannot be written, so that all who have the same lines ask at the same minute: %w", s.Workspace.Path(seedFile), err)
	}
	return nil
}

// Wall is the machine's own clock.
type Wall struct{}

// Now tells the time.
func (Wall) Now() time.Time { return time.Now() }

// SleepUntil looks at the wall clock at least once a minute: timers stand still while a
// machine sleeps, and a clock that is set does not move them. If it is set back, the time that
// was to pass ends the sleep all the same.
func (Wall) SleepUntil(ctx context.Context, t time.Time) error {
	begun := time.Now()
	atMost := t.Round(0).Sub(begun.Round(0))
	for {
		left := min(t.Round(0).Sub(time.Now().Round(0)), atMost-time.Since(begun))
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
