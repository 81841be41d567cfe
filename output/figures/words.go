package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"baseline/schemas"
)

// tick is how the report prints yes.
const tick = "✓"

// status prints the status in a treaty.
func status(_ schemas.Row, v schemas.Value) string {
	switch s := v.Text(); s {
	case "party":
		return tick
	case "none":
		return ""
	case "unknown", "":
		return Unknown
	default:
		return strings.ToUpper(s)
	}
}

// class prints the class of a membership where the report tells them apart.
func class(_ schemas.Row, v schemas.Value) string {
	switch s := v.Text(); s {
	case "none":
		return ""
	case "unknown", "":
		return Unknown
	case "full / associate":
		return "Full / Associate"
	default:
		return strings.ToUpper(s[:1]) + s[1:]
	}
}

// member is the column of a network in which the report only marks members.
func member(network string) column {
	return column{"memberships", []Pin{text("network", network)}, "class", func(r schemas.Row, v schemas.Value) string {
		switch v.Text() {
		case "member", "full", "founder", "full / associate":
			return tick
		case "reporting portal":
			return "(REPORTING PORTAL)"
		case "partner":
			if network == "insafe" {
				return "SIC+ partner"
			}
		}
		return class(r, v)
	}, nil}
}

func marked(_ schemas.Row, v schemas.Value) string {
	switch {
	case v.IsNull():
		return Unknown
	case v.Bool():
		return tick
	}
	return ""
}

// plain prints a number.
func plain(_ schemas.Row, v schemas.Value) string {
	if v.IsNull() {
		return Unknown
	}
	return v.String()
}

// printedDay is how the report prints days.
const printedDay = "02/01/2006"

// day prints what is known of Safer Internet Day.
func day(r schemas.Row, v schemas.Value) string {
	d := &schemas.SaferInternetDay
	switch v.Text() {
	case "celebrated", "planned":
		return tick
	case "awaiting update":
		if at := r.Values[d.Column("updated")]; !at.IsNull() {
			return "Awaiting update (at " + at.Time().Format(printedDay) + ")"
		}
		return "Awaiting update"
	case "no report":
		return "No report at www.saferinternetday.org"
	case "none":
		return ""
	}
	return Unknown
}

// shareOf261 prints a score as a share of the 261 points there are.
func shareOf261(_ schemas.Row, v schemas.Value) string {
	if v.IsNull() {
		return Unknown
	}
	return Percent(int64(math.Round(v.Float()*10)), 2610, 1)
}

// Percent prints part as a percentage of whole with that many decimals, half away
// from zero, as the report rounds. It is computed in whole numbers, so that no share
// depends on how a binary fraction falls. It is empty if whole is zero.
func Percent(part, whole int64, decimals int) string {
	if whole == 0 {
		return ""
	}
	scale := int64(math.Pow10(decimals))
	sign := ""
	if part < 0 {
		sign, part = "-", -part
	}
	n := (2*part*100*scale + whole) / (2 * whole)
	if n == 0 {
		sign = ""
	}
	return fmt.Sprintf("%s%d.%0*d", sign, n/scale, decimals, n%scale)
}

// grouped prints a count with commas at the thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
