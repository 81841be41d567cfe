package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// leftFor is how long a host that said no is not asked again: longer than a run takes.
	leftFor = time.Hour
	// longestUntil bounds what a host may ask for: no source is asked less often than that.
	longestUntil = 30 * 24 * time.Hour
	// aheadOfUs is how far in the future a record may lie before it is taken for one of a clock that
	// was wrong.
	aheadOfUs = 24 * time.Hour
	// mostRefusals is how often a host may say that it is asked too much, before it is left.
	mostRefusals = 2
)

// host is what the client owes to one host, whatever scheme and port it is asked by. What
// stands below turn is guarded by the client's lock but for last, which is the holder's of
// the turn.
type host struct {
	name string
	turn chan struct{} // holds one token: one request at a time
	last time.Time     // end of the last answer

	rate     *rate.Limiter
	gap      time.Duration
	until    time.Time // the host asked not to be asked before
	refused  []time.Time
	asked    sync.Once // the memory, when the host wants to be asked again
	left     string    // why it is not asked any more; empty: it is
	leftTill time.Time
	sites    map[string]*site // by scheme and port
}

// hostOf is the host of an address. A gap above the host's own makes that longer.
func (c *Client) hostOf(u *url.URL, gap time.Duration) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := strings.ToLower(u.Hostname())
	h := c.hosts[name]
	if h == nil {
		h = &host{name: name, turn: make(chan struct{}, 1), gap: c.cfg.Gap, sites: map[string]*site{}}
		h.rate = rate.NewLimiter(rate.Every(h.gap), 1)
		c.hosts[name] = h
	}
	c.widen(h, gap)
	return h
}

// widen makes the gap of a host longer, never shorter. The caller has the client's lock.
func (c *Client) widen(h *host, gap time.Duration) {
	if gap > h.gap {
		h.gap = gap
		h.rate.SetLimitAt(c.cfg.Now(), rate.Every(gap))
	}
}

// take waits until it is one's turn at the host; give gives it back.
func (h *host) take(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *host) give() { <-h.turn }

// waitFile is where the next run finds when a host wants to be asked again, whichever source
// or robots.txt it said so for.
func (h *host) waitFile() string { return "robots/" + url.PathEscape(h.name) + ".wait" }

// remind keeps for the next run that a host wants to be left alone for longer than a run
// waits.
func (c *Client) remind(h *host, now, until time.Time) {
	if c.cfg.Memory == nil || until.Sub(now) <= longestWait {
		return
	}
	// Where it cannot be kept, the archive's records of the source still say it.
	_ = c.cfg.Memory.Write(h.waitFile(), []byte(until.UTC().Format(time.RFC3339)+"\n"))
}

// recallWait takes from the memory what a host said to an earlier run. A time that no host can
// have named is that of a clock that was wrong.
func (c *Client) recallWait(h *host) {
	if c.cfg.Memory == nil {
		return
	}
	h.asked.Do(func() {
		text, err := c.cfg.Memory.Read(h.waitFile())
		if err != nil {
			return
		}
		until, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
		if err == nil && until.Sub(c.cfg.Now()) <= longestUntil {
			c.leaveUntil(h, until)
		}
	})
}

// pause waits for the gap, and for a moment that the host asked for. The caller has the
// turn.
func (c *Client) pause(ctx context.Context, h *host, say func(string)) error {
	now := c.cfg.Now()
	c.mu.Lock()
	// The limiter counts from when a request was allowed. A connection that took long, or an
	// answer, must not eat the gap, so it is also kept from the end of the last answer.
	wait := max(h.rate.ReserveN(now, 1).DelayFrom(now), h.last.Add(h.gap).Sub(now), h.until.Sub(now))
	c.mu.Unlock()
	if wait <= 0 {
		return ctx.Err()
	}
	if wait >= 500*time.Millisecond {
		say(fmt.Sprintf("waits %s for %s", wait.Round(time.Second/10), h.name))
	}
	return c.cfg.Sleep(ctx, wait)
}

// inTurn sends when it is one's turn at the host and the gap is over, and keeps what the
// answer says about when to ask again. Where the host is not to be asked now, nothing is
// sent, and the reply says why. The error is that of the context.
func (c *Client) inTurn(ctx context.Context, h *host, u *url.URL, say func(string), send func() *reply) (*reply, error) {
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	defer h.give()
	c.recallWait(h)
	if fault, text := c.shut(h); fault != "" {
		return &reply{at: c.cfg.Now().UTC(), url: u, fault: fault, text: text, unsent: true}, nil
	}
	if err := c.pause(ctx, h, say); err != nil {
		return nil, err
	}
	r := send()
	h.last = c.cfg.Now()
	if ctx.Err() != nil {
		return nil, ctx.Err() // what came of an answer that was cut off by us says nothing of the publisher
	}
	c.heed(h, r)
	return r, nil
}

// shut says why the host is not to be asked now; empty: it may be.
func (c *Client) shut(h *host) (fault, text string) {
	now := c.cfg.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case h.left != "" && now.Before(h.leftTill):
		return "left-alone", h.left
	case h.until.Sub(now) > longestWait:
		return "asked-to-wait", fmt.Sprintf("%s asked not to be asked before %s", h.name, h.until.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return "", ""
}

// heed keeps what an answer says about asking again.
func (c *Client) heed(h *host, r *reply) {
	if r.status < 400 {
		return
	}
	now := c.cfg.Now()
	if wait, ok := retryAfter(r.header, now); ok {
		r.wait, r.hasWait = wait, true
		c.leaveUntil(h, now.Add(wait))
		c.remind(h, now, now.Add(wait))
	}
	if r.status != http.StatusTooManyRequests && r.status != http.StatusServiceUnavailable {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h.refused = append(h.refused, now)
	for len(h.refused) > 0 && now.Sub(h.refused[0]) >= leftFor {
		h.refused = h.refused[1:]
	}
	if len(h.refused) >= mostRefusals {
		h.left = fmt.Sprintf("%s said %d times that it is asked too much (status %d last), so nothing more is asked there in this run", h.name, len(h.refused), r.status)
		h.leftTill, r.again = now.Add(leftFor), false
	}
}

// leaveUntil keeps that the host asked not to be asked before a time.
func (c *Client) leaveUntil(h *host, t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(h.until) {
		h.until = t
	}
}

// leave keeps that the host answered with a challenge: whatever else is asked there is
// answered so too, and each time is one more reason to shut us out.
func (c *Client) leave(h *host) {
	now := c.cfg.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	h.left = h.name + " answered with a challenge, so nothing more is asked there in this run"
	h.leftTill = now.Add(leftFor)
}

// retryAfter reads the header in its two forms; ok is false if there is none. What is too
// long to be meant is shortened.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(header.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), longestUntil), true
	}
	if strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n > int64(longestUntil/time.Second) {
		return longestUntil, true
	}
	return time.Duration(n) * time.Second, true
}
