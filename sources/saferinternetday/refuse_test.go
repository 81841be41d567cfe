package saferinternetday_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// wrapped puts each line of a stored text into a neutral block.
func wrapped(text string, w wrapping) []byte {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&b, w.text+"\n", html.EscapeString(line))
		}
	}
	return []byte("<!DOCTYPE html><html lang=\"en\"><body>\n" + b.String() + "</body></html>\n")
}

// stored returns the part of a file of stored text that begins after one mark and ends
// before another, where marks are given.
func stored(t *testing.T, file, from, to string) string {
	t.Helper()
	text := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", file)))
	_, text, ok := strings.Cut(text, from)
	if !ok {
		t.Fatalf("%s has no %q", file, from)
	}
	if to != "" {
		if text, _, ok = strings.Cut(text, to); !ok {
			t.Fatalf("%s has no %q", file, to)
		}
	}
	return text
}

// The stored texts of the publisher's pages, in neutral blocks.
func TestStoredTexts(t *testing.T) {
	const boilerplate = "Skip to main content\nCommunity Message\nContact a helpline\n"
	other, moldova, norway := "sid_other_old_addresses.txt", "sid_moldova_2020_to_2026.txt", "sid_norway_2025_and_serbia3_2026_europa_drupal.txt"
	for _, c := range []struct{ request, file, from, to, want string }{
		{"albania", "sid_albania_2013_liferay.txt", "---\n", "", "question year-unknown | question update-not-dated"},
		{"albania", "sid_albania_2023_bik_liferay.txt", "---\n", "", "2023;;Albania;planned;2023-02-01;day;Safer Internet Centre Albania"},
		{"albania", "sid_albania_2025_europa_drupal.txt", "---\n", "", "2025;;Albania;celebrated;2025-03-01;month;Safer Internet Centre Albania (SIC Albania)"},
		{"armenia", "sid_armenia_2024_bik_liferay.txt", "---\n", "", "2024;;Armenia;planned;2024-02-02;day;"},
		{"moldova", moldova, "stored)\n", "[B]", "question update-not-dated"},
		{"moldova", moldova, "January 2022)\n", "[C]", "2022;;Moldova;planned;2022-01-28;day;"},
		{"moldova", moldova, "February 2023)\n", "[D]", "2023;;Moldova;planned;2023-02-02;day;"},
		{"moldova", moldova, "January 2024)\n", "[E]", "2024;;Moldova;planned;2024-01-17;day;"},
		{"norway", norway, "above)\n", "[B]", "2025;;Norway;celebrated;2025-03-01;month;Norwegian Safer Internet Centre"},
		{"serbia-3", norway, "(same boilerplate)\n", "", "2026;#3;Serbia;planned;2026-01-01;month;"},
		{"ukraine", other, "/ukraine/sid\n", "   (note", "question update-not-dated"},
		{"bosnia-and-herzegovina", other, "the site)\n", "[C]", "question year-unknown | question update-not-dated"},
		{"serbia", other, "\"Last updated\" line)\n", "[D]", "question update-not-dated"},
		{"ukraine", other, "in-your-country/ukraine\n", "[E]", "2024;;Ukraine;planned;2024-01-23;day;"},
		{"georgia", other, "(SID 2013)\n", "[F]", "question year-unknown | question update-not-dated"},
		{"bosnia-and-herzegovina", other, "or so)\n", "", "question year-unknown | question update-not-dated"},
		{"turkey", "sid_turkey_2013_and_2024.txt", "(SID 2013)\n", "[B]", "question update-not-dated"},
		{"turkey", "sid_turkey_2013_and_2024.txt", "in-your-country/turkey\n", "", "2024;;Türkiye;celebrated;2024-03-04;day;Safer Internet Center Türkiye"},
	} {
		for _, w := range wrappings[:3] {
			body := wrapped(boilerplate+stored(t, c.file, c.from, c.to), w)
			if got := facts(sourcetest.Read(t, src, c.request, body)); got != c.want {
				t.Errorf("%s, %s:\n%s\nwant\n%s", c.file, w.name, got, c.want)
			}
		}
	}
	// Without its title a page may be anybody's.
	body := wrapped(stored(t, moldova, "main text only)\n", ""), wrappings[0])
	if _, err := source.Read(src, sourcetest.Capture(src, "moldova", body)); err == nil || !strings.Contains(err.Error(), "no line heads the page") {
		t.Errorf("a text without its title: %v", err)
	}
	// A profile of a Safer Internet Centre is no page about the day.
	body = wrapped(stored(t, "sic_norway_2024_europa_drupal.txt", "---\n", ""), wrappings[0])
	if _, err := source.Read(src, sourcetest.Capture(src, "norway", body)); err == nil || !strings.Contains(err.Error(), "no heading") {
		t.Errorf("the centre's profile: %v", err)
	}
}

const moldova2024 = "#Moldovan Safer Internet Day Committee\nLast updated: 2024-01-17\n*About our SID activities\nA made-up event takes place.\n*What we are doing to create a better internet\nMade up."

func TestOtherPagesAreRefused(t *testing.T) {
	page := wrappings[0].page
	for name, c := range map[string]struct {
		request, url, body, want string
	}{
		"another state":         {"georgia", "", page(moldova2024), "that is MDA, not GEO"},
		"another committee":     {"serbia", "", page(strings.Replace(moldova2024, "Moldovan Safer Internet Day Committee", "Serbia Safer Internet Day Committee (#3)", 1)), `committee "#3", not ""`},
		"no committee":          {"serbia-3", "", page(strings.Replace(moldova2024, "Moldovan", "Serbian", 1)), `committee "", not "#3"`},
		"a state outside":       {"moldova", "", page(strings.Replace(moldova2024, "Moldovan", "Egypt", 1)), "no line heads the page"},
		"two titles":            {"moldova", "", page(strings.Replace(moldova2024, "Last", "#Georgia Safer Internet Day Committee\nLast", 1)), "headed both"},
		"overlay alone":         {"moldova", "", page(strings.Join(boiler, "\n")), "no line heads the page"},
		"another site":          {"moldova", "https://sid.example/en/saferinternetday/moldova", page(moldova2024), "sid.example answered"},
		"look-alike":            {"moldova", "https://better-internet-for-kids.europa.eu.example/en/saferinternetday/moldova", page(moldova2024), "answered, which is none of"},
		"address in French":     {"moldova", "https://better-internet-for-kids.europa.eu/fr/saferinternetday/moldova", page(moldova2024), `language "fr"`},
		"address in Romanian":   {"moldova", "https://www.saferinternetday.org/ro-RO/in-your-country/moldova", page(moldova2024), `language "ro"`},
		"page in Romanian":      {"moldova", "", strings.Replace(page(moldova2024), `lang="en"`, `lang="ro"`, 1), `language "ro"`},
		"no request":            {"atlantis", "", page(moldova2024), "does not say which state"},
		"two updates":           {"moldova", "", page(strings.Replace(moldova2024, "*About", "Profile last updated: March 2024\n*About", 1)), "two days of an update"},
		"a date unknown":        {"moldova", "", page(strings.Replace(moldova2024, "2024-01-17", "17 janvier", 1)), "neither a day"},
		"no such day":           {"moldova", "", page(strings.Replace(moldova2024, "2024-01-17", "2024-02-30", 1)), "neither a day"},
		"no date":               {"moldova", "", page(strings.Replace(moldova2024, "2024-01-17", "", 1)), "neither a day"},
		"updated in the future": {"moldova", "", page(strings.Replace(moldova2024, "2024-01-17", "2026-02-05", 1)), "after it was fetched"},
		"label twice":           {"moldova", "", page(moldova2024 + "\n*About our SID activities"), "stands on the page twice"},
		"label renamed":         {"moldova", "", page(strings.Replace(moldova2024, "About our SID", "Our", 1)), "no heading"},
	} {
		cap := sourcetest.Capture(src, c.request, []byte(c.body))
		if c.url != "" {
			cap.URL = c.url
		}
		if _, err := source.Read(src, cap); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	for _, url := range []string{"", "https://saferinternetday.org/en-GB/in-your-country/moldova", "https://www.betterinternetforkids.eu/en_US/web/moldova/sid?x=1", "http://www.saferinternetday.org/web/moldova/home"} {
		cap := sourcetest.Capture(src, "moldova", []byte(page(moldova2024)))
		cap.URL = url
		if got := facts(read(t, cap)); got != "2024;;Moldova;planned;2024-01-17;day;" {
			t.Errorf("%s: %s", url, got)
		}
	}
}

// taken is a capture of Albania's page at a day of its own.
func taken(t *testing.T, lines, day string) string {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	c := sourcetest.Capture(src, "albania", []byte(wrappings[1].page("#Albania Safer Internet Day Committee\n"+lines)))
	c.Taken = at
	return facts(read(t, c))
}

func sourceRead(request, body string) (source.Reading, error) {
	return source.Read(src, sourcetest.Capture(src, request, []byte(body)))
}

func TestTitles(t *testing.T) {
	for _, c := range []struct{ request, title, want string }{
		{"armenia", "Armenia Safer Internet Day Committee -", "Armenia;;"},
		{"armenia", "Armenian Safer Internet Day Committee –", "Armenia;;"},
		{"albania", "ALBANIA Safer Internet Day Committee ALBANIA Safer Internet Day Committee", "Albania;;"},
		{"bosnia-and-herzegovina", "Bosnia and Herzegovina Safer Internet Day Committee - A-B – C (D-E)", "Bosnia and Herzegovina;;A-B – C (D-E)"},
		{"serbia-3", "Serbian Safer Internet Day Committee - A B (C) (#3)", "Serbia;#3;A B (C)"},
		{"moldova", "Moldavian Safer Internet Day Committee", "Moldova;;"},
		{"moldova", "Republic of Moldova Safer Internet Day Committee", "Republic of Moldova;;"},
		{"norway", "Norwegian Safer Internet Center", "Norway;;Norwegian Safer Internet Center"},
		{"albania", "Safer Internet Centre Albania", "Albania;;Safer Internet Centre Albania"},
		{"netherlands", "Dutch Safer Internet Centre", "Netherlands;;Dutch Safer Internet Centre"},
		{"turkey", "Turkish Safer Internet Day Committee", "Türkiye;;"},
		{"turkey", "Türkiye Safer Internet Day Committee and friends", ""},
		{"turkey", "The Türkiye Safer Internet Day Committee", ""},
		{"turkey", "About the Turkish Safer Internet Centre", ""},
		{"turkey", "Safer Internet Day Committee", ""},
	} {
		// A link to a search for committees is no title.
		r, err := sourceRead(c.request, wrappings[0].page("Find a Safer Internet Day Committee\n#"+c.title+"\nLast updated: 2024-01-17\n"+text))
		if err != nil {
			if c.want != "" || !strings.Contains(err.Error(), "no line heads the page") {
				t.Errorf("%q: %v", c.title, err)
			}
			continue
		}
		row := r.Rows[0]
		if got := cell(row, "published_name") + ";" + cell(row, "committee") + ";" + cell(row, "organiser"); got != c.want {
			t.Errorf("%q: %s, want %s", c.title, got, c.want)
		}
	}
}

// Labels that run together, and labels parted from what they name, say the same.
func TestLabelsTogetherAndApart(t *testing.T) {
	for lines, want := range map[string]string{
		"Last updated:\n2024-01-17\n" + text: "2024;;Albania;planned;2024-01-17;day;",
		"Last updated: 2024-01-17\nURL: https://example.org Organisational email address: xAbout our SID activitiesA made-up event takes place.": "2024;;Albania;planned;2024-01-17;day;",
	} {
		if got := taken(t, lines, "2025-12-24"); got != want {
			t.Errorf("%q: %s, want %s", lines, got, want)
		}
	}
}
