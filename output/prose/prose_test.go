package prose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/output/figures"
	"baseline/output/prose"
	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/report"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// edition are the typed datasets of the report of 2021, as its source reads them.
func edition(t testing.TB) figures.Facts {
	t.Helper()
	f := figures.Facts{Rows: map[string][]schemas.Row{}}
	for _, name := range []string{"figures", "capabilities", "safer-internet-day"} {
		body, err := os.ReadFile(filepath.Join(sourcetest.Root(t), "testdata", "captures", "report", name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		taken := time.Date(2021, 4, 20, 0, 0, 0, 0, time.UTC)
		read, err := source.Read(report.New(), source.Capture{Source: "report", Request: name, Body: body, Taken: taken})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range read.Rows {
			d := schemas.Named(e.Dataset)
			if d.Code != "" {
				place, _ := places.Default().Lookup(e.Row.Values[d.Column(d.Spelling)].Text())
				e.Row.Values[d.Column(d.Code)] = schemas.Str(place.Code)
			}
			f.Rows[d.Name] = append(f.Rows[d.Name], e.Row)
		}
	}
	delete(f.Rows, "report_cells")
	return f
}

// summary prints the results with an outcome as "id: computed".
func summary(results []prose.Result, o prose.Outcome) []string {
	var list []string
	for _, r := range prose.Of(results, o) {
		list = append(list, r.ID+": "+r.Computed)
	}
	return list
}

// What of the report's prose does not follow from its own figures is known in full.
func TestTheMisfits(t *testing.T) {
	results := prose.Check(edition(t))
	want := []string{
		"focus-size: 9",
		"focus-turkiye: Albania, Armenia, Azerbaijan, Bosnia and Herzegovina, Georgia, Republic of Moldova, Montenegro, Serbia, Ukraine",
		"icmec-year: 2017 and 2018",
		"justice-mean: 165.9",
		"justice-mean-percent: 63.6",
		"hotlines-eu: 26 of 27: all but Slovakia",
		"inhope-focus: Azerbaijan, Bosnia and Herzegovina, Türkiye",
		"sic-count: 37 of 47",
	}
	if got := summary(results, prose.Misfit); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n, m := len(prose.Of(results, prose.Follows)), len(prose.Of(results, prose.NotCheckable)); n != 39 || m != 23 {
		t.Errorf("%d statements follow and %d cannot be checked, not 39 and 23", n, m)
	}
	for _, r := range prose.Of(results, prose.NotCheckable) {
		if r.Kind != "unchecked" || r.Why == "" {
			t.Errorf("%s should be computed: %s", r.ID, r.Why)
		}
	}
}

// The average that the report states is the one without San Marino, to both decimals.
func TestTheStatedAverageLeavesSanMarinoOut(t *testing.T) {
	f := edition(t)
	for _, s := range prose.Statements() {
		if s.Kind == "mean" {
			s.Group = "all -SMR"
			if r := prose.Compute(f, s); r.Outcome != prose.Follows {
				t.Errorf("%s: %s %s", s.ID, r.Computed, r.Why)
			}
		}
	}
}

// A changed cell is seen in the statements that rest on it, and in no other.
func TestAChangedCellIsSeen(t *testing.T) {
	before := prose.Check(edition(t))
	for _, c := range []struct {
		dataset, key, column string
		value                schemas.Value
		want                 []string // id, and what it becomes
	}{
		{"justice_access", "ALB/", "score", schemas.Real(200), []string{"justice-mean does not follow 166.8", "justice-mean-percent follows 63.9", "justice-focus does not follow 1 of 10: Albania"}},
		{"justice_access", "MCO/", "score", schemas.Real(130), []string{"justice-majority follows 45 of 47", "justice-mean does not follow 166.0"}},
		{"cybertip_reports", "2020/TOTAL/1", "reports", schemas.Num(20751085), []string{"global-2020 does not follow 20.75"}},
		{"legislation_ratings", "grooming/2017/ARM", "criteria_met", schemas.Num(1), []string{
			"grooming-uneven follows standard deviation 1.71 against 0.68",
			"grooming-zero does not follow Azerbaijan, Georgia, Republic of Moldova, San Marino",
			"grooming-one does not follow Albania, Armenia, Bosnia and Herzegovina, Montenegro, Türkiye, Ukraine",
		}},
		{"memberships", "chi/GEO/", "class", schemas.Str("none"), []string{"helplines follows 41 of 47", "chi-focus does not follow 8 of 10: all but Bosnia and Herzegovina, Georgia"}},
		{"memberships", "insafe/HUN/", "class", schemas.Str("none"), []string{"sic-eu does not follow 26 of 27: all but Hungary", "sic-count does not follow 36 of 47"}},
		{"memberships", "inhope/SVK/", "class", schemas.Str("member"), []string{"hotlines follows 37 of 47", "hotlines-eu follows 27 of 27"}},
		{"memberships", "enoc/ESP/", "class", schemas.Str("full"), []string{"enoc-both does not follow 1 of 47"}},
		{"treaty_status", "CETS201/IRL", "status", schemas.Str("signed"), []string{"lanzarote-2020 does not follow Armenia"}},
		{"minimum_ages", "consent/AUT", "age", schemas.Num(16), []string{"consent-austria does not follow 16"}},
		{"model_response", "6", "title", schemas.Str("Offender Management"), []string{"capability-6 does not follow Offender Management"}},
		{"safer_internet_day", "2021/ESP/", "updated", schemas.Day(time.Date(2021, 4, 19, 0, 0, 0, 0, time.UTC)), []string{"sid-confirmed does not follow 1 of 47: Spain"}},
	} {
		f := edition(t)
		change(t, f, c.dataset, c.key, c.column, c.value)
		var got []string
		for i, r := range prose.Check(f) {
			if r.Outcome != before[i].Outcome || r.Computed != before[i].Computed {
				got = append(got, fmt.Sprintf("%s %s %s", r.ID, r.Outcome, r.Computed))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s:\n got %q\nwant %q", c.dataset, c.key, got, c.want)
		}
	}
}

func change(t *testing.T, f figures.Facts, dataset, key, column string, v schemas.Value) {
	t.Helper()
	d := schemas.Named(dataset)
	for _, r := range f.Rows[dataset] {
		if d.KeyText(r) == key {
			r.Values[d.Column(column)] = v
			return
		}
	}
	t.Fatalf("%s has no row %s", dataset, key)
}

// What is not known is not computed with.
func TestAMissingRowIsNotCheckable(t *testing.T) {
	f := edition(t)
	d := &schemas.JusticeAccess
	f.Rows[d.Name] = slices.DeleteFunc(f.Rows[d.Name], func(r schemas.Row) bool { return d.KeyText(r) == "SMR/" })
	f.Rows["cybertip_reports"] = nil
	change(t, f, "legislation_ratings", "csam/2018/SWE", "criteria_met", schemas.Value{})
	missing := map[string]string{}
	for _, r := range prose.Of(prose.Check(f), prose.NotCheckable) {
		if r.Kind != "unchecked" {
			missing[r.ID] = r.Why
		}
	}
	for id, why := range map[string]string{
		"justice-mean": "justice_access has nothing on San Marino", "justice-majority": "justice_access has nothing on San Marino",
		"global-2020": "cybertip_reports has nothing on Total", "reports-up": "cybertip_reports has nothing on Albania",
		"grooming-uneven": "legislation_ratings has nothing on Sweden", "rating-most": "legislation_ratings has nothing on Sweden",
	} {
		if missing[id] != why {
			t.Errorf("%s: %q, want %q", id, missing[id], why)
		}
	}
	if missing["justice-focus"] != "" {
		t.Errorf("justice-focus needs no row of San Marino: %s", missing["justice-focus"])
	}
}

// otherwise is how the report writes what we write in another way.
var otherwise = map[string][]string{
	"10": {"ten"}, "Türkiye": {"Turkey"}, "Republic of Moldova": {"Moldova"}, "United Kingdom": {"UK"}, "Russian Federation": {"Russia"},
	"Poland": {"Polish"}, "Bosnia and Herzegovina": {"Bosnia & Herzegovina"},
}

// Each statement stands where it says: its numbers, states and titles are in one of
// its lines.
func TestStatementsStandInTheReport(t *testing.T) {
	text, err := os.ReadFile(sourcetest.Shared(t, "report", "baseline-mapping-2021.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, s := range prose.Statements() {
		said := ""
		for _, n := range s.Lines {
			said += strings.ToLower(lines[n-1]) + "\n"
		}
		for _, word := range spoken(s) {
			if !slices.ContainsFunc(append(otherwise[word], word), func(w string) bool { return strings.Contains(said, strings.ToLower(w)) }) {
				t.Errorf("%s: %q is not in %s", s.ID, word, s.At())
			}
		}
	}
}

var numbers = regexp.MustCompile(`\d+(\.\d+)?`)

// spoken are the words by which a statement can be found.
func spoken(s prose.Statement) []string {
	switch s.Kind {
	case "capability":
		return []string{s.Stated}
	case "list", "includes", "named":
		var names []string
		for _, code := range strings.Fields(s.Stated) {
			names = append(names, prose.Names([]string{code}))
		}
		return names
	}
	if strings.HasPrefix(s.Stated, "at least") || s.ID == "units-rest" || s.ID == "sic-sum" {
		return nil // our reading of several, and sums of what is stated
	}
	return numbers.FindAllString(s.Stated, -1)
}
