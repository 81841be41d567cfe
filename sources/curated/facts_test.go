package curated_test

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/curated"
	"baseline/sources/report"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// read is every row of a source with its place's code, and the columns of its part.
type read struct {
	d       *schemas.Dataset
	row     schemas.Row
	columns []string
}

func (r read) cell(column string) string { return r.row.Values[r.d.Column(column)].String() }

func all(t *testing.T, src source.Source, bodies map[string][]byte) (list []read) {
	t.Helper()
	for request, body := range bodies {
		reading := sourcetest.Read(t, src, request, body)
		for _, e := range reading.Rows {
			if e.Dataset != "report_cells" {
				list = append(list, read{schemas.Named(e.Dataset), withCode(t, e), reading.Parts[e.Part].Columns})
			}
		}
	}
	return list
}

func ours(t *testing.T) map[string]read {
	t.Helper()
	bodies := map[string][]byte{}
	for _, tab := range curated.New().(source.Tabled).Tables() {
		bodies[tab.Request] = tab.Body
	}
	byKey := map[string]read{}
	for _, r := range all(t, curated.New(), bodies) {
		byKey[r.d.Name+" "+r.d.KeyText(r.row)] = r
	}
	return byKey
}

// What the tables took from the report agrees with it, cell for cell, as far as both
// record a column, but for what is proven to have changed since, and nothing of it is
// missing.
func TestTablesAgreeWithTheReport(t *testing.T) {
	facts := func(name string) []byte {
		return sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", name))
	}
	edition := all(t, report.New(), map[string][]byte{
		"figures": facts("report_figures.csv"), "capabilities": facts("report_capabilities.csv"),
	})
	// What other sources read: the UN's treaties, NCMEC, WeProtect, Insafe, the days.
	others := regexp.MustCompile("^(cybertip_reports |safer_internet_day |memberships weprotect/|treaty_status (CRC|OPSC)/|model_response TOTAL)")
	mine := ours(t)
	compared := map[string]int{}
	var differences []string
	for _, then := range edition {
		key := then.d.Name + " " + then.d.KeyText(then.row)
		if others.MatchString(key) {
			continue
		}
		now, ok := mine[key]
		if !ok {
			t.Errorf("%s is missing", key)
			continue
		}
		compared[then.d.Name]++
		for i, c := range then.d.Columns {
			if c.Aside || then.columns != nil && !slices.Contains(then.columns, c.Name) || !slices.Contains(now.columns, c.Name) {
				continue
			}
			if v, w := then.row.Values[i], now.row.Values[i]; v != w {
				differences = append(differences, fmt.Sprintf("%s: %s %s became %s", key, c.Name, v, w))
			}
		}
	}
	slices.Sort(differences)
	want := []string{
		"memberships enoc/AZE/: class associate became full",
		"memberships inhope/CHE/: class none became unknown",
		"memberships inhope/MDA/: class none became member",
		"memberships inhope/SRB/: class none became member",
		"memberships inhope/UKR/: class reporting portal became member",
		"memberships insafe/MNE/: class none became partner",
		"memberships insafe/UKR/: class none became partner",
		"states RUS: coe_member yes became no",
		"treaty_status CETS201/RUS: status party became unknown",
		"treaty_status ETS185/SWE: status signed became party",
	}
	if !slices.Equal(differences, want) {
		t.Errorf("differences:\n%s\nwant:\n%s", strings.Join(differences, "\n"), strings.Join(want, "\n"))
	}
	for dataset, n := range map[string]int{
		"states": 47, "treaty_status": 94, "memberships": 188, "reported_mechanisms": 94, "legislation_ratings": 94,
		"justice_access": 47, "minimum_ages": 94, "model_response": 21,
	} {
		if compared[dataset] != n {
			t.Errorf("%s: %d rows compared, want %d", dataset, compared[dataset], n)
		}
	}
}

// Each row that leads back to a line of a figure leads to the line of its own state.
func TestLinesOfTheReport(t *testing.T) {
	lines := map[string]string{} // figure and line -> code
	cells, err := csv.NewReader(strings.NewReader(string(sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", "report_figures.csv"))))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells[1:] {
		if p, ok := places.Default().Lookup(c[3]); ok {
			lines[c[0]+"/"+c[7]] = p.Code
		}
	}
	cited := regexp.MustCompile(`report of 2021, figure (\d), line (\d+)`)
	n := 0
	for key, r := range ours(t) {
		for _, m := range cited.FindAllStringSubmatch(r.row.Evidence.Quote, -1) {
			n++
			if code := lines[m[1]+"/"+m[2]]; code != r.cell(r.d.Code) {
				t.Errorf("%s: line %s of figure %s is of %q", key, m[2], m[1], code)
			}
		}
	}
	if n != 94+94+47+94+188+2 {
		t.Errorf("%d rows cite a line of a figure", n)
	}
}

// What is proven to have changed since April 2021, or when, with its day.
func TestProvenMemberships(t *testing.T) {
	mine := ours(t)
	for key, want := range map[string]string{ // class, since, joined_year, as_of
		"enoc/AZE/": "full 2025-09-01  2025-09-20", "enoc/XKX/": "associate 2022-09-21  2022-09-21", "enoc/GEO/": "full 2018-03-29  2021-04-20",
		"inhope/SRB/": "member 2021-12-01  2022-03-10", "inhope/MDA/": "member 2023-04-25  2023-04-25", "inhope/UKR/": "member   2023-01-01",
		"inhope/ROU/": "member 2015-10-01  2021-04-20", "inhope/BIH/": "member 2012-11-01  2021-04-20", "inhope/BGR/": "member  2006 2021-04-20",
		"inhope/CHE/": "unknown   2023-02-01", "inhope/FRA/": "member  1998 2026-10-09", "inhope/ESP/": "member  2019 2026-10-09",
		"inhope/NGA/": "member  2024 2026-10-09", "chi/EGY/": "member   2026-10-05",
		"iwf-portals/UKR/": "reporting portal 2020-02-11  2023-03-08", "iwf-portals/GIB/": "reporting portal 2016-06-01  2016-06-02",
		"iwf-portals/SHN/St Helena": "reporting portal 2016-06-01  2016-06-02",
		"barnahus/GBR/England":      "founder   2024-04-01", "barnahus/ESP/Catalonia": "member   2024-04-01", "barnahus/FRO/": "expert country   2024-04-01",
		"barnahus/XKX/": "consultation country   2024-04-01",
	} {
		r, ok := mine["memberships "+key]
		if !ok {
			t.Errorf("%s is missing", key)
			continue
		}
		got := strings.Join([]string{r.cell("class"), r.cell("since"), r.cell("joined_year"), r.cell("as_of")}, " ")
		if got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
		if month := strings.HasSuffix(r.cell("since"), "-01") && r.cell("network") != "iwf-portals"; month && !strings.Contains(r.cell("note"), "the day is not known") {
			t.Errorf("%s: since %s, and the note %q does not say that the day is not known", key, r.cell("since"), r.cell("note"))
		}
	}
	for key, r := range mine {
		if r.d.Name == "memberships" && r.cell("since") > r.cell("as_of") {
			t.Errorf("%s began on %s, after the day %s for which its source vouches", key, r.cell("since"), r.cell("as_of"))
		}
	}
}

// Parts about states as a whole do not claim to know institutions, and none claims to
// know more than its table.
func TestColumnsOfParts(t *testing.T) {
	for part, want := range map[string]string{
		"memberships enoc/DEU/":             "iso3 network published_name class since since_precision joined_year as_of note",
		"memberships inhope/DEU/":           "iso3 network published_name class since since_precision joined_year as_of note",
		"memberships chi/DEU/":              "iso3 network published_name class since since_precision joined_year as_of note",
		"memberships barnahus/DEU/":         "iso3 network published_name class since since_precision joined_year as_of note organisation",
		"justice_access DEU/":               "iso3 published_name rank score percent as_of",
		"legislation_ratings csam/2018/DEU": "iso3 review edition published_name criteria_met as_of",
		"model_response 1":                  "capability domain title lanzarote budapest datasets",
		"safer_internet_day_dates 2021":     "year date predicted as_of",
	} {
		if got := strings.Join(ours(t)[part].columns, " "); got != want {
			t.Errorf("%s: columns %q, want %q", part, got, want)
		}
	}
}

// The ranks are those of CRIN's list; a state that the stored part of it does not reach
// has none, nor has the mean of the United Kingdom.
func TestRanksAreCRINs(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(string(sourcetest.File(t, sourcetest.Shared(t, "captures", "crin", "crin_ranking_ru_excerpt.tsv")))), "\n")
	ranked := map[string]string{}
	rank := ""
	for _, row := range rows[1:] {
		c := strings.Split(row, "\t")
		if c[0] != "=" {
			rank = c[0]
		}
		ranked[c[4]] = rank + " " + c[2] + " " + c[3]
	}
	n := 0
	for key, r := range ours(t) {
		if r.d.Name != "justice_access" {
			continue
		}
		want, ok := ranked[r.cell("iso3")]
		if ok {
			n++
		}
		if got := r.cell("rank") + " " + r.cell("score") + " " + r.cell("percent"); ok && got != want || !ok && r.cell("rank") != "" {
			t.Errorf("%s: %q, CRIN has %q", key, got, want)
		}
	}
	if n != 21 {
		t.Errorf("%d states have a rank", n)
	}
}

// The articles are exactly those that the report names together with each capability.
func TestArticlesAreThoseOfTheReport(t *testing.T) {
	text := string(sourcetest.File(t, sourcetest.Shared(t, "report", "baseline-mapping-2021.txt")))
	inBrackets := regexp.MustCompile(`\(([^()]*(?:capability \d+ of the WePROTECT|WePROTECT MNR \d)[^()]*)\)`)
	articles := regexp.MustCompile(`Articles? (\d[\d,&\- to]*?)( and Chapter III)?,? (?:of the )?(Lanzarote|Budapest)`)
	capability := regexp.MustCompile(`(?:capability|MNR) (\d[\d,&\- ]*)`)
	tied := map[string]map[int]bool{}
	for _, m := range inBrackets.FindAllStringSubmatch(text, -1) {
		var numbers []int
		for _, c := range capability.FindAllStringSubmatch(m[1], -1) {
			numbers = append(numbers, expand(t, c[1])...)
		}
		for _, a := range articles.FindAllStringSubmatch(m[1], -1) {
			list := expand(t, a[1])
			if a[2] != "" { // chapter III of the Budapest Convention: articles 23 to 35
				list = append(list, expand(t, "23-35")...)
			}
			for _, n := range numbers {
				key := fmt.Sprintf("%d %s", n, strings.ToLower(a[3]))
				if tied[key] == nil {
					tied[key] = map[int]bool{}
				}
				for _, article := range list {
					tied[key][article] = true
				}
			}
		}
	}
	mine := ours(t)
	for n := 1; n <= 21; n++ {
		for _, convention := range []string{"lanzarote", "budapest"} {
			var want []string
			for article := 1; article <= 60; article++ {
				if tied[fmt.Sprintf("%d %s", n, convention)][article] {
					want = append(want, strconv.Itoa(article))
				}
			}
			if got := mine[fmt.Sprintf("model_response %d", n)].cell(convention); got != strings.Join(want, " ") {
				t.Errorf("capability %d, %s: %q, the report names %q", n, convention, got, strings.Join(want, " "))
			}
		}
	}
	if len(tied) != 15+3 {
		t.Errorf("%d ties of a capability to a convention were found", len(tied))
	}
}

// expand reads "5, 11-14, 34 & 36" and "14 to 22".
func expand(t *testing.T, s string) (numbers []int) {
	t.Helper()
	s = strings.NewReplacer(" to ", "-", "&", ",").Replace(s)
	for _, field := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		from, to, isRange := strings.Cut(field, "-")
		a, err := strconv.Atoi(from)
		b := a
		if isRange && err == nil {
			b, err = strconv.Atoi(to)
		}
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		for ; a <= b; a++ {
			numbers = append(numbers, a)
		}
	}
	return numbers
}

func TestCapabilitiesNameDatasets(t *testing.T) {
	for n := 1; n <= 21; n++ {
		r := ours(t)[fmt.Sprintf("model_response %d", n)]
		for _, name := range strings.Fields(r.cell("datasets")) {
			if schemas.Named(name) == nil {
				t.Errorf("capability %d: there is no dataset %q", n, name)
			}
		}
		if r.cell("description") != "" {
			t.Errorf("capability %d has a description, which is the report's", n)
		}
	}
}

// Every day is the Tuesday between 5 and 11 February; only the last is predicted.
func TestDatesOfSaferInternetDay(t *testing.T) {
	for year := 2020; year <= 2027; year++ {
		r := ours(t)[fmt.Sprintf("safer_internet_day_dates %d", year)]
		day, err := time.Parse(time.DateOnly, r.cell("date"))
		if err != nil {
			t.Fatalf("%d: %v", year, err)
		}
		if day.Year() != year || day.Month() != time.February || day.Day() < 5 || day.Day() > 11 || day.Weekday() != time.Tuesday {
			t.Errorf("%d: %s", year, day.Format("Monday 2006-01-02"))
		}
		if predicted := r.cell("predicted"); (predicted == "yes") != (year == 2027) {
			t.Errorf("%d: predicted %s", year, predicted)
		}
	}
}

// CRIN's ages are beside the report's where they are known, and do not contradict them.
func TestAgesKnownApart(t *testing.T) {
	mine := ours(t)
	known := map[string]string{"ALB": "14 ", "AND": "12 ", "ARM": "14 16", "AUT": "14 ", "AZE": "14 16"}
	for key, r := range mine {
		if r.d.Name != "minimum_ages" {
			continue
		}
		want := " "
		if code := r.cell("iso3"); r.cell("kind") == "criminal_responsibility" && known[code] != "" {
			want = known[code]
		}
		if got := r.cell("lowest_age") + " " + r.cell("general_age"); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
		if lowest := r.cell("lowest_age"); lowest != "" && lowest != r.cell("age") && r.cell("note") == "" {
			t.Errorf("%s: %s contradicts %s, and no note says so", key, lowest, r.cell("age"))
		}
	}
	if got := mine["minimum_ages criminal_responsibility/LUX"].cell("age"); got != "0" {
		t.Errorf("Luxembourg: %q; the report prints 0, which is not empty", got)
	}
}
