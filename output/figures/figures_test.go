package figures

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"baseline/schemas"
	"baseline/schemas/places"
)

var update = flag.Bool("update", false, "write the golden files anew")

// cells are the report's cells, as a snapshot of the edition of 2021 holds them.
func cells(t testing.TB) []schemas.Row {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "facts", "report_figures.csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	d := &schemas.ReportCells
	var rows []schemas.Row
	for _, r := range records[1:] {
		values := schemas.Cells{}
		for i, name := range records[0] {
			v, err := schemas.Parse(d.Columns[d.Column(name)].Kind, r[i])
			if err != nil {
				t.Fatal(err)
			}
			values[name] = v
		}
		if place, ok := places.Default().Lookup(values["published_name"].Text()); ok && place.Kind == "state" {
			values["iso3"] = schemas.Str(place.Code)
		}
		row, err := d.Row(values)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestWritersGolden(t *testing.T) {
	tables, err := Printed(cells(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file  string
		write func(io.Writer, []Table) error
	}{{"figures.csv", CSV}, {"figures.txt", Text}, {"figures.md", Markdown}} {
		t.Run(c.file, func(t *testing.T) {
			var got bytes.Buffer
			if err := c.write(&got, tables); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, got.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s, line %d:\n got %s\nwant %s", name, i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Fatalf("%s: %d lines, want %d", name, len(g), len(w))
	}
}

// TestCSVIsTheReport holds the written cells against the facts, value by value.
func TestCSVIsTheReport(t *testing.T) {
	rows := cells(t)
	tables, err := Printed(rows, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := CSV(&out, tables); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 1139 || len(rows) != 1138 {
		t.Fatalf("%d records and %d cells, want 1139 with the header and 1138", len(records), len(rows))
	}
	for i, r := range records[1:] {
		for j, column := range []string{"figure", "iso3", "published_name", "column", "value"} {
			if want := at(rows[i], column).String(); r[j] != want {
				t.Errorf("record %d, %s: got %q, want %q", i+1, column, r[j], want)
			}
		}
	}
}

func TestTextFitsALine(t *testing.T) {
	tables, err := Printed(cells(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Text(&out, tables); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(out.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > lineWidth {
			t.Errorf("line %d is %d characters wide: %s", i+1, n, line)
		}
	}
}

func TestPrintedOneFigure(t *testing.T) {
	rows := cells(t)
	slices.Reverse(rows) // their order does not matter
	tables, err := Printed(rows, 4)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 1 || tables[0].ID != "4" || len(tables[0].Rows) != 49 {
		t.Fatalf("got %d tables, want figure 4 with 49 rows", len(tables))
	}
	last := tables[0].Rows[48]
	if last.Name != "COE MEMBER STATES TOTAL" || last.ISO3 != "" || last.Cells[3].Text != "7.38%" {
		t.Errorf("last row is %+v", last)
	}
}

func TestPrintedRefuses(t *testing.T) {
	rows := cells(t)
	change := func(i int, column string, v schemas.Value) []schemas.Row {
		changed := append([]schemas.Row(nil), rows...)
		changed[i].Values = append([]schemas.Value(nil), rows[i].Values...)
		changed[i].Values[schemas.ReportCells.Column(column)] = v
		return changed
	}
	for _, c := range []struct {
		name   string
		cells  []schemas.Row
		figure int
		want   string
	}{
		{"a figure the report has not", rows, 8, "figures 1 to 7, not 8"},
		{"nothing", nil, 0, "no cell of figure 1"},
		{"one figure only", rows[:235], 0, "no cell of figure 2"},
		{"a first cell missing", rows[1:], 0, "lacks the cell before 1/1/2"},
		{"an inner cell missing", append(append([]schemas.Row(nil), rows[:2]...), rows[3:]...), 0, "cell 1/1/4 does not follow"},
		{"a last cell missing", rows[:len(rows)-1], 0, "row UNITED KINGDOM: 2 cells, not 3"},
		{"a cell twice", append(rows[:len(rows):len(rows)], rows[7]), 0, "cell 1/2/3 does not follow"},
		{"another column", change(3, "column", schemas.Str("istanbul")), 0, `in column "istanbul"`},
		{"another name", change(3, "published_name", schemas.Str("ANDORRA")), 0, "cell 1/1/4 does not follow"},
		{"another figure", change(len(rows)-1, "figure", schemas.Num(9)), 0, "a cell of figure 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Printed(c.cells, c.figure)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestMarkdownEscapes keeps a cell from breaking out of its table.
func TestMarkdownEscapes(t *testing.T) {
	var out bytes.Buffer
	table := Table{ID: "1", Caption: "a_b", Head: "Country", Columns: []Column{{Name: "c", Title: "C|D"}}, Rows: []Row{{Name: "<x>", Cells: []Cell{{Text: `1|2\`}}}}}
	if err := Markdown(&out, []Table{table}); err != nil {
		t.Fatal(err)
	}
	want := "**Fig. 1** a\\_b\n\n| Country | C\\|D |\n| :--- | :--- |\n| &lt;x> | 1\\|2\\\\ |\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
