package publishers

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that goes on only when somebody sleeps by it. A world and a client with
// the same clock take no time over what would take hours.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the time by the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep puts the clock forward and returns at once. Where several sleep at a time, each
// puts it forward: nobody wakes too early.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() == nil && d > 0 {
		c.now = c.now.Add(d)
	}
	return ctx.Err()
}
