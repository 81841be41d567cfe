package check_test

import (
	"slices"
	"strings"
	"testing"

	"baseline/pipeline/check"
	"baseline/schemas"
	"baseline/sources/source"
)

func row(t *testing.T, iso3, status string) schemas.Row {
	t.Helper()
	r, err := schemas.TreatyStatus.Row(schemas.Cells{
		"treaty": schemas.Str("CRC"), "iso3": schemas.Str(iso3), "published_name": schemas.Str("name of " + iso3), "status": schemas.Str(status),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Evidence = schemas.Evidence{Capture: "ab", Locator: "line 7", Quote: iso3 + " as printed"}
	return r
}

func TestPart(t *testing.T) {
	about := source.About{ID: "x", Bounds: []source.Bound{{Dataset: "treaty_status", MinRows: 2, MaxRows: 3}}}
	part := source.Part{Dataset: "treaty_status", Key: []source.Pin{{Column: "treaty", Value: schemas.Str("CRC")}}}
	good := []schemas.Row{row(t, "FRA", "party"), row(t, "SWE", "signed")}
	for name, c := range map[string]struct {
		rows []schemas.Row
		want []string
		text string
	}{
		"good":           {good, nil, ""},
		"no status":      {append(slices.Clone(good), row(t, "MLT", "")), []string{check.MissingValue}, "row CRC/MLT of treaty_status has no status"},
		"no code":        {append(slices.Clone(good), row(t, "", "party")), []string{check.MissingValue}, "has no iso3"},
		"a strange word": {append(slices.Clone(good), row(t, "MLT", "Party")), []string{check.UnknownWord}, `status "Party"`},
		"a key twice":    {append(slices.Clone(good), row(t, "SWE", "party")), []string{check.DoubleKey}, "SWE as printed"},
		"too few":        {good[:1], []string{check.TooFewRows}, "1 rows"},
		"none":           {nil, []string{check.TooFewRows}, "0 rows"},
		"too many":       {append(slices.Clone(good), row(t, "MLT", "none"), row(t, "ALB", "none")), []string{check.TooManyRows}, "4 rows"},
	} {
		found := check.Part(about, part, c.rows)
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
			if f.Severity != source.Hold || f.Source != "x" || f.Dataset != "treaty_status" || f.Part != "treaty=CRC" || f.Hint == "" || !strings.Contains(f.Text, c.text) {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: findings %v, want %v", name, codes, c.want)
		}
	}
	if found := check.Part(source.About{ID: "x"}, part, nil); found != nil {
		t.Errorf("without a bound, no rows are no finding: %+v", found)
	}
}

// A finding about a row leads to where the row was printed.
func TestEvidence(t *testing.T) {
	f := check.Part(source.About{}, source.Part{Dataset: "treaty_status"}, []schemas.Row{row(t, "FRA", "")})[0]
	if f.Capture != "ab" || f.Locator != "line 7" || f.Quote != "FRA as printed" {
		t.Errorf("%+v", f)
	}
}
