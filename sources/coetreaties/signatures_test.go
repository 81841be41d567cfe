package coetreaties

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// Answers that differ from the good one in one place, and what must come of them.
func TestOddAnswersOfTheService(t *testing.T) {
	good := asJSON(fixture())
	albania := `"LibPaysOrga": "Albania",`
	for _, c := range []struct{ name, body, want string }{
		{"good", good, ""},
		{"byte order mark", "\ufeff" + good, ""},
		{"two lists", "[" + listOf(fixture()[:46]) + "," + nonMembers() + "]", "note: group-missing"},
		{"no organisation", "[" + listOf(fixture()[:46]) + "," + nonMembers() + ",[]]", ""},
		{"one list", "[" + listOf(fixture()[:46]) + "]", "note: group-missing; note: group-missing"},
		{"four lists", once(t, good, "]\n]", "],[]\n]"), "error: chart of treaty 185: the answer has 4 lists"},
		{"no lists", "[]", "error: chart of treaty 185: the answer has 0 lists"},
		{"a list of strings", `["a","b"]`, "error: chart of treaty 185: the answer is not a list of lists of objects"},
		{"a list of lists of strings", `[["a"]]`, "error: chart of treaty 185: the answer is not a list of lists of objects"},
		{"a list of objects", `[{"LibPaysOrga":"Albania"}]`, "error: chart of treaty 185: the answer is not a list of lists of objects"},
		{"an object", `{"Message":"no"}`, "error: chart of treaty 185: the answer is not a list of lists of objects"},
		{"a string", `"no"`, "error: chart of treaty 185: the answer is not a list of lists of objects"},
		{"null", `[null]`, "error: chart of treaty 185: no row of a state"},
		{"a null row", once(t, good, "{", "null, {"), "error: chart of treaty 185: row $[0][0] is null"},
		{"cut", good[:len(good)-3], "error: chart of treaty 185: the answer is not a list"},
		{"another treaty", once(t, good, `"NumSTE": "185"`, `"NumSTE": "189"`), "error: chart of treaty 185: row $[0][0] is about treaty 189"},
		{"number without quotes", strings.ReplaceAll(good, `"NumSTE": "185"`, `"NumSTE": 185`), ""},
		{"field in small letters", once(t, good, `"LibPaysOrga"`, `"libpaysorga"`), "error: chart of treaty 185: row $[0][0] has no field LibPaysOrga"},
		{"name null", once(t, good, albania, `"LibPaysOrga": null,`), "error: chart of treaty 185: row $[0][0]: LibPaysOrga null is no name"},
		{"name a number", once(t, good, albania, `"LibPaysOrga": 7,`), "error: chart of treaty 185: row $[0][0]: LibPaysOrga 7 is no name"},
		{"name twice", once(t, good, albania, `"LibPaysOrga": "ANDORRA",`), "hold: name-twice"},
		{"date empty", once(t, good, `"DateSuspension": null`, `"DateSuspension": ""`), `error: chart of treaty 185: row $[0][0], Albania: DateSuspension: "" is no day`},
		{"date of no year", once(t, good, `"DateSuspension": null`, `"DateSuspension": "0001-01-01T00:00:00"`), "is no day like"},
		{"date with a zone", once(t, good, `"DateSuspension": null`, `"DateSuspension": "2020-01-01T00:00:00+02:00"`), "is no day like"},
		{"date a number", once(t, good, `"DateSuspension": null`, `"DateSuspension": 1577836800`), "DateSuspension: is no text"},
		{"date that is none", once(t, good, `"DateSuspension": null`, `"DateSuspension": "2021-02-30T00:00:00"`), "is no day like"},
		{"a field gone from one row", once(t, good, `"Objections"`, `"Objection"`), "question: field-missing; note: unknown-field"},
		{"EU among the non-members", "[" + listOf(fixture()[:46]) + "," + once(t, nonMembers(), "Mexico", "European Union") + "]", "hold: group-contradicts-name"},
		{"a member among the non-members", "[" + listOf(fixture()[:46]) + "," + once(t, nonMembers(), "Mexico", "Austria") + "]", "hold: name-twice; hold: group-contradicts-name"},
		{"44 members", "[" + listOf(fixture()[:44]) + "," + nonMembers() + "]", "hold: members-count; note: group-missing"},
	} {
		if got := outcome("signatures-185", c.body); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := outcome("signatures-201", good); !strings.Contains(got, "is about treaty 185") {
		t.Errorf("asked for 201: %s", got)
	}
	if got := outcome("signatures-999", good); !strings.Contains(got, `request "signatures-999" is none`) {
		t.Errorf("asked for 999: %s", got)
	}
}

// nonMembers is the list of the non-members alone.
func nonMembers() string { return listOf(fixture()[46:53]) }

func TestRussiaStandsInEitherGroup(t *testing.T) {
	all := fixture()
	russia := slices.IndexFunc(all, func(s state) bool { return s.name == "Russian Federation" })
	moved := slices.Delete(slices.Clone(all), russia, russia+1)
	was := all[russia]
	was.group = "member"
	moved = slices.Insert(moved, 40, was)
	for group, chart := range map[string][]state{"non-member": all, "member": moved} {
		reading := sourcetest.Read(t, New(), "signatures-185", []byte(asJSON(chart)))
		r := named(t, reading, "Russian Federation")
		if len(reading.Findings) != 0 || cell(r, "treaty_group") != group || cell(r, "status") != "none" || cell(r, "consent_kind") != "" {
			t.Errorf("%s: %v, findings %v", group, r.Row.Values, reading.Findings)
		}
	}
}

func named(t *testing.T, reading source.Reading, name string) source.Emitted {
	t.Helper()
	for _, r := range reading.Rows {
		if cell(r, "published_name") == name {
			return r
		}
	}
	t.Fatalf("no row of %s", name)
	return source.Emitted{}
}

// A denunciation makes a party withdrawn from the day of its effect on. The day of the
// capture is 3 February 2026.
func TestDenunciation(t *testing.T) {
	good := asJSON(fixture())
	albania := fixture()[0]
	if albania.name != "Albania" || albania.consent.IsZero() {
		t.Fatal("the fixture's first row is not the party Albania")
	}
	for _, c := range []struct{ denounced, effect, suspended, status, findings string }{
		{"2025-06-30", "2025-10-01", "", "withdrawn", ""},
		{"2025-11-02", "2026-02-03", "", "withdrawn", ""},
		{"2025-11-03", "2026-02-04", "", "party", ""},
		{"", "", "2023-01-01", "party", ""},
		{"2025-11-03", "", "", "party", "question: denunciation-unclear"},
		{"2025-11-03", "2025-10-01", "", "withdrawn", "question: denunciation-unclear"},
		{"2026-03-01", "2026-07-01", "", "party", "question: date-after-status"},
	} {
		body := good
		for _, f := range []struct{ field, day string }{{"DateDenonciation", c.denounced}, {"DateEffetDenonciation", c.effect}, {"DateSuspension", c.suspended}} {
			if f.day != "" {
				body = once(t, body, `"`+f.field+`": null`, `"`+f.field+`": "`+f.day+`T00:00:00"`)
			}
		}
		r := named(t, sourcetest.Read(t, New(), "signatures-185", []byte(body)), "Albania")
		got := []string{cell(r, "denounced"), cell(r, "denunciation_effect"), cell(r, "suspended"), cell(r, "status"), outcome("signatures-185", body)}
		if want := []string{c.denounced, c.effect, c.suspended, c.status, c.findings}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if cell(r, "consent") != albania.consent.Format(time.DateOnly) {
			t.Errorf("a denunciation changed the day of consent to %s", cell(r, "consent"))
		}
	}
}

// The rule of the entry into force holds for every pair of days that the dossier has.
func TestRuleOfEntryIntoForce(t *testing.T) {
	all, err := csv.NewReader(strings.NewReader(string(sourcetest.File(t, sourcetest.Shared(t, "sources", "treaties.csv"))))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[string]int{}
	for _, f := range all[1:] {
		i := slices.IndexFunc(treaties, func(known treaty) bool { return known.code == strings.ReplaceAll(f[0], " ", "") })
		if i < 0 || f[4] == "" || f[6] == "" {
			continue
		}
		pairs[treaties[i].code]++
		consent, err := time.Parse(time.DateOnly, f[4])
		if err != nil {
			t.Fatal(err)
		}
		if got := treaties[i].inForce(consent).Format(time.DateOnly); got != f[6] {
			t.Errorf("%s, %s: deposit %s gives %s, the dossier has %s", f[0], f[1], f[4], got, f[6])
		}
	}
	if pairs["ETS185"] < 26 || pairs["ETS189"] < 25 || pairs["CETS201"] < 1 || pairs["CETS224"] != 0 {
		t.Errorf("pairs of days: %v", pairs)
	}
	for deposit, want := range map[string]string{"2025-11-30": "2026-03-01", "2025-03-01": "2025-07-01", "2025-12-31": "2026-04-01", "2003-01-01": "2004-07-01"} {
		consent, _ := time.Parse(time.DateOnly, deposit)
		if got := treaties[1].inForce(consent).Format(time.DateOnly); got != want {
			t.Errorf("deposit %s: %s, want %s", deposit, got, want)
		}
	}
}

// Rows that break a rule are questions; too many of them are held.
func TestChecksOfDates(t *testing.T) {
	ago := func(s *state) { s.inForce = s.inForce.AddDate(0, 1, 0) }
	for _, c := range []struct {
		name string
		rows int
		do   func(*state)
		want string
	}{
		{"entry into force off by a month", 1, ago, "question: in-force-breaks-rule"},
		{"five of them", 5, ago, strings.Repeat("question: in-force-breaks-rule; ", 4) + "question: in-force-breaks-rule"},
		{"six of them", 6, ago, strings.Repeat("question: in-force-breaks-rule; ", 6) + "hold: in-force-breaks-rule"},
		{"entry into force gone", 1, func(s *state) { s.inForce = time.Time{} }, "question: in-force-breaks-rule"},
		{"signed before the opening", 1, func(s *state) { s.signed = date(2001, 11, 22) }, "question: date-before-opening"},
		{"three before the opening", 3, func(s *state) { s.signed = date(1999, 1, 1) }, strings.Repeat("question: date-before-opening; ", 3) + "hold: date-before-opening"},
		{"signed after joining", 1, func(s *state) { s.signed = s.consent.AddDate(0, 0, 1) }, "question: consent-before-signature"},
		{"no consent but in force", 1, func(s *state) { s.consent = time.Time{} }, "question: in-force-without-consent; hold: in-force-without-consent"},
		{"joined without signing", 1, func(s *state) { s.signed = time.Time{} }, "question: consent-without-signature"},
		{"signed tomorrow", 1, func(s *state) { *s = state{name: s.name, group: s.group, signed: date(2026, 2, 4)} }, "question: date-after-status"},
	} {
		all := fixture()
		left := c.rows
		for i := range all {
			if left > 0 && !all[i].consent.IsZero() {
				c.do(&all[i])
				left--
			}
		}
		if got := outcome("signatures-185", asJSON(all)); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Of a treaty with few parties and no known rule, swapped columns show as well.
func TestSwappedColumnsOfATreatyWithFewParties(t *testing.T) {
	var all []state
	for i, s := range fixture() {
		s.signed, s.consent, s.inForce = time.Time{}, time.Time{}, time.Time{}
		if i%3 == 0 && s.group == "member" {
			s.signed = date(2022, 5, 12).AddDate(0, 0, i)
		}
		if i == 9 || i == 12 {
			s.consent = date(2024, 1, i)
		}
		all = append(all, s)
	}
	good := strings.ReplaceAll(asJSON(all), `"185"`, `"224"`)
	if got := outcome("signatures-224", good); got != "" {
		t.Errorf("good: %s", got)
	}
	for _, other := range []string{"DateSignature", "DateEntreeVigueur"} {
		if got := outcome("signatures-224", swap(good, other, "DateConsentement")); !strings.Contains(got, "hold: ") {
			t.Errorf("%s swapped: %s", other, got)
		}
	}
}
