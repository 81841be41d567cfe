package figures

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/report"
	"baseline/sources/source"
)

// edition are the typed datasets of the report of 2021, as its source reads them.
// Its printed cells are left out: nothing may be derived from them.
func edition(t testing.TB) Facts {
	t.Helper()
	f := Facts{Rows: map[string][]schemas.Row{}}
	for _, name := range []string{"figures", "capabilities", "safer-internet-day"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "captures", "report", name+".csv"))
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
		for _, p := range read.Parts {
			part := Part{Dataset: p.Dataset, Complete: p.Complete, Universe: p.Universe}
			for _, k := range p.Key {
				part.Key = append(part.Key, Pin(k))
			}
			f.Parts = append(f.Parts, part)
		}
	}
	delete(f.Rows, "report_cells")
	for name, rows := range f.Rows {
		slices.SortStableFunc(rows, schemas.Named(name).CompareKeys)
	}
	return f
}

// The report follows from the typed datasets: every one of its 1,138 cells, with its
// captions, heads, spellings and order.
func TestTheReportIsDerived(t *testing.T) {
	printed, err := Printed(cells(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	derived, err := DeriveAll(edition(t))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, want := range printed {
		got := derived[i]
		if got.Caption != want.Caption || !reflect.DeepEqual(got.Columns, want.Columns) || len(got.Notes) > 0 {
			t.Errorf("figure %s: %q %v, notes %v", want.ID, got.Caption, got.Columns, got.Notes)
		}
		for j, row := range want.Rows {
			if !reflect.DeepEqual(got.Rows[j], row) {
				t.Errorf("figure %s, row %d:\n got %+v\nwant %+v", want.ID, j+1, got.Rows[j], row)
			}
			n += len(row.Cells)
		}
		if len(got.Rows) != len(want.Rows) {
			t.Errorf("figure %s has %d rows, not %d", want.ID, len(got.Rows), len(want.Rows))
		}
	}
	if n != 1138 {
		t.Errorf("compared %d cells, not 1,138", n)
	}
}

// today makes up facts for a test: rows of states and whatever rows and parts are given,
// each as dataset, source and cells.
type made struct {
	t testing.TB
	f Facts
}

func today(t testing.TB, states ...string) *made {
	m := &made{t, Facts{Rows: map[string][]schemas.Row{}}}
	for _, code := range states {
		cells := schemas.Cells{"iso3": schemas.Str(code), "published_name": schemas.Str(code), "coe_member": schemas.Yes(code != "RUS")}
		if code == "RUS" {
			cells["coe_exit"] = date("2022-03-16")
		}
		m.row("states", "coe-members", cells)
	}
	return m
}

func (m *made) row(dataset, source string, cells schemas.Cells) {
	m.t.Helper()
	r, err := schemas.Named(dataset).Row(cells)
	if err != nil {
		m.t.Fatal(err)
	}
	r.Source, r.Evidence.Observed = source, schemas.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	m.f.Rows[dataset] = append(m.f.Rows[dataset], r)
}

func (m *made) member(network, iso3, organisation, class string) {
	m.t.Helper()
	m.row("memberships", network, schemas.Cells{
		"network": schemas.Str(network), "iso3": schemas.Str(iso3), "published_name": schemas.Str(iso3), "organisation": schemas.Str(organisation), "class": schemas.Str(class),
	})
}

func (m *made) reports(year int64, place string, n schemas.Value, series string) {
	m.t.Helper()
	m.row("cybertip_reports", "ncmec", schemas.Cells{
		"year": schemas.Num(year), "place": schemas.Str(place), "line": schemas.Num(1), "published_name": schemas.Str(place), "place_kind": schemas.Str("state"),
		"reports": n, "series": schemas.Str(series),
	})
}

func (m *made) list(dataset string, complete bool, pins ...Pin) {
	m.f.Parts = append(m.f.Parts, Part{Dataset: dataset, Key: pins, Complete: complete})
}

// lines derives a table and prints each row as its name and cells between bars.
func (m *made) lines(id string) (Table, []string) {
	m.t.Helper()
	table, err := Derive(m.f, id)
	if err != nil {
		m.t.Fatal(err)
	}
	var lines []string
	for _, r := range table.Rows {
		line := r.Name + r.Mark
		for _, c := range r.Cells {
			line += "|" + c.Text + c.Mark
		}
		lines = append(lines, line)
	}
	return table, lines
}

func notes(t Table) []string {
	var list []string
	for _, n := range t.Notes {
		list = append(list, strings.TrimSpace(n.Mark+" "+n.Text))
	}
	return list
}

func date(s string) schemas.Value {
	v, err := schemas.Parse(schemas.Date, s)
	if err != nil {
		panic(err)
	}
	return v
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// Absent from a complete list is an empty cell; absent from one that cannot be shown
// to be complete, or from no list at all, is not known, and a note says so.
func TestAbsentAndUnknown(t *testing.T) {
	m := today(t, "ALB", "AND", "RUS")
	m.list("memberships", true, text("network", "enoc"))
	m.member("enoc", "ALB", "", "full")
	m.row("reported_mechanisms", "survey", schemas.Cells{"kind": schemas.Str("other_ombudsperson"), "iso3": schemas.Str("AND"), "published_name": schemas.Str("AND"), "reported": schemas.Yes(true)})
	m.list("reported_mechanisms", false)
	table, lines := m.lines("2")
	same(t, "figure 2", lines, []string{"Albania|Full|?", "Andorra||✓", "Russian Federation†||?"})
	same(t, "its notes", notes(table), []string{
		"† Russian Federation: no member of the Council of Europe since 2022-03-16",
		"? not known, because the list that was read cannot be shown to be complete: Other Reported Ombudspersons for Children (Lanzarote Committee questionnaire second round)",
	})
	if c := table.Rows[0].Cells[1]; c.Note != "not known, because the list that was read cannot be shown to be complete" {
		t.Errorf("the cell's own note is %q", c.Note)
	}
	// A list about other places says nothing of these.
	m.f.Parts[0].Universe = []string{"ALB"}
	if _, lines = m.lines("2"); lines[1] != "Andorra|?|✓" {
		t.Errorf("outside the list's universe: %s", lines[1])
	}
	// The page of one state says nothing of another.
	m.f.Parts[0].Universe, m.f.Parts[0].Key = nil, []Pin{text("network", "enoc"), text("iso3", "ALB")}
	if _, lines = m.lines("2"); lines[1] != "Andorra|?|✓" {
		t.Errorf("a page about another state: %s", lines[1])
	}
	// The list of another network neither.
	m.f.Parts[0].Key = []Pin{text("network", "inhope")}
	table, _ = m.lines("2")
	if got := notes(table)[1]; got != "? not known, because no source reads it yet: Member, European Network of Ombudspersons for Children (ENOC)" {
		t.Errorf("the list of another network: %s", got)
	}
}

func TestWords(t *testing.T) {
	m := today(t, "ALB", "AND", "ARM", "BEL", "UKR")
	m.list("memberships", true)
	m.member("enoc", "ALB", "A", "full")
	m.member("enoc", "ALB", "B", "associate")
	m.member("enoc", "AND", "", "none")
	m.member("enoc", "ARM", "", "unknown")
	m.member("insafe", "ALB", "", "partner")
	m.member("insafe", "AND", "", "member")
	m.member("inhope", "BEL", "", "founder")
	m.member("inhope", "ARM", "", "associate")
	m.member("iwf-portals", "UKR", "", "reporting portal")
	m.member("iwf-portals", "BEL", "", "reporting portal")
	_, lines := m.lines("2")
	same(t, "enoc", lines, []string{"Albania|Full / Associate|?", "Andorra||?", "Armenia|?|?", "Belgium||?", "Ukraine||?"})
	_, lines = m.lines("6")
	same(t, "inhope and portals", lines, []string{"Albania||?|", "Andorra||?|", "Armenia|Associate|?|", "Belgium|✓|?|", "Ukraine|(REPORTING PORTAL)|?|"})
	_, lines = m.lines("7")
	same(t, "insafe", lines, []string{"Albania|SIC+ partner|?|?", "Andorra|✓|?|?", "Armenia||?|?", "Belgium||?|?", "Ukraine||?|?"})
	// A portal makes nobody a member of a network of which nothing is known.
	m.f.Parts[0].Key = []Pin{text("network", "iwf-portals")}
	_, lines = m.lines("6")
	same(t, "only portals known", []string{lines[0], lines[4]}, []string{"Albania|?|?|?", "Ukraine|? (REPORTING PORTAL)|?|?"})
	for word, want := range map[string]string{"party": "✓", "signed": "SIGNED", "none": "", "withdrawn": "WITHDRAWN", "unknown": "?"} {
		if got := status(schemas.Row{}, schemas.Str(word)); got != want {
			t.Errorf("status %s is printed as %q, not %q", word, got, want)
		}
	}
}

// Figure 4 follows the newest two years, the shares are computed, and a break in the
// series leaves the change empty.
func TestReports(t *testing.T) {
	m := today(t, "ALB", "AND", "RUS")
	for year, n := range map[int64]int64{2021: 1, 2022: 1000, 2023: 2000} {
		m.reports(year, "ALB", schemas.Num(n), "to-2023")
		m.reports(year, "RUS", schemas.Num(5*n), "to-2023")
		m.reports(year, "TOTAL", schemas.Num(100*n), "to-2023")
		m.list("cybertip_reports", true, Pin{"year", schemas.Num(year)})
	}
	m.reports(2023, "AND", schemas.Value{}, "to-2023")
	table, lines := m.lines("4")
	same(t, "figure 4", lines, []string{
		"Albania|1,000|1.00%|2,000|1.00%|100.00%", "Andorra|||–||", "Russian Federation†|5,000|5.00%|10,000|5.00%|100.00%",
		"GLOBAL TOTAL|100,000||200,000||100.00%", "COE MEMBER STATES TOTAL|1,000|1.00%|2,000|1.00%|100.00%",
	})
	if table.Columns[0].Title != "2022 Reports" || table.Columns[3].Name != "share_2023" || table.Columns[4].Title != "% Change 2022 - 2023" || !strings.HasSuffix(table.Caption, ", 2022 and 2023") {
		t.Errorf("%s: %v", table.Caption, table.Columns)
	}
	if got := notes(table); len(got) != 2 || !strings.Contains(got[1], "without Russian Federation") {
		t.Errorf("notes %q", got)
	}
	// 2024 is counted otherwise.
	m.reports(2024, "ALB", schemas.Num(900), "from-2024")
	m.reports(2024, "RUS", schemas.Num(900), "from-2024")
	m.list("cybertip_reports", false, Pin{"year", schemas.Num(2024)})
	table, lines = m.lines("4")
	same(t, "after the break", lines, []string{
		"Albania|2,000|1.00%|900|?|", "Andorra|–||?|?|", "Russian Federation†|10,000|5.00%|900|?|", "GLOBAL TOTAL|200,000||?||", "COE MEMBER STATES TOTAL|2,000|1.00%|?|?|",
	})
	if got := strings.Join(notes(table), "\n"); !strings.Contains(got, "The counts of 2023 and 2024 are of different series") {
		t.Errorf("notes %q", got)
	}
}

// What nobody read from a publisher, or what is clearly older than the rest, is marked:
// single cells by a sign, a whole column at its head.
func TestOldFactsAreMarked(t *testing.T) {
	m := today(t, "ALB", "AND", "ARM")
	treaty := func(treaty, iso3, source, asOf string) {
		m.row("treaty_status", source, schemas.Cells{
			"treaty": schemas.Str(treaty), "iso3": schemas.Str(iso3), "published_name": schemas.Str(iso3), "status": schemas.Str("party"), "as_of": date(asOf),
		})
	}
	for _, iso3 := range []string{"ALB", "AND", "ARM"} {
		treaty("CRC", iso3, "un-treaties", "2026-10-01")
		treaty("CETS201", iso3, "curated", "2021-04-20")
	}
	treaty("ETS185", "ALB", "coe-treaties", "2026-01-01")
	treaty("ETS185", "AND", "curated", "2021-04-20")
	treaty("ETS185", "ARM", "coe-treaties", "2024-01-01")
	m.f.Rows["treaty_status"][0].Standing = schemas.Kept
	table, lines := m.lines("1")
	same(t, "figure 1", lines, []string{"Albania|✓°|?|✓|✓|?", "Andorra|✓|?|✓|✓°|?", "Armenia|✓|?|✓|✓°|?"})
	same(t, "notes", notes(table)[:4], []string{
		"° State Party to UNCRC, last good rows, as newer ones did not pass: as of 2026-10-01 Albania",
		"° State Party to Lanzarote Convention, looked up by hand and not read since: as of 2021-04-20 Albania, Andorra, Armenia",
		"° State Party to Convention on Cybercrime, looked up by hand and not read since: as of 2021-04-20 Andorra",
		"° State Party to Convention on Cybercrime, not read since: as of 2024-01-01 Armenia",
	})
	if table.Columns[2].Mark != "°" || table.Columns[3].Mark != "" {
		t.Errorf("heads %v", table.Columns)
	}
	if got := table.Rows[2].Cells[3].Note; got != "as of 2024-01-01, not read since" {
		t.Errorf("note of a cell: %q", got)
	}
}

func TestNewestEditionsAndYears(t *testing.T) {
	m := today(t, "GBR")
	rating := func(review, edition string, n int64) {
		m.row("legislation_ratings", "icmec", schemas.Cells{
			"review": schemas.Str(review), "edition": schemas.Str(edition), "iso3": schemas.Str("GBR"), "published_name": schemas.Str("UK"), "criteria_met": schemas.Num(n),
		})
	}
	rating("csam", "2018", 3)
	rating("csam", "2023", 5)
	rating("grooming", "2017", 4)
	table, lines := m.lines("3")
	same(t, "figure 3", lines, []string{"United Kingdom|5|4"})
	if !strings.HasSuffix(table.Caption, "reviews of 2023 (CSAM) and 2017 (grooming)") {
		t.Error(table.Caption)
	}
	committee := func(year int64, name, status, updated, precision string) {
		m.row("safer_internet_day", "sid", schemas.Cells{
			"year": schemas.Num(year), "iso3": schemas.Str("GBR"), "committee": schemas.Str(name), "published_name": schemas.Str("UK"),
			"status": schemas.Str(status), "updated": date(updated), "updated_precision": schemas.Str(precision),
		})
	}
	committee(2025, "", "celebrated", "2025-02-11", "day")
	committee(2026, "North", "awaiting update", "2026-01-01", "month")
	committee(2026, "South", "planned", "2026-01-05", "day")
	table, lines = m.lines("7")
	same(t, "figure 7", lines, []string{"United Kingdom|?|✓|✓"})
	if table.Columns[1].Title != "Safer Internet Day 2025" || table.Columns[2].Title != "Safer Internet Day 2026 (planned)" || !strings.Contains(table.Caption, "2025 & 2026") {
		t.Errorf("%s: %v", table.Caption, table.Columns)
	}
	_, lines = m.lines("A3")
	same(t, "appendix 3", lines, []string{"United Kingdom|North|awaiting update|2026-01", "United Kingdom|South|planned|2026-01-05"})
	// Three jurisdictions make the United Kingdom's score; the share is computed from it.
	for name, score := range map[string]float64{"England & Wales": 190.5, "Northern Ireland": 183.5, "Scotland": 172.5} {
		m.row("justice_access", "crin", schemas.Cells{
			"iso3": schemas.Str("GBR"), "jurisdiction": schemas.Str(name), "published_name": schemas.Str(name), "score": schemas.Real(score), "percent": schemas.Real(1),
		})
	}
	_, lines = m.lines("5")
	same(t, "figure 5", lines, []string{"United Kingdom|182.2|69.8|?|?"})
}

func TestAppendices(t *testing.T) {
	f := edition(t)
	two, err := Derive(f, "A2")
	if err != nil {
		t.Fatal(err)
	}
	if len(two.Rows) != 21 || two.Rows[5].Name != "6 Offender Management Process" || two.Rows[5].Cells[0].Text != "Criminal Justice" || two.Label() != "Appendix 2" {
		t.Errorf("appendix 2: %d rows, %+v", len(two.Rows), two.Rows[5])
	}
	three, err := Derive(f, "A3")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range three.Rows {
		got[r.ISO3] = r.Name + "|" + r.Cells[1].Text + "|" + r.Cells[2].Text
	}
	for iso3, want := range map[string]string{"ALB": "ALBANIA|planned|2021-01-23", "MDA": "MOLDOVA|planned|2021-01-29", "MCO": "MONACO|none|", "ESP": "SPAIN|awaiting update|2021-04-20"} {
		if got[iso3] != want {
			t.Errorf("appendix 3: got %q, want %q", got[iso3], want)
		}
	}
	if len(three.Rows) != 47 {
		t.Errorf("appendix 3 has %d rows", len(three.Rows))
	}
	m := today(t, "ALB")
	m.member("enoc", "ALB", "", "full")
	_, lines := m.lines("A3")
	same(t, "nothing known", lines, []string{"Albania||?|"})
}

func TestDeriveRefuses(t *testing.T) {
	if _, err := Derive(Facts{}, "1"); err == nil || !strings.Contains(err.Error(), "no row of states") {
		t.Errorf("no states: %v", err)
	}
	for _, id := range []string{"8", "", "A1", "a2"} {
		if _, err := Derive(edition(t), id); err == nil || !strings.Contains(err.Error(), "there is no table") {
			t.Errorf("table %q: %v", id, err)
		}
	}
	m := today(t, "QQQ")
	if _, err := Derive(m.f, "1"); err == nil || !strings.Contains(err.Error(), "no place of the registry") {
		t.Errorf("a code that is none: %v", err)
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		decimals    int
		want        string
	}{
		{1246959, 16987361, 2, "7.34"}, {17545, 16987361, 2, "0.10"}, {-199, 4793, 2, "-4.15"}, {1, 8, 1, "12.5"}, {1, 800, 2, "0.13"}, {-1, 800, 2, "-0.13"},
		{1, 20000, 2, "0.01"}, {1, 20001, 2, "0.00"}, {-1, 20001, 2, "0.00"}, {1330, 2610, 1, "51.0"}, {3, 3, 2, "100.00"}, {3, 0, 2, ""},
	} {
		if got := Percent(c.part, c.whole, c.decimals); got != c.want {
			t.Errorf("%d of %d with %d decimals: got %q, want %q", c.part, c.whole, c.decimals, got, c.want)
		}
	}
}

// A cell that does not follow is found, in its column and in the sum that it is part of.
func TestCheckFindsAChangedCell(t *testing.T) {
	checks, err := Check(edition(t), cells(t))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range checks {
		n += c.Cells
		if len(c.Differ) > 0 {
			t.Errorf("figure %s, %s: %v", c.Figure, c.Column, c.Differ)
		}
	}
	if n != 1138 {
		t.Errorf("checked %d cells", n)
	}
	f := edition(t)
	d := &schemas.CybertipReports
	for _, r := range f.Rows[d.Name] {
		if d.KeyText(r) == "2020/POL/1" {
			r.Values[d.Column("reports")] = schemas.Num(381255)
		}
	}
	if checks, err = Check(f, cells(t)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range checks {
		for _, d := range c.Differ {
			got = append(got, strings.Join([]string{c.Figure, c.Column, d.Row, d.Printed, d.Derived}, "|"))
		}
	}
	same(t, "one report more", got, []string{"4|reports_2020|POLAND|381,254|381,255", "4|COE MEMBER STATES TOTAL|COE MEMBER STATES TOTAL|1,604,268|1,604,269"})
	f.Rows["states"] = f.Rows["states"][1:]
	if _, err = Check(f, cells(t)); err == nil || !strings.Contains(err.Error(), "46 of 5") {
		t.Errorf("a state missing: %v", err)
	}
}
