package coetreaties

import (
	"slices"
	"strings"
	"testing"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// The same chart in each of its forms gives the same rows. Only charts have letter A.
func TestFormsGiveTheSameRows(t *testing.T) {
	all := fixture()
	var want []string
	for _, s := range all {
		status := "none"
		if !s.signed.IsZero() {
			status = "signed"
		}
		if !s.consent.IsZero() {
			status = "party"
		}
		iso := "2006-01-02"
		want = append(want, strings.Join([]string{
			"ETS185", s.name, s.group, status, show(s.signed, iso), show(s.consent, iso), s.kind(), show(s.inForce, iso), s.letters, "2026-02-03", "",
		}, "|"))
	}
	for name, write := range forms {
		reading := sourcetest.Read(t, New(), "signatures-185", []byte(write(all)))
		for i, r := range reading.Rows {
			var got []string
			for _, c := range []string{"treaty", "published_name", "treaty_group", "status", "signed", "consent", "consent_kind", "in_force", "remarks", "as_of", "note"} {
				got = append(got, cell(r, c))
			}
			expect := want[i]
			if name == "json" {
				letters := all[i].letters
				expect = strings.Replace(expect, "|"+letters+"|2026", "|"+fold(strings.Replace(letters, "A", "", 1))+"|2026", 1)
			}
			if g := strings.Join(got, "|"); g != expect {
				t.Errorf("%s: got  %s\nwant %s", name, g, expect)
			}
			if r.Row.Evidence.Locator == "" || !strings.Contains(r.Row.Evidence.Quote, cell(r, "published_name")) {
				t.Errorf("%s: evidence %+v", name, r.Row.Evidence)
			}
		}
		if len(reading.Rows) != len(want) {
			t.Errorf("%s: %d rows, want %d", name, len(reading.Rows), len(want))
		}
		p := reading.Parts[0]
		if len(reading.Parts) != 1 || p.Name() != "treaty=ETS185" || !p.Complete {
			t.Errorf("%s: parts %+v", name, reading.Parts)
		}
		if slices.Contains(p.Columns, "denounced") != (name == "json") || slices.Contains(p.Columns, "references") == (name == "json") || !slices.Contains(p.Columns, "remarks") {
			t.Errorf("%s: columns %q", name, p.Columns)
		}
		for _, f := range reading.Findings {
			if f.Code != "colours-not-read" || f.Severity != source.Note || name == "json" {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func TestSurvives(t *testing.T) {
	all := fixture()
	half := append(slices.Clone(all[:20]), all[46:]...)
	for name, write := range forms {
		good := write(all)
		made := map[string][]byte{"half the list": []byte(write(half)), "empty list": []byte(write(nil))}
		switch name {
		case "json":
			made["label missing"] = []byte(strings.ReplaceAll(good, "DateConsentement", "DateRatification"))
			made["columns swapped"] = []byte(swap(good, "DateSignature", "DateConsentement"))
			made["consent and entry swapped"] = []byte(swap(good, "DateEntreeVigueur", "DateConsentement"))
			made["one more column"] = []byte(strings.ReplaceAll(good, `"CodePays"`, `"Autre":1,"CodePays"`))
			made["groups swapped"] = []byte(strings.Join([]string{"[", listOf(all[46:53]), ",", listOf(all[:46]), ",", listOf(all[53:]), "]"}, ""))
			made["members last"] = []byte(strings.Join([]string{"[", listOf(all[53:]), ",", listOf(all[46:53]), ",", listOf(all[:46]), "]"}, ""))
			made["dates gone"] = []byte(asJSON(undated(all)))
			made["half an object"] = []byte(`{"error":"` + "later" + `"}`)
		default:
			made["label missing"] = []byte(strings.ReplaceAll(good, "Ratification", ""))
			made["first label missing"] = []byte(once(t, good, map[string]string{"html": "Ratification</th>", "asp": "<TD>Ratification", "text": "\tRatification"}[name],
				map[string]string{"html": "</th>", "asp": "<TD>", "text": "\t"}[name]))
			made["letter's label missing"] = []byte(strings.ReplaceAll(good, "<th>A.", "<th>"))
			made["columns swapped"] = []byte(swap(good, "Signature", "Ratification"))
			first, second, _ := strings.Cut(good, groupTitles["non-member"])
			if name == "asp" {
				first, second, _ = strings.Cut(good, "Non-member States of the Council of Europe")
			}
			made["columns swapped once"] = []byte(first + "Non-members of Council of Europe" + swap(second, "Signature", "Ratification"))
			made["consent and entry swapped"] = []byte(strings.NewReplacer("Entry into Force", "Ratification", "Entry into force", "Ratification", "Ratification", "Entry into Force").Replace(good))
			made["one more column"] = []byte(strings.ReplaceAll(good, "Notes", map[string]string{"html": "Notes</th><th>More", "asp": "Notes<TD>More", "text": "Notes\tMore"}[name]))
			made["one row less"] = []byte(strings.Replace(good, lineWith(good, "France"), "", 1))
			made["members only"] = []byte(write(all[:46]))
			made["months first"] = []byte(strings.NewReplacer("03/02/2026", "02/03/2026", "3/2/2026", "2/3/2026").Replace(good))
			made["no group"] = []byte(strings.NewReplacer("Members of", "States of", "Member States", "States").Replace(good))
		}
		if name == "text" {
			made["letter's label missing"] = []byte(strings.ReplaceAll(good, "\tA.\tT.\tC.\tO.", "\t\tT.\tC.\tO."))
			made["blanks for tabs"] = []byte(strings.ReplaceAll(good, "\t", "  "))
			made["one row with blanks"] = []byte(once(t, good, lineWith(good, "France"), strings.ReplaceAll(lineWith(good, "France"), "\t", " ")))
		}
		if name == "asp" {
			made["letter's label missing"] = []byte(strings.ReplaceAll(good, "<TD>A.", "<TD>&nbsp;"))
		}
		t.Run(name, func(t *testing.T) { sourcetest.Survives(t, New(), "signatures-185", []byte(good), made) })
	}
}

// listOf is the answer's list of one group's states.
func listOf(all []state) string {
	for i := range all {
		all = slices.Clone(all)
		all[i].group = "member"
	}
	list, _, _ := strings.Cut(strings.TrimPrefix(asJSON(all), "["), "],\n null")
	return list + "]"
}

func swap(s, a, b string) string { return strings.NewReplacer(a, b, b, a).Replace(s) }

func undated(all []state) []state {
	var none []state
	for _, s := range all {
		none = append(none, state{name: s.name, group: s.group})
	}
	return none
}

// lineWith is the first line of s with the words, and its end.
func lineWith(s, words string) string {
	for line := range strings.Lines(s) {
		if strings.Contains(line, words) {
			return line
		}
	}
	return ""
}
