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
	"baseline/sources/source"
)

func edition(name string) string {
	return strings.Replace(good, "Members</h1>", "Members "+name+"</h1>", 1)
}

const week = 7 * 24 * time.Hour

// pagesSince are the requests for pages since some point of the log.
func (w *world) pagesSince(n int) (list []string) {
	for _, l := range w.log[n:] {
		if !strings.HasSuffix(l, "/robots.txt") {
			list = append(list, strings.TrimPrefix(l, "GET "))
		}
	}
	return list
}

// What answered last is not replaced by an older address because of one bad day.
func TestABadDayPutsNothingOldInPlace(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"a fault":     plain(500, "broken"),
		"busy":        plain(503, "busy"),
		"a challenge": plain(403, "<html><head><title>Just a moment...</title></head><body></body></html>"),
		"a wall":      plain(200, `<html lang="en"><head><title>Sign in</title></head><body><h1>Sign in</h1><form><input type=password></form></body></html>`),
		"cut off": behind(bare(404), func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Length", "9000")
			fmt.Fprint(out, good)
		}),
		"robots":        says(closed),
		"robots broken": bare(500),
		"asked to wait": times(header(503, "Retry-After", "3600")),
	} {
		w := play(t)
		c := w.client(nil)
		w.on("new.example", page(edition("2026"), ""))
		w.on("old.example", page(edition("2023"), ""))
		s := one("http://new.example/x", "http://old.example/x")
		if a := w.ask(c, s)[0]; a.URL != "http://new.example/x" {
			t.Fatalf("%s: %+v", name, a)
		}
		w.on("new.example", bad)
		w.clock = w.clock.Add(week)
		n := len(w.log)
		if a := w.ask(c, s)[0]; a.Outcome != fetch.OutcomeFailed || strings.Contains(strings.Join(w.log[n:], " "), "old.example") {
			t.Errorf("%s: %+v, asked %q", name, a, w.log[n:])
		}
		newest, err := w.store.Newest("test")
		if err != nil || newest["page"].Request.URL != "http://new.example/x" || newest["page"].Before != "" {
			t.Errorf("%s: newest %+v, %v", name, newest["page"], err)
		}
		// The next week it is the first to be asked, as before.
		w.on("new.example", page(edition("2027"), ""))
		w.clock = w.clock.Add(week)
		n = len(w.log)
		if a := w.ask(c, s)[0]; a.Outcome != fetch.OutcomeNew || a.URL != "http://new.example/x" || len(w.pagesSince(n)) != 1 {
			t.Errorf("%s, a week later: %+v, asked %q", name, a, w.log[n:])
		}
	}
}

// Where there is nothing any more, the next address is right, and the record says so until
// the first one is back.
func TestWhatIsGoneIsReplacedAndSaid(t *testing.T) {
	for _, status := range []int{404, 410} {
		w := play(t)
		c := w.client(nil)
		w.on("new.example", page(edition("2026"), ""))
		w.on("old.example", page(edition("2023"), `"old"`))
		s := one("http://new.example/x", "http://old.example/x")
		w.ask(c, s)
		w.on("new.example", plain(status, "nothing"))
		before := func() string {
			newest, err := w.store.Newest("test")
			if err != nil {
				t.Fatal(err)
			}
			return newest["page"].Before
		}
		for range 3 { // the second and third time the old one is not modified
			w.clock = w.clock.Add(week)
			if a := w.ask(c, s)[0]; a.URL != "http://old.example/x" || a.Outcome == fetch.OutcomeFailed || before() != "http://new.example/x" {
				t.Errorf("%d: %+v, before %q", status, a, before())
			}
		}
		w.on("new.example", page(edition("2027"), ""))
		w.clock = w.clock.Add(4 * week)
		if a := w.ask(c, s)[0]; a.URL != "http://new.example/x" || a.Outcome != fetch.OutcomeNew || before() != "" {
			t.Errorf("%d: it is back: %+v, before %q", status, a, before())
		}
	}
}

func TestAHostThatIsNoMoreIsReplaced(t *testing.T) {
	w := play(t)
	lost := false
	c := w.client(func(cfg *fetch.Config) {
		loopback := cfg.Dial
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if lost && strings.HasPrefix(address, "new.example") {
				return nil, &net.DNSError{Err: "no such host", Name: "new.example", IsNotFound: true}
			}
			return loopback(ctx, network, address)
		}
	})
	w.on("new.example", page(edition("2026"), ""))
	w.on("old.example", page(edition("2023"), ""))
	s := one("http://new.example/x", "http://old.example/x")
	w.ask(c, s)
	c.Close()
	lost = true
	w.clock = w.clock.Add(week)
	if a := w.ask(c, s)[0]; a.URL != "http://old.example/x" || a.Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", a)
	}
}

// As long as none has answered, each is tried whatever stands in the way of another.
func TestTheFirstAnswerMayComeFromAnyAddress(t *testing.T) {
	w := play(t)
	w.on("1.example", plain(500, "broken"))
	w.on("2.example", says(closed))
	w.on("3.example", times(header(503, "Retry-After", "3600")))
	w.on("4.example", page(good, ""))
	s := one("http://1.example/x", "http://2.example/x", "http://3.example/x", "http://4.example/x")
	c := w.client(nil)
	if a := w.ask(c, s)[0]; a.URL != "http://4.example/x" || a.Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", a)
	}
	// Newer ones that never answered come after it from now on, and for four weeks not at all.
	w.clock = w.clock.Add(week)
	n := len(w.log)
	w.ask(c, s)
	if got := w.pagesSince(n); strings.Join(got, " ") != "4.example/x" {
		t.Errorf("asked %q", got)
	}
}

// Addresses at which there never was anything are asked three times, then every four weeks.
func TestAddressesWithNothingAreLeftInPeace(t *testing.T) {
	w := play(t)
	c := w.client(nil)
	s := one("http://a.example/1", "http://a.example/2", "http://a.example/3")
	var asked []int
	for range 9 {
		n := len(w.log)
		w.ask(c, s)
		asked = append(asked, len(w.pagesSince(n)))
		w.clock = w.clock.Add(week)
	}
	if got := fmt.Sprint(asked); got != "[3 3 3 1 1 1 3 1 1]" {
		t.Errorf("asked %s addresses in each week", got)
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	w := play(t)
	s := one()
	for i := range 3000 {
		s.about.Requests[0].Addresses = append(s.about.Requests[0].Addresses, fmt.Sprintf("http://a.example/%d", i))
	}
	w.ask(w.client(nil), s)
	if n := pages(w.log); n != 20 {
		t.Errorf("asked for %d pages", n)
	}
}

// A retry of last resort belongs to one request: another one of the source is not touched.
func TestAnotherRequestIsNotTouched(t *testing.T) {
	w := play(t)
	w.on("a.example", page(good, ""))
	w.on("a.example/1", plain(500, "broken"))
	s := asking{about: source.About{ID: "test", Requests: []source.Address{
		{ID: "1", Media: "html", Addresses: []string{"http://a.example/1"}}, {ID: "2", Media: "html", Addresses: []string{"http://a.example/2"}},
	}}}
	if got := w.ask(w.client(nil), s); got[0].Outcome != fetch.OutcomeFailed || got[1].Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", got)
	}
}

// Addresses are listed newest first. That a newer one begins to answer is no question; nor is
// that of an address that is listed no more.
func TestANewerAddressIsNoQuestion(t *testing.T) {
	w := play(t)
	w.on("new.example", bare(404))
	w.on("old.example", page(good, ""))
	s := one("http://new.example/x", "http://old.example/x")
	before := func() string {
		t.Helper()
		newest, err := w.store.Newest("test")
		if err != nil {
			t.Fatal(err)
		}
		return newest["page"].Before
	}
	w.ask(w.client(nil), s)
	w.on("new.example", page(strings.Replace(good, "Albania", "Albanie", 1), ""))
	w.on("old.example", bare(404))
	for range 3 {
		w.clock = w.clock.Add(5 * week)
		if a := w.ask(w.client(nil), s)[0]; a.URL != "http://new.example/x" || before() != "" {
			t.Fatalf("%+v, before %q", a, before())
		}
	}
	w.on("new.example", bare(404))
	w.on("old.example", page(good, ""))
	w.clock = w.clock.Add(5 * week)
	if w.ask(w.client(nil), s); before() != "http://new.example/x" {
		t.Errorf("the older one has taken over: before %q", before())
	}
	w.clock = w.clock.Add(week)
	if w.ask(w.client(nil), one("http://old.example/x")); before() != "" {
		t.Errorf("the newer one is listed no more: before %q", before())
	}
}
