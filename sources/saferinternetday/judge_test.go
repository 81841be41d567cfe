package saferinternetday_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baseline/sources/sourcetest"
)

const text = "*About our SID activities\nA made-up event takes place."

func TestYearAndStatus(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"on the day":               {"Last updated: 2024-02-06\n" + text, "2024;;Albania;planned;2024-02-06;day;"},
		"the day after":            {"Last updated: 2024-02-07\n" + text, "2024;;Albania;celebrated;2024-02-07;day;"},
		"end of the season":        {"Last updated: 2024-07-31\n" + text, "2024;;Albania;celebrated;2024-07-31;day;"},
		"beginning of the next":    {"Last updated: 2024-08-01\n" + text, "2025;;Albania;planned;2024-08-01;day;"},
		"month before":             {"Profile last updated: January 2025\n" + text, "2025;;Albania;planned;2025-01-01;month;"},
		"month of the day":         {"Profile last updated: February 2025\n" + text, "2025;;Albania;planned;2025-02-01;month; | question month-of-the-day"},
		"month after":              {"Profile last updated: March 2025\n" + text, "2025;;Albania;celebrated;2025-03-01;month;"},
		"month of the year before": {"Profile last updated: December 2024\n" + text, "2025;;Albania;planned;2024-12-01;month;"},
		"heading agrees":           {"Last updated: 2023-02-01\n" + text + "\n*What we are doing to support the SID 2023 slogan", "2023;;Albania;planned;2023-02-01;day;"},
		"heading disagrees":        {"Last updated: 2024-02-01\n" + text + "\n*What we are doing to support the SID 2023 slogan", "question year-in-doubt"},
		"two years":                {text + "\n*What we are doing to support the SID 2020 slogan\nx\n*What we are doing to mark Safer Internet Day 2021", "question year-in-doubt | question update-not-dated"},
		"year in the text alone":   {text + "\nSince SID 2015 there is one.\nOn Safer Internet Day 2019\nSafer Internet Day 2019", "question year-unknown | question update-not-dated"},
		"update line missing":      {text + "\n*What we are doing to support the SID 2023 slogan", "2023;;Albania;planned;;; | hold update-line-missing"},
		"nothing below":            {"Last updated: 2024-01-17\n*About our SID activities\n*About us\nMade up.", "2024;;Albania;no report;2024-01-17;day; | hold no-activities"},
		"second section alone":     {"Last updated: 2024-01-17\n*About our SID activities\n*What we are doing to create a better internet\nMade up.", "2024;;Albania;planned;2024-01-17;day;"},
		"title alone":              {"", "question year-unknown | question update-not-dated"},
		"awaiting":                 {"We are AWAITING an Update on this SID Committee's plans for Safer Internet Day 2021.", "2021;;Albania;awaiting update;2025-12-24;day;"},
		"awaiting below label":     {"*About our SID activities\nAn update on this SID Committee for Safer Internet Day (SID) 2026 is to come.", "2026;;Albania;awaiting update;2025-12-24;day;"},
		"awaiting, old update":     {"Last updated: 2024-01-17\n*About our SID activities\nWe are awaiting an update for SID 2026.", "2026;;Albania;awaiting update;2025-12-24;day;"},
		"awaiting, no year":        {"Last updated: 2024-01-17\nWe are awaiting an update.", "question year-unknown"},
		"awaiting and text":        {"We are awaiting an update for SID 2026.\n" + text, "2026;;Albania;awaiting update;2025-12-24;day; | hold awaiting-beside-activities"},
	} {
		if got := taken(t, c.lines, "2025-12-24"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Every known day parts the plans from the reports.
func TestKnownDays(t *testing.T) {
	for _, day := range []string{"2020-02-11", "2021-02-09", "2022-02-08", "2023-02-07", "2024-02-06", "2025-02-11", "2026-02-10"} {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		next := d.AddDate(0, 0, 1).Format(time.DateOnly)
		for updated, status := range map[string]string{day: "planned", next: "celebrated"} {
			want := fmt.Sprintf("%d;;Albania;%s;%s;day;", d.Year(), status, updated)
			if got := taken(t, "Last updated: "+updated+"\n"+text, "2026-11-24"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}

func TestQuoteIsShortAndTheRestAHash(t *testing.T) {
	long := strings.Repeat("made-up words ", 40)
	a := sourcetest.Read(t, src, "moldova", []byte(wrappings[0].page(moldova2024+long)))
	b := sourcetest.Read(t, src, "moldova", []byte(wrappings[2].page(moldova2024+long+"more")))
	if q := a.Rows[0].Row.Evidence.Quote; len([]rune(q)) > 80 || !strings.HasPrefix(q, "A made-up event takes place. Made up.made-up words") || strings.HasSuffix(q, "mad") {
		t.Errorf("quote %q", q)
	}
	if cell(a.Rows[0], "activity_characters") != fmt.Sprint(28+1+8+len(strings.TrimSpace(long))) {
		t.Errorf("%s characters", cell(a.Rows[0], "activity_characters"))
	}
	if cell(a.Rows[0], "activity_sha256") == cell(b.Rows[0], "activity_sha256") || len(cell(a.Rows[0], "activity_sha256")) != 64 {
		t.Error("the hash does not follow the text")
	}
	part := a.Parts[0]
	if part.Name() != "year=2024,iso3=MDA,committee=" || part.Complete || a.Rows[0].Part != 0 {
		t.Errorf("part %s, complete %t", part.Name(), part.Complete)
	}
}

// Whatever breaks, no wrong row comes out.
func TestDamages(t *testing.T) {
	for _, g := range generations {
		for _, w := range wrappings {
			t.Run(g.name+" "+w.name, func(t *testing.T) {
				good := w.page(g.lines)
				without := func(drop func(string) bool) []byte {
					var kept []string
					for line := range strings.Lines(g.lines) {
						if !drop(line) {
							kept = append(kept, strings.TrimSuffix(line, "\n"))
						}
					}
					return []byte(w.page(strings.Join(kept, "\n")))
				}
				label := strings.SplitN(g.lines[strings.Index(g.lines, "\n*")+2:], "\n", 2)[0]
				half, _, _ := strings.Cut(g.lines, " event takes")
				made := map[string][]byte{
					"label missing":         without(func(l string) bool { return strings.Contains(l, label) }),
					"labels missing":        without(func(l string) bool { return l[0] == '*' }),
					"title missing":         without(func(l string) bool { return l[0] == '#' }),
					"title alone":           without(func(l string) bool { return l[0] != '#' }),
					"columns swapped":       nil, // there are none
					"one more column":       nil,
					"half the list":         []byte(w.page(half)),
					"empty list":            without(func(l string) bool { return l[0] != '#' && strings.Contains(strings.ToLower(l), "made") }),
					"nothing but the label": without(func(l string) bool { return l[0] != '#' && !strings.Contains(l, label) }),
				}
				if strings.Contains(g.lines, "updated:") {
					made["update missing"] = without(func(l string) bool { return strings.Contains(l, "updated:") })
				}
				sourcetest.Survives(t, src, g.request, []byte(good), made)
			})
		}
	}
}

// Cut off anywhere, a page gives an error, or what the whole one gives.
func TestCutOffAnywhere(t *testing.T) {
	for _, g := range generations {
		page := strings.TrimSpace(wrappings[0].page(g.lines))
		for n := range len(page) {
			r, err := sourceRead(g.request, page[:n])
			if err == nil {
				t.Fatalf("generation %s, cut at byte %d of %d: %s", g.name, n, len(page), facts(r))
			}
		}
	}
}
