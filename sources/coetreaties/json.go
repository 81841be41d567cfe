package coetreaties

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"baseline/sources/source"
)

// record is one object of an answer. Names of fields count with their letters' case:
// encoding/json alone would take another spelling for the same field.
type record map[string]json.RawMessage

// groups of api/signatures, in their order.
var groups = []string{"member", "non-member", "organisation"}

// Fields of a row of api/signatures: those that it must have, those with a date of a
// column of treaty_status, and those that are a letter of the old charts. CodePays is
// no ISO code and is left alone.
var (
	mustFields = []string{"LibPaysOrga", "NumSTE", "DateSignature", "DateConsentement", "DateEntreeVigueur"}
	dateFields = []struct{ field, column string }{
		{"DateDenonciation", "denounced"}, {"DateEffetDenonciation", "denunciation_effect"}, {"DateSuspension", "suspended"},
	}
	flagFields = []struct{ field, letter string }{
		{"Reserves", "R"}, {"Declarations", "D"}, {"Territoires", "T"}, {"Communications", "C"}, {"Objections", "O"},
	}
)

// readJSON reads an answer of api/signatures: one to three lists of rows.
func (c *chart) readJSON(body []byte) error {
	var lists [][]record
	if err := json.Unmarshal(body, &lists); err != nil {
		return fmt.Errorf("the answer is not a list of lists of objects: %w", err)
	}
	if len(lists) == 0 || len(lists) > len(groups) {
		return fmt.Errorf("the answer has %d lists, want the members, the non-members and the organisations", len(lists))
	}
	c.noOrgs = len(lists) == len(groups) && len(lists[2]) == 0
	fields := map[string]int{}
	total := 0
	for g, list := range lists {
		for i, r := range list {
			if r == nil {
				return fmt.Errorf("row $[%d][%d] is null", g, i)
			}
			total++
			for f := range r {
				fields[f]++
			}
			if err := c.readRecord(groups[g], fmt.Sprintf("$[%d][%d]", g, i), r); err != nil {
				return err
			}
		}
	}
	c.recorded(fields, total)
	return nil
}

// recorded says which columns the answer records, and notes fields that are new.
func (c *chart) recorded(fields map[string]int, total int) {
	known := append([]string{"CodePays"}, mustFields...)
	for _, f := range dateFields {
		known = append(known, f.field)
		if fields[f.field] == total {
			c.columns = append(c.columns, f.column)
		}
	}
	flags := 0
	for _, f := range flagFields {
		known = append(known, f.field)
		if fields[f.field] == total {
			flags++
		}
	}
	if flags == len(flagFields) {
		c.columns = append(c.columns, "remarks")
	}
	for _, f := range known {
		if n := fields[f]; n < total {
			c.find(source.Question, "field-missing", "see whether the service renamed it", "$", f, "field %s stands in %d of %d rows", f, n, total)
		}
		delete(fields, f)
	}
	if len(fields) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
		c.find(source.Note, "unknown-field", "see what it says", "$", names, "rows have fields that nobody has read yet: %s", names)
	}
}

func (c *chart) readRecord(group, at string, r record) error {
	for _, f := range mustFields {
		if _, ok := r[f]; !ok {
			return fmt.Errorf("row %s has no field %s", at, f)
		}
	}
	if n := strings.Trim(string(r["NumSTE"]), `"`); n != c.treaty.number {
		return fmt.Errorf("row %s is about treaty %s", at, n)
	}
	name, err := text(r["LibPaysOrga"])
	if err != nil || name == "" {
		return fmt.Errorf("row %s: LibPaysOrga %s is no name", at, r["LibPaysOrga"])
	}
	out := row{name: name, group: group, locator: at, quote: quoteOf(r)}
	for _, d := range []struct {
		field string
		to    *time.Time
	}{
		{"DateSignature", &out.signed}, {"DateConsentement", &out.consent}, {"DateEntreeVigueur", &out.inForce},
		{"DateDenonciation", &out.denounced}, {"DateEffetDenonciation", &out.denounceEffect}, {"DateSuspension", &out.suspended},
	} {
		if *d.to, err = timestamp(r[d.field]); err != nil {
			return fmt.Errorf("row %s, %s: %s: %w", at, name, d.field, err)
		}
	}
	var letters []string
	for _, f := range flagFields {
		if isSet(r[f.field]) {
			letters = append(letters, f.letter)
		}
	}
	out.remarks = strings.Join(letters, " ")
	c.rows = append(c.rows, out)
	return nil
}

// quoteOf prints the fields that were read, in a fixed order.
func quoteOf(r record) string {
	var all []string
	for _, f := range append(slices.Clone(mustFields), "DateDenonciation", "DateEffetDenonciation", "DateSuspension") {
		if raw, ok := r[f]; ok && !isNull(raw) {
			all = append(all, f+" "+string(raw))
		}
	}
	return strings.Join(all, ", ")
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// isSet reads a flag of any type: null, false, 0, "" and empty lists and objects are no.
func isSet(raw json.RawMessage) bool {
	var out bytes.Buffer
	if isNull(raw) || json.Compact(&out, raw) != nil {
		return false
	}
	return !slices.Contains([]string{"false", "0", `""`, "[]", "{}"}, out.String())
}

// text reads a string, with its blanks folded; "" for null.
func text(raw json.RawMessage) (string, error) {
	if isNull(raw) {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", errors.New("is no text")
	}
	return strings.Join(strings.Fields(s), " "), nil
}

// timestamp reads a day such as 2015-10-22T12:21:04.1: no time zone, nearly always
// midnight. Null is the zero time.
func timestamp(raw json.RawMessage) (time.Time, error) {
	if isNull(raw) {
		return time.Time{}, nil
	}
	s, err := text(raw)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse("2006-01-02T15:04:05", s) // takes a fraction of seconds as well
	if err != nil || t.Year() < 1949 {
		return time.Time{}, fmt.Errorf("%q is no day like 2008-12-17T00:00:00", s)
	}
	return day(t), nil
}
