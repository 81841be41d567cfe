package fetch_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/schemas"
	"baseline/sources/source"
)

// watched keeps the headers of requests for pages.
func (w *world) watched(h http.HandlerFunc) (http.HandlerFunc, *[]http.Header) {
	var seen []http.Header
	return func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robots.txt" {
			seen = append(seen, r.Header.Clone())
		}
		h(out, r)
	}, &seen
}

func conditional(h http.Header) bool {
	return h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != ""
}

// A date may be that of other bytes: a server that knows tags is asked by the tag alone.
func TestATagGoesBeforeADate(t *testing.T) {
	w := play(t)
	h, seen := w.watched(func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Last-Modified", "Fri, 01 May 2026 00:00:00 GMT")
		page(good, `"v1"`)(out, r)
	})
	w.on("a.example", h)
	c := w.client(nil)
	w.ask(c, one("http://a.example/x"))
	a := w.ask(c, one("http://a.example/x"))[0]
	if last := (*seen)[1]; a.Outcome != fetch.OutcomeNotModified || last.Get("If-None-Match") != `"v1"` || last.Get("If-Modified-Since") != "" {
		t.Errorf("%+v, asked with %v", a, last)
	}
}

// A redirect that leads to another file by now: its server must not vouch for the old one.
func TestARedirectToAnotherFileIsReadWhole(t *testing.T) {
	w := play(t)
	target := "/2023"
	w.on("a.example", func(out http.ResponseWriter, r *http.Request) {
		// The newer file was made on an earlier day than the older one was corrected.
		when := map[string]time.Time{"/2023": time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC), "/2024": time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
		switch r.URL.Path {
		case "/latest":
			http.Redirect(out, r, target, http.StatusFound)
		case "/2023", "/2024":
			out.Header().Set("Content-Type", "text/html")
			http.ServeContent(out, r, "", when[r.URL.Path], strings.NewReader(edition(r.URL.Path)))
		default:
			http.NotFound(out, r)
		}
	})
	c := w.client(nil)
	w.ask(c, one("http://a.example/latest"))
	w.clock = w.clock.Add(24 * time.Hour)
	if a := w.ask(c, one("http://a.example/latest"))[0]; a.Outcome != fetch.OutcomeNotModified {
		t.Errorf("the same file: %+v", a)
	}
	target = "/2024"
	w.clock = w.clock.Add(24 * time.Hour)
	a := w.ask(c, one("http://a.example/latest"))[0]
	newest, err := w.store.Newest("test")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := w.store.Body(newest["page"].SHA256); a.Outcome != fetch.OutcomeNew || err != nil || string(body) != edition("/2024") {
		t.Errorf("%+v, %q, %v", a, body, err)
	}
}

// Nor may it say, unasked, that nothing has changed.
func TestARedirectToAnotherFileThatIsUnchanged(t *testing.T) {
	w := play(t)
	w.on("a.example/latest", redirect("/2023", 302))
	w.on("a.example/2023", page(edition("2023"), `"1"`))
	w.on("a.example/2024", bare(304))
	c := w.client(nil)
	w.ask(c, one("http://a.example/latest"))
	w.on("a.example/latest", redirect("/2024", 302))
	if a := w.ask(c, one("http://a.example/latest"))[0]; a.Fault != "unasked-304" || a.Outcome != fetch.OutcomeFailed {
		t.Errorf("%+v", a)
	}
}

func TestOnlyWhatTheArchiveHasIsAskedConditionally(t *testing.T) {
	w := play(t)
	h, seen := w.watched(page(good, `"v1"`))
	w.on("a.example", h)
	w.on("b.example", h)
	c := w.client(nil)
	w.ask(c, one("http://a.example/x"))
	// The address has changed.
	if plan, err := c.Plan(w.store, one("http://b.example/x")); err != nil || plan[0].Conditional {
		t.Errorf("plan %+v, %v", plan, err)
	}
	w.ask(c, one("http://b.example/x"))
	// The bytes are gone.
	newest, err := w.store.Newest("test")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ws.Remove(archive.BodyPath(newest["page"].SHA256)); err != nil {
		t.Fatal(err)
	}
	if a := w.ask(c, one("http://b.example/x"))[0]; a.Outcome == fetch.OutcomeNotModified {
		t.Errorf("%+v", a)
	}
	if a := w.ask(c, one("http://b.example/x"))[0]; a.Outcome != fetch.OutcomeNotModified {
		t.Errorf("%+v", a)
	}
	var got []bool
	for _, h := range *seen {
		got = append(got, conditional(h))
	}
	if fmt.Sprint(got) != "[false false false true]" {
		t.Errorf("conditional: %v", got)
	}
}

func TestUnchangedThoughNobodyAsked(t *testing.T) {
	w := play(t)
	w.on("a.example", behind(bare(404), bare(304)))
	a := w.ask(w.client(nil), one("http://a.example/x"))[0]
	if a.Outcome != fetch.OutcomeFailed || a.Fault != "unasked-304" || a.Tries != 1 {
		t.Errorf("%+v", a)
	}
	if recs := w.records("test"); len(recs) != 1 || recs[0].Answers() || recs[0].Fault != "unasked-304" {
		t.Errorf("%+v", recs)
	}
	// Nor does it after an answer that had nothing to compare by.
	w.on("a.example", page(good, ""))
	c := w.client(nil)
	w.ask(c, one("http://a.example/x"))
	w.on("a.example", behind(bare(404), bare(304)))
	if a := w.ask(c, one("http://a.example/x"))[0]; a.Fault != "unasked-304" {
		t.Errorf("%+v", a)
	}
}

func TestRedirectsAreNoted(t *testing.T) {
	w := play(t)
	w.on("a.example/x", redirect("/y", 301))
	w.on("a.example/y", redirect("http://user:pass@www.a.example/z?token=sesame&n=1", 302))
	w.on("www.a.example", page(good, ""))
	if a := w.ask(w.client(nil), one("http://a.example/x"))[0]; a.Outcome != fetch.OutcomeNew {
		t.Fatalf("%+v", a)
	}
	recs := w.records("test")
	var got []string
	for _, r := range recs {
		got = append(got, fmt.Sprint(r.Status, " ", r.FinalURL, " ", r.Headers["Location"]))
		if r.Request.URL != "http://a.example/x" {
			t.Errorf("%+v", r)
		}
	}
	want := []string{
		"301 http://a.example/x http://a.example/y",
		"302 http://a.example/y http://www.a.example/z?n=1&token=-",
		"200 http://www.a.example/z?n=1&token=- ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("records\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if text := fmt.Sprintf("%+v", recs); strings.Contains(text, "sesame") || strings.Contains(text, "pass") {
		t.Errorf("a secret is in the archive: %s", text)
	}
}

func TestWhereRedirectsMayNotLead(t *testing.T) {
	for name, c := range map[string]struct{ method, to string }{
		"to a port of something else":       {"", "http://a.example:22/good"},
		"a form to another host":            {"POST", "http://b.example/good"},
		"a form, by a status that drops it": {"POST", "/good"},
	} {
		w := play(t)
		w.on("a.example/x", redirect(c.to, 302))
		s := one("http://a.example/x")
		s.about.Hosts = []string{"b.example"}
		s.about.Requests[0].Method, s.about.Requests[0].Body = c.method, "{}"
		if a := w.ask(w.client(nil), s)[0]; a.Fault != "redirected-elsewhere" || pages(w.log) != 1 {
			t.Errorf("%s: %+v, asked %q", name, a, w.log)
		}
	}
	// A form may be sent again where the status says so and the host is the same.
	w := play(t)
	w.on("a.example/x", redirect("/good", 307))
	w.on("a.example/good", func(out http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			t.Errorf("%s", r.Method)
		}
		fmt.Fprint(out, good)
	})
	s := one("http://a.example/x")
	s.about.Requests[0].Method = "POST"
	if a := w.ask(w.client(nil), s)[0]; a.Outcome != fetch.OutcomeNew {
		t.Errorf("%+v", a)
	}
}

// A secret goes to the host that it is for, and stays there when that one leads elsewhere.
func TestSecretsGoToTheirHostAlone(t *testing.T) {
	w := play(t)
	got := map[string]string{}
	note := func(h http.HandlerFunc) http.HandlerFunc {
		return func(out http.ResponseWriter, r *http.Request) {
			got[r.Host+r.URL.Path] = r.Header.Get("token")
			h(out, r)
		}
	}
	w.on("a.example/robots.txt", note(bare(404)))
	w.on("a.example/x", note(redirect("/y", 302)))
	w.on("a.example/y", note(redirect("http://b.example/z", 302)))
	w.on("b.example", note(page(good, "")))
	s := one("http://a.example/x")
	s.about.Hosts = []string{"b.example"}
	s.asks = func(source.Plan) []source.Request {
		asks := s.about.Ask()
		asks[0].Secret = map[string]string{"token": "sesame"}
		return asks
	}
	if a := w.ask(w.client(nil), s)[0]; a.Outcome != fetch.OutcomeNew {
		t.Fatalf("%+v", a)
	}
	want := map[string]string{"a.example/robots.txt": "", "a.example/x": "sesame", "a.example/y": "sesame", "b.example/robots.txt": "", "b.example/z": ""}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("secrets sent: %v, want %v", got, want)
	}
}

// The address to which the page with a key leads may hold the key.
func TestAPrivateAnswerLeavesNoAddress(t *testing.T) {
	w := play(t)
	w.on("a.example/key", redirect("/key2?session=sesame", 302))
	w.on("a.example/key2", page(good, ""))
	s := one("http://a.example/key")
	s.about.Requests[0].Private = true
	got := w.ask(w.client(nil), s)
	if text := fmt.Sprintf("%+v %+v", got, w.records("test")); got[0].Outcome != fetch.OutcomeNew || strings.Contains(text, "sesame") {
		t.Error(text)
	}
}

// listing reads lines of a treaty, a state and a status, as the whole of a list.
func listing(c source.Capture, emit source.Emit) error {
	emit.Part(source.Part{Dataset: "treaty_status", Key: []source.Pin{{Column: "treaty", Value: schemas.Str("CRC")}}, Complete: !strings.Contains(string(c.Body), "and so on")})
	for _, line := range strings.Split(string(c.Body), "\n") {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "CRC" {
			emit.Row("treaty_status", schemas.Cells{"treaty": schemas.Str("CRC"), "published_name": schemas.Str(words[1]), "status": schemas.Str(words[2])}, "a line", line)
		}
	}
	if strings.Contains(string(c.Body), "hold") {
		emit.Finding(source.Finding{Code: "told-to", Severity: source.Hold, Text: "the page says hold"})
	}
	return nil
}

// A page that only looks like something else is judged by the reader of its source.
func TestTheReaderHasTheLastWord(t *testing.T) {
	wall := func(rest string) string {
		return "<html lang=\"en\"><head><title>Just a moment...</title></head><body><h1>Sign in</h1><form><input type=\"password\"></form>\n<pre>\n" + rest + "\n</pre></body></html>"
	}
	for name, c := range map[string]struct {
		body   string
		bounds []source.Bound
		good   bool
	}{
		"read whole":            {wall("CRC Norway party"), nil, true},
		"not read to its end":   {wall("CRC Norway party\nand so on"), nil, false},
		"within its bounds":     {wall("CRC Norway party\nand so on"), []source.Bound{{Dataset: "treaty_status", MinRows: 1, MaxRows: 2}}, true},
		"outside of its bounds": {wall("CRC Norway party\nand so on"), []source.Bound{{Dataset: "treaty_status", MinRows: 2, MaxRows: 3}}, false},
		"no rows":               {wall(""), nil, false},
		"held":                  {wall("CRC Norway party\nhold"), nil, false},
	} {
		w := play(t)
		w.on("a.example", page(c.body, ""))
		s := one("http://a.example/x")
		s.about.Bounds, s.read = c.bounds, listing
		a := w.ask(w.client(nil), s)[0]
		recs := w.records("test")
		if good := a.Outcome == fetch.OutcomeNew; good != c.good || good != recs[0].Answers() || good != strings.Contains(recs[0].OriginNote, "it looked like challenge") {
			t.Errorf("%s: %+v, record %+v", name, a, recs[0])
		}
	}
}
