package ncmec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/read/pdftable"
	"baseline/sources/source"
)

// edition gathers what one file says while its rows are read.
type edition struct {
	year          int
	part          source.Part
	emit          source.Emit
	split         bool             // the file tells referrals and informational reports apart
	lines         map[string]int64 // rows seen, by code of the place
	names         map[string]bool  // names seen
	sum           counts
	total         *counts
	nowhereLabels int
}

// counts are the numbers of one row; a dash or a missing column is null.
type counts struct{ reports, referrals, informational schemas.Value }

func (c *counts) add(d counts) {
	sum := func(a, b schemas.Value) schemas.Value { return schemas.Num(a.Int() + b.Int()) }
	c.reports, c.referrals, c.informational = sum(c.reports, d.reports), sum(c.referrals, d.referrals), sum(c.informational, d.informational)
}

// Labels of the rows that are no places, without colons and asterisks. A label never
// seen before is no place in the registry either, and its row is held.
var (
	nowhere = []string{"no country listed", "null"}
	total   = []string{"total"}
)

func label(name string, of []string) bool {
	name = strings.ToLower(strings.TrimSpace(strings.Trim(name, "*: ")))
	for _, l := range of {
		if name == l {
			return true
		}
	}
	return false
}

func (e *edition) table(t pdftable.Table) {
	for _, name := range t.Columns {
		e.split = e.split || name == "referrals"
	}
	for _, row := range t.Rows {
		e.row(row)
	}
}

func (e *edition) row(row pdftable.Row) {
	name := row.Cells[0].Text
	at := fmt.Sprintf("page %d, box %s", row.Page, boxOf(row))
	quote := quoteOf(row)
	n, err := numbers(row)
	if err != nil {
		e.hold("not-a-number", fmt.Sprintf("the row %q of %d: %v", name, e.year, err), at, quote)
		return
	}
	if e.split && n.reports.Int() != n.referrals.Int()+n.informational.Int() {
		e.hold("row-differs", fmt.Sprintf("the row %q of %d: referrals and informational reports do not add up to its total", name, e.year), at, quote)
	}
	switch {
	case label(name, total) && e.total != nil:
		e.hold("two-totals", fmt.Sprintf("the file of %d has two rows of totals", e.year), at, quote)
		return
	case label(name, total):
		e.total = &n
	case e.names[name]:
		e.hold("double-name", fmt.Sprintf("the name %q stands twice in the file of %d", name, e.year), at, quote)
		return
	default:
		e.sum.add(n)
	}
	if label(name, nowhere) {
		e.nowhereLabels++
	}
	e.names[name] = true
	e.emit.Row(e.part.Dataset, schemas.Cells{
		"year": schemas.Num(int64(e.year)), "line": schemas.Num(e.line(name, at, quote)), "published_name": schemas.Str(name),
		"reports": n.reports, "referrals": n.referrals, "informational": n.informational, "series": schemas.Str(e.series()),
	}, at, quote)
}

// line numbers the rows of one place. French Guiana had two in 2020 and 2021, under
// two spellings; they are kept apart and never added up.
func (e *edition) line(name, at, quote string) int64 {
	place, ok := places.Default().Lookup(name)
	if !ok {
		return 1
	}
	e.lines[place.Code]++
	n := e.lines[place.Code]
	if n > 1 {
		e.emit.Finding(source.Finding{
			Code: "second-row-of-place", Severity: source.Note, Dataset: e.part.Dataset, Part: e.part.Name(),
			Text:    fmt.Sprintf("the file of %d has a second row for %s, named %q; it is kept as line %d, not added to the first", e.year, place.Name, name, n),
			Locator: at, Quote: quote,
		})
	}
	return n
}

func (e *edition) series() string {
	if e.year >= breakYear {
		return "from-2024"
	}
	return "to-2023"
}

// totals compares the sum of the rows with the printed total.
func (e *edition) totals() {
	if e.split {
		e.part.Columns = append(e.part.Columns, "referrals", "informational")
	}
	if e.split != (e.year >= breakYear) {
		e.emit.Finding(source.Finding{
			Code: "columns-of-another-series", Severity: source.Question, Dataset: e.part.Dataset, Part: e.part.Name(),
			Text: fmt.Sprintf("the file of %d has the columns of the series %s", e.year, map[bool]string{true: "from 2024 on", false: "until 2023"}[e.split]),
			Hint: "look at the file: has NCMEC changed how it counts?",
		})
	}
	switch {
	case e.total == nil:
		e.hold("no-total", fmt.Sprintf("the file of %d has no row of totals, so nothing shows that it was read whole", e.year), "", "")
		return
	case e.nowhereLabels != 1:
		e.hold("no-unknown-row", fmt.Sprintf("the file of %d has %d rows for reports without a place, not one", e.year, e.nowhereLabels), "", "")
	}
	for _, c := range []struct {
		name       string
		sum, print schemas.Value
	}{
		{"reports", e.sum.reports, e.total.reports},
		{"referrals", e.sum.referrals, e.total.referrals},
		{"informational reports", e.sum.informational, e.total.informational},
	} {
		if c.sum.Int() != c.print.Int() {
			e.hold("total-differs", fmt.Sprintf("the rows of %d add up to %d %s, the printed total is %d", e.year, c.sum.Int(), c.name, c.print.Int()), "", "")
		}
	}
}

func (e *edition) hold(code, text, locator, quote string) {
	e.emit.Finding(source.Finding{
		Code: code, Severity: source.Hold, Dataset: e.part.Dataset, Part: e.part.Name(), Text: text,
		Hint: "look at the file; until it is read whole, the edition is refused", Locator: locator, Quote: quote,
	})
}

func quoteOf(row pdftable.Row) string {
	var cells []string
	for _, c := range row.Cells {
		if c.Text != "" {
			cells = append(cells, c.Text)
		}
	}
	return strings.Join(cells, " | ")
}

// boxOf is the smallest box around the row's printed cells.
func boxOf(row pdftable.Row) pdftable.Box {
	box := row.Cells[0].Box
	for _, c := range row.Cells[1:] {
		if c.Text != "" {
			box.X0, box.Y0 = min(box.X0, c.Box.X0), min(box.Y0, c.Box.Y0)
			box.X1, box.Y1 = max(box.X1, c.Box.X1), max(box.Y1, c.Box.Y1)
		}
	}
	return box
}

func numbers(row pdftable.Row) (n counts, err error) {
	if n.reports, err = number(row.Cells[3].Text); err != nil {
		return n, err
	}
	// Files until 2023 do not have these columns.
	for i, into := range []*schemas.Value{1: &n.referrals, 2: &n.informational} {
		if into == nil || row.Cells[i].Text == "" {
			continue
		}
		if *into, err = number(row.Cells[i].Text); err != nil {
			return n, err
		}
	}
	return n, nil
}

var numberForm = regexp.MustCompile(`^\d{1,3}(,\d{3})*$`)

// number reads a count with thousands commas. A dash, as in three rows of 2020, is
// null.
func number(text string) (schemas.Value, error) {
	switch text = strings.TrimSpace(text); {
	case text == "-":
		return schemas.Value{}, nil
	case !numberForm.MatchString(text):
		return schemas.Value{}, fmt.Errorf("%q is not a number like 1,234", text)
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	return schemas.Num(v), err
}
