package pdftable

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// byCountry is the table that NCMEC publishes each year, and the tables of testdata/pdf.
var byCountry = Spec{Columns: []Column{
	{Name: "place", Heads: []string{"Country", "Country / Territory"}},
	{Name: "reports", Heads: []string{"Total Reports", "Number of Reports", "Reports"}, Kind: Number},
}}

var captureYears = []string{"2019", "2020", "2021", "2023"}

// upwards finds a path in a parent folder of the package.
func upwards(path string) string {
	dir, err := os.Getwd()
	for err == nil {
		if found := filepath.Join(dir, path); exists(found) {
			return found
		}
		if filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// capture gives the bytes of one of the publisher's own files, which are not in the repository.
func capture(t testing.TB, year string) []byte {
	t.Helper()
	dir := upwards("shared/captures")
	if dir == "" {
		leftOut(t, "the publisher's own files are not here: the tests on them were left out")
	}
	return readFile(t, filepath.Join(dir, "ncmec", "ncmec-by-country-"+year+".pdf"))
}

// leftOut skips a test with a sentence, and fails it in continuous integration, where nothing may be left out.
func leftOut(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readCSV(t testing.TB, path string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(string(readFile(t, path)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// open reads the tables of a file, or fails the test.
func open(t testing.TB, data []byte, spec Spec) (*Document, []Table) {
	t.Helper()
	doc, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := doc.Tables(spec)
	if err != nil {
		t.Fatal(err)
	}
	return doc, tables
}

// pairs is the texts of all rows, a name and a number each.
func pairs(tables []Table) (all [][2]string) {
	for _, t := range tables {
		for _, r := range t.Rows {
			all = append(all, [2]string{r.Cells[0].Text, r.Cells[1].Text})
		}
	}
	return all
}

// thousands writes a number as the publisher prints it.
func thousands(n string) string {
	if _, err := strconv.Atoi(n); err != nil {
		return n
	}
	for i := len(n) - 3; i > 0; i -= 3 {
		n = n[:i] + "," + n[i:]
	}
	return n
}

func compare(t *testing.T, got, want [][2]string) {
	t.Helper()
	for i := 0; i < max(len(got), len(want)); i++ {
		var g, w [2]string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("row %d: read %q, want %q", i+1, g, w)
			if len(got) != len(want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
		}
	}
}

func TestCapturesCellForCell(t *testing.T) {
	for _, year := range captureYears {
		t.Run(year, func(t *testing.T) {
			_, tables := open(t, capture(t, year), byCountry)
			var want [][2]string
			for _, row := range readCSV(t, filepath.Join(upwards("shared/sources"), "ncmec_by_country.csv")) {
				if row["year"] == year {
					want = append(want, [2]string{row["country_as_published"], thousands(row["reports"])})
				}
			}
			compare(t, pairs(tables), want)
		})
	}
}

// TestCapturesAgainstIndependentTable compares all numbers with a table that someone else made from the same files by hand.
// It has no code for two rows: the second spelling of French Guiana, and names without a country.
func TestCapturesAgainstIndependentTable(t *testing.T) {
	for _, year := range captureYears {
		t.Run(year, func(t *testing.T) {
			_, tables := open(t, capture(t, year), byCountry)
			read := map[string]string{}
			for _, p := range pairs(tables) {
				read[p[0]] = p[1]
			}
			codes := map[string][]string{}
			for _, row := range readCSV(t, filepath.Join(upwards("shared/sources"), "ncmec_by_country.csv")) {
				if row["year"] == year {
					codes[row["iso3"]] = append(codes[row["iso3"]], row["country_as_published"])
				}
			}
			checked := 0
			for _, row := range readCSV(t, filepath.Join(upwards("shared/captures"), "ncmec/independent-table.csv")) {
				names := codes[row["iso3"]]
				if row["iso3"] == "" || row["iso3"] == "GUF" || len(names) != 1 {
					continue
				}
				got := strings.ReplaceAll(read[names[0]], "-", "0")
				if want := row[year]; got != want {
					t.Errorf("%s: read %q, the other table has %q", row["iso3"], got, want)
				}
				checked++
			}
			if checked < 230 {
				t.Errorf("only %d rows could be compared", checked)
			}
		})
	}
}

// TestCapturesOutside: titles, running heads, notes and footers are outside the tables, and nothing of a table is.
func TestCapturesOutside(t *testing.T) {
	for _, year := range captureYears {
		t.Run(year, func(t *testing.T) {
			doc, tables := open(t, capture(t, year), byCountry)
			if want := year + " CyberTipline Reports by Country"; doc.Info.Title != want {
				t.Errorf("the title is %q, want %q", doc.Info.Title, want)
			}
			var text []string
			copyrights := 0
			for _, l := range doc.Outside(tables) {
				text = append(text, l.Text())
				if strings.HasPrefix(l.Text(), "Copyright ©") {
					copyrights++
				}
			}
			all := strings.Join(text, "\n")
			for _, want := range []string{year + " CyberTipline Reports\nby Country", "\n*", "org/CyberTiplineData"} {
				if !strings.Contains(all, want) {
					t.Errorf("%q is not outside", want)
				}
			}
			for _, never := range []string{"Afghanistan", "Albania", "Tristan", "Zimbabwe", "Number of Reports"} {
				if strings.Contains(all, never) {
					t.Errorf("%q is outside", never)
				}
			}
			if copyrights != len(doc.Pages) {
				t.Errorf("%d footers on %d pages", copyrights, len(doc.Pages))
			}
		})
	}
}
