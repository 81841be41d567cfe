package ncmec_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/ncmec"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// fact is a row of testdata/facts/ncmec_by_country.csv.
type fact struct {
	name, code string
	reports    string // "" where a dash is printed
}

func facts(t *testing.T, year string) []fact {
	t.Helper()
	var list []fact
	for _, row := range table(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", "ncmec_by_country.csv"))[1:] {
		if row[0] == year {
			list = append(list, fact{row[1], row[2], strings.Trim(row[3], "-")})
		}
	}
	return list
}

func table(t *testing.T, path string) [][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func body(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func rebuilt(t *testing.T, year string) []byte {
	return body(t, filepath.Join(sourcetest.Root(t), "testdata", "captures", "ncmec", year+".pdf"))
}

func cell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.CybertipReports.Column(column)].String()
}

func TestRebuiltEditions(t *testing.T) {
	for _, year := range []string{"2019", "2020", "2021", "2022", "2023"} {
		t.Run(year, func(t *testing.T) {
			equalsFacts(t, sourcetest.Read(t, ncmec.New(), year, rebuilt(t, year)), year)
		})
	}
}

func TestOriginalEditions(t *testing.T) {
	for _, year := range []string{"2019", "2020", "2021", "2023"} {
		t.Run(year, func(t *testing.T) {
			path := sourcetest.Shared(t, "captures", "ncmec", "ncmec-by-country-"+year+".pdf")
			r := sourcetest.Read(t, ncmec.New(), year, body(t, path))
			equalsFacts(t, r, year)
			equalsIndependentTable(t, r, year)
		})
	}
}

func equalsFacts(t *testing.T, r source.Reading, year string) {
	t.Helper()
	want := facts(t, year)
	if len(r.Rows) != len(want) || len(want) < 240 {
		t.Fatalf("%d rows, the facts have %d", len(r.Rows), len(want))
	}
	for i, row := range r.Rows {
		got := fact{cell(row, "published_name"), want[i].code, cell(row, "reports")}
		if got != want[i] || cell(row, "year") != year || cell(row, "series") != "to-2023" {
			t.Errorf("row %d: got %v, want %v", i+1, got, want[i])
		}
		if !strings.HasPrefix(row.Row.Evidence.Locator, "page ") || !strings.HasPrefix(row.Row.Evidence.Quote, got.name) {
			t.Errorf("row %d: evidence %+v", i+1, row.Row.Evidence)
		}
	}
	var codes []string
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
		if f.Severity != source.Note {
			t.Errorf("finding: %s", f.Text)
		}
	}
	// The heads of 2019 speak of ESPs; French Guiana has two rows in 2020 and 2021.
	expect := map[string][]string{"2019": {"running-head-contradicts"}, "2020": {"second-row-of-place"}, "2021": {"second-row-of-place"}}
	if slices.Sort(codes); !slices.Equal(slices.Compact(codes), expect[year]) {
		t.Errorf("findings %v, want %v", codes, expect[year])
	}
	if len(r.Parts) != 1 || r.Parts[0].Name() != "year="+year || !r.Parts[0].Complete {
		t.Errorf("parts %+v", r.Parts)
	}
}

// equalsIndependentTable compares with a table that somebody else made by hand. It
// has 0 where the publisher prints a dash, and is keyed by ISO code.
func equalsIndependentTable(t *testing.T, r source.Reading, year string) {
	t.Helper()
	rows := table(t, sourcetest.Shared(t, "captures", "ncmec", "independent-table.csv"))
	column := slices.Index(rows[0], year)
	want := map[string][]string{}
	for _, row := range rows[1:] {
		if n := strings.ReplaceAll(row[column], ",", ""); n != "" && row[1] != "" {
			want[row[1]] = append(want[row[1]], n)
		}
	}
	compared := 0
	for _, row := range r.Rows {
		place, ok := places.Default().Lookup(cell(row, "published_name"))
		if !ok {
			t.Errorf("no place is named %q", cell(row, "published_name"))
		}
		reports := cell(row, "reports")
		if reports == "" {
			reports = "0"
		}
		if numbers, ok := want[place.Code]; ok {
			compared++
			if !slices.Contains(numbers, reports) {
				t.Errorf("%s: read %s, the independent table has %v", place.Code, reports, numbers)
			}
		}
	}
	if compared < 230 {
		t.Errorf("only %d rows could be compared with the independent table", compared)
	}
}

func TestTerritoriesAreTheirOwnPlaces(t *testing.T) {
	r := sourcetest.Read(t, ncmec.New(), "2023", rebuilt(t, "2023"))
	kinds := map[string]string{}
	for _, row := range r.Rows {
		if p, ok := places.Default().Lookup(cell(row, "published_name")); ok {
			kinds[p.Code] = p.Kind
		}
	}
	for code, kind := range map[string]string{"DNK": "state", "GRL": "territory", "FRO": "territory", "XKX": "territory", "UNKNOWN": "unknown", "TOTAL": "total", "GIB": "territory"} {
		if kinds[code] != kind {
			t.Errorf("%s is read as %q, want %q", code, kinds[code], kind)
		}
	}
}

// The publisher has not shown us the file of 2024; its three number columns are a
// guess, tested on a file made for the purpose.
func TestGuessedShapeOf2024(t *testing.T) {
	good := guess(2024, "Country / Territory|Referrals|Informational|Total", "France|1,000|234|1,234", "Sweden|1|-|1", "Null|10|20|30", "Total|1,011|254|1,265")
	r := sourcetest.Read(t, ncmec.New(), "2024", good)
	for _, f := range r.Findings {
		t.Errorf("finding: %s", f.Text)
	}
	var got []string
	for _, row := range r.Rows {
		got = append(got, strings.Join([]string{cell(row, "published_name"), cell(row, "referrals"), cell(row, "informational"), cell(row, "reports"), cell(row, "series")}, "|"))
	}
	want := []string{"France|1000|234|1234|from-2024", "Sweden|1||1|from-2024", "Null|10|20|30|from-2024", "Total|1011|254|1265|from-2024"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if !slices.Contains(r.Parts[0].Columns, "referrals") {
		t.Error("the part does not say that it records referrals")
	}
}

func TestRefusals(t *testing.T) {
	const head, heads2024 = "Country / Territory|Reports", "Country / Territory|Referrals|Informational|Total"
	rows := func(lines ...string) []string { return lines }
	for _, c := range []struct {
		name  string
		year  int
		head  string
		rows  []string
		code  string // of the finding that holds the edition
		fault string // or part of the error that refuses it
	}{
		{"sum off by one", 2023, head, rows("France|10", "null*|5", "Total|16"), "total-differs", ""},
		{"a row lost", 2023, head, rows("France|10", "null*|5", "Total|17"), "total-differs", ""},
		{"no total", 2023, head, rows("France|10", "null*|5"), "no-total", ""},
		{"a total label never seen", 2023, head, rows("France|10", "null*|5", "Sum|15"), "no-total", ""},
		{"two totals", 2023, head, rows("France|10", "null*|5", "Total|15", "Total|15"), "two-totals", ""},
		{"an unknown label never seen", 2023, head, rows("France|10", "Nowhere|5", "Total|15"), "no-unknown-row", ""},
		{"a name twice", 2023, head, rows("France|10", "France|10", "null*|5", "Total|25"), "double-name", ""},
		{"letters in a number", 2023, head, rows("France|1O", "null*|5", "Total|15"), "not-a-number", ""},
		{"commas in odd places", 2023, head, rows("France|1,0", "null*|5", "Total|15"), "not-a-number", ""},
		{"a percent", 2023, head, rows("France|10%", "null*|5", "Total|15"), "not-a-number", ""},
		{"parts do not make the whole", 2024, heads2024, rows("France|1|2|4", "Null|1|1|2", "Total|2|3|6"), "row-differs", ""},
		{"referrals off", 2024, heads2024, rows("France|1|2|3", "Null|1|1|2", "Total|3|2|5"), "total-differs", ""},
		{"another year", 2022, head, rows("France|10", "null*|5", "Total|15"), "", "title says 2022"},
		{"no rows", 2023, head, nil, "", "empty"},
		{"other columns", 2023, "Provider|Reports", rows("France|10", "Total|10"), "", ""},
		{"one more column of numbers", 2023, "Country / Territory|Reports|Children", rows("France|10|3", "null*|5|1", "Total|15|4"), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := "2023"
			if c.year == 2024 {
				request = "2024"
			}
			r, err := source.Read(ncmec.New(), source.Capture{Source: "ncmec", Request: request, Body: guess(c.year, c.head, c.rows...)})
			if c.code == "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Fatalf("error %v, want one with %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(r.Findings, func(f source.Finding) bool { return f.Code == c.code && f.Severity == source.Hold }) {
				t.Errorf("not held as %s: %+v", c.code, r.Findings)
			}
		})
	}
}

// The year is the title's. The copyright line has the next year, and must not serve
// where the title is missing.
func TestYearIsNotTheCopyrightYear(t *testing.T) {
	pdf := page(title{"CyberTipline Reports", "by Country"}, "Country / Territory|Reports", []string{"France|10", "null*|5", "Total|15"}, "Copyright 2023 National Center for Missing & Exploited Children")
	_, err := source.Read(ncmec.New(), source.Capture{Source: "ncmec", Request: "2023", Body: pdf})
	if err == nil || !strings.Contains(err.Error(), "title") {
		t.Errorf("a file whose only year is in the copyright line: %v", err)
	}
}

func TestForeignBytes(t *testing.T) {
	whole := rebuilt(t, "2023")
	for name, bytes := range map[string][]byte{
		"nothing":          nil,
		"an error page":    []byte("<!DOCTYPE html><html><title>404</title></html>"),
		"half a file":      whole[:len(whole)/2],
		"another encoding": []byte(strings.ToUpper(string(whole))),
	} {
		if _, err := source.Read(ncmec.New(), source.Capture{Source: "ncmec", Request: "2023", Body: bytes}); err == nil {
			t.Errorf("%s was read without an error", name)
		}
	}
}

// The bundled file of 2023 beside files of that year in the publisher's form with what
// its facts would be in a damaged table.
func TestSurvives(t *testing.T) {
	all := facts(t, "2023")
	lines := func(change func(name, n string) string) (rows []string) {
		for _, f := range all[:30] { // what a page holds
			rows = append(rows, change(f.name, f.reports))
		}
		return append(rows, change("Total", "36210368"))
	}
	plain := lines(func(name, n string) string { return name + "|" + n })
	sourcetest.Survives(t, ncmec.New(), "2023", rebuilt(t, "2023"), map[string][]byte{
		"label missing":    guess(2023, "Country / Territory", plain...),
		"columns swapped":  guess(2023, "Reports|Country / Territory", plain...),
		"one more column":  guess(2023, "Country / Territory|Reports|Children", lines(func(name, n string) string { return name + "|" + n + "|1" })...),
		"half the list":    guess(2023, "Country / Territory|Reports", plain...),
		"empty list":       guess(2023, "Country / Territory|Reports"),
		"the year before":  rebuilt(t, "2022"),
		"an older edition": rebuilt(t, "2019"),
	})
}

type title [2]string

// guess is a small file in the publisher's form. Lines are cells joined by "|".
func guess(year int, head string, rows ...string) []byte {
	return page(title{strconv.Itoa(year) + " CyberTipline Reports", "by Country"}, head, rows, fmt.Sprintf("Copyright %d National Center", year+1))
}

// page typesets one page with Helvetica: a title, a table and a footer. Numbers end
// at their column's right edge, as the publisher's do.
func page(t title, head string, rows []string, footer string) []byte {
	var c strings.Builder
	text := func(x, y float64, size int, s string) {
		s = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
		fmt.Fprintf(&c, "BT /F1 %d Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj ET\n", size, x, y, s)
	}
	text(200, 740, 18, t[0])
	text(200, 718, 18, t[1])
	y := 660.0
	for _, line := range append([]string{head}, rows...) {
		for i, cell := range strings.Split(line, "|") {
			if cell == "" {
				continue
			}
			x := 100.0
			if i > 0 {
				x = 220 + 110*float64(i) - 5.5*float64(len(cell))
			}
			text(x, y, 11, cell)
		}
		y -= 16.3
	}
	text(100, 40, 8, footer)
	return assemble(c.String())
}

func assemble(content string) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return []byte(b.String())
}
