package schemas

import (
	"math"
	"slices"
)

// rollUpMembership makes the entry of a state from those of its institutions: the
// class is the highest among them, and full / associate where both stand side by side.
// What only one institution can say, such as since when, is left out unless there is
// only one.
func rollUpMembership(d *Dataset, rows []Row) Row {
	at := d.Column("class")
	state := whole(d, rows)
	var classes []string
	for _, r := range rows {
		classes = append(classes, r.Values[at].Text())
	}
	best := slices.MinFunc(classes, func(a, b string) int {
		return slices.Index(MembershipClasses, a) - slices.Index(MembershipClasses, b)
	})
	if best == "full" && slices.Contains(classes, "associate") {
		best = "full / associate"
	}
	state.Values[at] = Str(best)
	return state
}

// rollUpJustice makes a state's entry from those of its jurisdictions: the mean of
// their scores, as the report does for the United Kingdom, rounded to one decimal.
func rollUpJustice(d *Dataset, rows []Row) Row {
	state := whole(d, rows)
	for _, column := range []string{"score", "percent"} {
		at, sum := d.Column(column), 0.0
		for _, r := range rows {
			sum += r.Values[at].Float()
		}
		state.Values[at] = Real(math.Round(sum/float64(len(rows))*10) / 10)
	}
	return state
}

// whole is the first row without its finer key. Where it stands for several rows,
// columns on which these differ are null.
func whole(d *Dataset, rows []Row) Row {
	state := rows[0]
	state.Values = slices.Clone(state.Values)
	for i := range d.Columns {
		for _, r := range rows[1:] {
			if r.Values[i] != state.Values[i] && !d.Columns[i].Required {
				state.Values[i] = Value{}
			}
		}
	}
	state.Values[d.Column(d.Finer)] = Value{}
	return state
}
