package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch"
	"baseline/sources/source"
)

// many is a source with n pages of a host.
func many(n int) asking {
	s := asking{about: source.About{ID: "test"}}
	for i := range n {
		s.about.Requests = append(s.about.Requests, source.Address{ID: strconv.Itoa(i), Media: "html", Addresses: []string{"http://a.example/" + strconv.Itoa(i), "http://a.example/old/" + strconv.Itoa(i)}})
	}
	return s
}

func TestAHostThatSaysNoIsLeft(t *testing.T) {
	challenge := func(status int) http.HandlerFunc {
		return plain(status, "<html><head><title>Just a moment...</title></head><body></body></html>")
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		asked   int
		first   string
	}{
		"a challenge":                    {challenge(403), 1, "challenge"},
		"a challenge that may look busy": {challenge(503), 1, "challenge"},
		"a challenge with status 200":    {challenge(200), 1, "challenge"},
		"too much":                       {plain(429, "no"), 2, "left-alone"},
		"out of service":                 {plain(503, "no"), 2, "left-alone"},
	} {
		w := play(t)
		w.on("a.example", c.handler)
		cl := w.client(nil)
		got := w.ask(cl, many(10))
		if pages(w.log) != c.asked {
			t.Errorf("%s: asked for %d pages, want %d: %q", name, pages(w.log), c.asked, w.log)
		}
		for i, a := range got {
			if a.Outcome != fetch.OutcomeFailed || i > 0 && (a.Fault != "left-alone" || !strings.Contains(a.Text, "in this run")) {
				t.Errorf("%s: %+v", name, a)
			}
		}
		// Another source of the same run leaves it alone too; the next run asks again.
		other := many(1)
		other.about.ID = "other"
		if a := w.ask(cl, other)[0]; a.Fault != "left-alone" {
			t.Errorf("%s, another source: %+v", name, a)
		}
		w.on("a.example", page(good, ""))
		w.clock = w.clock.Add(24 * time.Hour)
		if a := w.ask(cl, many(1))[0]; a.Outcome != fetch.OutcomeNew {
			t.Errorf("%s, the next day: %+v", name, a)
		}
	}
}

func TestRetryAfterOfEveryKind(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "0": 0, "99999999999": 30 * 24 * time.Hour, "4294967296": 30 * 24 * time.Hour, "99999999999999999999999": 30 * 24 * time.Hour,
		"Thu, 01 Jan 1970 00:00:00 GMT": 0, "Fri, 31 Dec 2099 00:00:00 GMT": 30 * 24 * time.Hour, "-5": 0, "1e3": 0,
	} {
		for _, status := range []int{404, 429, 500, 503} {
			w := play(t)
			w.on("a.example", page(good, ""))
			w.on("a.example/0", header(status, "Retry-After", value))
			w.on("a.example/old/0", bare(404))
			s := many(2)
			cl := w.client(nil)
			got := w.ask(cl, s)
			var asked time.Time
			for i, l := range w.log {
				if strings.HasSuffix(l, "/0") && asked.IsZero() {
					asked = w.at[i]
				}
				if strings.HasSuffix(l, "/1") && w.at[i].Sub(asked) < want {
					t.Errorf("%d, Retry-After %s: %s after %s", status, value, l, w.at[i].Sub(asked))
				}
			}
			if long := want > 5*time.Minute; long != (got[1].Fault == "asked-to-wait") {
				t.Errorf("%d, Retry-After %s: %+v", status, value, got[1])
			}
		}
	}
}

func TestRetryAfterOfRobots(t *testing.T) {
	w := play(t)
	w.on("a.example", behind(header(503, "Retry-After", "120"), page(good, "")))
	w.ask(w.client(nil), one("http://a.example/x"))
	for i := 1; i < len(w.log); i++ {
		if gap := w.at[i].Sub(w.at[i-1]); gap < 2*time.Minute {
			t.Errorf("%s came after %s", w.log[i], gap)
		}
	}
}

// What a host asked one source holds for all of them, while the first one waits.
func TestRetryAfterHoldsForAllSources(t *testing.T) {
	w := play(t)
	w.on("a.example", times(header(503, "Retry-After", "240"), page(good, "")))
	var c *fetch.Client
	ran := false
	c = w.client(func(cfg *fetch.Config) {
		sleep := cfg.Sleep
		cfg.Sleep = func(ctx context.Context, d time.Duration) error {
			if d == 240*time.Second && !ran {
				ran = true
				s := one("http://a.example/other")
				s.about.ID = "other"
				if a := w.ask(c, s)[0]; a.Outcome != fetch.OutcomeNew {
					t.Errorf("another source: %+v", a)
				}
			}
			return sleep(ctx, d)
		}
	})
	w.ask(c, one("http://a.example/x"))
	if !ran || len(w.log) < 3 || w.at[2].Sub(w.at[1]) < 240*time.Second {
		t.Errorf("asked %q at %v", w.log, w.at)
	}
}

func TestRetryAfterHoldsForTheNextProcess(t *testing.T) {
	w := play(t)
	w.on("a.example", times(header(503, "Retry-After", "86400")))
	w.ask(w.client(nil), one("http://a.example/x"))
	n := len(w.log)
	w.clock = w.clock.Add(23 * time.Hour)
	if a := w.ask(w.client(nil), one("http://a.example/x"))[0]; a.Fault != "asked-to-wait" || len(w.log) != n {
		t.Errorf("%+v, asked %q", a, w.log[n:])
	}
	w.clock = w.clock.Add(2 * time.Hour)
	if w.ask(w.client(nil), one("http://a.example/x")); len(w.log) == n {
		t.Error("not asked after the day")
	}
}

func TestBackoffVaries(t *testing.T) {
	for n := 1; n <= 3; n++ {
		seen := map[time.Duration]bool{}
		for range 50 {
			d := fetch.Backoff(n)
			if d < 500*time.Millisecond || d > 500*time.Millisecond+2*time.Second<<(n-1) {
				t.Errorf("backoff %d is %s", n, d)
			}
			seen[d] = true
		}
		if len(seen) < 40 {
			t.Errorf("backoff %d has %d values in 50", n, len(seen))
		}
	}
}

// Many sources ask many hosts at once, each host has one thing to do at a time.
func TestSeveralSourcesAtOnce(t *testing.T) {
	w := play(t)
	busy := map[string]chan struct{}{}
	for h := range 4 {
		name := fmt.Sprintf("%d.example", h)
		busy[name] = make(chan struct{}, 1)
		w.on(name, func(out http.ResponseWriter, r *http.Request) {
			select {
			case busy[name] <- struct{}{}:
				defer func() { <-busy[name] }()
			default:
				t.Errorf("%s is asked two things at once", name)
			}
			w.mu.Lock()
			w.clock = w.clock.Add(3 * time.Second) // an answer takes time
			w.mu.Unlock()
			page(good, "")(out, r)
		})
	}
	c := w.client(nil)
	done := make(chan error)
	for i := range 12 {
		go func() {
			s := asking{about: source.About{ID: "s" + strconv.Itoa(i)}}
			for h := range 4 {
				s.about.Requests = append(s.about.Requests, source.Address{ID: strconv.Itoa(h), Media: "html", Addresses: []string{fmt.Sprintf("http://%d.example/%d", (h+i)%4, i)}})
			}
			_, err := c.Source(context.Background(), w.store, s, nil)
			done <- err
		}()
	}
	for range 12 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	robots := 0
	last := map[string]time.Time{}
	for i, l := range w.log {
		host, _, _ := strings.Cut(strings.TrimPrefix(l, "GET "), "/")
		if strings.HasSuffix(l, "/robots.txt") {
			robots++
		}
		if before, ok := last[host]; ok && w.at[i].Sub(before) < 4*time.Second {
			t.Errorf("%s came %s after the start of an answer that took 3 s", l, w.at[i].Sub(before))
		}
		last[host] = w.at[i]
	}
	if robots != 4 || len(w.log) != 4+48 {
		t.Errorf("asked %d things, %d of them robots.txt", len(w.log), robots)
	}
}
