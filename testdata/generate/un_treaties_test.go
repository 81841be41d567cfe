package main

import (
	"path/filepath"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
	"baseline/sources/untreaties"
)

// The rebuilt pages read to exactly the facts, in their order, without a finding
// but the one that the original has.
func TestRebuiltUNPagesReadToTheFacts(t *testing.T) {
	root := sourcetest.Root(t)
	for _, p := range untcPages {
		body := sourcetest.File(t, filepath.Join(root, "testdata", "captures", "un-treaties", p.id+".html"))
		reading := sourcetest.Read(t, untreaties.New(), p.id, body)
		if got, want := untcReadAsFacts(reading), untcFactsAsText(t, root, p); got != want {
			t.Errorf("%s reads to other facts:\n%s", p.id, firstDifference(got, want))
		}
		var parts []string
		for _, part := range reading.Parts {
			parts = append(parts, part.Dataset+" "+part.Name())
		}
		want := "treaty_status treaty=CRC, treaty_declarations treaty=CRC,kind=declaration, treaty_declarations treaty=CRC,kind=objection"
		findings := 1 // Yugoslavia has a declaration and no row
		if p.id == "OPSC" {
			want, findings = "treaty_status treaty=OPSC", 0
		}
		if got := strings.Join(parts, ", "); got != want {
			t.Errorf("%s: parts %s, want %s", p.id, got, want)
		}
		if len(reading.Findings) != findings {
			t.Errorf("%s: findings %v, want %d", p.id, reading.Findings, findings)
		}
		if !reading.Parts[0].Complete {
			t.Errorf("%s: the status is not complete", p.id)
		}
	}
}

func untcReadAsFacts(reading source.Reading) string {
	var out strings.Builder
	for _, row := range reading.Rows {
		d := schemas.Named(row.Dataset)
		cell := func(name string) string { return row.Row.Values[d.Column(name)].String() }
		name := cell("published_name")
		p, _ := places.Default().Lookup(name)
		line := []string{cell("treaty"), name, p.Code}
		if d == &schemas.TreatyStatus {
			line = append(line, cell("signed"), cell("consent"), cell("consent_kind"), cell("as_of"))
		} else {
			line = append(line, cell("kind"))
		}
		out.WriteString(strings.Join(append(line, cell("references")), "|") + "\n")
	}
	return out.String()
}

func untcFactsAsText(t *testing.T, root string, p untcPage) string {
	t.Helper()
	var out strings.Builder
	for _, file := range []string{"un_treaties.csv", "un_declarations.csv"} {
		for i, line := range untcLines(t, root, file) {
			switch {
			case i == 0 || line[0] != p.facts:
			case file == "un_treaties.csv":
				out.WriteString(strings.Join([]string{p.id, line[1], line[2], line[3], line[4], line[5], line[6], line[8]}, "|") + "\n")
			default:
				place, _ := places.Default().Lookup(line[1])
				out.WriteString(strings.Join([]string{p.id, line[1], place.Code, line[2], line[4]}, "|") + "\n")
			}
		}
	}
	return out.String()
}

func untcLines(t *testing.T, root, file string) [][]string {
	t.Helper()
	header, _, _ := strings.Cut(string(sourcetest.File(t, filepath.Join(root, "testdata", "facts", file))), "\n")
	lines, err := readUNFacts(root, file, header)
	if err != nil {
		t.Fatal(err)
	}
	return append([][]string{strings.Split(header, ",")}, lines...)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return "missing " + w[i]
		case i >= len(w):
			return "too much " + g[i]
		case g[i] != w[i]:
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "nothing differs"
}
