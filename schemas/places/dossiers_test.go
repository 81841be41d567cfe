package places_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/sourcetest"
)

func TestEverySpellingOfTheDossiersResolves(t *testing.T) {
	r := places.Default()
	codeless := map[string]string{ // what the dossiers leave without a code
		"No Country Listed*": "UNKNOWN", "Null": "UNKNOWN", "null*": "UNKNOWN",
		"TOTAL": "TOTAL", "Total": "TOTAL", "Total:": "TOTAL", "Europe": "EUR",
	}
	for file, column := range map[string]string{
		"treaties.csv": "state_name_as_published", "ncmec_by_country.csv": "country_as_published",
		"memberships.csv": "country_as_published", "icmec_scores.csv": "country",
	} {
		records := records(t, sourcetest.File(t, sourcetest.Shared(t, "sources", file)))
		name, code := slices.Index(records[0], column), slices.Index(records[0], "iso3")
		if len(records) < 2 || name < 0 || code < 0 {
			t.Fatalf("%s: columns are %q", file, records[0])
		}
		for _, record := range records[1:] {
			want := record[code]
			if want == "" {
				want = codeless[record[name]]
			}
			p, _ := r.Lookup(record[name])
			_, none := r.NotState(record[name])
			if p.Code != want || none != (want == "") {
				t.Errorf("%s: %q is %q (no state: %v), want %q", file, record[name], p.Code, none, want)
			}
		}
	}
}

func records(t *testing.T, data []byte) [][]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
