package check_test

import (
	"slices"
	"testing"

	"baseline/pipeline/check"
	"baseline/schemas"
	"baseline/sources/source"
)

var crc = source.Part{Dataset: "treaty_status", Complete: true, Key: []source.Pin{{Column: "treaty", Value: schemas.Str("CRC")}}}

func found(list []source.Finding) (said []string) {
	for _, f := range list {
		said = append(said, string(f.Severity)+" "+f.Code)
	}
	return said
}

func dated(t *testing.T, iso3, signed, consent string) schemas.Row {
	t.Helper()
	r := row(t, iso3, "party")
	for name, text := range map[string]string{"signed": signed, "consent": consent} {
		v, err := schemas.Parse(schemas.Date, text)
		if err != nil {
			t.Fatal(err)
		}
		r.Values[schemas.TreatyStatus.Column(name)] = v
	}
	return r
}

func TestDaysInOrder(t *testing.T) {
	good := dated(t, "FRA", "1990-01-26", "1990-08-07")
	wrong := func(iso3 string) schemas.Row { return dated(t, iso3, "1991-01-26", "1990-08-07") }
	for name, c := range map[string]struct {
		rows []schemas.Row
		want []string
	}{
		"in order":       {[]schemas.Row{good}, nil},
		"one mistyped":   {[]schemas.Row{good, wrong("SWE")}, []string{"question dates-out-of-order"}},
		"a moved column": {[]schemas.Row{wrong("FRA"), wrong("SWE"), wrong("MLT")}, []string{"hold dates-out-of-order", "hold dates-out-of-order", "hold dates-out-of-order"}},
	} {
		if got := found(check.Part(source.About{ID: "x"}, crc, c.rows)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestUnusualNumbersOfRowsAreAskedAbout(t *testing.T) {
	about := source.About{ID: "x", Bounds: []source.Bound{{Dataset: "treaty_status", MinRows: 1, MaxRows: 4, UsualMin: 2, UsualMax: 3}}}
	rows := []schemas.Row{row(t, "FRA", "party"), row(t, "SWE", "party"), row(t, "MLT", "party"), row(t, "ITA", "party"), row(t, "ESP", "party")}
	for n, want := range [][]string{{"hold too-few-rows"}, {"question few-rows"}, nil, nil, {"question many-rows"}, {"hold too-many-rows"}} {
		if got := found(check.Part(about, crc, rows[:n])); !slices.Equal(got, want) {
			t.Errorf("%d rows: %q, want %q", n, got, want)
		}
	}
}

func TestShareThatMayBeGone(t *testing.T) {
	var last []schemas.Row
	for _, code := range []string{"FRA", "SWE", "MLT", "ITA", "ESP", "GRC", "NOR", "POL", "AUT", "ALB"} {
		last = append(last, row(t, code, "party"))
	}
	half := source.About{ID: "x", Bounds: []source.Bound{{Dataset: "treaty_status", MaxWithdrawn: 0.5}}}
	open := crc
	open.Complete = false
	for name, c := range map[string]struct {
		about source.About
		part  source.Part
		now   int
		want  []string
	}{
		"two may go":                            {source.About{ID: "x"}, crc, 8, nil},
		"three of ten":                          {source.About{ID: "x"}, crc, 7, []string{"hold too-many-withdrawn"}},
		"all":                                   {source.About{ID: "x"}, crc, 0, []string{"hold too-many-withdrawn"}},
		"five, where half may":                  {half, crc, 5, nil},
		"six, where half may":                   {half, crc, 4, []string{"hold too-many-withdrawn"}},
		"a list that does not mean to be whole": {source.About{ID: "x"}, open, 1, nil},
	} {
		if got := found(check.WithLast(c.about, c.part, last[:c.now], last, nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReferences(t *testing.T) {
	d := &schemas.TreatyDeclarations
	declares := func(treaty, iso3 string) schemas.Row {
		r, err := d.Row(schemas.Cells{"treaty": schemas.Str(treaty), "iso3": schemas.Str(iso3), "kind": schemas.Str("declaration"), "published_name": schemas.Str(iso3)})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	got := found(check.References(map[string][]schemas.Row{
		"treaty_status":       {row(t, "FRA", "party")},
		"treaty_declarations": {declares("CRC", "FRA"), declares("CRC", "SWE"), declares("CRC", "YUG"), declares("OPSC", "SWE")},
	}))
	if want := []string{"question refers-to-nothing"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q: Sweden of the CRC alone; Yugoslavia is no more, and of OPSC nothing is known", got, want)
	}
}
