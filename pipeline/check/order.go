package check

import (
	"fmt"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// Codes of the findings on rows that contradict themselves or what they refer to.
const (
	OutOfOrder = "dates-out-of-order" // such as a ratification before the signature
	NoSuchRow  = "refers-to-nothing"  // a row refers to one of another dataset that is not there
)

// mayBeOutOfOrder is how many rows of a part may have days out of order, each with a
// question, before the part is held: publishers mistype a day, a moved column moves all.
const mayBeOutOfOrder = 2

func order(d *schemas.Dataset, rows []schemas.Row, report func(source.Severity, source.Finding)) {
	var found []source.Finding
	for _, r := range rows {
		for _, pair := range d.InOrder {
			first, then := r.Values[d.Column(pair[0])], r.Values[d.Column(pair[1])]
			if first.IsNull() || then.IsNull() || first.Compare(then) <= 0 {
				continue
			}
			found = append(found, about(r, source.Finding{
				Code: OutOfOrder, Text: fmt.Sprintf("row %s of %s has %s %s after %s %s", d.KeyText(r), d.Name, pair[0], first, pair[1], then),
				Hint: "look at the page: a mistyped day, or a column that has moved?",
			}))
		}
	}
	severity := source.Question
	if len(found) > mayBeOutOfOrder {
		severity = source.Hold
	}
	for _, f := range found {
		report(severity, f)
	}
}

// References returns a question for each row that refers to a row of another dataset
// which is not there, though that dataset has rows of the same kind. tables are all rows
// by dataset.
func References(tables map[string][]schemas.Row) []source.Finding {
	var found []source.Finding
	for _, d := range schemas.Facts {
		for _, ref := range d.Refers {
			to := schemas.Named(ref.Dataset)
			have, kinds := map[string]bool{}, map[schemas.Value]bool{}
			for _, r := range tables[to.Name] {
				have[join(to, r, ref.Columns)] = true
				kinds[r.Values[to.Column(ref.Columns[0])]] = true
			}
			for _, r := range tables[d.Name] {
				if !kinds[r.Values[d.Column(ref.Columns[0])]] || have[join(d, r, ref.Columns)] || isFormer(d, r) {
					continue
				}
				found = append(found, about(r, source.Finding{
					Code: NoSuchRow, Severity: source.Question, Source: r.Source, Dataset: d.Name,
					Text: fmt.Sprintf("row %s of %s refers to %s %s, which is not there", d.KeyText(r), d.Name, to.Name, join(d, r, ref.Columns)),
					Hint: "look at both pages: one of them has another state, or lacks one",
				}))
			}
		}
	}
	return found
}

// isFormer reports whether the row is about a state that is no more: depositaries keep
// what it declared, and no longer list it.
func isFormer(d *schemas.Dataset, r schemas.Row) bool {
	p, ok := places.Default().Place(r.Values[d.Column(d.Code)].Text())
	return ok && p.Former
}

func join(d *schemas.Dataset, r schemas.Row, columns []string) string {
	text := ""
	for i, c := range columns {
		if i > 0 {
			text += "/"
		}
		text += r.Values[d.Column(c)].String()
	}
	return text
}
