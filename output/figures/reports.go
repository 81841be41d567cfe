package figures

import (
	"fmt"

	"baseline/schemas"
)

// Rows of totals below the states of figure 4, as the report names them.
const (
	globalTotal = "GLOBAL TOTAL"
	statesTotal = "COE MEMBER STATES TOTAL"
)

// count is what is known of the reports of one place in one year.
type count struct {
	n     int64
	dash  bool // the publisher prints a dash
	known bool
	told
}

// reports makes figure 4: counts of the two newest years, their shares of the global
// total, which are never read but computed, and the change.
func (b *builder) reports() {
	y := b.years(b.facts.newest("cybertip_reports", 2), 2019, 2020)
	broken := b.broken(y)
	b.table.Caption = fmt.Sprintf("NCMEC CyberTip reports for Council of Europe member states, %d and %d", y[0], y[1])
	b.table.Columns = nil
	for _, year := range y {
		b.table.Columns = append(b.table.Columns,
			Column{Name: fmt.Sprintf("reports_%d", year), Title: fmt.Sprintf("%d Reports", year)},
			Column{Name: fmt.Sprintf("share_%d", year), Title: fmt.Sprintf("%% of %d Global Total", year)})
	}
	b.table.Columns = append(b.table.Columns, Column{Name: "change", Title: fmt.Sprintf("%% Change %d - %d", y[0], y[1])})
	var global [2]count
	sums := [2]count{{known: true}, {known: true}}
	for i, year := range y {
		global[i] = b.count("TOTAL", year, len(b.states), 2*i)
	}
	for i, s := range b.states {
		row := b.row(s, column{dataset: "cybertip_reports", pins: []Pin{{"year", schemas.Num(y[1])}}})
		var counts [2]count
		for k, year := range y {
			counts[k] = b.count(s.iso3, year, i, 2*k)
			if s.member {
				sums[k].n += counts[k].n
				sums[k].known = sums[k].known && counts[k].known
			}
		}
		row.Cells = reportCells(counts, global, broken)
		b.tell(counts)
		b.table.Rows = append(b.table.Rows, row)
	}
	world := Row{Name: globalTotal, Total: true, Cells: reportCells(global, global, broken)}
	world.Cells[1], world.Cells[3] = Cell{}, Cell{} // a total has no share of itself
	b.tell(global)
	b.table.Rows = append(b.table.Rows, world, Row{Name: statesTotal, Total: true, Cells: reportCells(sums, global, broken)})
	if broken {
		b.note("", fmt.Sprintf("The counts of %d and %d are of different series: from 2024 on, reports of one event are bundled. Their change says nothing and is left empty.", y[0], y[1]))
	}
	for _, s := range b.states {
		if !s.member {
			b.note("", fmt.Sprintf("%s adds up the states that are members today, without %s, in both years.", statesTotal, s.name))
		}
	}
}

// tell remembers what the counts of a row rest on.
func (b *builder) tell(counts [2]count) {
	for _, c := range counts {
		b.told = append(b.told, c.told)
	}
}

// count adds up the rows of a place, of which a publisher may print several.
func (b *builder) count(place string, year int64, row, column int) count {
	d := &schemas.CybertipReports
	pins := []Pin{{"year", schemas.Num(year)}}
	r, know := b.facts.Find(d.Name, pins, place)
	c := count{known: know == Known || know == Absent, told: told{row: row, column: column, know: know}}
	if know != Known {
		return c
	}
	c.aging = agingOf(d, r)
	c.dash = true
	for _, r := range b.facts.Rows[d.Name] {
		if r.Values[d.Column(d.Code)].Text() != place || !holds(d, r, pins) {
			continue
		}
		b.use(r.Source, d.Name)
		if v := r.Values[d.Column("reports")]; !v.IsNull() {
			c.n += v.Int()
			c.dash = false
		}
	}
	return c
}

// broken reports whether the counts of the two years are of different series.
func (b *builder) broken(years []int64) bool {
	d := &schemas.CybertipReports
	var series [2]string
	for _, r := range b.facts.Rows[d.Name] {
		for i, year := range years {
			if r.Values[d.Column("year")].Int() == year {
				series[i] = r.Values[d.Column("series")].Text()
			}
		}
	}
	return series[0] != series[1] && series[0] != "" && series[1] != ""
}

func reportCells(counts, global [2]count, broken bool) []Cell {
	var cells []Cell
	for i, c := range counts {
		printed, share := c.print(), Unknown
		if c.known && global[i].known {
			share = withSign(Percent(c.n, global[i].n, 2))
		}
		if printed == "" || printed == "–" {
			share = ""
		}
		cells = append(cells, Cell{Text: printed}, Cell{Text: share})
	}
	change := Unknown
	switch {
	case broken:
		change = ""
	case counts[0].known && counts[1].known:
		change = withSign(Percent(counts[1].n-counts[0].n, counts[0].n, 2))
	}
	return append(cells, Cell{Text: change})
}

func (c count) print() string {
	switch {
	case !c.known:
		return Unknown
	case c.know == Absent:
		return ""
	case c.dash:
		return "–"
	}
	return grouped(c.n)
}

func withSign(percent string) string {
	if percent == "" {
		return ""
	}
	return percent + "%"
}
