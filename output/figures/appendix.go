package figures

import (
	"fmt"
	"slices"
	"strconv"

	"baseline/schemas"
)

// modelResponse makes appendix 2: the capabilities of the Model National Response with
// the articles and the datasets that bear on them.
func (b *builder) modelResponse() {
	d := &schemas.ModelResponse
	b.table = Table{
		ID: "A2", Caption: "The WeProtect Global Alliance Model National Response", Head: "Capability",
		Columns: []Column{
			{Name: "domain", Title: "Domain"}, {Name: "lanzarote", Title: "Articles of the Lanzarote Convention"},
			{Name: "budapest", Title: "Articles of the Budapest Convention"}, {Name: "datasets", Title: "Datasets"},
		},
	}
	filled := map[string]bool{}
	for i, r := range b.facts.Rows[d.Name] {
		row := Row{Name: strconv.FormatInt(r.Values[d.Column("capability")].Int(), 10) + " " + r.Values[d.Column("title")].Text()}
		for j, c := range b.table.Columns {
			v := r.Values[d.Column(c.Name)].Text()
			filled[c.Name] = filled[c.Name] || v != ""
			row.Cells = append(row.Cells, Cell{Text: v})
			b.told = append(b.told, told{row: i, column: j, know: Known, aging: agingOf(d, r)})
		}
		b.use(r.Source, d.Name)
		b.table.Rows = append(b.table.Rows, row)
	}
	if len(b.table.Rows) == 0 {
		b.note(Unknown, "not known, because no source reads it yet")
		return
	}
	for _, c := range b.table.Columns {
		if !filled[c.Name] {
			b.note("", c.Title+": not recorded here")
		}
	}
}

// dayByCommittee makes appendix 3: what each committee said of the newest Safer
// Internet Day, and when.
func (b *builder) dayByCommittee() {
	d := &schemas.SaferInternetDay
	year := b.years(b.facts.newest(d.Name, 1), 2020, 2021)[1]
	pins := []Pin{{"year", schemas.Num(year)}}
	b.table = Table{
		ID: "A3", Caption: fmt.Sprintf("Safer Internet Day %d by Council of Europe member state", year), Head: "Country",
		Columns: []Column{{Name: "committee", Title: "Committee"}, {Name: "status", Title: "Status"}, {Name: "updated", Title: "Updated"}},
	}
	for _, s := range b.states {
		committees := slices.DeleteFunc(slices.Clone(b.facts.Rows[d.Name]), func(r schemas.Row) bool {
			return r.Values[d.Column(d.Code)].Text() != s.iso3 || !holds(d, r, pins)
		})
		if len(committees) == 0 {
			committees = []schemas.Row{{}}
		}
		for _, r := range committees {
			row := b.row(s, column{dataset: d.Name, pins: pins})
			row.Cells = b.committee(len(b.table.Rows), s.iso3, pins, r)
			b.table.Rows = append(b.table.Rows, row)
		}
	}
}

// committee prints one committee's row; that of a state without one has no values.
func (b *builder) committee(row int, iso3 string, pins []Pin, r schemas.Row) []Cell {
	d := &schemas.SaferInternetDay
	if r.Values == nil {
		_, know := b.facts.Find(d.Name, pins, iso3)
		b.told = append(b.told, told{row: row, column: 1, know: know})
		if know == Absent {
			return []Cell{{}, {Text: "none"}, {}}
		}
		return []Cell{{}, {Text: Unknown}, {}}
	}
	b.use(r.Source, d.Name)
	b.told = append(b.told, told{row: row, column: 1, know: Known, aging: agingOf(d, r)})
	updated := r.Values[d.Column("updated")].String()
	switch r.Values[d.Column("updated_precision")].Text() {
	case "month":
		updated = updated[:len("2006-01")]
	case "year":
		updated = updated[:len("2006")]
	}
	return []Cell{{Text: r.Values[d.Column("committee")].Text()}, {Text: r.Values[d.Column("status")].Text()}, {Text: updated}}
}
