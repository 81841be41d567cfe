package publishers_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/fetch/publishers"
	"baseline/pipeline/fetch/soft"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// fetchAll asks every request of a source, with what its answers lead to, as a plain client
// does: candidates in their order until one has status 200.
func fetchAll(t *testing.T, w *publishers.World, src source.Source) (map[string]source.Capture, map[string]source.Request) {
	t.Helper()
	plan := source.Plan{Now: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)}
	captures, asked := map[string]source.Capture{}, map[string]source.Request{}
	for range 3 {
		for _, r := range src.Requests(plan) {
			if _, done := captures[r.ID]; done {
				continue
			}
			asked[r.ID] = r
			for _, address := range r.Addresses {
				var header []string
				for _, m := range []map[string]string{r.Header, r.Secret} {
					for name, value := range m {
						header = append(header, name, value)
					}
				}
				method := http.MethodGet
				if r.Method != "" {
					method = r.Method
				}
				g := ask(t, w.Client(), method, address, r.Body, header...)
				if g.status != 200 || g.err != nil {
					continue
				}
				c := sourcetest.Capture(src, r.ID, []byte(g.body))
				c.URL, c.Taken = address, plan.Now
				captures[r.ID] = c
				if r.Leads || r.Private {
					plan.Answers = append(plan.Answers, c)
				}
				if code, text := soft.Fault(r.Media, r.Language, g.status, g.header, []byte(g.body)); code != "" {
					t.Errorf("%s %s at %s: %s (%s)", src.About().ID, r.ID, address, code, text)
				}
				break
			}
		}
	}
	return captures, asked
}

// All publishers answer as they are expected to: what is played can be read, without a
// row being held or a question asked that the bundled captures themselves do not raise.
func TestPublishersCanBeRead(t *testing.T) {
	w := publishers.Publishers(t)
	count := map[string]int{}
	for _, origin := range w.Origin {
		count[origin]++
	}
	if count[publishers.Bundled] < 15 || count[publishers.MadeUp] < 20 || count[publishers.Missing] < 20 {
		t.Errorf("origins: %v", count)
	}
	for _, src := range sources.All() {
		if _, ok := src.(source.Tabled); ok {
			continue
		}
		captures, asked := fetchAll(t, w.World, src)
		for id := range asked {
			key := src.About().ID + "/" + id
			c, ok := captures[id]
			if want := w.Origin[key]; ok != (want == publishers.Bundled || want == publishers.MadeUp) {
				t.Errorf("%s: answered %v, and it is %q", key, ok, want)
			}
			if !ok {
				continue
			}
			if c.URL != w.Answering[key] {
				t.Errorf("%s answers at %s, not at %s", key, c.URL, w.Answering[key])
			}
			reading, err := source.Read(src, c)
			if err != nil {
				t.Errorf("%s: %v", key, err)
			}
			for _, f := range reading.Findings {
				if f.Severity == source.Hold || f.Severity == source.Question && w.Origin[key] == publishers.MadeUp && f.Dataset != "watched_pages" {
					t.Errorf("%s: %s %s: %s", key, f.Severity, f.Code, f.Text)
				}
			}
			for i, p := range reading.Parts {
				n := 0
				for _, r := range reading.Rows {
					if r.Part == i {
						n++
					}
				}
				if b, ok := src.About().Bound(p.Dataset); ok && (n < b.MinRows || b.MaxRows > 0 && n > b.MaxRows) {
					t.Errorf("%s: %d rows of %s, which are held below %d and above %d", key, n, p.Dataset, b.MinRows, b.MaxRows)
				}
			}
		}
	}
	if s := w.Strays(); len(s) > 0 {
		t.Errorf("hosts that are not played: %q", s)
	}
}

// The quirks of the dossiers.
func TestPublishersHaveTheirQuirks(t *testing.T) {
	w := publishers.Publishers(t)
	for address, want := range map[string]int{
		"https://www.saferinternetday.org/in-your-country/turkey":                                         200,
		"https://better-internet-for-kids.europa.eu/en/saferinternetday/turkey":                           404,
		"https://www.saferinternetday.org/web/turkey/home":                                                301,
		"https://www.weprotect.org/members/governments":                                                   200,
		"https://www.weprotect.org/alliance/governments/":                                                 301,
		"https://ncmec.org/content/dam/missingkids/pdfs/2023-reports-by-country.pdf":                      200,
		"https://ncmec.org/content/dam/missingkids/pdfs/cybertiplinedata2024/2024-reports-by-country.pdf": 404,
		"https://conventions-ws.coe.int/WS_LFRConventions/api/signatures?numSTE=201&langue=ENG":           401,
		"https://conventions-ws.coe.int/WS_LFRConventions/api/traites/search":                             401,
		"https://www.coe.int/en/web/conventions/full-list?module=signatures-by-treaty&treatynum=201":      200,
		"https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=IV-11&chapter=4&clang=_en":    200,
		"https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=IV-99&chapter=4&clang=_en":    404,
		"https://better-internet-for-kids.europa.eu/robots.txt":                                           200,
	} {
		if g := get(t, w.World, address); g.status != want {
			t.Errorf("%s: %d, want %d", address, g.status, want)
		}
	}
	search := "https://conventions-ws.coe.int/WS_LFRConventions/api/traites/search"
	if g := get(t, w.World, search, "token", publishers.Token); g.status != 405 {
		t.Errorf("the list of treaties by GET: %d", g.status)
	}
	if g := ask(t, w.Client(), "POST", search, `{"langue":"ENG"}`, "token", publishers.Token, "Content-Type", "application/json"); g.status != 200 || !strings.Contains(g.body, "Libelle_titre_ENG") {
		t.Errorf("the list of treaties by POST: %d", g.status)
	}
	for _, src := range sources.All() {
		for _, r := range src.Requests(source.Plan{}) {
			for _, a := range r.Addresses {
				if _, ok := src.(source.Tabled); ok {
					continue
				}
				u, err := url.Parse(a)
				if err != nil || !slices.Contains(w.Hosts(), u.Hostname()) {
					t.Errorf("%s: host %q is not played, %v", src.About().ID, u.Hostname(), err)
				}
			}
		}
	}
}

// What a second day moves if a client asks with the tags that it was given.
func TestUnchangedDayMovesNoBodies(t *testing.T) {
	w := publishers.Publishers(t)
	for key, address := range w.Answering {
		if strings.HasPrefix(key, "coe-treaties/") {
			continue
		}
		g := get(t, w.World, address, "Accept-Encoding", "gzip, br")
		w.Forget()
		if again := get(t, w.World, address, "Accept-Encoding", "gzip, br", "If-None-Match", g.header.Get("ETag")); again.status != 304 {
			t.Errorf("%s: %d", key, again.status)
		}
		u, _ := url.Parse(address)
		if n := w.BodyBytes(u.Hostname(), time.Time{}, time.Now().Add(time.Hour)); n != 0 {
			t.Errorf("%s: %d bytes", key, n)
		}
	}
}

// A crowd's good sources hold as many rows as it says, and none of the failing ones can be
// taken for good.
func TestMany(t *testing.T) {
	const n = 150
	w := publishers.Start(t)
	c := w.Many(n, 0.25)
	if len(c.Sources) != n || len(c.Failing) != 38 {
		t.Fatalf("%d sources, %d fail", len(c.Sources), len(c.Failing))
	}
	ways, rows := map[string]bool{}, 0
	unread := map[string]bool{"never answers": true, "a page without end": true, "hangs in the middle": true}
	for _, src := range c.Sources {
		id := src.About().ID
		failure, bad := c.Failing[id]
		r := src.Requests(source.Plan{})[0]
		if bad {
			ways[failure.Way] = true
			if len(failure.Faults) == 0 {
				t.Errorf("%s: %s has no fault", id, failure.Way)
			}
			if unread[failure.Way] || failure.Way == "a gzip bomb" {
				continue
			}
		}
		at := r.Addresses[0]
		g := get(t, w, at)
		for range 4 {
			switch {
			case g.status == 503 && g.header.Get("Retry-After") == "1":
				g = get(t, w, at)
			case g.status >= 300 && g.status < 400 && strings.HasPrefix(g.header.Get("Location"), "/"):
				g = get(t, w, "https://"+id+".example"+g.header.Get("Location"))
			}
		}
		if bad {
			code, _ := soft.Fault(r.Media, r.Language, g.status, g.header, []byte(g.body))
			byClient := slices.ContainsFunc(failure.Faults, func(f string) bool {
				return slices.Contains([]string{"cut-off", "tls-failed", "redirected-elsewhere", "redirected-too-often", "robots-forbids", "robots-unknown"}, f)
			})
			if !byClient && !slices.Contains(failure.Faults, code) {
				t.Errorf("%s, %s (%s): %q, want one of %q", id, failure.Way, r.Media, code, failure.Faults)
			}
			if byClient && g.err == nil && g.status == 200 && !strings.HasPrefix(failure.Way, "robots.txt") {
				t.Errorf("%s, %s: it answers", id, failure.Way)
			}
			continue
		}
		reading, err := source.Read(src, sourcetest.Capture(src, r.ID, []byte(g.body)))
		if err != nil || len(reading.Rows) < 20 || slices.ContainsFunc(reading.Findings, func(f source.Finding) bool { return f.Severity != source.Note }) {
			t.Errorf("%s: %d rows, %v, %+v", id, len(reading.Rows), err, reading.Findings)
			continue
		}
		d := &schemas.Memberships
		for _, row := range reading.Rows {
			if name := row.Row.Values[d.Column("published_name")].Text(); !known(name) || row.Row.Values[d.Column("network")].Text() != id {
				t.Errorf("%s: %q", id, name)
			}
		}
		rows += len(reading.Rows)
	}
	if rows != c.Rows {
		t.Errorf("%d rows, want %d", rows, c.Rows)
	}
	if len(ways) < 30 {
		t.Errorf("only %d ways of failing: %q", len(ways), slices.Sorted(maps.Keys(ways)))
	}
	for _, share := range []float64{0, 1} {
		other := publishers.Start(t)
		if c := other.Many(10, share); len(c.Failing) != int(10*share) || (c.Rows == 0) != (share == 1) {
			t.Errorf("%v: %d fail, %d rows", share, len(c.Failing), c.Rows)
		}
	}
}

func known(name string) bool { _, ok := places.Default().Lookup(name); return ok }

// The same crowd is the same each time.
func TestManyIsTheSame(t *testing.T) {
	a, b := publishers.Start(t).Many(60, 0.1), publishers.Start(t).Many(60, 0.1)
	if a.Rows != b.Rows || fmt.Sprint(a.Failing) != fmt.Sprint(b.Failing) || len(a.Failing) != 6 {
		t.Errorf("%d and %d rows; %v and %v", a.Rows, b.Rows, a.Failing, b.Failing)
	}
}
