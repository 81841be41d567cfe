package schedule

import (
	"fmt"
	"sync"
	"time"
)

// beat is the sign of life of a loop.
type beat struct {
	mu   sync.Mutex
	at   time.Time
	busy bool
}

func (b *beat) begins(at time.Time) { b.set(at, true) }

func (b *beat) ends(at time.Time) { b.set(at, false) }

func (b *beat) set(at time.Time, busy bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at, b.busy = at, busy
}

// Bounds of what is still a living loop: an idle one looks each hour, and a run takes as long
// as the publishers let us wait.
const (
	idleAtMost = 2 * time.Hour
	busyAtMost = 12 * time.Hour
)

// Alive returns an error if the loop has not turned for longer than it ever should, or a run
// does not end. Before the first turn it is alive.
func (s *Scheduler) Alive() error {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	age := s.now().Sub(s.beat.at).Round(time.Second)
	switch {
	case s.beat.at.IsZero():
	case s.beat.busy && age > busyAtMost:
		return fmt.Errorf("a run has been going on for %s; end the program and start it again, nothing is lost", age)
	case !s.beat.busy && age > idleAtMost:
		return fmt.Errorf("nobody has looked for %s at what is due; end the program and start it again, nothing is lost", age)
	}
	return nil
}
