package pdftable

import (
	"math"
	"strings"
)

// continued is an error when a page without the header has lines that stand as the rows of a table before it do: the table
// goes on without repeating its header, and its rows would be lost without a word.
func (d *Document) continued(tables []Table, spec Spec) error {
	has := map[int]bool{}
	for _, t := range tables {
		has[t.Page] = true
	}
	for _, t := range tables {
		for n := t.Page; n < len(d.Pages) && !has[n+1]; n++ {
			var like []Line
			for _, l := range d.Pages[n].Lines {
				if t.resembles(l, spec) {
					like = append(like, l)
				}
			}
			if len(like) > 1 {
				return fail(ErrLayout, "page %d: “%s” at %s and %d more lines stand like the rows of page %d, without a header",
					n+1, like[0].Text(), like[0].Box, len(like)-1, t.Page)
			}
		}
	}
	return nil
}

// resembles says whether a line has a text or a number at the place of each required column.
func (t Table) resembles(l Line, spec Spec) bool {
	for i, c := range spec.Columns {
		if c.Optional {
			continue
		}
		found := false
		for _, s := range l.Segments {
			found = found || (c.Kind != Number || hasDigit(s.Text) || strings.Trim(s.Text, "-–— ") == "") && t.keepsTo(i, s.Box)
		}
		if !found {
			return false
		}
	}
	return true
}

// keepsTo says whether a box begins or ends where most cells of a column do.
func (t Table) keepsTo(column int, box Box) bool {
	left, right := 0, 0
	for _, r := range t.Rows {
		if math.Abs(r.Cells[column].Box.X0-box.X0) < 1 {
			left++
		}
		if math.Abs(r.Cells[column].Box.X1-box.X1) < 1 {
			right++
		}
	}
	return 2*max(left, right) > len(t.Rows)
}
