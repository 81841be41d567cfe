package figures

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baseline/schemas"
)

// IDs are the tables that can be derived, in the report's order.
var IDs = []string{"1", "2", "3", "4", "5", "6", "7", "A2", "A3"}

// Derive makes the table of that ID from the typed datasets. Of the report's own
// edition it gives the report's cells; of any other the same table with the newest
// years there are. What the facts do not know is Unknown, and a note says why.
func Derive(f Facts, id string) (Table, error) {
	b := &builder{facts: f, own: f.publication(), seen: map[string][]string{}}
	var err error
	if b.states, err = f.states(); err != nil {
		return Table{}, err
	}
	switch {
	case id == "A2":
		b.modelResponse()
	case id == "A3":
		b.dayByCommittee()
	case slices.Contains(IDs, id):
		n, _ := strconv.Atoi(id)
		b.table = Frames()[n-1]
		if n == 4 {
			b.reports()
		} else {
			b.listed(plans[id](b))
		}
	default:
		return Table{}, fmt.Errorf("there is no table %q; there are %s", id, strings.Join(IDs, ", "))
	}
	b.finish()
	return b.table, nil
}

// DeriveAll makes the seven figures.
func DeriveAll(f Facts) ([]Table, error) {
	var tables []Table
	for _, id := range IDs[:7] {
		t, err := Derive(f, id)
		if err != nil {
			return nil, fmt.Errorf("figure %s: %w", id, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// builder makes one table.
type builder struct {
	facts  Facts
	own    bool // the facts are those of one publication
	states []state
	table  Table
	told   []told              // what is behind each cell, for the notes
	seen   map[string][]string // source id to the datasets used of it
}

// told is what stands behind the cell of a row and column.
type told struct {
	row, column int
	know        Knowledge
	gap         string // why nothing is known, where Knowledge does not say
	aging
}

// column is one column of a figure as a part of a typed dataset.
type column struct {
	dataset string
	pins    []Pin
	value   string // column of the dataset
	print   func(r schemas.Row, v schemas.Value) string
	// portal is asked where the list has nothing of a state: another list that the
	// report prints in the same column.
	portal *column
}

func text(column, value string) Pin { return Pin{column, schemas.Str(value)} }

// plans say where the columns of the figures come from. Figure 4 is computed.
var plans = map[string]func(*builder) []column{
	"1": func(*builder) []column {
		treaty := func(t string) column { return column{"treaty_status", []Pin{text("treaty", t)}, "status", status, nil} }
		return []column{treaty("CRC"), treaty("OPSC"), treaty("CETS201"), treaty("ETS185"), member("weprotect")}
	},
	"2": func(*builder) []column {
		return []column{
			{"memberships", []Pin{text("network", "enoc")}, "class", class, nil},
			{"reported_mechanisms", []Pin{text("kind", "other_ombudsperson")}, "reported", marked, nil},
		}
	},
	"3": func(b *builder) []column {
		var list []column
		var editions []any
		for _, review := range []string{"csam", "grooming"} {
			pins := []Pin{text("review", review)}
			edition := Unknown
			if newest := b.facts.newest("legislation_ratings", 1, pins...); len(newest) > 0 {
				edition = newest[0].Text()
				pins = append(pins, Pin{"edition", newest[0]})
			}
			editions = append(editions, edition)
			list = append(list, column{"legislation_ratings", pins, "criteria_met", plain, nil})
		}
		if !b.own {
			b.table.Caption = "ICMEC Ratings for CSAM and Grooming Legislation"
			if len(b.facts.Rows["legislation_ratings"]) > 0 {
				b.table.Caption += fmt.Sprintf(", reviews of %s (CSAM) and %s (grooming)", editions...)
			}
		}
		return list
	},
	"5": func(*builder) []column {
		return []column{
			{"justice_access", nil, "score", plain, nil},
			{"justice_access", nil, "score", shareOf261, nil},
			{"minimum_ages", []Pin{text("kind", "criminal_responsibility")}, "age", plain, nil},
			{"minimum_ages", []Pin{text("kind", "consent")}, "age", plain, nil},
		}
	},
	"6": func(*builder) []column {
		inhope, portal := member("inhope"), member("iwf-portals")
		inhope.portal = &portal
		return []column{inhope, {"reported_mechanisms", []Pin{text("kind", "other_hotline")}, "reported", marked, nil}, member("chi")}
	},
	"7": func(b *builder) []column {
		years := b.facts.newest("safer_internet_day", 2)
		days := []column{member("insafe")}
		y := b.years(years, 2020, 2021)
		for i, year := range y {
			days = append(days, column{"safer_internet_day", []Pin{{"year", schemas.Num(year)}}, "status", day, nil})
			b.table.Columns[i+1] = Column{Name: fmt.Sprintf("sid_%d", year), Title: fmt.Sprintf("Safer Internet Day %d", year)}
			if b.planned(year) {
				b.table.Columns[i+1].Title += " (planned)"
			}
		}
		b.table.Caption = fmt.Sprintf("Safer Internet Centres and Safer Internet Day %d & %d celebrations by Council of Europe member state", y[0], y[1])
		return days
	},
}

// years are the two newest years of a series. Where only one is known the year before
// it stands beside it, and where none is, those of the report: all their cells are
// then unknown.
func (b *builder) years(newest []schemas.Value, before, last int64) []int64 {
	if n := len(newest); n > 0 {
		last = newest[n-1].Int()
		before = last - 1
		if n > 1 {
			before = newest[0].Int()
		}
	}
	return []int64{before, last}
}

// planned reports whether all that is known of a year's day are plans.
func (b *builder) planned(year int64) bool {
	d, plans := &schemas.SaferInternetDay, false
	for _, r := range b.facts.Rows[d.Name] {
		if r.Values[d.Column("year")].Int() != year {
			continue
		}
		switch r.Values[d.Column("status")].Text() {
		case "celebrated":
			return false
		case "planned":
			plans = true
		}
	}
	return plans
}

// listed makes a table of which each cell is one row of a dataset.
func (b *builder) listed(columns []column) {
	for i, s := range b.states {
		row := b.row(s, columns[0])
		for j, c := range columns {
			row.Cells = append(row.Cells, b.cell(i, j, s.iso3, c))
		}
		b.table.Rows = append(b.table.Rows, row)
	}
}

// row starts the row of a state. A publication has its own spellings, which may vary
// from table to table.
func (b *builder) row(s state, first column) Row {
	name := s.name
	if b.own {
		name = s.printed
		d := schemas.Named(first.dataset)
		if r, know := b.facts.Find(first.dataset, first.pins, s.iso3); know == Known {
			name = r.Values[d.Column(d.Spelling)].Text()
		}
	}
	row := Row{ISO3: s.iso3, Name: name}
	if !s.member {
		row.Mark = notMember
	}
	return row
}

// cell finds, prints and remembers one cell.
func (b *builder) cell(row, at int, iso3 string, c column) Cell {
	r, know := b.facts.Find(c.dataset, c.pins, iso3)
	d := schemas.Named(c.dataset)
	printed := Unknown
	t := told{row: row, column: at, know: know}
	switch know {
	case Known:
		printed = c.print(r, r.Values[d.Column(c.value)])
		t.aging = agingOf(d, r)
		b.use(r.Source, c.dataset)
	case Absent:
		printed = ""
	}
	if c.portal != nil && (printed == "" || printed == Unknown) {
		if p := b.cell(row, at, iso3, *c.portal); p.Text != "" && p.Text != Unknown {
			p.Text = strings.TrimSpace(printed + " " + p.Text)
			b.told = append(b.told, t)
			return p
		}
		b.told = b.told[:len(b.told)-1] // the portal's silence says nothing of this list
	}
	if printed == Unknown && know == Known {
		t.gap = "the source itself does not say"
	}
	b.told = append(b.told, t)
	return Cell{Text: printed}
}

func (b *builder) use(source, dataset string) {
	if !slices.Contains(b.seen[source], dataset) {
		b.seen[source] = append(b.seen[source], dataset)
	}
}
