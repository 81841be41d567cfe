package figures

import (
	"fmt"
	"strings"

	"baseline/schemas"
)

// ColumnCheck holds a printed column of the report against the one derived from the
// datasets.
type ColumnCheck struct {
	Figure, Column string
	Rule           string // how the column is computed; empty for one that is not
	Cells          int
	Differ         []Misprint
}

// Misprint is a printed cell that does not follow from the datasets.
type Misprint struct{ Row, Printed, Derived string }

// rules are the columns of the report that are computed from others, by the start of
// their names.
var rules = []struct{ figure, column, rule string }{
	{"4", "share_", "reports / global total, two decimals, half away from zero"},
	{"4", "change", "reports / reports of the year before - 1, two decimals, half away from zero"},
	{"5", "justice_percent", "score / 261, one decimal, half away from zero"},
	{"7", "sid_2021", "the day's status in appendix 3"},
}

func rule(figure, column string) string {
	for _, r := range rules {
		if r.figure == figure && strings.HasPrefix(column, r.column) {
			return r.rule
		}
	}
	return ""
}

// Check holds every printed cell of the report, given as rows of report_cells, against
// the cell derived from the typed datasets, column by column; the row that figure 4 adds
// up comes by itself. It returns an error if the two do not have the same rows.
func Check(f Facts, cells []schemas.Row) ([]ColumnCheck, error) {
	printed, err := Printed(cells, 0)
	if err != nil {
		return nil, err
	}
	derived, err := DeriveAll(f)
	if err != nil {
		return nil, err
	}
	var checks []ColumnCheck
	for i, p := range printed {
		d := derived[i]
		if len(d.Rows) != len(p.Rows) || len(d.Columns) != len(p.Columns) {
			return nil, fmt.Errorf("figure %s: the report prints %d rows of %d columns, the datasets give %d of %d", p.ID, len(p.Rows), len(p.Columns), len(d.Rows), len(d.Columns))
		}
		sums := ColumnCheck{Figure: p.ID, Column: statesTotal, Rule: "sum of the 47 states"}
		for j, c := range p.Columns {
			check := ColumnCheck{Figure: p.ID, Column: c.Name, Rule: rule(p.ID, c.Name)}
			for k, row := range p.Rows {
				to := &check
				if row.Name == statesTotal && check.Rule == "" {
					to = &sums
				}
				to.Cells++
				if d.Rows[k].ISO3 != row.ISO3 || d.Rows[k].Cells[j].Text != row.Cells[j].Text {
					to.Differ = append(to.Differ, Misprint{row.Name, row.Cells[j].Text, d.Rows[k].Cells[j].Text})
				}
			}
			checks = append(checks, check)
		}
		if sums.Cells > 0 {
			checks = append(checks, sums)
		}
	}
	return checks, nil
}
