package schemas_test

import (
	"slices"
	"testing"
	"time"

	"baseline/schemas"
)

// What a value prints, Parse reads back as the same value.
func TestValuesPrintAndParse(t *testing.T) {
	at := time.Date(2026, 2, 3, 14, 16, 18, 250000000, time.FixedZone("", -4*3600))
	for _, c := range []struct {
		v    schemas.Value
		kind schemas.Kind
		text string
	}{
		{schemas.Str("Côte d’Ivoire"), schemas.Text, "Côte d’Ivoire"},
		{schemas.Num(-1668157), schemas.Int, "-1668157"},
		{schemas.Real(182.2), schemas.Float, "182.2"},
		{schemas.Yes(true), schemas.Bool, "yes"},
		{schemas.Yes(false), schemas.Bool, "no"},
		{schemas.Day(time.Date(1949, 5, 5, 23, 0, 0, 0, time.UTC)), schemas.Date, "1949-05-05"},
		{schemas.At(at), schemas.Time, "2026-02-03T18:16:18.25Z"},
	} {
		if c.v.Kind() != c.kind || c.v.String() != c.text {
			t.Errorf("%v %q, want %v %q", c.v.Kind(), c.v, c.kind, c.text)
		}
		back, err := schemas.Parse(c.kind, c.text)
		if err != nil || back != c.v {
			t.Errorf("parsed %q as %v, %v", c.text, back, err)
		}
	}
	for kind, text := range map[schemas.Kind]string{
		schemas.Int: "1,000", schemas.Float: "12 %", schemas.Bool: "true", schemas.Date: "28 Apr 2021", schemas.Time: "2021-04-28",
	} {
		if v, err := schemas.Parse(kind, text); err == nil {
			t.Errorf("%q was read as %s: %v", text, kind, v)
		}
	}
}

// Nothing is null by accident, and null is nothing else.
func TestNull(t *testing.T) {
	for name, v := range map[string]schemas.Value{
		"empty text": schemas.Str(""), "zero day": schemas.Day(time.Time{}), "zero time": schemas.At(time.Time{}), "zero value": {},
	} {
		if !v.IsNull() || v.String() != "" || v.Any() != nil {
			t.Errorf("%s is not null: %v", name, v)
		}
	}
	for name, v := range map[string]schemas.Value{"zero": schemas.Num(0), "no": schemas.Yes(false), "0.0": schemas.Real(0)} {
		if v.IsNull() || v.Any() == nil {
			t.Errorf("%s is null", name)
		}
	}
}

func TestOrder(t *testing.T) {
	sorted := []schemas.Value{
		{}, schemas.Str("CETS201"), schemas.Str("CRC"), schemas.Num(-3), schemas.Num(2019), schemas.Real(-1.5), schemas.Real(0.25), schemas.Yes(false), schemas.Yes(true),
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := a.Compare(b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%v against %v: %d", a, b, got)
			}
		}
	}
}

// Every dataset can be keyed, resolved, documented and published.
func TestDatasetsAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, d := range slices.Concat(schemas.Facts, schemas.Records) {
		if names[d.Name] || schemas.Named(d.Name) != d {
			t.Errorf("%s: the name is not its own", d.Name)
		}
		names[d.Name] = true
		if len(d.Key) == 0 || d.Title == "" || d.Doc == "" {
			t.Errorf("%s: no key, title or description", d.Name)
		}
		for _, column := range append(slices.Clone(d.Key), d.Spelling, d.Code, d.PlaceKind, d.Series, d.Since) {
			if column != "" && d.Column(column) < 0 {
				t.Errorf("%s has no column %s", d.Name, column)
			}
		}
		if d.Series != "" && !slices.Contains(d.Key, d.Series) {
			t.Errorf("%s: its series %s is not in its key", d.Name, d.Series)
		}
		seen := map[string]bool{}
		for _, c := range d.Columns {
			if seen[c.Name] || c.Doc == "" {
				t.Errorf("%s.%s stands twice or is not described", d.Name, c.Name)
			}
			seen[c.Name] = true
			if c.Kind == schemas.Int && c.Required && c.Unit == "" && !slices.Contains(d.Key, c.Name) && c.Name != "line" {
				t.Errorf("%s.%s is a number without a unit", d.Name, c.Name)
			}
		}
	}
}

func TestRowRefusesWhatDoesNotFit(t *testing.T) {
	d := &schemas.TreatyStatus
	if _, err := d.Row(schemas.Cells{"treaties": schemas.Str("CRC")}); err == nil {
		t.Error("a column that does not exist was taken")
	}
	if _, err := d.Row(schemas.Cells{"signed": schemas.Str("1990-01-26")}); err == nil {
		t.Error("a text was taken for a date")
	}
	row, err := d.Row(schemas.Cells{"treaty": schemas.Str("CRC"), "iso3": schemas.Str("SWE"), "signed": {}})
	if err != nil || d.KeyText(row) != "CRC/SWE" {
		t.Errorf("%v, %v", row, err)
	}
}
