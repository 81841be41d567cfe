package saferinternetday_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/saferinternetday"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

var src = saferinternetday.New()

// cell prints one cell of a row.
func cell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.SaferInternetDay.Column(column)].String()
}

// facts prints what a reading says: its rows, then its findings.
func facts(r source.Reading) string {
	var list []string
	for _, row := range r.Rows {
		var cells []string
		for _, c := range []string{"year", "committee", "published_name", "status", "updated", "updated_precision", "organiser"} {
			cells = append(cells, cell(row, c))
		}
		list = append(list, strings.Join(cells, ";"))
	}
	for _, f := range r.Findings {
		list = append(list, fmt.Sprintf("%s %s", f.Severity, f.Code))
	}
	return strings.Join(list, " | ")
}

func read(t *testing.T, c source.Capture) source.Reading {
	t.Helper()
	r, err := source.Read(src, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The bundled captures hold proven facts alone, and are read into them.
func TestBundledCaptures(t *testing.T) {
	want := map[string]string{
		"albania":  "2025;;Albania;celebrated;2025-03-01;month;Safer Internet Centre Albania (SIC Albania)",
		"armenia":  "2024;;Armenia;planned;2024-02-02;day;",
		"moldova":  "2024;;Moldova;planned;2024-01-17;day;",
		"norway":   "2025;;Norway;celebrated;2025-03-01;month;Norwegian Safer Internet Centre",
		"serbia-3": "2026;#3;Serbia;planned;2026-01-01;month;",
		"turkey":   "2024;;Türkiye;celebrated;2024-03-04;day;Safer Internet Center Türkiye",
		"ukraine":  "2024;;Ukraine;planned;2024-01-23;day;",
	}
	records, err := filepath.Glob(filepath.Join(sourcetest.Root(t), "testdata", "captures", "safer-internet-day", "*.json"))
	if err != nil || len(records) != len(want) {
		t.Fatalf("%d records, %v; want %d", len(records), err, len(want))
	}
	for _, path := range records {
		var rec struct {
			Request     struct{ ID string }
			FinalURL    string    `json:"final_url"`
			RequestedAt time.Time `json:"requested_at"`
			File        string
			Origin      string
		}
		if err := json.Unmarshal(sourcetest.File(t, path), &rec); err != nil {
			t.Fatal(err)
		}
		c := sourcetest.Capture(src, rec.Request.ID, sourcetest.File(t, filepath.Join(filepath.Dir(path), rec.File)))
		c.URL, c.Taken, c.Origin = rec.FinalURL, rec.RequestedAt, rec.Origin
		r := read(t, c)
		if got := facts(r); got != want[rec.Request.ID] {
			t.Errorf("%s:\n%s\nwant\n%s", rec.Request.ID, got, want[rec.Request.ID])
		}
		row, part := r.Rows[0], r.Parts[0]
		if cell(row, "activity_characters")+cell(row, "activity_sha256") != "" || slices.Contains(part.Columns, "activity_sha256") || slices.Contains(part.Columns, "activity_characters") {
			t.Errorf("%s: a rebuilt page vouches for a text that it does not hold", rec.Request.ID)
		}
		if slices.Contains(part.Columns, "updated") != (cell(row, "updated") != "") || part.Complete {
			t.Errorf("%s: part %+v", rec.Request.ID, part)
		}
		address := false
		for _, req := range src.Requests(source.Plan{}) {
			address = address || req.ID == rec.Request.ID && slices.Contains(req.Addresses, rec.FinalURL)
		}
		if !address {
			t.Errorf("%s: %s is none of the addresses that are asked", rec.Request.ID, rec.FinalURL)
		}
	}
}

// There is one request per state of 2021 and one more committee; every word that may
// stand for a state's name is the registry's.
func TestEveryStateIsAskedFor(t *testing.T) {
	asked := map[string]bool{}
	lines := strings.Split(strings.TrimSpace(string(sourcetest.File(t, "states.csv"))), "\n")
	for _, line := range lines[1:] {
		f := strings.Split(line, ",")
		asked[f[1]] = true
		for name := range strings.SplitSeq(f[3], "|") {
			if p, ok := places.Default().Lookup(name); !ok || p.Code != f[1] {
				t.Errorf("%q is %s in the registry, not %s", name, p.Code, f[1])
			}
		}
	}
	for _, p := range places.Default().Group("coe47") {
		if !asked[p] {
			t.Errorf("nothing is asked for %s", p)
		}
	}
	if requests := src.Requests(source.Plan{}); len(asked) != 47 || len(requests) != 48 || len(lines) != 49 {
		t.Errorf("%d states, %d requests, %d lines", len(asked), len(requests), len(lines))
	}
}

func TestPredict(t *testing.T) {
	f, err := os.ReadFile(filepath.Join(sourcetest.Root(t), "sources", "curated", "safer-internet-day-dates.csv"))
	if err != nil {
		t.Fatal(err)
	}
	days := 0
	for line := range strings.Lines(string(f)) {
		want, err := time.Parse(time.DateOnly, strings.Split(line, ",")[1])
		if err != nil {
			continue // the header
		}
		days++
		if got := saferinternetday.Predict(want.Year()); !got.Equal(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if days != 8 {
		t.Errorf("%d days, want those of 2020 to 2027", days)
	}
	for year := 2004; year < 2104; year++ {
		if d := saferinternetday.Predict(year); d.Weekday() != time.Tuesday || d.Month() != time.February || d.Day() < 5 || d.Day() > 11 || d.Year() != year {
			t.Errorf("%d: %s", year, d)
		}
	}
}
