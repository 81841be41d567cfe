package untreaties

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// Pages that are not what they should be. Each ends in an error, or in rows that a
// finding holds; what passes without either would be a wrong row.
func TestDamagedPages(t *testing.T) {
	whole := string(rebuilt(t, "CRC"))
	table := regexp.MustCompile(`(?s)<table id="[^"]*_tblgrid".*?</table>`).FindString(whole)
	tableRows := strings.SplitAfter(table, "</tr>")
	id := func(suffix string) string { return untcID + suffix + `"` }
	change := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the page does not contain %q", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	netherlands := regexp.MustCompile(`6 Feb\s+1995 A`).FindString(whole)
	for _, c := range []struct{ name, page, want string }{
		{"empty", " \r\n", "error: the page is empty"},
		{"truncated", whole[:len(whole)/2], "error: the page breaks off"},
		{"truncated near the end", strings.TrimSpace(whole)[:len(strings.TrimSpace(whole))-3], "error: the page breaks off"},
		{"Latin-1", strings.Replace(whole, "Türkiye", "T\xfcrkiye", 1), "error: the page is not UTF-8: byte"},
		{"error page", "<html><head><title>Error</title></head><body>Try later.</body></html>", `on the page titled "Error"`},
		{"other site", "<!DOCTYPE html><html><title>Shop</title><body><table><tr><td>Participant<td>Signature<td>Ratification</table></body></html>", `on the page titled "Shop"`},
		{"no table", change(id("tblgrid"), id("other")), "error: table of participants: want one element"},
		{"two tables", change("</table>", "</table>"+table), "error: table of participants: want one element with an id ending in tblgrid, found 2"},
		{"empty table", strings.Replace(whole, table, tableRows[0]+"</table>", 1), "error: table of participants: 1 rows"},
		{"no header", strings.Replace(whole, tableRows[0], `<table id="`+untcID+`tblgrid">`, 1), "error: table of participants: the header reads"},
		{"columns swapped", change("Participant<br></td>\r\n\t\t<td valign=\"bottom\" width=\"100\">Signature", "Signature<br></td>\r\n\t\t<td valign=\"bottom\" width=\"100\">Participant"), "error: table of participants: the header reads"},
		{"dates swapped", swapDates(whole), "error: table of participants: row"},
		{"one more column", change("Signature<br></td>", "Signature<br></td><td>Notes</td>"), "error: table of participants: the header has 4 cells"},
		{"one more cell", change("<td>Albania<br></td>", "<td>Albania<br></td><td></td>"), "row 3: \"Albania |  | 26 Jan 1990 | 27 Feb 1992\" has 4 cells"},
		{"half the table", strings.Replace(whole, table, strings.Join(tableRows[:100], "")+"</table>", 1), "hold: counts-differ"},
		{"one row less", change(tableRows[9], ""), "hold: counts-differ"},
		{"one row twice", change(tableRows[9], tableRows[9]+tableRows[9]), "hold: name-twice"},
		{"no name", change("<td>Albania<br></td>", "<td>&nbsp;</td>"), "row 3: \" | 26 Jan 1990 | 27 Feb 1992\" has no name"},
		{"a for A", change(netherlands, strings.ToLower(netherlands[:1])+netherlands[1:len(netherlands)-1]+"a"), "hold: kind-contradicts-signature"},
		{"lower case", strings.ToLower(whole), "error: want one element with an id ending in rptTreaty_ctl00_tcTreaty, found 0"},
		{"lower-case table", strings.Replace(whole, table, strings.Replace(strings.ToLower(table), strings.ToLower(untcID), untcID, 1), 1), "error: table of participants: the header reads"},
		{"lower-case dates", strings.ReplaceAll(whole, netherlands, strings.ToLower(netherlands)), "error: table of participants: row"},
		{"lower-case legend", change("Acceptance(A)", "Acceptance(a)"), "is no kind of consent with its letter"},
		{"unknown letter", change(netherlands, strings.TrimSuffix(netherlands, "A")+"P"), `the header does not explain the letter "P"`},
		{"letter without legend", change(netherlands, strings.TrimSuffix(netherlands, "A")+"AA"), `the header does not explain the letter "AA"`},
		{"letter at a signature", change("<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 1990 <br>", "<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 1990 a<br>"), "Albania: signature \"26 Jan 1990 a\" is no date"},
		{"no such day", change(netherlands, "31 Feb\t 1995 A"), "row 125: Netherlands (Kingdom of the): \"31 Feb 1995 A\" is no date"},
		{"month in words", change(netherlands, "6 February 1995 A"), "is no date like"},
		{"footnote in words", change("class='noteIndex'>3</A>", "class='noteIndex'>iii</A>"), "which is no number"},
		{"no status date", change(id("div3"), id("div4")), "error: status date: want one element"},
		{"status date in words", change("03-02-2026 10:16:18 EDT", "3 February 2026"), "error: status date: \"STATUS AS AT : 3 February 2026\" is not like"},
		{"status date is no day", change("03-02-2026", "03-22-2026"), "is no day-month-year"},
		{"month before day", change("03-02-2026", "02-03-2026"), "hold: status-date-in-future"},
		{"old status date", change("03-02-2026", "13-01-2026"), "question: status-date-old"},
		{"date after the status date", change("<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 1990", "<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 2027"), "question: date-after-status-date"},
		{"consent before signature", change("<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 1990", "<td>Albania<br></td>\r\n\t\t<td>26 Jan\t 1999"), "question: consent-before-signature"},
		{"no counts", change("Signatories :", "Signatures :"), "error: counts: "},
		{"other counts", change("Parties :\r\n            196", "Parties :\r\n            195"), "hold: counts-differ"},
		{"page of the protocol", string(rebuilt(t, "OPSC")), "error: the page is about \"11. c Optional Protocol"},
		{"page of another chapter", change("CHAPTER IV", "CHAPTER V"), "error: the page is about"},
		{"page of another protocol", change("11. \r\n        \r\n        Convention on", "11. b\r\n        \r\n        Optional Protocol to the Convention on"), "error: the page is about"},
		{"declaration missing", change("dgDec_ctl40_divParticipant", "dgDec_ctl40_other"), "error: section dgDec"},
		{"declaration cut out", strings.Replace(strings.Replace(whole, untcID+"dgDec_ctl40_divParticipant", "x", 1), untcID+"dgDec_ctl40_divText", "y", 1), "error: section dgDec: entry 39 has the id"},
		{"declaration not linked", change(`<A href='#EndDec' class='noteIndex' onclick='return ShowDeclarationsNew(getInnerText(this),"","_en","4","139");'>Algeria</A>`, "Algeria"), "hold: declarations-differ"},
		{"declaration of another", change(`class="heading-two">Algeria<`, `class="heading-two">Albania<`), "hold: declarations-differ"},
		{"objection twice", change(`dgObj_ctl03_divParticipant" class="heading-two">Belgium<`, `dgObj_ctl03_divParticipant" class="heading-two">Austria<`), "hold: name-twice"},
	} {
		got := outcome(c.page)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
		if strings.Contains(got, "\n") || c.want == "" {
			t.Errorf("%s: more than one line: %s", c.name, got)
		}
	}
}

const untcID = "ctl00_ctl00_ContentPlaceHolder1_ContentPlaceHolderInnerPage_"

// swapDates exchanges the two date cells of every row, but not the header.
func swapDates(page string) string {
	return regexp.MustCompile(`(<tr class="trB\w+">\s*<td>.*</td>\s*)(<td>.*</td>)(\s*)(<td>.*</td>)`).ReplaceAllString(page, "$1$4$3$2")
}

// outcome reads a page as CRC and says in a line what came of it.
func outcome(page string) string {
	reading, err := source.Read(New(), sourcetest.Capture(New(), "CRC", []byte(page)))
	if err != nil {
		text := err.Error()
		_, text, _ = strings.Cut(text, "): ")
		return "error: " + text
	}
	var all []string
	for _, f := range reading.Findings {
		if f.Severity == source.Note {
			continue
		}
		all = append(all, string(f.Severity)+": "+f.Code)
		for _, p := range reading.Parts {
			if f.Severity == source.Hold && p.Dataset == f.Dataset && p.Name() == f.Part && p.Complete {
				all = append(all, "complete though held")
			}
		}
	}
	return strings.Join(all, "; ")
}

// No row can go missing unnoticed.
func TestEveryMissingRowIsNoticed(t *testing.T) {
	whole := string(rebuilt(t, "CRC"))
	rows := regexp.MustCompile(`(?s)<tr class="trB\w+">.*?</tr>`).FindAllString(whole, -1)
	if len(rows) != 197 {
		t.Fatalf("%d rows, want 197", len(rows))
	}
	for _, row := range rows {
		if got := outcome(strings.Replace(whole, row, "", 1)); !strings.HasPrefix(got, "hold: counts-differ") {
			t.Errorf("without %q: %s", row, got)
		}
	}
}

// A page with its month before its day reads as an older one where the day is small.
func TestMonthBeforeDayIsNotAnOldPage(t *testing.T) {
	page := bytes.Replace(rebuilt(t, "OPSC"), []byte("03-02-2026"), []byte("02-01-2026"), 1)
	c := sourcetest.Capture(New(), "OPSC", page)
	c.Taken = time.Date(2026, 2, 1, 15, 0, 0, 0, time.UTC)
	reading, err := source.Read(New(), c)
	if err != nil || len(reading.Findings) == 0 || reading.Findings[0].Code != "status-date-order" || reading.Parts[0].Complete {
		t.Errorf("%v, findings %v", err, reading.Findings)
	}
}

// Bytes of any kind end in an error or in rows, never in nothing, and never crash.
func FuzzParse(f *testing.F) {
	page := string(rebuilt(f, "OPSC"))
	rows := regexp.MustCompile(`(?s)<tr class="trB\w+">.*?</tr>\s*`).FindAllString(page, -1)
	small := strings.Replace(page, strings.Join(rows[3:], ""), "", 1)
	small = regexp.MustCompile(`(?s)Signatories :.*?</div>`).ReplaceAllString(small, "Signatories : 1. Parties : 3</div>")
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, body []byte) {
		reading, err := source.Read(New(), sourcetest.Capture(New(), "OPSC", body))
		if err == nil && len(rowsOf(reading, "treaty_status")) == 0 {
			t.Error("a page without rows was read")
		}
	})
}
