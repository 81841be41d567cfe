// Package figures makes the report's seven tables and its appendices 2 and 3. What
// stands in a cell and how a table is written are apart: Derive makes the tables of
// any snapshot or edition from its typed datasets, Printed makes those of the report
// from its own cells, as evidence of what it prints, and the writers take any table.
package figures

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"baseline/schemas"
)

// Unknown is the cell of which nothing is known: nobody read a list that could say
// so. An empty cell, in contrast, says that there is nothing.
const Unknown = "?"

// Table is one figure or appendix, ready to be written.
type Table struct {
	ID      string // 1 to 7, A2, A3
	Caption string // as the report prints it, without "Fig. N"; with the years of the data
	Head    string // of the rows' names
	Columns []Column
	Rows    []Row    // in the order of print
	Notes   []Note   // below the table
	Sources []Source // that the cells are from, with the caveats of the datasets used
	Against string   // what Versus compared it with; empty if it did not
}

// Column is one column after the name.
type Column struct {
	Name   string // short name, such as budapest
	Title  string // head as the report prints it
	Before string // head in the table compared with, if it differs
	Mark   string // of the note on all its cells; empty for none
}

// Row is one printed row.
type Row struct {
	ISO3  string // empty for a row that is about no state
	Name  string // as the report prints it
	Mark  string // of the note on the row; empty for none
	Cells []Cell
	Total bool // it sums up the rows above
}

// Cell is one printed cell.
type Cell struct {
	Text string
	Mark string // of the note on the cell; empty for none
	Note string // what the mark stands for, or why the cell is not known
	Diff Diff
	// Before is the cell in the table compared with.
	Before string
}

// Diff says how a cell differs from the one compared with.
type Diff int

// A cell was not compared or is the same, differs, or one of the two is not known, so
// that a difference says nothing.
const (
	Same Diff = iota
	Changed
	NotComparable
)

// Note is a line below a table.
type Note struct {
	Mark string // that it explains; empty for a note on the whole table
	Text string
}

// Label names the table: Fig. 1, Appendix 2.
func (t Table) Label() string {
	if n, ok := strings.CutPrefix(t.ID, "A"); ok {
		return "Appendix " + n
	}
	return "Fig. " + t.ID
}

// captions.csv and columns.csv hold the report's wording.
var (
	//go:embed captions.csv
	captionsCSV []byte
	//go:embed columns.csv
	columnsCSV []byte
)

// frames are the tables without their rows. They are read once; a mistake in the
// files panics, so that the first test that runs finds it.
var frames = sync.OnceValue(func() []Table {
	tables, err := readFrames(captionsCSV, columnsCSV)
	if err != nil {
		panic(fmt.Errorf("figures' captions and columns: %w", err))
	}
	return tables
})

func readFrames(captions, columns []byte) ([]Table, error) {
	heads, err := csv.NewReader(bytes.NewReader(captions)).ReadAll()
	if err != nil {
		return nil, err
	}
	var tables []Table
	for i, r := range heads[1:] {
		if r[0] != strconv.Itoa(i+1) {
			return nil, fmt.Errorf("caption of figure %q stands in place %d", r[0], i+1)
		}
		tables = append(tables, Table{ID: r[0], Caption: r[1], Head: "Country"})
	}
	list, err := csv.NewReader(bytes.NewReader(columns)).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, r := range list[1:] {
		n, err := strconv.Atoi(r[0])
		if err != nil || n < 1 || n > len(tables) {
			return nil, fmt.Errorf("column %q is of figure %q, which has no caption", r[1], r[0])
		}
		tables[n-1].Columns = append(tables[n-1].Columns, Column{Name: r[1], Title: r[2]})
	}
	return tables, nil
}

// Frames returns the seven tables without rows: captions and columns.
func Frames() []Table {
	tables := slices.Clone(frames())
	for i := range tables {
		tables[i].Columns = slices.Clone(tables[i].Columns)
	}
	return tables
}

// Printed makes the tables of the report from rows of report_cells, in whatever
// order these are. Figure 0 asks for all seven. It returns an error for a figure that
// the report does not have and for cells that do not fill a figure's rows.
func Printed(cells []schemas.Row, figure int) ([]Table, error) {
	tables := Frames()
	if figure < 0 || figure > len(tables) {
		return nil, fmt.Errorf("the report has figures 1 to %d, not %d", len(tables), figure)
	}
	cells = slices.Clone(cells)
	slices.SortStableFunc(cells, schemas.ReportCells.CompareKeys)
	for _, c := range cells {
		n := at(c, "figure").Int()
		if n < 1 || n > int64(len(tables)) {
			return nil, fmt.Errorf("report_cells has a cell of figure %d; the report has figures 1 to %d", n, len(tables))
		}
		if err := tables[n-1].add(c); err != nil {
			return nil, err
		}
	}
	if figure > 0 {
		tables = tables[figure-1 : figure]
	}
	for _, t := range tables {
		if err := t.whole(); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func at(r schemas.Row, column string) schemas.Value {
	return r.Values[schemas.ReportCells.Column(column)]
}

// add puts a cell behind the last one.
func (t *Table) add(c schemas.Row) error {
	row, column := int(at(c, "row").Int()), int(at(c, "column_number").Int())
	name, iso3 := at(c, "published_name").Text(), at(c, "iso3").Text()
	if column == 1 && row == len(t.Rows)+1 {
		t.Rows = append(t.Rows, Row{ISO3: iso3, Name: name, Total: iso3 == ""})
	}
	if row == 0 || row != len(t.Rows) {
		return fmt.Errorf("report_cells lacks the cell before %s", schemas.ReportCells.KeyText(c))
	}
	last := &t.Rows[row-1]
	switch {
	case column != len(last.Cells)+1 || last.Name != name || last.ISO3 != iso3:
		return fmt.Errorf("report_cells: cell %s does not follow the cell before it", schemas.ReportCells.KeyText(c))
	case column > len(t.Columns) || t.Columns[column-1].Name != at(c, "column").Text():
		return fmt.Errorf("report_cells: cell %s is in column %q, which figure %s does not have there", schemas.ReportCells.KeyText(c), at(c, "column"), t.ID)
	}
	last.Cells = append(last.Cells, Cell{Text: at(c, "value").Text()})
	return nil
}

func (t *Table) whole() error {
	if len(t.Rows) == 0 {
		return fmt.Errorf("report_cells holds no cell of figure %s: read source report first", t.ID)
	}
	for _, r := range t.Rows {
		if len(r.Cells) != len(t.Columns) {
			return fmt.Errorf("figure %s, row %s: %d cells, not %d", t.ID, r.Name, len(r.Cells), len(t.Columns))
		}
	}
	return nil
}
