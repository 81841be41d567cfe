package sentinels

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// made is a page made up for these tests: no page that is watched has been seen yet.
// It has what the page must have, and around it what moves from visit to visit.
type made struct {
	title, heading string
	text           string // HTML
	links          []string
	day, nonce     string
	views          int
}

func (m made) html() []byte {
	var links strings.Builder
	for _, l := range m.links {
		fmt.Fprintf(&links, "<li><a class=\"download\" href=\"%s\">Télécharger</a></li>\n", l)
	}
	return []byte(fmt.Sprintf(`<!DOCTYPE html>
<html lang="en"><head><title>%[1]s</title><meta charset="utf-8"><script nonce="%[2]s">window.token = "%[2]s 2031 edition";</script>
<style>.v%[2]s{color:red}</style></head><body class="cookie-consent-on">
<nav><ul><li><a href="/files/annual.pdf?v=%[2]s">Annual report</a></li><li>%[3]s</li></ul></nav>
<div id="cookieBox" class="notice">We use cookies. <a href="/files/cookie-policy-%[2]s.pdf">Cookie policy, 2030 edition</a></div>
<main><h1>%[4]s</h1>
%[5]s
<p>Études et rapports: last updated %[3]s. Seen %[6]d times.</p>
<ul>
%[7]s</ul></main>
<footer>© 2029, %[3]s, third edition of our website</footer>
<script src="/a.js?ver=%[2]s"></script>
</body></html>
`, m.title, m.nonce, m.day, m.heading, m.text, m.views, links.String()))
}

// pageOf makes a page on which nothing is new.
func pageOf(w watch) made {
	m := made{
		title: "A title", heading: "A <em>head</em>ing", day: "24 November 2026", nonce: "a1b2", views: 1234, links: w.Documents,
		text: "<p>" + strings.Join(w.Must, " &amp;\n ") + "</p><p>" + strings.Join(w.Known, " edition, ") + " <b>edit</b>ion</p>",
	}
	if len(m.links) == 0 {
		m.links = []string{"https://example.org/one.pdf"}
	}
	return m
}

func watches(t *testing.T) []watch {
	t.Helper()
	return New().(reader).Pages
}

func cell(t *testing.T, r source.Reading, column string) string {
	t.Helper()
	if len(r.Rows) != 1 || len(r.Parts) != 1 {
		t.Fatalf("%d rows in %d parts", len(r.Rows), len(r.Parts))
	}
	return r.Rows[0].Row.Values[schemas.WatchedPages.Column(column)].String()
}

func questions(r source.Reading) (list []string) {
	for _, f := range r.Findings {
		list = append(list, string(f.Severity)+" "+f.Code+" "+f.Quote)
	}
	return list
}

func TestEveryRequestIsWatched(t *testing.T) {
	var asked, listed []string
	for _, r := range New().Requests(source.Plan{}) {
		asked = append(asked, r.ID)
	}
	for _, w := range watches(t) {
		listed = append(listed, w.Page)
		if w.Curated != "" && !slices.Contains(w.Known, w.Curated) {
			t.Errorf("%s: the edition %s that is curated is not known", w.Page, w.Curated)
		}
		for _, word := range append(slices.Clone(w.Must), w.Known...) {
			if word != strings.ToLower(word) {
				t.Errorf("%s: %q would never be found: words are compared in lower case", w.Page, word)
			}
		}
	}
	if !slices.Equal(asked, listed) {
		t.Errorf("asked for %q, watched are %q", asked, listed)
	}
	if _, err := source.Read(New(), sourcetest.Capture(New(), "another", pageOf(watches(t)[0]).html())); err == nil {
		t.Error("a page that is not watched was read")
	}
}

// A page on which nothing is new raises no question, as far as its documents are known.
func TestReadsEachPage(t *testing.T) {
	for _, w := range watches(t) {
		r := sourcetest.Read(t, New(), w.Page, pageOf(w).html())
		var want []string
		documents := strings.Join(sorted(w.Documents), " ")
		if len(w.Documents) == 0 {
			documents = "https://example.org/one.pdf"
			want = []string{"question newer-edition " + documents}
		}
		newest := slices.MaxFunc(w.Known, func(a, b string) int { return rank(a) - rank(b) })
		for column, v := range map[string]string{"page": w.Page, "curated_edition": w.Curated, "newest_edition": newest, "documents": documents} {
			if got := cell(t, r, column); got != v {
				t.Errorf("%s: %s %q, want %q", w.Page, column, got, v)
			}
		}
		if got := questions(r); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", w.Page, got, want)
		}
		if p := r.Parts[0]; p.Name() != "page="+w.Page || !p.Complete || len(cell(t, r, "sha256")) != 64 {
			t.Errorf("%s: part %+v, hash %q", w.Page, p, cell(t, r, "sha256"))
		}
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// What is new is asked about, once each, and the row still passes.
func TestAsksAboutWhatIsNew(t *testing.T) {
	for name, c := range map[string]struct {
		page, text   string
		links        []string
		newest, want string
	}{
		"a third edition":      {"baseline-mapping", "<h2>Baseline mapping,<br>3rd Edition</h2> of the first edition", nil, "2021", "newer-edition third"},
		"an edition by year":   {"baseline-mapping", "<p>See the <i>2027</i> <b>ed</b>ition. The 20<b>27</b> edition is out.</p>", nil, "2027", "newer-edition 2027"},
		"a second ranking":     {"crin-access-to-justice", "<p>Second edition</p>", nil, "2016", "newer-edition second"},
		"a ranking by year":    {"crin-access-to-justice", "<p>the ranking of 2028</p>", nil, "2028", "newer-edition 2028"},
		"a document":           {"crin-access-to-justice", "", []string{"/files/Scores 2027.XLSX?t=1#a", "//home.crin.org/files/Scores%202027.XLSX"}, "2016", "newer-edition https://home.crin.org/files/Scores%202027.XLSX"},
		"without an ending":    {"baseline-mapping", "", []string{"http://rm.coe.int/baseline-2027/1680abcd12"}, "2021", "newer-edition https://rm.coe.int/baseline-2027/1680abcd12"},
		"named by a parameter": {"baseline-mapping", "", []string{"https://rm.coe.int/Display?documentId=09&amp;t=5"}, "2021", "newer-edition https://rm.coe.int/Display?documentId=09"},
		"no address":           {"baseline-mapping", "", []string{"https://exa mple.org:x/a.pdf"}, "2021", "link-unreadable https://exa mple.org:x/a.pdf"},
		"no document":          {"baseline-mapping", "", []string{"/en/web/children/pdf", "mailto:a@example.org?x=a.pdf", "#a.pdf", "/page?x=a.pdf"}, "2021", ""},
	} {
		w := watches(t)[slices.IndexFunc(watches(t), func(w watch) bool { return w.Page == c.page })]
		m := pageOf(w)
		m.text += c.text
		m.links = append(slices.Clone(w.Documents), c.links...)
		r := sourcetest.Read(t, New(), c.page, m.html())
		var want []string
		if c.want != "" {
			want = []string{"question " + c.want}
		}
		if got := questions(r); !slices.Equal(got, want) || cell(t, r, "newest_edition") != c.newest {
			t.Errorf("%s: %q, newest %q, want %q, %q", name, got, cell(t, r, "newest_edition"), want, c.newest)
		}
		for _, f := range r.Findings {
			if f.Dataset != "watched_pages" || f.Part != "page="+c.page || f.Hint == "" || !strings.Contains(f.Text, c.page) {
				t.Errorf("%s: finding %+v", name, f)
			}
		}
	}
}

// Days, counters, tokens, and boxes that ask for consent move neither editions nor
// documents; what is written in no page body moves not even the hash.
func TestWhatMovesFromVisitToVisit(t *testing.T) {
	if d := schemas.WatchedPages; !d.Columns[d.Column("sha256")].Aside {
		t.Error("a hash that moves would be told as a change of fact")
	}
	for _, w := range watches(t) {
		before := sourcetest.Read(t, New(), w.Page, pageOf(w).html())
		for name, c := range map[string]struct {
			change   func(*made)
			sameHash bool
		}{
			"the day and a counter": {func(m *made) { m.day, m.views = "3 March 2031", 99999 }, false},
			"tokens":                {func(m *made) { m.nonce = "2033ffff" }, true},
			"blanks":                {func(m *made) { m.text = strings.ReplaceAll(m.text, " ", "\n\t ") }, true},
			"tokens of links": {func(m *made) {
				m.links = slices.Clone(m.links)
				for i := range m.links {
					m.links[i] += "?t=1763971200&amp;sid=9#top"
				}
				m.links = append(m.links, m.links[0])
			}, false},
		} {
			m := pageOf(w)
			c.change(&m)
			after := sourcetest.Read(t, New(), w.Page, m.html())
			for _, column := range []string{"newest_edition", "documents"} {
				if got, want := cell(t, after, column), cell(t, before, column); got != want {
					t.Errorf("%s, %s: %s %q became %q", w.Page, name, column, want, got)
				}
			}
			if same := cell(t, after, "sha256") == cell(t, before, "sha256"); same != c.sameHash {
				t.Errorf("%s, %s: the same hash: %v", w.Page, name, same)
			}
			if !slices.Equal(questions(after), questions(before)) {
				t.Errorf("%s, %s: %q", w.Page, name, questions(after))
			}
		}
	}
}

// Links resolve against the page's own base, and the order of links means nothing.
func TestDocumentsAreAddresses(t *testing.T) {
	m := pageOf(watches(t)[0])
	m.links = []string{"b.pdf", "a.pdf"}
	body := strings.Replace(string(m.html()), "<head>", `<head><base href="https://www.crin.org/docs/">`, 1)
	got := cell(t, sourcetest.Read(t, New(), watches(t)[0].Page, []byte(body)), "documents")
	if want := "https://www.crin.org/docs/a.pdf https://www.crin.org/docs/b.pdf"; got != want {
		t.Errorf("documents %q, want %q", got, want)
	}
}

// What is not the page is an error, also with status 200.
func TestRefusesWhatIsNotThePage(t *testing.T) {
	w := watches(t)[0]
	good := string(pageOf(w).html())
	at := func(url, body string) source.Capture {
		c := sourcetest.Capture(New(), w.Page, []byte(body))
		c.URL = url
		return c
	}
	here := sourcetest.Capture(New(), w.Page, nil).URL
	for name, c := range map[string]struct {
		capture source.Capture
		want    string
	}{
		"another host":         {at("https://home.crin.org.example.net/", good), `host "home.crin.org.example.net" answered`},
		"no address":           {at("", good), `host "" answered`},
		"broken address":       {at("https://home.crin.org:x/", good), "cannot be read"},
		"refused in its title": {at(here, strings.Replace(good, "A title", "404: Page Not Found", 1)), "is headed"},
		"refused in its head":  {at(here, strings.Replace(good, "A <em>head</em>ing", "Just a <b>moment</b>…", 1)), "is headed"},
		"a word is missing":    {at(here, strings.ReplaceAll(good, "access to justice", "something else")), `does not contain "access to justice"`},
		"only in the menu":     {at(here, strings.Replace(strings.ReplaceAll(good, "access to justice", "x"), "<nav>", "<nav>access to justice", 1)), "does not contain"},
		"Latin-1":              {at(here, strings.ReplaceAll(good, "é", "\xe9")), "not UTF-8"},
		"broken off":           {at(here, strings.TrimSuffix(good, "</html>\n")), "breaks off"},
		"nothing to see":       {at(here, "<html><body><script>app()</script></body></html>"), "no visible text"},
		"no bytes":             {at(here, ""), "empty"},
	} {
		if _, err := source.Read(New(), c.capture); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := source.Read(New(), at(here, strings.Replace(good, "A title", "Terrorism and children", 1))); err != nil {
		t.Errorf("terror is no error: %v", err)
	}
	if _, err := source.Read(New(), at("https://archive.crin.org/x.html", good)); err != nil {
		t.Errorf("a host of the page's own: %v", err)
	}
}

// Columns cannot happen here. A link that is gone is no damage but what the row says: the
// publisher took the document off, and the comparison tells.
func TestSurvives(t *testing.T) {
	for _, w := range watches(t) {
		t.Run(w.Page, func(t *testing.T) {
			good := pageOf(w).html()
			missing := string(good)
			for _, word := range w.Must[:1] {
				missing = strings.ReplaceAll(missing, word, strings.Repeat("x", len(word)))
			}
			sourcetest.Survives(t, New(), w.Page, good, map[string][]byte{
				"label missing": []byte(missing), "columns swapped": nil, "one more column": nil, "half the list": nil, "empty list": nil,
				"an error page in its frame": []byte(strings.Replace(string(good), "A title", "Service temporarily unavailable", 1)),
			})
		})
	}
}

// A mistake in pages.yaml stops the program, and says where it is.
func TestReadConfigRefuses(t *testing.T) {
	const page = "pages:\n  - page: x\n    must: [a]\n"
	for name, c := range map[string]struct{ yaml, want string }{
		"a misspelt field": {page + "    editons: []\n", "editons"},
		"no words":         {"pages:\n  - page: x\n", "x has no words"},
		"no group":         {page + "    editions: ['edition']\n", "0 groups, not 1"},
		"a group too many": {page + "    also: ['(a)']\n", "1 groups, not 0"},
		"a broken pattern": {page + "    also: ['(']\n", "x: error parsing"},
	} {
		if _, err := readConfig([]byte(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}
