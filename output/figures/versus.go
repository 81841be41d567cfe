package figures

import (
	"fmt"
	"slices"
	"strings"
)

// Versus sets the cells of another table of the same ID beside those of t, which are
// marked where they differ. Columns are paired by their place, so that the newest year
// stands beside the newest of then; rows by state. what names the other in heads and
// notes, such as "edition 2021". A row that only one of them has is kept.
func Versus(t, other Table, what string) Table {
	t.Against = what
	t.Rows, t.Columns, t.Notes = slices.Clone(t.Rows), slices.Clone(t.Columns), slices.Clone(t.Notes)
	for j := range t.Columns {
		if j < len(other.Columns) && other.Columns[j].Title != t.Columns[j].Title {
			t.Columns[j].Before = other.Columns[j].Title
		}
	}
	used := map[int]bool{}
	for i := range t.Rows {
		r := &t.Rows[i]
		r.Cells = slices.Clone(r.Cells)
		at := slices.IndexFunc(other.Rows, func(o Row) bool { return sameRow(t.ID, *r, o) })
		for at >= 0 && used[at] {
			next := slices.IndexFunc(other.Rows[at+1:], func(o Row) bool { return sameRow(t.ID, *r, o) })
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		before := make([]Cell, len(r.Cells))
		if at >= 0 {
			used[at] = true
			copy(before, other.Rows[at].Cells)
		}
		for j := range r.Cells {
			r.Cells[j].compare(before[j])
		}
	}
	for i, o := range other.Rows {
		if used[i] {
			continue
		}
		gone := Row{ISO3: o.ISO3, Name: o.Name, Mark: o.Mark, Total: o.Total, Cells: make([]Cell, len(t.Columns))}
		for j := range min(len(gone.Cells), len(o.Cells)) {
			gone.Cells[j].compare(o.Cells[j])
		}
		t.Rows = append(t.Rows, gone)
	}
	return t
}

// sameRow pairs rows by state, and where they are about none by name. A committee's
// row is paired with its own, or with that of a state that had only one then.
func sameRow(id string, r, o Row) bool {
	if r.ISO3 != o.ISO3 || r.ISO3 == "" && r.Name != o.Name {
		return false
	}
	return id != "A3" || r.Cells[0].Text == o.Cells[0].Text || r.Cells[0].Text == "" || o.Cells[0].Text == ""
}

func (c *Cell) compare(before Cell) {
	c.Before = before.Text
	switch {
	case c.Text == before.Text:
		c.Diff = Same
	case strings.HasPrefix(c.Text, Unknown) || strings.HasPrefix(before.Text, Unknown):
		c.Diff = NotComparable
	default:
		c.Diff = Changed
	}
}

// Changed counts the cells that differ and those of which one side is not known.
func (t Table) Changed() (changed, unknown int) {
	for _, r := range t.Rows {
		for _, c := range r.Cells {
			switch c.Diff {
			case Changed:
				changed++
			case NotComparable:
				unknown++
			}
		}
	}
	return changed, unknown
}

// differs says in words how many cells differ from the table compared with.
func (t Table) differs() string {
	changed, unknown := t.Changed()
	s := fmt.Sprintf("%d cells differ", changed)
	if changed == 1 {
		s = "1 cell differs"
	}
	switch unknown {
	case 0:
		return s
	case 1:
		return s + "; 1 cannot be compared, because one side is not known"
	}
	return s + fmt.Sprintf("; %d cannot be compared, because one side is not known", unknown)
}

// shown is the cell as text: with its mark, and beside what it was compared with.
func (c Cell) shown() string {
	if c.Diff == Same {
		return c.Text + c.Mark
	}
	return orEmpty(c.Before) + " → " + orEmpty(c.Text+c.Mark)
}

func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// titled is the head of a column as text.
func (c Column) titled() string {
	if c.Before == "" {
		return c.Title + c.Mark
	}
	return c.Before + " → " + c.Title + c.Mark
}
