package fetch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// asking is a source that asks what a test wants, and reads nothing.
type asking struct {
	about source.About
	asks  func(source.Plan) []source.Request
	parse func(source.Capture) error
	read  func(source.Capture, source.Emit) error
}

func (a asking) About() source.About { return a.about }

func (a asking) Requests(p source.Plan) []source.Request {
	if a.asks != nil {
		return a.asks(p)
	}
	return a.about.Ask()
}

func (a asking) Parse(c source.Capture, emit source.Emit) error {
	if a.read != nil {
		return a.read(c, emit)
	}
	if a.parse != nil {
		return a.parse(c)
	}
	return nil
}

// one is a source with one page at each of the addresses.
func one(addresses ...string) asking {
	return asking{about: source.About{ID: "test", Requests: []source.Address{{ID: "page", Media: "html", Addresses: addresses}}}}
}

const good = `<html lang="en"><head><title>Members</title></head><body><h1>Members</h1><p>Albania, Andorra, Armenia, Austria and others are members of this network.</p></body></html>`

// net plays hosts over plain http, and the clock.
type world struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	clock  time.Time
	slept  []time.Duration
	log    []string // host, path and validators, in order
	at     []time.Time
	hosts  map[string]http.HandlerFunc
	ws     *workspace.Workspace
	store  *archive.Archive
}

func play(t *testing.T) *world {
	w := &world{t: t, clock: time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC), hosts: map[string]http.HandlerFunc{}}
	w.server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.log = append(w.log, r.Method+" "+r.Host+r.URL.RequestURI())
		w.at = append(w.at, w.clock)
		h := w.hosts[r.Host+r.URL.Path]
		if h == nil {
			h = w.hosts[r.Host]
		}
		w.mu.Unlock()
		if h == nil {
			http.NotFound(out, r)
			return
		}
		h(out, r)
	}))
	t.Cleanup(w.server.Close)
	w.ws = workspace.Open(t.TempDir())
	w.store = archive.In(w.ws)
	return w
}

func (w *world) on(host string, h http.HandlerFunc) { w.hosts[host] = h }

func (w *world) config() fetch.Config {
	return fetch.Config{
		Contact: "team@example.org", Version: "test", AllowLoopback: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, w.server.Listener.Addr().String())
		},
		Now: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.clock },
		Sleep: func(ctx context.Context, d time.Duration) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.clock = w.clock.Add(d)
			w.slept = append(w.slept, d)
			return ctx.Err()
		},
	}
}

func (w *world) client(change func(*fetch.Config)) *fetch.Client {
	w.t.Helper()
	cfg := w.config()
	if change != nil {
		change(&cfg)
	}
	c, err := fetch.New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

func (w *world) ask(c *fetch.Client, s source.Source) []fetch.Answer {
	w.t.Helper()
	r, err := c.Source(context.Background(), w.store, s, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Answers
}

func (w *world) records(id string) []archive.Record {
	w.t.Helper()
	list, err := w.store.Records(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// page serves a body, with an ETag if tag is set.
func page(body, tag string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/robots.txt") {
			http.NotFound(out, r)
			return
		}
		if tag != "" {
			out.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				out.WriteHeader(http.StatusNotModified)
				return
			}
		}
		out.Header().Set("Content-Type", "text/html")
		fmt.Fprint(out, body)
	}
}

func TestRobotsComesFirstAndIsObeyed(t *testing.T) {
	w := play(t)
	w.on("a.example", page(good, ""))
	w.on("a.example/robots.txt", func(out http.ResponseWriter, r *http.Request) {
		fmt.Fprint(out, "User-agent: baseline\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n")
	})
	c := w.client(nil)
	s := asking{about: source.About{ID: "test", Requests: []source.Address{
		{ID: "open", Media: "html", Addresses: []string{"http://a.example/open"}},
		{ID: "shut", Media: "html", Addresses: []string{"http://a.example/private/x"}},
		{ID: "also", Media: "html", Addresses: []string{"http://a.example/also"}},
	}}}
	got := w.ask(c, s)
	if got[0].Outcome != fetch.OutcomeNew || got[2].Outcome != fetch.OutcomeNew {
		t.Errorf("allowed pages: %+v", got)
	}
	if got[1].Fault != "robots-forbids" || !strings.Contains(got[1].Text, "/private/x") {
		t.Errorf("forbidden page: %+v", got[1])
	}
	if want := "GET a.example/robots.txt GET a.example/open GET a.example/also"; strings.Join(w.log, " ") != want {
		t.Errorf("asked %q, want %s", w.log, want)
	}
	if gap := w.at[2].Sub(w.at[1]); gap < 7*time.Second {
		t.Errorf("gap of %s where robots.txt asks for 7 s", gap)
	}
	// The file that forbids is in the archive as evidence, once, and is never an answer.
	var evidence []archive.Record
	for _, r := range w.records("test") {
		if r.Request.ID == archive.Robots {
			evidence = append(evidence, r)
		}
	}
	if len(evidence) != 1 || evidence[0].Answers() || evidence[0].Fault != "robots-forbids" || evidence[0].FinalURL != "http://a.example/robots.txt" {
		t.Fatalf("evidence %+v", evidence)
	}
	if body, err := w.store.Body(evidence[0].SHA256); err != nil || !strings.Contains(string(body), "/private") {
		t.Errorf("%q, %v", body, err)
	}
	w.ask(c, s)
	if strings.Count(strings.Join(w.log, " "), "robots.txt") != 1 {
		t.Errorf("robots.txt was asked twice within a day: %q", w.log)
	}
	w.clock = w.clock.Add(25 * time.Hour)
	w.ask(c, s)
	if strings.Count(strings.Join(w.log, " "), "robots.txt") != 2 {
		t.Errorf("robots.txt was not asked anew after a day: %q", w.log)
	}
}

func TestNothingIsAskedWhereRobotsFails(t *testing.T) {
	w := play(t)
	w.on("a.example", func(out http.ResponseWriter, _ *http.Request) {
		http.Error(out, "broken", http.StatusInternalServerError)
	})
	got := w.ask(w.client(nil), one("http://a.example/x"))
	if got[0].Fault != "robots-unknown" || got[0].Outcome != fetch.OutcomeFailed {
		t.Errorf("%+v", got)
	}
	for _, l := range w.log {
		if !strings.HasSuffix(l, "/robots.txt") {
			t.Errorf("asked %s", l)
		}
	}
}

func TestAHostThatIsOutIsLeftInPeace(t *testing.T) {
	w := play(t)
	broken := func(out http.ResponseWriter, _ *http.Request) {
		http.Error(out, "broken", http.StatusInternalServerError)
	}
	w.on("a.example", broken)
	s := asking{about: source.About{ID: "test"}}
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		s.about.Requests = append(s.about.Requests, source.Address{ID: id, Media: "html", Addresses: []string{"http://a.example/" + id}})
	}
	c := w.client(nil)
	for _, a := range w.ask(c, s) {
		if a.Fault != "robots-unknown" {
			t.Errorf("%+v", a)
		}
	}
	if len(w.log) != 1 {
		t.Errorf("asked %q", w.log)
	}
	w.on("a.example", page(good, ""))
	w.clock = w.clock.Add(6 * time.Minute)
	for _, a := range w.ask(c, s) {
		if a.Outcome != fetch.OutcomeNew {
			t.Errorf("after it came back: %+v", a)
		}
	}
}

func TestUnchangedPagesMoveNoBody(t *testing.T) {
	w := play(t)
	w.on("a.example", page(good, `"v1"`))
	w.on("b.example", page(good, ""))
	s := asking{about: source.About{ID: "test", Requests: []source.Address{
		{ID: "tagged", Media: "html", Addresses: []string{"http://a.example/x"}},
		{ID: "plain", Media: "html", Addresses: []string{"http://b.example/x"}},
	}}}
	c := w.client(nil)
	first := w.ask(c, s)
	if first[0].Outcome != fetch.OutcomeNew || first[0].Bytes != int64(len(good)) {
		t.Errorf("first day: %+v", first[0])
	}
	w.clock = w.clock.Add(24 * time.Hour)
	second := w.ask(c, s)
	if second[0].Outcome != fetch.OutcomeNotModified || second[0].Bytes != 0 || second[1].Outcome != fetch.OutcomeSame {
		t.Errorf("second day: %+v", second)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if third := w.ask(c, s); third[0].Outcome != fetch.OutcomeNotModified {
		t.Errorf("the record of the 304 lost the tag: %+v", third[0])
	}
	newest, err := w.store.Newest("test")
	if err != nil || !newest["tagged"].RequestedAt.Equal(w.at[len(w.at)-2].UTC()) && newest["tagged"].Status != 304 {
		t.Errorf("newest record %+v, %v", newest["tagged"], err)
	}
	w.on("a.example", page(good+" more", `"v2"`))
	if changed := w.ask(c, s); changed[0].Outcome != fetch.OutcomeNew {
		t.Errorf("changed: %+v", changed[0])
	}
}

func TestCandidatesNewestFirst(t *testing.T) {
	w := play(t)
	w.on("old.example", page(good, ""))
	s := one("http://new.example/x", "http://old.example/x")
	c := w.client(nil)
	got := w.ask(c, s)
	if got[0].URL != "http://old.example/x" || got[0].Outcome != fetch.OutcomeNew {
		t.Fatalf("%+v", got)
	}
	recs := w.records("test")
	if len(recs) != 2 || recs[0].Status != 404 || recs[0].Fault == "" || recs[1].Request.URL != "http://old.example/x" {
		t.Errorf("records %+v", recs)
	}
	before := len(w.log)
	w.clock = w.clock.Add(7 * 24 * time.Hour)
	w.ask(c, s)
	for _, l := range w.log[before:] {
		if strings.Contains(l, "new.example") {
			t.Errorf("an address that failed a week ago was asked while another one answers: %s", l)
		}
	}
	w.clock = w.clock.Add(28 * 24 * time.Hour)
	w.on("new.example", page(good+"new", ""))
	if got := w.ask(c, s); got[0].URL != "http://new.example/x" {
		t.Errorf("after four weeks the newer address was not tried: %+v", got)
	}
	// The one that answers breaks: the others are tried at once.
	w.hosts = map[string]http.HandlerFunc{"old.example": page(good, "")}
	w.clock = w.clock.Add(24 * time.Hour)
	if got := w.ask(c, s); got[0].URL != "http://old.example/x" || got[0].Outcome == fetch.OutcomeFailed {
		t.Errorf("%+v", got)
	}
}

func TestPlanMarksWhatIsNotAsked(t *testing.T) {
	w := play(t)
	s := one("http://a.example/x")
	s.about.Gap = 3
	s.asks = func(source.Plan) []source.Request {
		asks := s.about.Ask()
		asks[0].Addresses = append(asks[0].Addresses, "http://evil.example/x", "http://www.a.example/y")
		return asks
	}
	asks, err := w.client(func(cfg *fetch.Config) { cfg.Gap = 1500 * time.Millisecond }).Plan(w.store, s)
	if err != nil || len(asks) != 1 || strings.Join(asks[0].Elsewhere, " ") != "http://evil.example/x" || strings.Join(asks[0].Hosts, " ") != "a.example www.a.example" || asks[0].Gap != 3 {
		t.Errorf("%+v, %v", asks, err)
	}
	s.about.Gap = 0
	if asks, err = w.client(func(cfg *fetch.Config) { cfg.Gap = 1500 * time.Millisecond }).Plan(w.store, s); err != nil || asks[0].Gap != 2 {
		t.Errorf("%+v, %v", asks, err)
	}
	if len(w.log) > 0 {
		t.Errorf("asked %q", w.log)
	}
}
