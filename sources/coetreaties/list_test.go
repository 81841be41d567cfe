package coetreaties

import (
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// A list that the tests made, with the days of the four treaties.
const madeTreaties = `[
 {"Numero_traite": "012A", "Mention": "ETS", "Libelle_titre_ENG": "Another (ETS No. 012A)", "Date_ste": "1953-12-11T00:00:00", "Date_vigueur_ste": null},
 {"Numero_traite": "185", "Mention": "ETS", "Libelle_titre_ENG": "Title (ETS No. 185) (*)", "Date_ste": "2001-11-23T00:00:00", "Date_vigueur_ste": "2004-07-01T00:00:00"},
 {"Numero_traite": "189", "Mention": "ETS", "Libelle_titre_ENG": "Title (ETS No. 189)", "Date_ste": "2003-01-28T00:00:00", "Date_vigueur_ste": "2006-03-01T00:00:00.5"},
 {"Numero_traite": "201", "Mention": "CETS", "Libelle_titre_ENG": "Title (CETS No. 201)", "Date_ste": "2007-10-25T00:00:00", "Date_vigueur_ste": "2010-07-01T00:00:00"},
 {"Numero_traite": "224", "Mention": "CETS", "Libelle_titre_ENG": "Title (CETS No. 224)", "Date_ste": "2022-05-12T00:00:00", "Date_vigueur_ste": null}
]`

func treatyRows(reading source.Reading) (all []string) {
	for _, r := range reading.Rows {
		all = append(all, strings.Join([]string{cell(r, "treaty"), cell(r, "title"), cell(r, "opened"), cell(r, "in_force"), cell(r, "as_of")}, "|"))
	}
	return all
}

func TestOriginalListOfTreaties(t *testing.T) {
	body := sourcetest.File(t, sourcetest.Shared(t, "captures", "coe-treaty-office", "api_traites_search_2026-05.json"))
	c := sourcetest.Capture(New(), "treaties", body)
	c.Taken = time.Date(2026, 5, 9, 12, 0, 0, 0, time.UTC)
	reading, err := source.Read(New(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"CETS201|Council of Europe Convention on the Protection of Children against Sexual Exploitation and Sexual Abuse (CETS No. 201)|2007-10-25|2010-07-01|2026-05-09",
		"ETS185|Convention on Cybercrime (ETS No. 185)|2001-11-23|2004-07-01|2026-05-09",
		"ETS189|Additional Protocol to the Convention on Cybercrime, concerning the criminalisation of acts of a racist and xenophobic nature committed through computer systems (ETS No. 189)|2003-01-28|2006-03-01|2026-05-09",
		"CETS224|Second Additional Protocol to the Convention on Cybercrime on enhanced co-operation and disclosure of electronic evidence (CETS No. 224)|2022-05-12||2026-05-09",
	}
	if got := treatyRows(reading); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(reading.Findings) != 0 || len(reading.Parts) != 4 {
		t.Errorf("findings %v, parts %v", reading.Findings, reading.Parts)
	}
	for _, p := range reading.Parts {
		if !p.Complete || !strings.HasPrefix(p.Name(), "treaty=") {
			t.Errorf("part %+v", p)
		}
	}
	sourcetest.Survives(t, New(), "treaties", body, map[string][]byte{
		"label missing":   []byte(strings.ReplaceAll(string(body), "Date_vigueur_ste", "Date_vigueur")),
		"columns swapped": []byte(swap(string(body), "Date_vigueur_ste", "Date_ste")),
		"one more column": []byte(strings.ReplaceAll(string(body), `"Mention"`, `"Autre": 1, "Mention"`)),
		"half the list":   []byte(string(body)[:strings.Index(string(body), `"Numero_traite": "186"`)] + `"Numero_traite": "186"}]`),
		"empty list":      []byte("[]"),
	})
}

func TestOddListsOfTreaties(t *testing.T) {
	good := madeTreaties
	for _, c := range []struct{ name, body, want string }{
		{"good", good, ""},
		{"one missing", once(t, good, `"189"`, `"190"`), "hold: treaty-missing"},
		{"one twice", once(t, good, `"012A"`, `"189"`), "error: list of treaties: treaty 189 stands twice"},
		{"no number", once(t, good, `"012A"`, `null`), "error: list of treaties: record $[0] has no Numero_traite"},
		{"a number for a number", once(t, good, `"012A"`, `12`), "error: list of treaties: record $[0] has no Numero_traite"},
		{"no title", once(t, good, `"Title (ETS No. 185) (*)"`, `null`), "error: list of treaties: ETS185 at $[1]: it is called"},
		{"title of another", once(t, good, `"Title (ETS No. 185) (*)"`, `"Title (ETS No. 189)"`), "error: list of treaties: ETS185 at $[1]: it is called"},
		{"another series", strings.Replace(good, `"185", "Mention": "ETS"`, `"185", "Mention": "CETS"`, 1), "error: list of treaties: ETS185 at $[1]: it is called"},
		{"opened on another day", once(t, good, "2003-01-28", "2003-01-29"), "hold: treaty-days-differ"},
		{"no longer in force", once(t, good, `"2004-07-01T00:00:00"`, "null"), "hold: treaty-days-differ"},
		{"day without time", once(t, good, "2003-01-28T00:00:00", "2003-01-28"), "error: list of treaties: ETS189 at $[2]:"},
		{"224 in force", strings.Replace(good, "null}\n]", `"2026-02-01T00:00:00"}]`, 1), "question: treaty-now-in-force"},
		{"224 in force tomorrow", strings.Replace(good, "null}\n]", `"2026-02-04T00:00:00"}]`, 1), "question: in-force-unlikely"},
		{"224 in force before it was opened", strings.Replace(good, "null}\n]", `"2021-02-04T00:00:00"}]`, 1), "question: in-force-unlikely"},
		{"an object", `{"Message": "no"}`, "error: list of treaties: the answer is not a list of objects"},
		{"strings", `["a"]`, "error: list of treaties: the answer is not a list of objects"},
		{"null", "null", "error: list of treaties: the answer is null"},
		{"null record", "[null]", "error: list of treaties: record $[0] is null"},
	} {
		got := outcome("treaties", c.body)
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) || c.name == "one missing" && got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Without the original as well.
func TestMadeListSurvives(t *testing.T) {
	sourcetest.Survives(t, New(), "treaties", []byte(madeTreaties), map[string][]byte{
		"label missing":   []byte(strings.ReplaceAll(madeTreaties, "Libelle_titre_ENG", "Titre")),
		"columns swapped": []byte(swap(madeTreaties, "Date_vigueur_ste", "Date_ste")),
		"one more column": []byte(strings.ReplaceAll(madeTreaties, `"Mention"`, `"Autre": 1, "Mention"`)),
		"half the list":   []byte(madeTreaties[:strings.Index(madeTreaties, ",\n {\"Numero_traite\": \"201\"")] + "]"),
		"empty list":      []byte("[]"),
	})
}
