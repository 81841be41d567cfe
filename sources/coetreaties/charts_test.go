package coetreaties

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// Texts of real charts that were stored when they were new. They break off: their rows
// are right, and held.
func TestStoredTexts(t *testing.T) {
	dossier, err := csv.NewReader(strings.NewReader(string(sourcetest.File(t, sourcetest.Shared(t, "sources", "treaties.csv"))))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string][]string{}
	for _, f := range dossier {
		if f[0] == "ETS 185" {
			facts[f[2]] = f
		}
	}
	for _, c := range []struct {
		file, asOf, holds string
		rows              int
		letters           map[string]string
	}{
		{"coe_ets185_chart_2004-06-18.txt", "2004-06-18", "end-not-seen members-count", 19, nil},
		{"coe_ets185_chart_2015-12-03.txt", "2015-12-03", "row-not-read end-not-seen members-count", 16, map[string]string{"Albania": "A", "Andorra": "", "Azerbaijan": "R D A T", "Denmark": "R A T", "Georgia": "D"}},
		{"coe_ets185_chart_2020-03-13_netlawgic.txt", "2020-03-13", "row-not-read treaty-not-named end-not-seen members-count", 6, map[string]string{"Andorra": "R D A", "Azerbaijan": "R D A T"}},
	} {
		reading := sourcetest.Read(t, New(), "signatures-185", sourcetest.File(t, sourcetest.Shared(t, "captures", "coe-treaty-office", c.file)))
		var holds []string
		for _, f := range reading.Findings {
			if f.Severity == source.Hold {
				holds = append(holds, f.Code)
			}
		}
		if got := strings.Join(holds, " "); got != c.holds || reading.Parts[0].Complete || len(reading.Rows) != c.rows {
			t.Errorf("%s: %d rows, want %d; held for %q, want %q; complete %v", c.file, len(reading.Rows), c.rows, got, c.holds, reading.Parts[0].Complete)
		}
		if slices.Contains(reading.Parts[0].Columns, "remarks") != (c.letters != nil) {
			t.Errorf("%s: columns %q: crosses without columns cannot be read, letters can", c.file, reading.Parts[0].Columns)
		}
		for name, want := range c.letters {
			if got := cell(named(t, reading, name), "remarks"); got != want {
				t.Errorf("%s: %s has the letters %q, want %q", c.file, name, got, want)
			}
		}
		for _, r := range reading.Rows {
			place, _ := places.Default().Lookup(cell(r, "published_name"))
			want := slices.Clone(facts[place.Code][3:7])
			if want[1] > c.asOf { // what came after the chart
				want[1], want[3] = "", ""
			}
			if want[0] > c.asOf {
				want[0] = ""
			}
			if want[1] == "" && want[3] != "" {
				want[3] = cell(r, "in_force") // the dossier lacks the deposit: nothing to compare
			}
			got := []string{cell(r, "signed"), cell(r, "consent"), cell(r, "in_force"), cell(r, "as_of"), cell(r, "treaty_group")}
			if !slices.Equal(got, []string{want[0], want[1], want[3], c.asOf, "member"}) {
				t.Errorf("%s: %s: %q, the dossier has %q", c.file, r.Row.Evidence.Quote, got, want)
			}
			if (cell(r, "status") == "party") != (want[1] != "") {
				t.Errorf("%s: %s is %s", c.file, cell(r, "published_name"), cell(r, "status"))
			}
		}
	}
}

func TestOddCharts(t *testing.T) {
	good, text := asHTML(fixture()), asText(fixture())
	albania := lineWith(text, "Albania")
	consent := fixture()[0].consent.Format("02/01/2006")
	ok := "note: colours-not-read"
	for _, c := range []struct{ name, body, want string }{
		{"good", good, ok},
		{"good text", text, ok},
		{"lines of Windows", strings.ReplaceAll(text, "\n", "\r\n"), ok},
		{"empty cells at the end gone", trimmed(text), "hold: line-not-read"}, // one of those that did nothing has no cell left
		{"total on its own line", strings.Replace(text, "accessions\t", "accessions\n", 1), ok},
		{"no total", text[:strings.Index(text, "Total")], "hold: end-not-seen"},
		{"other total", strings.Replace(text, "accessions\t", "accessions\t1", 1), "hold: total-differs"},
		{"total without number", text[:strings.LastIndex(text, "\t")], "hold: end-not-seen"},
		{"page without total", strings.Replace(good, "Total number of", "Number of", 1), ok},
		{"page breaks off", good[:len(good)-9], "error: chart of treaty 185: the page breaks off"},
		{"another treaty", strings.Replace(good, "of Treaty 185", "of Treaty 189", 1), "error: chart of treaty 185: the chart is about treaty 189"},
		{"only another treaty", strings.NewReplacer("Treaty 185", "Treaty 189", "No.185", "No.189").Replace(good), "error: chart of treaty 185: the chart is about treaty 189"},
		{"no treaty", strings.NewReplacer("Treaty 185", "it", "CETS No.185", "").Replace(good), "hold: treaty-not-named"},
		{"two days", strings.Replace(good, "<h1>", "<p>Status as of 04/02/2026</p><h1>", 1), "error: chart of treaty 185: the chart prints two days"},
		{"no such day", strings.Replace(good, "03/02/2026", "31/02/2026", 1), "error: chart of treaty 185: the day of the status"},
		{"day of an archive", strings.Replace(good, "03/02/2026", "23/01/2026", 1), "question: status-date-old; note: colours-not-read"},
		{"no day", strings.Replace(good, "Status as of", "Status", 1), ok},
		{"no day of a calendar", once(t, good, consent, "31/06/2012"), "hold: row-not-read; hold: total-differs"},
		{"day with points", once(t, good, consent, strings.ReplaceAll(consent, "/", ".")), "hold: row-not-read; hold: total-differs"},
		{"unknown letter", once(t, good, consent, consent+" z"), "hold: row-not-read; hold: total-differs"},
		{"letter at an entry into force", once(t, good, fixture()[0].inForce.Format("02/01/2006")+"</td>", fixture()[0].inForce.Format("02/01/2006")+" a</td>"), "hold: row-not-read; hold: total-differs"},
		{"accession of a signatory", once(t, good, consent, consent+" a"), ok + "; question: kind-contradicts-signature"},
		{"notes in words", once(t, text, albania, strings.Replace(albania, "\t\t", "\tsee below\t", 1)), "hold: row-not-read; hold: total-differs"},
		{"word in a column of letters", strings.Replace(good, "<td>R.</td>", "<td>yes</td>", 1), "hold: row-not-read"},
		{"cell over two rows", strings.Replace(good, "<td><a href=\"#\">France", "<td rowspan=\"2\"><a href=\"#\">France", 1), "hold: row-not-read"},
		{"cell over a million columns", strings.Replace(good, "<td><a href=\"#\">France", "<td colspan=\"1000000\"><a href=\"#\">France", 1), "hold: row-not-read"},
		{"challenge", "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>", "error: chart of treaty 185: a Cloudflare challenge"},
		{"page of the application", "<html><body><script>window.conventions_api_key = 'x';</script></body></html>", "error: chart of treaty 185: the page holds a script and no chart"},
	} {
		if got := outcome("signatures-185", c.body); c.want == ok && got != ok || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func trimmed(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(line, "\t\n") + "\n")
	}
	return b.String()
}

// Letters after the days say how a state consented.
func TestLettersOfConsent(t *testing.T) {
	good := asHTML(fixture())
	s := fixture()[0]
	signed, consent := "<td>"+s.signed.Format("02/01/2006"), "<td colspan=\"2\">"+s.consent.Format("02/01/2006")
	for _, c := range []struct{ signed, consent, kind, status, note string }{
		{signed, consent, "unspecified", "party", ""},
		{"<td>", consent + " su", "succession", "party", ""},
		{"<td>", consent + " a", "accession", "party", ""},
		{signed, consent + " s", "unspecified", "party", "signature without reservation as to ratification"},
		{signed + " r", consent, "unspecified", "party", "signature ad referendum"},
		{signed + " r", "<td colspan=\"2\">", "", "signed", "signature ad referendum"},
		{signed + " s", "<td colspan=\"2\">", "unspecified", "party", "signature without reservation as to ratification"},
	} {
		body := once(t, once(t, good, signed, c.signed), consent, c.consent)
		reading, err := source.Read(New(), sourcetest.Capture(New(), "signatures-185", []byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r := named(t, reading, "Albania")
		got := []string{cell(r, "consent_kind"), cell(r, "status"), cell(r, "note")}
		if want := []string{c.kind, c.status, c.note}; !slices.Equal(got, want) {
			t.Errorf("%s, %s: %q, want %q", c.signed, c.consent, got, want)
		}
	}
}

// Numbers of footnotes are kept.
func TestNotes(t *testing.T) {
	text := asText(fixture())
	france := lineWith(text, "France")
	cells := strings.Split(france, "\t")
	cells[4] = "(1), 12"
	reading := sourcetest.Read(t, New(), "signatures-185", []byte(strings.Replace(text, france, strings.Join(cells, "\t"), 1)))
	if got := cell(named(t, reading, "France"), "references"); got != "1 12" {
		t.Errorf("references %q", got)
	}
}

// Before 2007 other states were members.
func TestMembersOfOlderCharts(t *testing.T) {
	old := strings.Replace(asText(fixture()), "Serbia\t", "Serbia and Montenegro\t", 1)
	for day, want := range map[string]bool{"03/02/2026": true, "31/12/2007": true, "18/06/2004": false} {
		got := outcome("signatures-185", strings.Replace(old, "03/02/2026", day, 1))
		if strings.Contains(got, "group-contradicts-name") != want {
			t.Errorf("chart of %s: %s", day, got)
		}
	}
}
