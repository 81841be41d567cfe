package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/sources/coetreaties"
	"baseline/sources/sourcetest"
)

// The rebuilt list of treaties reads to exactly the facts, without a finding.
func TestRebuiltListOfTreatiesReadsToTheFacts(t *testing.T) {
	root := sourcetest.Root(t)
	body := sourcetest.File(t, filepath.Join(root, "testdata", "captures", "coe-treaties", "treaties.body"))
	reading := sourcetest.Read(t, coetreaties.New(), "treaties", body)
	var got, want []string
	for _, r := range reading.Rows {
		cell := func(name string) string { return r.Row.Values[schemas.Treaties.Column(name)].String() }
		got = append(got, strings.Join([]string{cell("treaty"), cell("title"), cell("opened"), cell("in_force")}, "|"))
	}
	facts, err := readCoETreaties(root)
	if err != nil {
		t.Fatal(err)
	}
	day := func(s *string) string {
		if s == nil {
			return ""
		}
		return (*s)[:10]
	}
	for _, f := range facts {
		want = append(want, strings.Join([]string{f.Mention + f.Number, f.Title, day(f.Opened), day(f.InForce)}, "|"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(got) != 4 || len(reading.Findings) != 0 {
		t.Errorf("got  %q\nwant %q\nfindings %v", got, want, reading.Findings)
	}
}

// The facts are those of the publisher's own answer.
func TestFactsOfTreatiesAreThePublishers(t *testing.T) {
	root := sourcetest.Root(t)
	original := sourcetest.File(t, sourcetest.Shared(t, "captures", "coe-treaty-office", "api_traites_search_2026-05.json"))
	facts := sourcetest.File(t, filepath.Join(root, "testdata", "captures", "coe-treaties", "treaties.body"))
	of := func(body []byte) (rows []string) {
		for _, r := range sourcetest.Read(t, coetreaties.New(), "treaties", body).Rows {
			rows = append(rows, schemas.Treaties.KeyText(r.Row)+" "+strings.Join(valuesOf(r.Row), "|"))
		}
		return rows
	}
	if a, b := of(original), of(facts); !slices.Equal(a, b) {
		t.Errorf("original %q\nfacts    %q", a, b)
	}
}

func valuesOf(r schemas.Row) (all []string) {
	for _, v := range r.Values {
		all = append(all, v.String())
	}
	return all
}
