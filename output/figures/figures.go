// Package figures prints the report's seven tables. What stands in a cell and how a
// table is written are apart: Printed makes tables from the report's own cells, and
// the writers take any table, so that cells derived from other rows can be written in
// the same form.
package figures

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"baseline/schemas"
)

// Table is one figure, ready to be written.
type Table struct {
	Figure  int    // 1 to 7
	Caption string // as the report prints it, without "Fig. N"
	Columns []Column
	Rows    []Row // in the order of print
}

// Column is one column after the state's name.
type Column struct {
	Name  string // short name, such as budapest
	Title string // head as the report prints it
}

// Row is one printed row.
type Row struct {
	ISO3  string // empty for a row of totals
	Name  string // as the report prints it
	Cells []string
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
		tables = append(tables, Table{Figure: i + 1, Caption: r[1]})
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
		t.Rows = append(t.Rows, Row{ISO3: iso3, Name: name})
	}
	if row == 0 || row != len(t.Rows) {
		return fmt.Errorf("report_cells lacks the cell before %s", schemas.ReportCells.KeyText(c))
	}
	last := &t.Rows[row-1]
	switch {
	case column != len(last.Cells)+1 || last.Name != name || last.ISO3 != iso3:
		return fmt.Errorf("report_cells: cell %s does not follow the cell before it", schemas.ReportCells.KeyText(c))
	case column > len(t.Columns) || t.Columns[column-1].Name != at(c, "column").Text():
		return fmt.Errorf("report_cells: cell %s is in column %q, which figure %d does not have there", schemas.ReportCells.KeyText(c), at(c, "column"), t.Figure)
	}
	last.Cells = append(last.Cells, at(c, "value").Text())
	return nil
}

func (t *Table) whole() error {
	if len(t.Rows) == 0 {
		return fmt.Errorf("report_cells holds no cell of figure %d: read source report first", t.Figure)
	}
	for _, r := range t.Rows {
		if len(r.Cells) != len(t.Columns) {
			return fmt.Errorf("figure %d, row %s: %d cells, not %d", t.Figure, r.Name, len(r.Cells), len(t.Columns))
		}
	}
	return nil
}
