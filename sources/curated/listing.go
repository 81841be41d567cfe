package curated

import (
	"fmt"
	"maps"
	"slices"

	"baseline/schemas"
	"baseline/sources/source"
)

// listing is a table while it is read.
type listing struct {
	table
	d      *schemas.Dataset
	header []string
	parts  []source.Part
	rows   map[string]int // by name of the part
}

// isWhole refuses a table that has lost rows.
func (l *listing) isWhole() error {
	for _, name := range slices.Sorted(maps.Keys(l.whole)) {
		if n := l.rows[name]; n < l.whole[name] {
			return fmt.Errorf("%d rows of %s, where there were %d: the table was cut off; if rows were meant to go, say so in curated.go", n, name, l.whole[name])
		}
	}
	return nil
}

func (l *listing) checkHeader() error {
	for _, need := range []struct{ column, why string }{
		{knownFrom, "a fact must say where it is known from"}, {asOf, "a fact must say for which day it is vouched for"},
	} {
		if !slices.Contains(l.header, need.column) {
			return fmt.Errorf("the header has no column %s: %s", need.column, need.why)
		}
	}
	for i, name := range l.header {
		if l.d.Column(name) < 0 && !slices.Contains([]string{knownFrom, asOf, note}, name) {
			return fmt.Errorf("the header: dataset %s has no column %q", l.d.Name, name)
		}
		if slices.Index(l.header, name) != i {
			return fmt.Errorf("the header names column %s twice", name)
		}
	}
	for _, c := range l.d.Columns {
		if c.Required && c.Name != l.d.Code && !slices.Contains(l.header, c.Name) {
			return fmt.Errorf("the header has no column %s, which every row of %s must fill", c.Name, l.d.Name)
		}
	}
	return nil
}

// row reads the cells of one line. The code of the place stays empty.
func (l *listing) row(cells []string) (schemas.Cells, error) {
	row := schemas.Cells{}
	for i, name := range l.header {
		at := l.d.Column(name)
		switch {
		case cells[i] == "" && (name == knownFrom || name == asOf):
			return nil, fmt.Errorf("%s is empty: a fact must say where it is known from, and as of when", name)
		case at >= 0:
			v, err := read(l.d.Columns[at], cells[i])
			if err != nil {
				return nil, err
			}
			row[name] = v
		case name == asOf: // the dataset does not publish it; the table's age rests on it
			if _, err := schemas.Parse(schemas.Date, cells[i]); err != nil {
				return nil, fmt.Errorf("column %s: %w", name, err)
			}
		}
	}
	return row, nil
}

// read reads one cell. A word outside the column's complete list is refused here, where
// its line is known, and not only by the checks that follow.
func read(c schemas.Column, text string) (schemas.Value, error) {
	v, err := schemas.Parse(c.Kind, text)
	switch {
	case err != nil:
		return v, fmt.Errorf("column %s: %w", c.Name, err)
	case text == "" && c.Required:
		return v, fmt.Errorf("column %s is empty", c.Name)
	case text != "" && c.Words != nil && !slices.Contains(c.Words, text):
		return v, fmt.Errorf("column %s: %q is none of its words %q", c.Name, text, c.Words)
	}
	return v, nil
}

// partOf puts the row's part among the listing's, in the order of first appearance.
// What divides a state's entry, such as the institution, is recorded by a part only if
// one of its rows names it: a part that names none is about states as a whole, and
// others are rolled up to be compared with it.
func (l *listing) partOf(row schemas.Cells) {
	part := source.Part{Dataset: l.dataset, Complete: l.complete}
	for _, column := range l.pins {
		part.Key = append(part.Key, source.Pin{Column: column, Value: row[column]})
	}
	i := slices.IndexFunc(l.parts, func(p source.Part) bool { return slices.Equal(p.Key, part.Key) })
	if l.rows == nil {
		l.rows = map[string]int{}
	}
	l.rows[part.Name()]++
	if i < 0 {
		i = len(l.parts)
		part.Columns = l.columns()
		l.parts = append(l.parts, part)
	}
	if p := &l.parts[i]; l.d.Finer != "" && !row[l.d.Finer].IsNull() && !slices.Contains(p.Columns, l.d.Finer) {
		p.Columns = append(p.Columns, l.d.Finer)
	}
}

// columns are what the table records, but for what divides a state's entry.
func (l *listing) columns() []string {
	var columns []string
	if l.d.Code != "" {
		columns = append(columns, l.d.Code)
	}
	for _, name := range l.header {
		if l.d.Column(name) >= 0 && name != l.d.Finer {
			columns = append(columns, name)
		}
	}
	return columns
}
