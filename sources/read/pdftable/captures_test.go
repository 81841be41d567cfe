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
