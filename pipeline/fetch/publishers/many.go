package publishers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"baseline/schemas"
	"baseline/sources/membership"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
)

// Crowd is many sources, each on a host of its own.
type Crowd struct {
	Sources []source.Source
	// Failing are those that cannot be read, by id.
	Failing map[string]Failure
	// Rows are those of memberships that the others hold together, each of a network that
	// is named like its source.
	Rows int
}

// Failure is what is wrong with a source of a crowd.
type Failure struct {
	Way string // such as "hangs"
	// Faults are the words of which a client must use one: a slow machine may be out of
	// time before it is out of patience.
	Faults []string
}

// host gives a host its answer at a path; good is the answer as it should be.
type play func(h *Host, path string, good []byte, contentType string)

// ways are all that a publisher can do wrong. A failing source does one of them each time.
var ways = []struct {
	name   string
	faults []string
	play   play
}{
	{"a Cloudflare challenge", []string{"challenge"}, only(Challenge(403))},
	{"never answers", []string{"too-slow"}, only(Hang())},
	{"404", []string{"not-found"}, only(Status(404))},
	{"breaks off in the middle", []string{"cut-off"}, over(Reset)},
	{"a log-in wall", []string{"login-wall"}, only(LoginWall())},
	{"a redirect to a foreign host", []string{"redirected-elsewhere"}, only(Redirect(302, "https://foreign.example/"))},
	{"a certificate for another name", []string{"tls-failed"}, func(h *Host, path string, good []byte, kind string) {
		h.Certify(OtherName).Handle(path, Static(kind, good))
	}},
	{"an error page with status 200", []string{"error-page"}, only(ErrorPage())},
	{"500 always", []string{"server-error"}, only(Status(500))},
	{"a page in French", []string{"another-language", "html-instead-of-csv"}, only(OtherLanguage())},
	{"a redirect loop", []string{"redirected-too-often"}, func(h *Host, path string, _ []byte, _ string) { h.Loop(path) }},
	{"a gzip bomb", []string{"too-large"}, only(Bomb(300))},
	{"a Cloudflare challenge with status 200", []string{"challenge"}, only(Challenge(200))},
	{"an expired certificate", []string{"tls-failed"}, func(h *Host, path string, good []byte, kind string) {
		h.Certify(Expired).Handle(path, Static(kind, good))
	}},
	{"429 always", []string{"too-many-requests", "asked-to-wait"}, only(Later(429, "2"))},
	{"a consent wall", []string{"consent-wall"}, only(ConsentWall())},
	{"a length that it does not keep", []string{"cut-off"}, over(CutOff)},
	{"robots.txt forbids it", []string{"robots-forbids"}, func(h *Host, path string, good []byte, kind string) {
		h.Robots("User-agent: *\nDisallow: "+path+"\n").Handle(path, Static(kind, good))
	}},
	{"a page that JavaScript fills", []string{"javascript-shell", "html-instead-of-csv"}, only(Shell())},
	{"503 for a day", []string{"unavailable", "asked-to-wait"}, only(Later(503, "86400"))},
	{"a page without end", []string{"too-large", "too-slow"}, only(Endless())},
	{"a parked domain", []string{"parked-domain"}, only(Parked())},
	{"a redirect to this machine", []string{"redirected-elsewhere"}, only(Redirect(302, "http://127.0.0.1/"))},
	{"410", []string{"gone"}, only(Status(410))},
	{"an empty template", []string{"empty-template", "html-instead-of-csv"}, only(EmptyTemplate())},
	{"hangs in the middle", []string{"too-slow"}, over(HangMidway)},
	{"wants a key", []string{"unauthorised"}, over(func(good handler) handler { return NeedsKey("X-Key", "another", good) })},
	{"a redirect to a private address", []string{"redirected-elsewhere"}, only(Redirect(301, "https://10.0.0.8/list"))},
	{"nothing", []string{"empty-answer"}, only(Fresh(HTML, nil))},
	{"robots.txt cannot be read", []string{"robots-unknown"}, func(h *Host, path string, good []byte, kind string) {
		h.RobotsStatus(500).Handle(path, Static(kind, good))
	}},
	{"403", []string{"forbidden"}, only(Status(403))},
	{"no way of talking in common", []string{"tls-failed"}, func(h *Host, path string, good []byte, kind string) {
		h.Speak(Unknown).Handle(path, Static(kind, good))
	}},
}

// manners are ways of answering that a client must cope with.
var manners = []play{
	over(same), over(Gzip), over(Brotli), over(Chunked), over(func(good handler) handler { return Slow(good, 3, 5*time.Millisecond) }),
	over(func(good handler) handler { return After(1, Later(503, "1"), good) }),
	over(func(good handler) handler { return Gzip(Chunked(good)) }),
	func(h *Host, path string, good []byte, kind string) { h.Chain(path, 3, Static(kind, good)) },
	func(h *Host, path string, good []byte, kind string) {
		h.RobotsStatus(404).Handle(path, Static(kind, good))
	},
	func(h *Host, path string, good []byte, kind string) { h.Speak(HTTP1).Handle(path, Static(kind, good)) },
	func(h *Host, path string, good []byte, kind string) { h.Handle(path, Fresh(kind, good)) },
}

func only(answer handler) play {
	return func(h *Host, path string, _ []byte, _ string) { h.Handle(path, answer) }
}

func over(quirk func(handler) handler) play {
	return func(h *Host, path string, good []byte, kind string) { h.Handle(path, quirk(Static(kind, good))) }
}

func same(good handler) handler { return good }

// Many makes n sources, each of a list of states on a host of its own: pages and tables in
// CSV by turns. The share of them that fails, from 0 to 1, does so in every way there is,
// in turn; the others have every manner that is no failure.
func (w *World) Many(n int, failing float64) Crowd {
	c := Crowd{Failing: map[string]Failure{}}
	names := states(60)
	bad := int(math.Round(float64(n) * failing))
	for i := range n {
		id := fmt.Sprintf("synthetic-%03d", i+1)
		list := append(slices.Clone(names[i%20:]), names[:i%20]...)[:20+i%17]
		host := w.Host(id + ".example")
		var src source.Source
		var body []byte
		kind, path := HTML, "/members"
		if i%2 == 0 {
			src, body = listed(id), drawn(list)
		} else {
			src, body, kind, path = table{about(id, "csv", "/members.csv")}, written(list), "text/csv; charset=utf-8", "/members.csv"
		}
		c.Sources = append(c.Sources, src)
		// The failing ones stand among the others, evenly.
		if before, now := i*bad/max(n, 1), (i+1)*bad/max(n, 1); now > before {
			way := ways[before%len(ways)]
			c.Failing[id] = Failure{way.name, way.faults}
			way.play(host, path, body, kind)
			continue
		}
		c.Rows += len(list)
		manners[(i-i*bad/max(n, 1))%len(manners)](host, path, body, kind)
	}
	return c
}

func about(id, media, path string) source.About {
	return source.MustAbout(fmt.Appendf(nil, yaml, id, media, path))
}

const yaml = `
id: %[1]s
title: "Made-up network %[1]s"
publisher: nobody
homepage: https://%[1]s.example/
licence: none
terms: made up for tests
schedule: "0 6 * * *"
budget_days: 30
datasets: [memberships]
requests:
  - {id: members, media: %[2]s, addresses: ["https://%[1]s.example%[3]s"]}
bounds:
  - {dataset: memberships, min_rows: 10, max_rows: 60}
`

const listingYAML = `
listing:
  network: %[1]s
  class: member
  must: ["made-up network"]
  min_understood: 0.95
  min_states: 10
  max_states: 60
  complete: false
`

func listed(id string) source.Source {
	return membership.New(fmt.Appendf(fmt.Appendf(nil, yaml, id, "html", "/members"), listingYAML, id))
}

func drawn(list []string) []byte {
	var all []membertest.Member
	for _, s := range list {
		all = append(all, membertest.Member{State: s})
	}
	return page("Made-up network", "Members", all).HTML()
}

func written(list []string) []byte {
	var b bytes.Buffer
	z := csv.NewWriter(&b)
	_ = z.Write([]string{"state", "class"})
	for _, s := range list {
		_ = z.Write([]string{s, "member"})
	}
	z.Flush()
	return b.Bytes()
}

// table is a source of a table in CSV with the columns state and class.
type table struct{ about source.About }

func (t table) About() source.About                   { return t.about }
func (t table) Requests(source.Plan) []source.Request { return t.about.Ask() }

func (t table) Parse(c source.Capture, emit source.Emit) error {
	rows, err := csv.NewReader(bytes.NewReader(c.Body)).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) < 2 || !slices.Equal(rows[0], []string{"state", "class"}) {
		return errors.New("the table does not begin with the columns state and class")
	}
	network := schemas.Str(t.about.ID)
	for i, row := range rows[1:] {
		if row[1] != "member" {
			return fmt.Errorf("line %d: %q is no class", i+2, row[1])
		}
		emit.Row("memberships", schemas.Cells{"network": network, "published_name": schemas.Str(row[0]), "class": schemas.Str(row[1])}, fmt.Sprintf("line %d", i+2), row[0])
	}
	emit.Part(source.Part{Dataset: "memberships", Key: []source.Pin{{Column: "network", Value: network}}, Columns: []string{"network", "iso3", "published_name", "class"}})
	return nil
}
