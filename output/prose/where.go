package prose

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baseline/output/figures"
	"baseline/schemas"
)

// expr is a column of a dataset, such as "memberships network=enoc: class", and by
// what it is divided, such as "justice_access: score / 2.61".
type expr struct {
	d      *schemas.Dataset
	pins   []figures.Pin
	column int
	by     float64
}

var exprForm = regexp.MustCompile(`^(\w+)((?: \w+=\w+)*): (\w+)(?: / ([\d.]+))?$`)

func parseExpr(text string) (expr, error) {
	m := exprForm.FindStringSubmatch(text)
	if m == nil {
		return expr{}, fmt.Errorf("%q is not of the form dataset column=value: column", text)
	}
	e := expr{d: schemas.Named(m[1]), by: 1}
	if e.d == nil || e.d.Column(m[3]) < 0 {
		return expr{}, fmt.Errorf("there is no column %s of a dataset %s", m[3], m[1])
	}
	e.column = e.d.Column(m[3])
	if m[4] != "" {
		e.by, _ = strconv.ParseFloat(m[4], 64)
	}
	return e, e.pin(strings.Fields(m[2])...)
}

// pin fixes key columns, each as column=value.
func (e *expr) pin(pairs ...string) error {
	for _, pair := range pairs {
		column, text, _ := strings.Cut(pair, "=")
		at := e.d.Column(column)
		if at < 0 {
			return fmt.Errorf("dataset %s has no column %q", e.d.Name, column)
		}
		v, err := schemas.Parse(e.d.Columns[at].Kind, text)
		if err != nil {
			return fmt.Errorf("%s: %w", pair, err)
		}
		e.pins = slices.DeleteFunc(slices.Clone(e.pins), func(p figures.Pin) bool { return p.Column == column })
		e.pins = append(e.pins, figures.Pin{Column: column, Value: v})
	}
	return nil
}

// value is what the datasets say of a place. A complete list that leaves it out says
// so; where nobody knows, there is no value to compute with.
func (f facts) value(e expr, place string) (schemas.Value, error) {
	r, know := f.Find(e.d.Name, e.pins, place)
	switch {
	case know == figures.Known:
		return r.Values[e.column], nil
	case know == figures.Absent && e.d.Absent.Column == e.d.Columns[e.column].Name:
		return schemas.Str(e.d.Absent.Word), nil
	}
	return schemas.Value{}, nothing(e, place)
}

func nothing(e expr, place string) error {
	return fmt.Errorf("%s has nothing on %s", e.d.Name, Names([]string{place}))
}

// number is a value to compute with, in the unit of the expression.
func (f facts) number(e expr, place string) (float64, error) {
	v, err := f.value(e, place)
	switch {
	case err != nil:
		return 0, err
	case v.IsNull():
		return 0, nothing(e, place)
	case v.Kind() == schemas.Float:
		return v.Float() / e.by, nil
	}
	return float64(v.Int()) / e.by, nil
}

// where returns those of the group in which the condition holds: comparisons joined
// by "and", and these by "or".
func (f facts) where(group []string, text string) ([]string, error) {
	var in []string
	for _, place := range group {
		one := false
		for either := range strings.SplitSeq(text, " or ") {
			both := true
			for comparison := range strings.SplitSeq(either, " and ") {
				ok, err := f.holds(comparison, place)
				if err != nil {
					return nil, err
				}
				both = both && ok
			}
			one = one || both
		}
		if one {
			in = append(in, place)
		}
	}
	return in, nil
}

var comparisonForm = regexp.MustCompile(`^(.+: \w+) (=|!=|<|>) (.+)$`)

// holds computes one comparison for a place. What a column is compared with is a value
// of it, or its value elsewhere: @SRB in that state, @year=2019 in that part.
func (f facts) holds(text, place string) (bool, error) {
	m := comparisonForm.FindStringSubmatch(text)
	if m == nil {
		return false, fmt.Errorf("%q is not a comparison", text)
	}
	e, err := parseExpr(m[1])
	if err != nil {
		return false, err
	}
	v, err := f.value(e, place)
	if err != nil {
		return false, err
	}
	var w schemas.Value
	if other, ok := strings.CutPrefix(m[3], "@"); ok {
		if strings.Contains(other, "=") {
			err, other = e.pin(other), place
		}
		if err == nil {
			w, err = f.value(e, other)
		}
	} else {
		w, err = schemas.Parse(e.d.Columns[e.column].Kind, m[3])
	}
	if err != nil {
		return false, err
	}
	if (v.IsNull() || w.IsNull()) && (m[2] == "<" || m[2] == ">" || m[2] == "") {
		return false, nothing(e, place)
	}
	switch c := v.Compare(w); m[2] {
	case "<":
		return c < 0, nil
	case ">":
		return c > 0, nil
	case "!=":
		return c != 0, nil
	default:
		return c == 0, nil
	}
}
