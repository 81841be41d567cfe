package icmec

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/sourcetest"
)

// The counts to compare with are those of the report's figure 3, all 47 of both reviews.
func TestPublishedIsFigure3(t *testing.T) {
	data := sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", "report_figures.csv"))
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var want []score
	for _, name := range []string{"csam", "grooming"} {
		for _, r := range rows[1:] {
			if r[0] == "3" && r[4] == name {
				met, err := strconv.ParseInt(r[5], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, score{name, map[string]string{"csam": "2018", "grooming": "2017"}[name], r[3], met})
			}
		}
	}
	if len(want) != 94 || !slices.Equal(published, want) {
		t.Errorf("published.csv has %d counts and differs from the %d of figure 3", len(published), len(want))
	}
	for _, p := range published {
		if _, ok := places.Default().Lookup(p.name); !ok {
			t.Errorf("no place is named %q", p.name)
		}
	}
}

func TestOrdinals(t *testing.T) {
	for word, n := range map[string]int{"9th": 9, "10th": 10, "Tenth": 10, "1st": 1, "first": 1, "11th": 11, "12th": 12, "22nd": 22, "9st": 0, "th": 0, "anniversary": 0, "0th": 0} {
		if got := ordinal(word); got != n {
			t.Errorf("%q is %d, want %d", word, got, n)
		}
	}
}

// Each column of each review has heads, and no head stands for two columns.
func TestCriteria(t *testing.T) {
	for name, spec := range specs {
		seen := map[string]bool{}
		for _, c := range spec.Columns {
			if len(c.Heads) == 0 {
				t.Errorf("%s: the column %s has no head", name, c.Name)
			}
			for _, h := range c.Heads {
				if seen[h] {
					t.Errorf("%s: the head %q stands twice", name, h)
				}
				seen[h] = true
			}
		}
	}
	if len(specs) != 2 {
		t.Errorf("%d reviews", len(specs))
	}
}
