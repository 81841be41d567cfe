package fetch_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/pipeline/fetch/publishers"
	"baseline/pipeline/workspace"
	"baseline/sources"
	"baseline/sources/source"
)

// days is a clock that sleeping moves, for many at once.
type days struct {
	mu  sync.Mutex
	now time.Time
}

func (d *days) Now() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now }

func (d *days) Sleep(ctx context.Context, span time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(span)
	return ctx.Err()
}

func (d *days) next() { _ = d.Sleep(context.Background(), 24*time.Hour) }

// asked are the sources that have a publisher.
func asked() (list []source.Source) {
	for _, s := range sources.All() {
		if _, tabled := s.(source.Tabled); !tabled && s.About().Edition == "" && len(s.Requests(source.Plan{})) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// The proof of politeness: every source, against servers that play its publisher.
func TestPublishersAreNotBothered(t *testing.T) {
	stage := publishers.Publishers(t)
	clock := &days{now: time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC)}
	stage.SetNow(clock.Now)
	for _, host := range stage.Hosts() {
		stage.Host(host).Robots("User-agent: *\nDisallow: /admin\n" + strings.Repeat("# a comment, as publishers have them\n", 60))
	}
	ws := workspace.Open(t.TempDir())
	store := archive.In(ws)
	served := map[string]int64{} // bytes of bodies on the last day, as the servers count
	day := func() map[string]fetch.Report {
		// Each day is a process of its own: what it knows is in the workspace.
		c, err := fetch.New(fetch.Config{
			Contact: "team@example.org", Version: "test", AllowLoopback: true, Dial: stage.Dial, RootCAs: stage.Roots, Now: clock.Now, Sleep: clock.Sleep, Memory: ws,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		reports := map[string]fetch.Report{}
		for _, s := range asked() {
			// Sources are asked one after the other here, some time apart.
			_ = clock.Sleep(context.Background(), time.Minute)
			from := clock.Now()
			r, err := c.Source(context.Background(), store, s, nil)
			if err != nil {
				t.Fatalf("%s: %v", s.About().ID, err)
			}
			reports[r.Source], served[r.Source] = r, 0
			for _, host := range stage.Hosts() {
				served[r.Source] += stage.BodyBytes(host, from, clock.Now().Add(time.Second))
			}
		}
		return reports
	}
	first := day()
	for id, origin := range stage.Origin {
		src, request, _ := strings.Cut(id, "/")
		var got fetch.Answer
		for _, a := range first[src].Answers {
			if a.Request == request {
				got = a
			}
		}
		switch {
		case origin == publishers.Missing && got.Outcome != fetch.OutcomeFailed:
			t.Errorf("%s has no answer, and is told as %+v", id, got)
		case origin != publishers.Missing && (got.Outcome != fetch.OutcomeNew || got.URL != stage.Answering[id]):
			t.Errorf("%s: %+v, want a new answer from %s", id, got, stage.Answering[id])
		}
	}
	clock.next()
	again := day()
	total := map[string]int64{}
	for src, r := range again {
		for _, a := range r.Answers {
			total[src] += a.Bytes
			private := src == "coe-treaties" && a.Request == "key" // never kept, so there is nothing to compare with
			if stage.Origin[src+"/"+a.Request] != publishers.Missing && !private && a.Outcome != fetch.OutcomeNotModified && a.Outcome != fetch.OutcomeSame {
				t.Errorf("nothing has changed, but %s/%s is %+v", src, a.Request, a)
			}
		}
	}
	for src, n := range served {
		if n >= 1000 || total[src] >= 1000 {
			t.Errorf("an unchanged second day of %s moved %d bytes of bodies, as the servers count, and %d, as the client does", src, n, total[src])
		}
	}
	for _, host := range stage.Hosts() {
		if len(stage.Requests(host)) == 0 {
			continue
		}
		if !stage.RobotsFirst(host) {
			t.Errorf("%s was asked before its robots.txt was read", host)
		}
		if gap := stage.MinGap(host); gap < time.Second {
			t.Errorf("%s was asked %s after the request before", host, gap)
		}
		if n := stage.MaxPerSecond(host); n > 1 {
			t.Errorf("%s was asked %d times in a second", host, n)
		}
		if n := stage.Concurrent(host); n > 1 {
			t.Errorf("%s was asked %d things at once", host, n)
		}
	}
	if s := stage.Strays(); len(s) > 0 {
		t.Errorf("asked hosts that no source names: %q", s)
	}
	for _, s := range asked() {
		records, err := store.Records(s.About().ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if text := strings.ToLower(strings.Join([]string{r.Request.URL, r.FinalURL, r.FaultText}, " ")); strings.Contains(text, publishers.Token) {
				t.Errorf("a record of %s holds the key", s.About().ID)
			}
			if r.SHA256 == "" {
				continue
			}
			if body, err := store.Body(r.SHA256); err != nil || strings.Contains(string(body), publishers.Token) {
				t.Errorf("a capture of %s holds the key, or is gone: %v", s.About().ID, err)
			}
		}
	}
}

// A server that takes only an RSA key exchange is asked where its host is known for that, and
// nowhere else; its certificate is checked all the same.
func TestOldServersAreAskedOnlyWhereTheyAreKnown(t *testing.T) {
	world := publishers.Start(t)
	for _, name := range []string{"conventions-ws.coe.int", "other.example", "today.example"} {
		world.Host(name).Page("/x", good)
	}
	world.Host("conventions-ws.coe.int").Speak(publishers.OldRSA)
	world.Host("other.example").Speak(publishers.OldRSA)
	c, err := fetch.New(fetch.Config{
		Contact: "team@example.org", AllowLoopback: true, Dial: world.Dial, RootCAs: world.Roots,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(host string) fetch.Answer {
		r, err := c.Source(context.Background(), archive.In(workspace.Open(t.TempDir())), one("https://"+host+"/x"), nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.Answers[0]
	}
	for _, host := range []string{"conventions-ws.coe.int", "today.example"} {
		if a := ask(host); a.Outcome != fetch.OutcomeNew {
			t.Errorf("%s: %+v", host, a)
		}
	}
	if a := ask("other.example"); a.Fault != "tls-failed" || !strings.Contains(a.Text, "key exchange") {
		t.Errorf("%+v", a)
	}
	world.Host("conventions-ws.coe.int").Certify(publishers.Expired)
	c.Close()
	if a := ask("conventions-ws.coe.int"); a.Fault != "tls-failed" || !strings.Contains(a.Text, "certificate") {
		t.Errorf("an expired certificate: %+v", a)
	}
	for _, q := range world.Requests("today.example") {
		if q.Proto != "HTTP/2.0" {
			t.Errorf("%s was asked by %s", q.Path, q.Proto)
		}
	}
}
