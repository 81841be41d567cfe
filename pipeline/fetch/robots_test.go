package fetch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

const closed = "User-agent: *\nDisallow: /\n"

// behind serves a robots.txt before pages.
func behind(robots, rest http.HandlerFunc) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			robots(out, r)
			return
		}
		rest(out, r)
	}
}

func says(text string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { fmt.Fprint(out, text) }
}

func TestARobotsFileThatCannotBeReadOpensNothing(t *testing.T) {
	for name, c := range map[string]struct {
		robots http.HandlerFunc
		fault  string // empty: the page may be asked for
	}{
		"a line that libraries refuse": {says("User-agent: *\nCrawl-delay: 1,5\nDisallow: /\n"), "robots-forbids"},
		"too large":                    {says(closed + strings.Repeat("# x\n", 600000)), "robots-forbids"},
		"too large and open":           {says("User-agent: *\nAllow: /\n" + strings.Repeat("# x\n", 600000)), ""},
		"203":                          {func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(203); fmt.Fprint(out, closed) }, "robots-forbids"},
		"cut off": {func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Length", "5000")
			fmt.Fprint(out, "User-agent: *\n")
		}, "robots-unknown"},
		"packed in an odd way": {func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Encoding", "deflate")
			fmt.Fprint(out, closed)
		}, "robots-unknown"},
		"without an end": {func(out http.ResponseWriter, r *http.Request) {
			fmt.Fprint(out, "User-agent: *\n")
			out.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "robots-unknown"},
		"asked too often":           {func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(429) }, "robots-unknown"},
		"unchanged, though unasked": {func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(304) }, "robots-unknown"},
		"a loop":                    {redirect("/robots.txt", 302), "robots-unknown"},
		"on another host":           {redirect("http://cdn.example/robots.txt", 301), "robots-forbids"},
		"on a host that fails":      {redirect("http://broken.example/robots.txt", 301), "robots-unknown"},
		"nowhere":                   {redirect("ftp://cdn.example/robots.txt", 301), "robots-unknown"},
		"forbidden itself":          {func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(403); fmt.Fprint(out, closed) }, ""},
		"empty":                     {says(""), ""},
	} {
		w := play(t)
		w.on("a.example", behind(c.robots, page(good, "")))
		w.on("cdn.example", says(closed))
		w.on("broken.example", plain(200, ""))
		w.on("broken.example/robots.txt", bare(500))
		cl := w.client(func(cfg *fetch.Config) { cfg.MaxBytes, cfg.Timeout = 1<<20, 200*time.Millisecond })
		a := w.ask(cl, one("http://a.example/x"))[0]
		asked := 0
		for _, l := range w.log {
			if !strings.HasSuffix(l, "/robots.txt") {
				asked++
			}
		}
		if a.Fault != c.fault || asked > 0 != (c.fault == "") {
			t.Errorf("%s: %+v, asked %q; want %q", name, a, w.log, c.fault)
		}
	}
}

func bare(status int) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(status) }
}

// A robots.txt may lie elsewhere, but never inside a private network, and its host has its
// own gap.
func TestRobotsElsewhere(t *testing.T) {
	w := play(t)
	c := w.client(func(cfg *fetch.Config) {
		loopback := cfg.Dial
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "127.") || strings.HasPrefix(address, "169.254.") {
				t.Errorf("dialled %s", address)
			}
			return loopback(ctx, network, address)
		}
	})
	w.on("b.example", behind(says("User-agent: *\nDisallow: /x\n"), page(good, "")))
	w.on("a.example", behind(redirect("http://b.example/robots.txt", 302), page(good, "")))
	s := asking{about: source.About{ID: "test", Requests: []source.Address{
		{ID: "1", Media: "html", Addresses: []string{"http://b.example/1"}},
		{ID: "2", Media: "html", Addresses: []string{"http://a.example/2"}},
		{ID: "3", Media: "html", Addresses: []string{"http://b.example/3"}},
	}}}
	for _, a := range w.ask(c, s) {
		if a.Outcome != fetch.OutcomeNew {
			t.Errorf("%+v", a)
		}
	}
	var last time.Time
	for i, l := range w.log {
		if !strings.Contains(l, "b.example") {
			continue
		}
		if gap := w.at[i].Sub(last); gap < time.Second {
			t.Errorf("%s came %s after the request before: %q", l, gap, w.log)
		}
		last = w.at[i]
	}

	guarded := w.client(func(cfg *fetch.Config) { cfg.AllowLoopback, cfg.Dial = false, nil })
	if a := w.ask(guarded, one("http://127.0.0.1/x"))[0]; a.Fault != "private-address" {
		t.Errorf("%+v", a)
	}
}

func TestRobotsOnAPrivateAddressOpensNothing(t *testing.T) {
	w := play(t)
	private := 0
	c := w.client(func(cfg *fetch.Config) {
		loopback := cfg.Dial
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if !strings.HasPrefix(address, "169.254.169.254:") {
				return loopback(ctx, network, address)
			}
			private++
			return nil, &net.OpError{Op: "dial", Net: network, Err: fetch.ErrPrivate}
		}
	})
	w.on("a.example", behind(redirect("http://169.254.169.254/robots.txt", 302), page(good, "")))
	if a := w.ask(c, one("http://a.example/x"))[0]; a.Fault != "robots-unknown" || private != 1 || pages(w.log) != 0 {
		t.Errorf("%+v, asked %q", a, w.log)
	}
}

// One that has not changed moves no body, on the next day and in the next process.
func TestRobotsIsKnownFromRunToRun(t *testing.T) {
	w := play(t)
	ws := workspace.Open(t.TempDir())
	text := "User-agent: *\nDisallow: /private\n"
	bodies := 0
	w.on("a.example", behind(func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("ETag", `"r1"`)
		if r.Header.Get("If-None-Match") == `"r1"` {
			out.WriteHeader(http.StatusNotModified)
			return
		}
		bodies++
		fmt.Fprint(out, text)
	}, page(good, "")))
	ask := func(path string) fetch.Answer {
		return w.ask(w.client(func(cfg *fetch.Config) { cfg.Memory = ws }), one("http://a.example"+path))[0]
	}
	times := func() (n int) {
		for _, l := range w.log {
			if strings.HasSuffix(l, "/robots.txt") {
				n++
			}
		}
		return n
	}
	if a := ask("/x"); a.Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", a)
	}
	w.clock = w.clock.Add(time.Hour)
	if a := ask("/private"); a.Fault != "robots-forbids" || times() != 1 {
		t.Errorf("an hour later: %+v, asked %q", a, w.log)
	}
	w.clock = w.clock.Add(25 * time.Hour)
	if a := ask("/private"); a.Fault != "robots-forbids" || times() != 2 || bodies != 1 {
		t.Errorf("a day later: %+v, asked %q, %d bodies", a, w.log, bodies)
	}
	w.clock = w.clock.Add(23 * time.Hour)
	if a := ask("/private"); a.Fault != "robots-forbids" || times() != 2 {
		t.Errorf("what was vouched for is believed for a day: %+v, asked %q", a, w.log)
	}
}

// Hosts are one by whatever scheme and port they are asked; a robots.txt is not.
func TestOneHostByAnyPort(t *testing.T) {
	w := play(t)
	for _, host := range []string{"a.example", "a.example:80", "a.example:8080"} {
		w.on(host, page(good, ""))
	}
	s := asking{about: source.About{ID: "test", Requests: []source.Address{
		{ID: "1", Media: "html", Addresses: []string{"http://a.example/1"}},
		{ID: "2", Media: "html", Addresses: []string{"http://a.example:80/2"}},
		{ID: "3", Media: "html", Addresses: []string{"http://A.example/3"}},
		{ID: "4", Media: "html", Addresses: []string{"http://a.example:8080/4"}},
	}}}
	w.on("A.example", page(good, ""))
	for _, a := range w.ask(w.client(nil), s) {
		if a.Outcome != fetch.OutcomeNew {
			t.Errorf("%+v", a)
		}
	}
	for i := 1; i < len(w.at); i++ {
		if gap := w.at[i].Sub(w.at[i-1]); gap < time.Second {
			t.Errorf("%s came %s after the one before", w.log[i], gap)
		}
	}
	if len(w.log) != 6 || !strings.HasSuffix(w.log[4], ":8080/robots.txt") {
		t.Errorf("asked %q", w.log)
	}
}

func TestTheLongestGapIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		gap    time.Duration // of the operator
		source int           // seconds
		robots string
		want   time.Duration
	}{
		"the operator's":           {5 * time.Second, 0, "", 5 * time.Second},
		"the source's":             {time.Second, 7, "", 7 * time.Second},
		"the publisher's":          {time.Second, 7, "9", 9 * time.Second},
		"no longer than a minute":  {time.Second, 0, "3600", time.Minute},
		"never below the operator": {2 * time.Minute, 0, "180", 2 * time.Minute},
		"nor below the source":     {time.Second, 90, "70", 90 * time.Second},
	} {
		w := play(t)
		// An answer takes a while: the gap is counted from its end.
		w.on("a.example", behind(says("User-agent: *\nCrawl-delay: "+c.robots+"\n"), func(out http.ResponseWriter, r *http.Request) {
			w.mu.Lock()
			w.clock = w.clock.Add(30 * time.Second)
			w.mu.Unlock()
			page(good, "")(out, r)
		}))
		s := asking{about: source.About{ID: "test", Gap: c.source, Requests: []source.Address{
			{ID: "1", Media: "html", Addresses: []string{"http://a.example/1"}},
			{ID: "2", Media: "html", Addresses: []string{"http://a.example/2"}},
		}}}
		w.ask(w.client(func(cfg *fetch.Config) { cfg.Gap = c.gap }), s)
		if got := w.at[2].Sub(w.at[1]) - 30*time.Second; got != c.want {
			t.Errorf("%s: %s from the end of an answer to the next request, want %s", name, got, c.want)
		}
	}
}
