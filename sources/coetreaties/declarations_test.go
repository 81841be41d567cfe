package coetreaties

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// declarationOf makes a record; state and organisation "Null" where there is none.
func declarationOf(state, organisation, nature, article, from, to string) string {
	quoted := func(s string) string {
		if s == "" {
			return "null"
		}
		return `"` + s + `"`
	}
	return fmt.Sprintf(`{"code_Pays": {"Value": %s}, "code_Organisation": {"Libelle": %q}, "nature_Dec": %q, "numero_Article": %s, "date_Effet": %s, "date_Effet_Retrait": %s, "texte_Decl": "<p>Secret words</p>"}`,
		quoted(state), organisation, nature, quoted(article), quoted(from), quoted(to))
}

// A list that the tests made: no record of it is a fact.
var madeDeclarations = "[" + strings.Join([]string{
	declarationOf("Albania", "Null", "Declaration", "24", "2010-07-01T00:00:00", ""),
	declarationOf("Albania", "Null", "Declaration", "37, 38", "2012-03-01T00:00:00", ""),
	declarationOf("Albania", "Null", "Reservation", "24", "2010-07-01T00:00:00", "2015-01-01T00:00:00"),
	declarationOf("Andorra", "Null", "Territorial Application", "", "2014-08-01T00:00:00", ""),
	declarationOf("Andorra", "Null", "declarations", "Ex-25", "2014-08-01T00:00:00", "2026-02-04T00:00:00"),
	declarationOf("", "European Union", "Declaration", "47", "2018-01-01T00:00:00", ""),
	declarationOf("Austria", "Null", "Objection", "", "2026-05-01T00:00:00", ""),
	declarationOf("Türkiye", "Null", "Authorities", "37", "2012-04-01T00:00:00", "2026-02-03T00:00:00"),
}, ",\n") + "]"

func TestDeclarations(t *testing.T) {
	reading := sourcetest.Read(t, New(), "declarations-201", []byte(madeDeclarations))
	var got []string
	for _, r := range reading.Rows {
		got = append(got, strings.Join([]string{cell(r, "treaty"), cell(r, "published_name"), cell(r, "kind"), cell(r, "count"), cell(r, "withdrawn"), cell(r, "articles"), cell(r, "latest")}, "|"))
		if strings.Contains(r.Row.Evidence.Quote, "Secret") {
			t.Errorf("the quote takes the text over: %q", r.Row.Evidence.Quote)
		}
	}
	want := []string{
		"CETS201|Albania|declaration|2|0|24 37 38|2012-03-01",
		"CETS201|Albania|reservation|0|1|24|2015-01-01",
		"CETS201|Andorra|declaration|1|0|Ex-25|2026-02-04", // withdrawn from tomorrow on
		"CETS201|Andorra|territorial application|1|0||2014-08-01",
		"CETS201|Austria|objection|0|0||2026-05-01", // not in effect yet
		"CETS201|European Union|declaration|1|0|47|2018-01-01",
		"CETS201|Türkiye|authority|0|1|37|2026-02-03",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(reading.Findings) != 0 || len(reading.Parts) != 1 || !reading.Parts[0].Complete || reading.Parts[0].Name() != "treaty=CETS201" {
		t.Errorf("findings %v, parts %+v", reading.Findings, reading.Parts)
	}
}

func TestOddDeclarations(t *testing.T) {
	good := madeDeclarations
	for _, c := range []struct{ name, body, want string }{
		{"good", good, ""},
		{"empty list", "[]", "question: list-empty"},
		{"an object", `{"Message": "no"}`, "error: declarations on treaty 201: the answer is not a list of objects"},
		{"a list of lists", "[[]]", "error: declarations on treaty 201: the answer is not a list of objects"},
		{"unknown nature twice", strings.ReplaceAll(good, `"Declaration"`, `"Understanding"`), "question: nature-unknown"},
		{"no nature", once(t, good, `"Objection"`, `null`), "error: declarations on treaty 201: record $[6]: nature_Dec null"},
		{"no declarant", once(t, good, "European Union", "Null"), "error: declarations on treaty 201: record $[5]: want a state or an organisation"},
		{"two declarants", once(t, good, `"Albania"}, "code_Organisation": {"Libelle": "Null"`, `"Albania"}, "code_Organisation": {"Libelle": "European Union"`), "error: declarations on treaty 201: record $[0]: want a state or an organisation"},
		{"state as text", once(t, good, `{"Value": "Albania"}`, `"Albania"`), "error: declarations on treaty 201: record $[0]: code_Pays has another shape"},
		{"article a number", once(t, good, `"24"`, `24`), "error: declarations on treaty 201: record $[0]: numero_Article 24"},
		{"day in words", once(t, good, "2010-07-01T00:00:00", "1 July 2010"), "error: declarations on treaty 201: record $[0]: date_Effet:"},
		{"field missing", once(t, good, "date_Effet_Retrait", "date_Fin"), "error: declarations on treaty 201: record $[0]: field date_Effet_Retrait is missing"},
		{"withdrawn before effect", once(t, good, "2015-01-01", "2005-01-01"), "question: withdrawn-before-effect"},
	} {
		got := outcome("declarations-201", c.body)
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) || strings.Contains(got, "; ") {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
	reading := sourcetest.Read(t, New(), "declarations-201", []byte(strings.ReplaceAll(good, `"Declaration"`, `"Understanding"`)))
	if r := reading.Rows[0]; cell(r, "kind") != "other" || cell(r, "count") != "2" {
		t.Errorf("an unknown nature became %v", r.Row.Values)
	}
	empty := sourcetest.Read(t, New(), "declarations-201", []byte("[]"))
	if len(empty.Parts) != 1 || empty.Parts[0].Complete {
		t.Errorf("an empty list may withdraw: %+v", empty.Parts)
	}
}

func TestDeclarationsSurvive(t *testing.T) {
	good := madeDeclarations
	if _, err := source.Read(New(), sourcetest.Capture(New(), "declarations-201", []byte(good))); err != nil {
		t.Fatal(err)
	}
	sourcetest.Survives(t, New(), "declarations-201", []byte(good), map[string][]byte{
		"label missing":   []byte(strings.ReplaceAll(good, "nature_Dec", "nature")),
		"columns swapped": []byte(strings.NewReplacer("date_Effet_Retrait", "date_Effet", "date_Effet", "date_Effet_Retrait").Replace(good)),
		"one more column": []byte(strings.ReplaceAll(good, `"nature_Dec"`, `"autre": 1, "nature_Dec"`)),
		"half the list":   nil, // nothing in the answer says how long it is
		"empty list":      []byte("[]"),
	})
}
