package saferinternetday_test

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"testing"

	"baseline/sources/sourcetest"
)

// A wrapping is markup in which the texts of a page may stand: the publisher's own is
// not known.
type wrapping struct{ name, title, label, text string } // formats of a line

var wrappings = []wrapping{
	{"headings", "<h1>%s</h1>", "<h2>%s</h2>", "<p>%s</p>"},
	{"strong", "<h1>%s</h1>", "<p><strong>%s</strong></p>", "<p>%s</p>"},
	{"div", `<div class="t"><span>%s</span></div>`, `<div class="l"><b>%s</b></div>`, `<div class="x">%s</div>`},
	{"list", "<h2>%s</h2>", "<h4><a href=#x>%s:</a></h4>", "<ul><li>%s</li></ul>"},
	{"bold before the text", "<h1>%s</h1>", "<strong>%s</strong>", "%s<br>"},
	{"table", "<h3>%s</h3>", "<table><tr><th>%s</th></tr></table>", "<table><tr><td>%s</td></tr></table>"},
}

// boiler is what the Commission's pages print above the title.
var boiler = []string{
	"Skip to main content", "European Union flag", "Log in", "Community Message",
	"Membership to the Community Portal is only available to Community members.",
	"Select Accept to continue to the Login page.", "Online abuse – get help, report it!", "Contact a helpline",
}

// Made-up pages of the four generations: lines that begin with # are the title, with *
// labels.
var generations = []struct{ name, request, lines, want string }{
	{"1", "turkey", "#TURKEY Safer Internet Day Committee TURKEY Safer Internet Day Committee\n*Safer Internet Day 2013\nA made-up event takes place.\nAbout the Turkish Safer Internet Centre\nMade up.",
		"question update-not-dated"},
	{"2", "ukraine", "#Updated for SID 2019:Ukraine Safer Internet Day Committee\nURL: https://example.org\nOrganisational email address: x@example.org\n*About our SID activities\nA made-up event takes place.",
		"question update-not-dated"},
	{"2, title apart", "ukraine", "Updated for SID 2019:\n#Ukraine Safer Internet Day Committee\n*About our SID activities\nA made-up event takes place.",
		"question update-not-dated"},
	{"3, 2020", "serbia", "#Serbian Safer Internet Day Committee\n*About our SID activities\nA made-up event takes place.\n*What we are doing to support the SID 2020 slogan of \"Together for a better internet\"…\nMade up.",
		"question update-not-dated"},
	{"3, 2024", "moldova", "#Moldovan Safer Internet Day Committee\nLast updated: 2024-01-17\n*About our SID activities\nA made-up event takes place.\n*What are we doing to create a better internet...\nMade up.\n*About us\nMade up.",
		"2024;;Moldova;planned;2024-01-17;day;"},
	{"4", "serbia-3", strings.Join(boiler, "\n") + "\n#Serbia Safer Internet Day Committee – Made up – Here (MUH) (#3)\nProfile last updated: January 2026\n*About our SID activities\nA made-up event takes place.\n*What we are doing to create a better internet...\nMade up.",
		"2026;#3;Serbia;planned;2026-01-01;month;Made up – Here (MUH)"},
}

func (w wrapping) page(lines string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html lang=\"en\"><head><title>x</title></head><body><nav><p>Norwegian Safer Internet Centre</p></nav><main>\n")
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line[0] == '#':
			fmt.Fprintf(&b, w.title+"\n", html.EscapeString(line[1:]))
		case line[0] == '*':
			fmt.Fprintf(&b, w.label+"\n", html.EscapeString(line[1:]))
		default:
			fmt.Fprintf(&b, w.text+"\n", html.EscapeString(line))
		}
	}
	b.WriteString("</main><footer>Last updated: 2019-01-01</footer></body></html>\n")
	return b.String()
}

func TestEveryGenerationInEveryWrapping(t *testing.T) {
	for _, g := range generations {
		sums := map[string]bool{}
		for _, w := range wrappings {
			r := sourcetest.Read(t, src, g.request, []byte(w.page(g.lines)))
			if got := facts(r); got != g.want {
				t.Errorf("generation %s, %s:\n%s\nwant\n%s", g.name, w.name, got, g.want)
				continue
			}
			if len(r.Rows) == 0 {
				sums[""] = true // a page without a day of its update
				continue
			}
			row := r.Rows[0]
			sums[cell(row, "activity_sha256")+" "+cell(row, "activity_characters")] = true
			if row.Row.Evidence.Quote != "A made-up event takes place." && row.Row.Evidence.Quote != "A made-up event takes place. Made up." {
				t.Errorf("generation %s, %s: quote %q", g.name, w.name, row.Row.Evidence.Quote)
			}
		}
		if len(sums) != 1 {
			t.Errorf("generation %s: the text depends on its markup: %v", g.name, sums)
		}
	}
}

// Classes and ids mean nothing: whatever they are called, the rows are the same.
func TestClassesAndIdsMeanNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	names := []string{"menu", "hidden", "cookie", "title", "nav", "footer", "ecl-page-header", "field--name-body", "x"}
	for _, g := range generations {
		for range 30 {
			w := wrappings[rnd.IntN(len(wrappings))]
			plain := w.page(g.lines)
			var b strings.Builder
			for _, piece := range strings.SplitAfter(plain, "<") {
				for _, tag := range []string{"h1", "h2", "p", "div", "span", "strong", "li", "ul", "main", "b"} {
					if rest, ok := strings.CutPrefix(piece, tag+">"); ok {
						piece = fmt.Sprintf("%s class=\"%s %s\" id=%s>%s", tag, names[rnd.IntN(len(names))], names[rnd.IntN(len(names))], names[rnd.IntN(len(names))], rest)
						break
					}
				}
				b.WriteString(piece)
			}
			if b.String() == plain {
				t.Fatal("nothing was renamed")
			}
			if got := facts(sourcetest.Read(t, src, g.request, []byte(b.String()))); got != g.want {
				t.Fatalf("generation %s:\n%s\nwant\n%s\n%s", g.name, got, g.want, b.String())
			}
		}
	}
}

// Words that look like labels but stand in prose, and texts that nobody sees, say nothing.
func TestWhatIsNoLabel(t *testing.T) {
	const want = "2024;;Moldova;planned;2024-01-17;day;"
	good := wrappings[0].page(moldova2024)
	for name, put := range map[string]string{
		"bold within a sentence": "<p>See <strong>About our SID activities</strong> of others.</p>",
		"a long paragraph":       "<p>What we are doing to mark SID 2019 " + strings.Repeat("is long ", 30) + "</p>",
		"a hidden heading":       `<p hidden>About our SID activities</p><div aria-hidden="true">What we are doing to mark SID 2019</div>`,
		"a comment":              "<!-- <p>About our SID activities</p> --><script>'About our SID activities'</script>",
	} {
		page := strings.Replace(good, "<p>Made up.</p>", put, 1)
		if page == good {
			t.Fatal("nothing was put in")
		}
		if got := facts(sourcetest.Read(t, src, "moldova", []byte(page))); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
