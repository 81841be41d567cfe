package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
	"golang.org/x/time/rate"
)

// robotsFor is how long a robots.txt is believed, and outFor how long a host that did not
// give one is left in peace: what it has more pages for fails the same way.
const (
	robotsFor = 24 * time.Hour
	outFor    = 5 * time.Minute
)

// host is what the client owes to one host.
type host struct {
	name  string
	turn  chan struct{} // holds one token: one request at a time
	rate  *rate.Limiter
	gap   time.Duration
	until time.Time // the host asked not to be asked before
	last  time.Time // end of the last answer

	robotsAt   time.Time
	robots     *robotstxt.Group // nil: everything is allowed
	robotsText string           // why nothing may be asked; empty: robots decides
	robotsWord string           // the same as a stable word
}

func (c *Client) hostOf(u *url.URL, gap time.Duration) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := strings.ToLower(u.Host)
	h := c.hosts[name]
	if h == nil {
		h = &host{name: name, turn: make(chan struct{}, 1), gap: c.cfg.Gap}
		h.rate = rate.NewLimiter(rate.Every(h.gap), 1)
		c.hosts[name] = h
	}
	if gap > h.gap {
		h.gap = gap
		h.rate.SetLimitAt(c.cfg.Now(), rate.Every(gap))
	}
	return h
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

// pause waits for the gap. The caller has the turn.
func (c *Client) pause(ctx context.Context, h *host, say func(string)) error {
	now := c.cfg.Now()
	// The limiter counts from when a request was allowed. A connection that took long, or an
	// answer, must not eat the gap, so it is also kept from the end of the last answer.
	wait := max(h.rate.ReserveN(now, 1).DelayFrom(now), h.last.Add(h.gap).Sub(now))
	if wait <= 0 {
		return ctx.Err()
	}
	if wait >= 500*time.Millisecond {
		say(fmt.Sprintf("waits %s for %s", wait.Round(time.Second/10), h.name))
	}
	return c.cfg.Sleep(ctx, wait)
}

// mayAsk reads the host's robots.txt if it is not known, and says why an address may not be
// asked; empty: it may. The caller has the turn.
func (c *Client) mayAsk(ctx context.Context, h *host, u *url.URL, allowed map[string]bool, say func(string)) (fault, text string, err error) {
	now := c.cfg.Now()
	believed := robotsFor
	if h.robotsText != "" {
		believed = outFor
	}
	if h.robotsAt.IsZero() || now.Sub(h.robotsAt) > believed {
		if err := c.readRobots(ctx, h, u, allowed, say); err != nil {
			return "", "", err
		}
	}
	switch {
	case h.robotsText != "":
		return h.robotsWord, h.robotsText, nil
	case h.robots != nil && !h.robots.Test(u.RequestURI()):
		return "robots-forbids", fmt.Sprintf("robots.txt of %s asks programs not to read %s", h.name, u.RequestURI()), nil
	}
	return "", "", nil
}

// readRobots follows RFC 9309: no such file lets everything be asked, a server that fails
// nothing.
func (c *Client) readRobots(ctx context.Context, h *host, u *url.URL, allowed map[string]bool, say func(string)) error {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	var last *reply
	for try := 1; try <= maxTries; try++ {
		if try > 1 {
			if err := c.cfg.Sleep(ctx, backoff(try-1)); err != nil {
				return err
			}
		}
		last = c.robotsOnce(ctx, h, at, allowed, say)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !last.again {
			break
		}
	}
	h.robots, h.robotsText, h.robotsAt = nil, "", c.cfg.Now()
	switch {
	case last.fault != "" && last.status == 0:
		// Whatever stands in the way of robots.txt stands in the way of the page: say that.
		h.robotsWord, h.robotsText = last.fault, last.text
		return nil
	case last.status >= 500 || last.status == http.StatusTooManyRequests:
		h.robotsWord = "robots-unknown"
		h.robotsText = fmt.Sprintf("robots.txt of %s could not be read (status %d), so nothing may be asked there now", h.name, last.status)
		return nil
	case last.status == http.StatusOK && last.fault == "":
		data, err := robotstxt.FromBytes(last.body)
		if err == nil {
			h.robots = data.FindGroup("baseline")
		}
	}
	if h.robots != nil && h.robots.CrawlDelay > h.gap {
		h.gap = min(h.robots.CrawlDelay, longestDelay)
		h.rate.SetLimitAt(c.cfg.Now(), rate.Every(h.gap))
	}
	return nil
}

func (c *Client) robotsOnce(ctx context.Context, h *host, at *url.URL, allowed map[string]bool, say func(string)) *reply {
	for hops := 0; ; hops++ {
		if err := c.pause(ctx, h, say); err != nil {
			return &reply{fault: "stopped", text: err.Error()}
		}
		say("reads robots.txt of " + h.name)
		r := c.send(ctx, http.MethodGet, at, "", http.Header{"Accept": {"text/plain"}})
		h.last = c.cfg.Now()
		to := r.location(at)
		if to == nil || hops == maxRedirects || !allowed[strings.ToLower(to.Hostname())] || to.Scheme != "https" && at.Scheme == "https" {
			return r
		}
		at = to
	}
}

// retryAfter reads the header in its two forms; ok is false if there is none.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(header.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(v, 10, 32); err == nil && n >= 0 {
		return time.Duration(n) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}
