package icmec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baseline/sources/read/pdftable"
)

// What is data: the heads of the columns, the known editions, the editions that a steward has
// released, and the counts that the report of 2021 prints in figure 3.
var (
	//go:embed criteria.csv
	criteriaCSV []byte
	//go:embed editions.csv
	editionsCSV []byte
	//go:embed released.csv
	releasedCSV []byte
	//go:embed published.csv
	publishedCSV []byte

	specs     = mustSpecs(criteriaCSV)
	editions  = mustEditions(editionsCSV)
	published = mustPublished(publishedCSV)
)

// criteria are the columns of legislation_ratings that hold the five criteria, in ICMEC's order.
var criteria = []string{"specific_law", "definition", "third", "fourth", "fifth"}

// mustTable reads a table that is compiled into the program; a mistake in it must stop the first
// test that runs.
func mustTable(data []byte, columns ...string) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], columns) {
		panic(fmt.Sprintf("icmec: a table does not have the columns %q: %v", columns, err))
	}
	return rows[1:]
}

func mustSpecs(data []byte) map[string]pdftable.Spec {
	specs := map[string]pdftable.Spec{}
	for _, r := range mustTable(data, "review", "column", "head", "known_from") {
		spec, ok := specs[r[0]]
		if !ok {
			spec.Columns = []pdftable.Column{{Name: "country", Kind: pdftable.Text}}
			for _, c := range criteria {
				spec.Columns = append(spec.Columns, pdftable.Column{Name: c, Kind: pdftable.Mark})
			}
		}
		i := slices.IndexFunc(spec.Columns, func(c pdftable.Column) bool { return c.Name == r[1] })
		spec.Columns[i].Heads = append(spec.Columns[i].Heads, r[2])
		specs[r[0]] = spec
	}
	return specs
}

// knownEdition is an edition by its number on the cover and the year that names it here.
type knownEdition struct {
	review  string
	number  int
	edition string
}

func mustEditions(data []byte) (list []knownEdition) {
	for _, r := range mustTable(data, "review", "number", "edition") {
		list = append(list, knownEdition{r[0], mustInt(r[1]), r[2]})
	}
	return list
}

func mustInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("icmec: %q is no number", s))
	}
	return n
}

// editionOf is the year that names an edition; "" for an edition that nobody has added.
func editionOf(review string, number int) string {
	for _, e := range editions {
		if e.review == review && e.number == number {
			return e.edition
		}
	}
	return ""
}

// release is a document that a steward has compared and lets pass; without a SHA-256, any document
// of that edition.
type release struct{ review, edition, sha256 string }

func mustReleases(data []byte) (list []release) {
	for _, r := range mustTable(data, "review", "edition", "sha256", "note") {
		list = append(list, release{r[0], r[1], r[2]})
	}
	return list
}

func isReleased(list []release, is identity, sha256 string) bool {
	return slices.ContainsFunc(list, func(r release) bool {
		return r.review == is.review && r.edition == is.edition && (r.sha256 == "" || r.sha256 == sha256)
	})
}

// score is a count of criteria that the report of 2021 prints.
type score struct {
	review, edition, name string
	met                   int64
}

func mustPublished(data []byte) (list []score) {
	for _, r := range mustTable(data, "review", "edition", "published_name", "criteria_met") {
		list = append(list, score{r[0], r[1], r[2], int64(mustInt(r[3]))})
	}
	return list
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth"}

// ordinal reads "9th" or "ninth"; 0 for anything else.
func ordinal(word string) int {
	word = strings.ToLower(word)
	if i := slices.Index(ordinals, word); i >= 0 {
		return i + 1
	}
	n, err := strconv.Atoi(strings.TrimRight(word, "stndrh"))
	if err != nil || n < 1 || ordinalText(n) != word {
		return 0
	}
	return n
}

// ordinalText writes 9 as "9th".
func ordinalText(n int) string {
	ending := "th"
	if e, ok := map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]; ok && n/10 != 1 {
		ending = e
	}
	return strconv.Itoa(n) + ending
}
