package pdftable

import (
	"strings"
	"unicode"
)

// A Spec says which table to look for: by its columns, in the order in which the caller wants the cells.
type Spec struct {
	Columns []Column
}

// A Column is chosen by the words of its header. Heads are the accepted headers; they are compared with the page after
// folding case, blanks, punctuation and line breaks, so that "Total Reports" also finds "Total" over "Reports". A table may
// lack a column that is Optional.
type Column struct {
	Name     string
	Heads    []string
	Kind     Kind
	Optional bool
}

// A Kind says what a column holds. Number and Mark columns have their cell on one line, and one in each row: they anchor
// the rows. Text may go over several lines. What a cell says is not checked: "n/a" in a Number column is kept as it is.
type Kind int

// The kinds of a column.
const (
	Text Kind = iota
	Number
	Mark
)

// A Table is one occurrence of a header and the rows below it; a table that goes over pages is one Table a page, and the
// halves of a two-up page are two, the left one first. Columns are the names of the columns found, from left to right, and
// Header their header cells in the same order. Others are the header cells that nobody asked for: what stands below them is in
// no row.
type Table struct {
	Page    int
	Columns []string
	Header  []Cell
	Others  []Cell
	Rows    []Row

	taken []int32 // the ids of its segments
}

// A Row has one cell for each column of the Spec, in the Spec's order; a cell with empty Text is blank on the page, or its
// column is Optional and not in the table.
type Row struct {
	Page  int
	Cells []Cell
}

// A Cell is a text with its place. Words are joined by single blanks, and so are the lines of a wrapped text; otherwise the
// text is as printed.
type Cell struct {
	Text string
	Page int
	Box  Box
}

// Tables finds all tables with the Spec's header, page by page, from top to bottom and left to right. The error wraps
// ErrNoTable when no page has the header, ErrEmptyTable when a header has no row below it, ErrColumns when a header has an
// unexpected column of numbers or two columns for one name, and ErrLayout when a text in a table belongs to no single row
// or column, or when a page goes on with rows and without the header. With an error there are no tables: half a table is not returned.
func (d *Document) Tables(spec Spec) ([]Table, error) {
	wanted := foldSpec(spec)
	pages := make([]pageHeaders, 0, len(d.Pages))
	found := false
	for i := range d.Pages {
		p, err := findHeaders(&d.Pages[i], wanted)
		if err != nil {
			return nil, err
		}
		found = found || len(p.bands) > 0
		pages = append(pages, p)
	}
	if !found {
		return nil, fail(ErrNoTable, "no page of %d has the columns %s", len(d.Pages), spec)
	}
	if err := lostHeader(pages, spec); err != nil {
		return nil, err
	}
	var tables []Table
	for _, p := range pages {
		for i := range p.bands {
			more, err := p.tables(i, spec)
			if err != nil {
				return nil, err
			}
			tables = append(tables, more...)
		}
	}
	if err := d.continued(tables, spec); err != nil {
		return nil, err
	}
	return tables, nil
}

// String names the columns with their accepted headers.
func (s Spec) String() string {
	var b strings.Builder
	for i, c := range s.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name + " (" + strings.Join(c.Heads, " or ") + ")")
	}
	return b.String()
}

// Outside is what is in none of the tables: titles, running heads, prose, notes and footers, from top to bottom. A line
// that is partly in a table is there with its other segments.
func (d *Document) Outside(tables []Table) []Line {
	taken := map[int]map[int32]bool{}
	for _, t := range tables {
		if taken[t.Page] == nil {
			taken[t.Page] = map[int32]bool{}
		}
		for _, id := range t.taken {
			taken[t.Page][id] = true
		}
	}
	var outside []Line
	for _, p := range d.Pages {
		for _, l := range p.Lines {
			rest := Line{Page: l.Page, Turned: l.Turned}
			for _, s := range l.Segments {
				if !taken[p.Number][s.id] {
					rest.Segments = append(rest.Segments, s)
					rest.Box = rest.Box.union(s.Box)
				}
			}
			if len(rest.Segments) > 0 {
				outside = append(outside, rest)
			}
		}
	}
	return outside
}

// fold leaves the letters and digits of a text, in lower case.
func fold(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out = append(out, byte(r))
		case r >= 'A' && r <= 'Z':
			out = append(out, byte(r)+'a'-'A')
		case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			out = append(out, string(unicode.ToLower(r))...)
		}
	}
	return string(out)
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }
