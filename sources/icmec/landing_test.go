package icmec

import (
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// A made-up landing page: only the title and the way in which an edition is named are the
// publisher's.
func landingPage(title, body string) []byte {
	return []byte(`<!DOCTYPE html><html lang="en"><head><title>A page – ICMEC</title><script>var edition = "99th edition";</script></head><body>
<nav><a href="/wp-content/uploads/menu.pdf">The 50th edition of something else</a></nav>
<main><header><h1>` + title + `</h1></header>` + body + `</main><footer><a href="/wp-content/uploads/annual.pdf">Annual report</a></footer></body></html>
`)
}

const csamTitle, groomingTitle = "Child Sexual Abuse Material: Model Legislation &amp; Global Review", "Online Grooming of Children for Sexual Purposes: Model Legislation &amp; Global Review"

func watched(r source.Emitted, column string) string {
	return r.Row.Values[schemas.WatchedPages.Column(column)].String()
}

func TestLanding(t *testing.T) {
	const links = `<p><a href="/wp-content/uploads/2018/12/b.PDF?x=1#page=2">English</a> <a href="https://cdn.icmec.org/a.pdf">Español</a> <a href="/wp-content/uploads/2018/12/b.PDF">again</a> <a href="mailto:x@icmec.org">mail</a></p>`
	for name, c := range map[string]struct {
		request, page string
		newest        string
		codes         string
	}{
		"the curated edition":  {"csam-landing", csamTitle + "|<p>First released in 2006, now in its 9<sup>th</sup> edition.</p>" + links, "9th", ""},
		"a newer edition":      {"csam-landing", csamTitle + "|<p>The 10th Edition is out. The 9th edition is still here.</p>" + links, "10th", "newer-edition"},
		"a newer one in words": {"csam-landing", csamTitle + "|<p>Eleventh edition</p>" + links, "11th", "newer-edition"},
		"an old title":         {"csam-landing", "Child Pornography: Model Legislation &amp; Global Review|<p>8th Ed. of 2016</p>" + links, "8th", "older-edition"},
		"no edition":           {"csam-landing", csamTitle + "|<p>Our 9 studies; the 20th anniversary.</p>" + links, "", "no-edition-named"},
		"grooming":             {"grooming-landing", groomingTitle + "|<p>1st edition</p>" + links, "1st", ""},
		"grooming, second":     {"grooming-landing", groomingTitle + "|<p>2nd edition</p>" + links, "2nd", "newer-edition"},
		"no document":          {"grooming-landing", groomingTitle + "|<p>1st edition</p>", "1st", "no-document-linked"},
	} {
		t.Run(name, func(t *testing.T) {
			title, body, _ := strings.Cut(c.page, "|")
			r := sourcetest.Read(t, New(), c.request, landingPage(title, body))
			if len(r.Rows) != 1 || len(r.Parts) != 1 || r.Parts[0].Complete {
				t.Fatalf("%d rows, parts %+v", len(r.Rows), r.Parts)
			}
			var codes []string
			for _, f := range r.Findings {
				codes = append(codes, f.Code)
				if f.Severity != source.Question || f.Part != r.Parts[0].Name() {
					t.Errorf("finding %+v", f)
				}
			}
			if got := strings.Join(codes, " "); got != c.codes {
				t.Errorf("findings %q, want %q", got, c.codes)
			}
			documents := "https://cdn.icmec.org/a.pdf https://www.icmec.org/wp-content/uploads/2018/12/b.PDF"
			if name == "no document" {
				documents = ""
			}
			row := r.Rows[0]
			if watched(row, "newest_edition") != c.newest || watched(row, "documents") != documents || len(watched(row, "sha256")) != 64 ||
				!strings.HasPrefix(watched(row, "address"), "https://www.icmec.org/") {
				t.Errorf("row %v", row.Row.Values)
			}
		})
	}
}

// Only what a visitor reads makes the sum.
func TestLandingSum(t *testing.T) {
	sum := func(body string) string {
		r := sourcetest.Read(t, New(), "csam-landing", []byte(body))
		return watched(r.Rows[0], "sha256")
	}
	page := string(landingPage(csamTitle, "<p>The 9th edition.</p>"))
	same := strings.NewReplacer("<h1>", "<h1 class=new>\n ", "99th", "98th", "Annual report", "Yearly report").Replace(page)
	if sum(page) != sum(same) {
		t.Error("markup, scripts and footers change the sum")
	}
	if sum(page) == sum(strings.Replace(page, "The 9th", "Our 9th", 1)) {
		t.Error("another word does not change the sum")
	}
}

func TestLandingSurvives(t *testing.T) {
	good := landingPage(csamTitle, `<p>Now in its 9th edition – since 2006.</p><a href="/a.pdf">PDF</a><a href="/b.pdf">PDF</a>`)
	sourcetest.Survives(t, New(), "csam-landing", good, map[string][]byte{
		"label missing":   nil, // a page that names no edition says so truly; TestLanding has it
		"columns swapped": nil,
		"one more column": nil,
		"half the list":   nil,
		"empty list":      nil,
		"other review":    landingPage(groomingTitle, `<p>Now in its 9th edition.</p>`),
	})
}
