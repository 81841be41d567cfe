package untreaties

import (
	"bytes"
	"encoding/csv"
	"html"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

func original(t testing.TB) []byte {
	t.Helper()
	return sourcetest.File(t, sourcetest.Shared(t, "captures", "un-treaty-collection", "crc-2026-02-03.html"))
}

func rebuilt(t testing.TB, id string) []byte {
	t.Helper()
	return sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "captures", "un-treaties", id+".html"))
}

// cell returns a column of an emitted row as it is printed.
func cell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.Named(r.Dataset).Column(column)].String()
}

func rowsOf(reading source.Reading, dataset string) []source.Emitted {
	return slices.DeleteFunc(slices.Clone(reading.Rows), func(r source.Emitted) bool { return r.Dataset != dataset })
}

func named(t *testing.T, reading source.Reading, dataset, name string) source.Emitted {
	t.Helper()
	for _, r := range rowsOf(reading, dataset) {
		if cell(r, "published_name") == name {
			return r
		}
	}
	t.Fatalf("%s has no row of %s", dataset, name)
	return source.Emitted{}
}

func lines(t *testing.T, elem ...string) [][]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(sourcetest.File(t, sourcetest.Shared(t, elem...)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func TestOriginalAgreesWithTheDossierRowForRow(t *testing.T) {
	reading := sourcetest.Read(t, New(), "CRC", original(t))
	rows, signed, party := rowsOf(reading, "treaty_status"), 0, 0
	var got, want []string
	for _, r := range rows {
		p, _ := places.Default().Lookup(cell(r, "published_name"))
		got = append(got, strings.Join([]string{
			cell(r, "published_name"), p.Code, cell(r, "signed"), cell(r, "consent"), cell(r, "consent_kind"), cell(r, "as_of"),
		}, "|"))
		if cell(r, "signed") != "" {
			signed++
		}
		if cell(r, "status") == "party" {
			party++
		}
		if cell(r, "iso3") != "" || cell(r, "treaty") != "CRC" || (cell(r, "consent") != "") != (cell(r, "status") == "party") {
			t.Errorf("row %q is inconsistent", r.Row.Evidence.Quote)
		}
	}
	for _, f := range lines(t, "sources", "treaties.csv") {
		if f[0] == "UNCRC" {
			want = append(want, strings.Join([]string{f[1], f[2], f[3], f[4], f[5], f[8]}, "|"))
		}
	}
	if len(rows) != 197 || party != 196 || signed != 140 {
		t.Errorf("%d rows, %d parties, %d signatories; want 197, 196, 140", len(rows), party, signed)
	}
	if !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("row %d: got %s, want %s", i, got[i], want[i])
			}
		}
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	status := reading.Parts[0]
	if status.Name() != "treaty=CRC" || !status.Complete || !slices.Contains(status.Columns, "references") || slices.Contains(status.Columns, "in_force") {
		t.Errorf("part of the status: %+v", status)
	}
	if len(reading.Findings) != 1 || reading.Findings[0].Code != "declaration-without-row" || reading.Findings[0].Severity != source.Note {
		t.Errorf("findings: %v, want a note on Yugoslavia", reading.Findings)
	}
}

func TestOriginalInDetail(t *testing.T) {
	reading := sourcetest.Read(t, New(), "CRC", original(t))
	for _, c := range []struct{ name, status, signed, consent, kind, references, quote string }{
		{"Netherlands (Kingdom of the)", "party", "1990-01-26", "1995-02-06", "acceptance", "14", "Netherlands (Kingdom of the) 14 | 26 Jan 1990 | 6 Feb 1995 A"},
		{"Czech Republic", "party", "", "1993-02-22", "succession", "7", "Czech Republic 7 |  | 22 Feb 1993 d"},
		{"Armenia", "party", "", "1993-06-23", "accession", "", "Armenia |  | 23 Jun 1993 a"},
		{"United States of America", "signed", "1995-02-16", "", "", "", "United States of America | 16 Feb 1995 | "},
		{"Austria", "party", "1990-01-26", "1992-08-06", "ratification", "3", "Austria 3 | 26 Jan 1990 | 6 Aug 1992"},
		{"Türkiye", "party", "1990-09-14", "1995-04-04", "ratification", "", "Türkiye | 14 Sep 1990 | 4 Apr 1995"},
	} {
		r := named(t, reading, "treaty_status", c.name)
		got := []string{cell(r, "status"), cell(r, "signed"), cell(r, "consent"), cell(r, "consent_kind")}
		if want := []string{c.status, c.signed, c.consent, c.kind}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
		if r.Row.Evidence.Quote != c.quote {
			t.Errorf("%s: quote %q, want %q", c.name, r.Row.Evidence.Quote, c.quote)
		}
		if cell(r, "references") != c.references {
			t.Errorf("%s: references %q, want %q", c.name, cell(r, "references"), c.references)
		}
	}
}

// The lists of declarations and the footnotes, counted a second time by searching
// the raw bytes.
func TestOriginalAgreesWithItsRawBytes(t *testing.T) {
	body := original(t)
	reading := sourcetest.Read(t, New(), "CRC", body)
	note := regexp.MustCompile(`href='#(\d+)'`)
	clean := func(b []byte) string {
		name, _, _ := strings.Cut(string(b), "<SUP>")
		return strings.TrimSpace(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(name, "")))
	}
	notes := func(b []byte) string {
		var all []string
		if _, raised, ok := strings.Cut(string(b), "<SUP>"); ok {
			for _, m := range note.FindAllStringSubmatch(raised, -1) {
				all = append(all, m[1])
			}
		}
		return strings.Join(all, " ")
	}
	for _, section := range []struct {
		id, kind string
		n        int
		complete bool
	}{{"dgDec", "declaration", 75, true}, {"dgObj", "objection", 22, false}} {
		var want, got []string
		for _, m := range regexp.MustCompile(section.id+`_ctl\d+_divParticipant"[^>]*>(.*?)</div>`).FindAllSubmatch(body, -1) {
			want = append(want, clean(m[1])+"|"+notes(m[1]))
		}
		for _, r := range rowsOf(reading, "treaty_declarations") {
			if cell(r, "kind") == section.kind {
				got = append(got, cell(r, "published_name")+"|"+cell(r, "references"))
			}
		}
		if len(got) != section.n || !slices.Equal(got, want) {
			t.Errorf("%ss: %d, want %d:\n%q\n%q", section.kind, len(got), section.n, got, want)
		}
		for _, p := range reading.Parts {
			if p.Name() == "treaty=CRC,kind="+section.kind && p.Complete != section.complete {
				t.Errorf("%ss: complete is %v", section.kind, p.Complete)
			}
		}
	}
	_, table, _ := bytes.Cut(body, []byte(`_tblgrid"`))
	table, _, _ = bytes.Cut(table, []byte("</table>"))
	raw := regexp.MustCompile(`(?s)<tr class="trB\w+">\s*<td>(.*?)</td>`).FindAllSubmatch(table, -1)
	rows := rowsOf(reading, "treaty_status")
	if len(raw) != len(rows) {
		t.Fatalf("%d rows, %d in the bytes", len(rows), len(raw))
	}
	for i, m := range raw {
		if cell(rows[i], "published_name") != clean(m[1]) || cell(rows[i], "references") != notes(m[1]) {
			t.Errorf("row %d: %q with %q, the bytes have %q with %q", i, cell(rows[i], "published_name"), cell(rows[i], "references"), clean(m[1]), notes(m[1]))
		}
	}
}

// A locator leads to exactly the element whose text is the quote, with the tbody
// that a browser adds as well.
func TestLocatorsLeadToTheQuotes(t *testing.T) {
	bodies := map[string][]byte{"CRC": rebuilt(t, "CRC"), "OPSC": rebuilt(t, "OPSC")}
	for id, body := range bodies {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		reading := sourcetest.Read(t, New(), id, body)
		for _, r := range reading.Rows {
			found := doc.Find(r.Row.Evidence.Locator)
			var texts []string
			for _, c := range found.Find("td").EachIter() {
				texts = append(texts, words(c))
			}
			quote := strings.Join(texts, " | ")
			if r.Dataset == "treaty_declarations" {
				quote = words(found)
			}
			if found.Length() != 1 || quote != r.Row.Evidence.Quote || !strings.Contains(quote, cell(r, "published_name")) {
				t.Errorf("%s: %s leads to %d elements, %q, not %q", id, r.Row.Evidence.Locator, found.Length(), quote, r.Row.Evidence.Quote)
			}
		}
	}
}

// Tables that a third party took from the depositary in 2014 and 2015: the dates
// of the Council of Europe's members have not changed since.
func TestOlderTablesHaveTheSameDates(t *testing.T) {
	for id, file := range map[string]string{"CRC": "crc-2014.csv", "OPSC": "opsc-2015.csv"} {
		now := map[string]source.Emitted{}
		for _, r := range rowsOf(sourcetest.Read(t, New(), id, rebuilt(t, id)), "treaty_status") {
			p, _ := places.Default().Lookup(cell(r, "published_name"))
			now[p.Code] = r
		}
		compared := 0
		for _, old := range lines(t, "captures", "un-treaty-collection", "older", file) {
			p, ok := places.Default().Lookup(old[0])
			if !ok {
				t.Errorf("%s: %q is unknown", file, old[0])
			}
			if !slices.Contains(places.Default().Group("coe47"), p.Code) {
				continue
			}
			compared++
			consent, letter, err := readDate(old[2])
			kind := consentKinds[letter]
			if consent.IsZero() {
				kind = ""
			}
			r := now[p.Code]
			if err != nil || schemas.Day(consent).String() != cell(r, "consent") || kind != cell(r, "consent_kind") || older(t, old[1]) != cell(r, "signed") {
				t.Errorf("%s: %q, now %q", file, old, r.Row.Evidence.Quote)
			}
		}
		if compared != 47 {
			t.Errorf("%s: %d members compared, want 47", file, compared)
		}
	}
}

func older(t *testing.T, signed string) string {
	t.Helper()
	day, _, err := readDate(signed)
	if err != nil {
		t.Error(err)
	}
	return schemas.Day(day).String()
}

func TestOtherRequestsAreRefused(t *testing.T) {
	c := sourcetest.Capture(New(), "OPAC", rebuilt(t, "CRC"))
	if _, err := source.Read(New(), c); err == nil || !strings.Contains(err.Error(), `request "OPAC" is none of`) {
		t.Errorf("a request of another treaty: %v", err)
	}
}

// Without the sections, a page says nothing about declarations and footnotes.
func TestAbsentSectionsAreNotEmptyOnes(t *testing.T) {
	reading := sourcetest.Read(t, New(), "OPSC", rebuilt(t, "OPSC"))
	if len(reading.Parts) != 1 || len(rowsOf(reading, "treaty_declarations")) != 0 {
		t.Errorf("parts %v and %d declarations, want the status alone", reading.Parts, len(rowsOf(reading, "treaty_declarations")))
	}
	if slices.Contains(reading.Parts[0].Columns, "references") {
		t.Error("a page without footnotes claims to record them")
	}
	if n := len(rowsOf(reading, "treaty_status")); n != 186 {
		t.Errorf("%d rows, want 186", n)
	}
}

func TestAboutFitsTheRequests(t *testing.T) {
	asks := New().Requests(source.Plan{Now: time.Now()})
	if len(asks) != len(treaties) {
		t.Errorf("%d requests for %d treaties", len(asks), len(treaties))
	}
	for _, ask := range asks {
		if _, ok := treaties[ask.ID]; !ok || len(ask.Addresses) != 1 {
			t.Errorf("request %+v", ask)
		}
	}
	for _, b := range New().About().Bounds {
		if b.MinRows <= 0 || b.MaxRows < b.MinRows {
			t.Errorf("bound %+v", b)
		}
	}
}
