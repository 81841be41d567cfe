package schemas_test

import (
	"testing"

	"baseline/schemas"
)

func TestRollUp(t *testing.T) {
	row := func(d *schemas.Dataset, cells schemas.Cells) schemas.Row {
		r, err := d.Row(cells)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	institution := func(name, class string, year schemas.Value) schemas.Row {
		return row(&schemas.Memberships, schemas.Cells{
			"network": schemas.Str("enoc"), "iso3": schemas.Str("BEL"), "organisation": schemas.Str(name), "class": schemas.Str(class), "joined_year": year,
		})
	}
	d := &schemas.Memberships
	for _, c := range []struct {
		classes []string
		want    string
	}{
		{[]string{"associate"}, "associate"}, {[]string{"associate", "full"}, "full / associate"}, {[]string{"full", "full"}, "full"},
		{[]string{"reporting portal", "member"}, "member"}, {[]string{"consultation country", "founder"}, "founder"},
	} {
		var rows []schemas.Row
		for i, class := range c.classes {
			rows = append(rows, institution(string(rune('A'+i)), class, schemas.Num(2000)))
		}
		got := d.RollUp(d, rows)
		if v := got.Values[d.Column("class")]; v != schemas.Str(c.want) {
			t.Errorf("%q: got %s, want %s", c.classes, v, c.want)
		}
		if !got.Values[d.Column("organisation")].IsNull() || got.Values[d.Column("joined_year")] != schemas.Num(2000) {
			t.Errorf("%q: %v", c.classes, got.Values)
		}
	}
	rows := []schemas.Row{institution("A", "full", schemas.Num(2000)), institution("B", "full", schemas.Num(2004))}
	if got := d.RollUp(d, rows).Values[d.Column("joined_year")]; !got.IsNull() {
		t.Errorf("two years became %s", got)
	}
	if rows[0].Values[d.Column("organisation")] != schemas.Str("A") {
		t.Error("rolling up changed its input")
	}
	// CRIN ranks three jurisdictions of the United Kingdom; the report prints their mean.
	j := &schemas.JusticeAccess
	var uk []schemas.Row
	for name, score := range map[string]float64{"England & Wales": 190.5, "Northern Ireland": 183.5, "Scotland": 172.5} {
		uk = append(uk, row(j, schemas.Cells{"iso3": schemas.Str("GBR"), "jurisdiction": schemas.Str(name), "score": schemas.Real(score), "percent": schemas.Real(score / 2.61)}))
	}
	if got := j.RollUp(j, uk); got.Values[j.Column("score")] != schemas.Real(182.2) || got.Values[j.Column("percent")] != schemas.Real(69.8) {
		t.Errorf("mean of the United Kingdom: %v", got.Values)
	}
}

// Rows of one state stand together only if what divides them comes last in the key.
func TestFinerIsLastInTheKey(t *testing.T) {
	for _, d := range schemas.Facts {
		if d.Finer != "" && (d.Key[len(d.Key)-1] != d.Finer || d.RollUp == nil) {
			t.Errorf("%s: finer key %s, key %v, roll-up %v", d.Name, d.Finer, d.Key, d.RollUp != nil)
		}
	}
}
