package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// untcPrefix begins the ids of the elements of the publisher's pages.
const untcPrefix = "ctl00_ctl00_ContentPlaceHolder1_ContentPlaceHolderInnerPage_"

// untcPage is one status page of the UN Treaty Collection to rebuild.
type untcPage struct {
	id, facts           string // request of the source; name of the treaty in the facts
	number, title       string // line that names the treaty
	adopted, inForce    string
	consentHeader, link string
}

var untcPages = []untcPage{
	{
		id: "CRC", facts: "UNCRC", number: "11. ", title: "Convention on the Rights of the Child",
		adopted: "New York, 20 November 1989", inForce: "2 September 1990",
		consentHeader: "Ratification, Acceptance(A), Accession(a), Succession(d)", link: "IV-11",
	},
	{
		id: "OPSC", facts: "OPSC", number: "11. c",
		title:   "Optional Protocol to the Convention on the Rights of the Child on the sale of children, child prostitution and child pornography",
		adopted: "New York, 25 May 2000", inForce: "18 January 2002",
		consentHeader: "Ratification, Accession(a), Succession(d)", link: "IV-11-c",
	},
}

// untcFact is one line of un_treaties.csv: dates as 2006-01-02, references as
// numbers separated by blanks.
type untcFact struct {
	name, signed, consent, kind, references string
}

// untcName is one line of un_declarations.csv.
type untcName struct{ name, references string }

// generateUNTreaties rebuilds the status pages of the Convention on the Rights of
// the Child and of its protocol on the sale of children, as at 3 February 2026,
// with the publisher's element ids, order of sections and habits of markup. Texts
// of declarations and footnotes are not carried over, and the page says so.
func generateUNTreaties(root string) error {
	for _, p := range untcPages {
		facts, err := readUNTreatyFacts(root, p.facts)
		if err != nil {
			return err
		}
		declarations, objections, err := readUNDeclarations(root, p.facts)
		if err != nil {
			return err
		}
		body, err := p.html(facts, declarations, objections)
		if err != nil {
			return fmt.Errorf("page %s: %w", p.id, err)
		}
		url := "https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=" + p.link + "&chapter=4&clang=_en"
		if err := writeCapture(root, "un-treaties", p.id+".html", body, captureRecord{
			Request: captureRequest{ID: p.id, URL: url}, FinalURL: url,
			RequestedAt: "2026-02-03T14:16:18Z", Status: 200,
			Headers: map[string]string{"Content-Type": "text/html; charset=utf-8"},
			Origin:  originRebuilt,
			OriginNote: "rebuilt from testdata/facts/un_treaties.csv and un_declarations.csv in the form of the publisher's page; " +
				"the time is the status date that it prints. Texts of declarations, objections and footnotes are not carried over",
		}); err != nil {
			return err
		}
	}
	return nil
}

func readUNTreatyFacts(root, treaty string) ([]untcFact, error) {
	lines, err := readUNFacts(root, "un_treaties.csv",
		"treaty,state_name_as_published,iso3,signature_date,ratification_date,ratification_kind,as_of,source,references")
	var facts []untcFact
	for _, f := range lines {
		if f[0] == treaty {
			facts = append(facts, untcFact{name: f[1], signed: f[3], consent: f[4], kind: f[5], references: f[8]})
		}
	}
	if err == nil && len(facts) == 0 {
		err = fmt.Errorf("un_treaties.csv has no row of %s", treaty)
	}
	return facts, err
}

func readUNDeclarations(root, treaty string) (declarations, objections []untcName, err error) {
	lines, err := readUNFacts(root, "un_declarations.csv", "treaty,participant,kind,source,references")
	for _, f := range lines {
		switch {
		case f[0] != treaty:
		case f[2] == "declaration":
			declarations = append(declarations, untcName{f[1], f[4]})
		case f[2] == "objection":
			objections = append(objections, untcName{f[1], f[4]})
		default:
			return nil, nil, fmt.Errorf("un_declarations.csv: %s has the kind %q", f[1], f[2])
		}
	}
	return declarations, objections, err
}

func readUNFacts(root, name, header string) ([][]string, error) {
	data, err := os.ReadFile(filepath.Join(root, "testdata", "facts", name))
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(lines) == 0 || strings.Join(lines[0], ",") != header {
		return nil, fmt.Errorf("%s: the columns are not %s", name, header)
	}
	return lines[1:], nil
}

// html draws the page. Lines end in CR LF, as the publisher's do.
func (p untcPage) html(facts []untcFact, declarations, objections []untcName) ([]byte, error) {
	var w strings.Builder
	p.head(&w, facts)
	if err := p.table(&w, facts, declarations); err != nil {
		return nil, err
	}
	untcSection(&w, "Declarations and Reservations", "dgDec", "declaration", declarations)
	untcSection(&w, "Objections", "dgObj", "objection", objections)
	untcFootnotes(&w, facts, declarations, objections)
	w.WriteString("</div>\n</form>\n</body>\n</html>\n")
	return []byte(strings.ReplaceAll(w.String(), "\n", "\r\n")), nil
}

func (p untcPage) head(w *strings.Builder, facts []untcFact) {
	signatories, parties := 0, 0
	for _, f := range facts {
		if f.signed != "" {
			signatories++
		}
		if f.consent != "" {
			parties++
		}
	}
	number, letter, _ := strings.Cut(p.number, " ")
	fmt.Fprintf(w, "\n\n<!DOCTYPE html>\n\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n\n"+
		"<head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" /><title>\n\tUNTC\n</title></head>\n"+
		"<body>\n<!-- rebuilt from facts: not the publisher's page -->\n<form method=\"post\" id=\"aspnetForm\">\n"+
		"<div id=\"%[1]smainTable\">\n"+
		"    <div id=\"%[1]sdiv3\" class=\"rows top-10 padd-5 heading-three\">STATUS AS AT : 03-02-2026 10:16:18 EDT</div>\n\n"+
		"    <div id=\"%[1]srptHead_ctl00_tcHead\">\n        CHAPTER IV\n    </div>\n"+
		"    <div id=\"%[1]srptHead_ctl00_tcText\" class=\"tcTextCenter bold\">\n        HUMAN RIGHTS\n    </div>\n"+
		"    <div id=\"%[1]srptTreaty_ctl00_tcTreaty\" class=\"treatyCenter\">\n        %[2]s %[3]s\n        \n        %[4]s\n    </div>\n"+
		"    <div id=\"%[1]srptTreaty_ctl00_tcText\" class=\"treatyCenterSub normal\">\n        %[5]s\n    </div>\n"+
		"    <div id=\"%[1]srptEIF_ctl00_tcText\">\n        %[6]s\n        <SUP><A onclick='ShowNoteAll()' href='#' class='noteIndex'></A> </SUP></div>\n",
		untcPrefix, number, letter, p.title, p.adopted, p.inForce)
	fmt.Fprintf(w, "    <div id=\"%srptStatus_ctl00_tcText\">Signatories :\n            %d.             Parties :\n            %d</div>\n",
		untcPrefix, signatories, parties)
}

func (p untcPage) table(w *strings.Builder, facts []untcFact, declarations []untcName) error {
	fmt.Fprintf(w, "<table id=\"%stblgrid\" class=\"table table-striped table-bordered\" style=\"background-color:#D7D7D7\">\n"+
		"\t<tr class=\"thead-one\">\n\t\t<td valign=\"bottom\" width=\"43%%\">Participant<br></td>\n\t\t<td valign=\"bottom\" width=\"100\">Signature<br></td>\n"+
		"\t\t<td valign=\"bottom\">%s<br></td>\n\t</tr>\n", untcPrefix, p.consentHeader)
	for i, f := range facts {
		name := f.name
		if slices.ContainsFunc(declarations, func(d untcName) bool { return d.name == f.name }) {
			name = `<A href='#EndDec' class='noteIndex' onclick='return ShowDeclarationsNew(getInnerText(this),"","_en","4","139");'>` + name + `</A>`
		}
		signed, err1 := untcDate(f.signed, "")
		letter, ok := map[string]string{"": "", "ratification": "", "acceptance": "A", "approval": "AA", "accession": "a", "succession": "d"}[f.kind]
		consent, err2 := untcDate(f.consent, letter)
		if err := errors.Join(err1, err2); err != nil || !ok {
			return fmt.Errorf("%s: kind %q: %w", f.name, f.kind, err)
		}
		fmt.Fprintf(w, "\t<tr class=\"%s\">\n\t\t<td>%s%s<br></td>\n\t\t<td>%s</td>\n\t\t<td>%s</td>\n\t</tr>\n",
			[]string{"trBWhite", "trBGGrey"}[i%2], name, untcNotes(f.references), signed, consent)
	}
	w.WriteString("</table>\n")
	return nil
}

// untcDate writes a date as the publisher does: a hard blank before a day of one
// digit, a tab after the month, the letter of the kind last.
func untcDate(day, letter string) (string, error) {
	if day == "" {
		return "&nbsp;", nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", err
	}
	text := t.Format("2 Jan\t 2006 ") + letter + "<br>"
	if t.Day() < 10 {
		text = " &nbsp;" + text
	}
	return text, nil
}

func untcNotes(references string) string {
	if references == "" {
		return ""
	}
	var links []string
	for _, n := range strings.Fields(references) {
		links = append(links, fmt.Sprintf("<A onclick='ShowNoteAll()' href='#%s' class='noteIndex'>%s</A>", n, n))
	}
	return " <SUP>" + strings.Join(links, ", ") + " </SUP>"
}

// untcSection writes a list of declarations or objections, or nothing where no name
// is known: an empty list would say that nobody made any.
func untcSection(w *strings.Builder, title, id, word string, names []untcName) {
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(w, "<div class=\"bold\"><div align=center>%s</div></div>\n"+
		"<table cellspacing=\"0\" cellpadding=\"0\" border=\"0\" id=\"%s%s\" style=\"border-collapse:collapse;\">\n\t", title, untcPrefix, id)
	for i, n := range names {
		fmt.Fprintf(w, "<tr align=\"left\" valign=\"top\" style=\"border-width:0px;\">\n\t\t<td>\n"+
			"            <div id=\"%[1]s%[2]s_ctl%02[3]d_divMainText\"></div>\n"+
			"            <div id=\"%[1]s%[2]s_ctl%02[3]d_divParticipant\" class=\"heading-two\">%[4]s%[5]s</div>\n"+
			"            <div id=\"%[1]s%[2]s_ctl%02[3]d_divText\" class=\"content-two\"><p class='invisible'>%[4]s</p>"+
			"<p align=left><i>[text of the %[6]s not carried over]<br></n></i></p></div>\n\t\t</td>\n\t</tr>",
			untcPrefix, id, i+2, n.name, untcNotes(n.references), word)
	}
	w.WriteString("\n</table>\n")
}

func untcFootnotes(w *strings.Builder, facts []untcFact, lists ...[]untcName) {
	var numbers []int
	add := func(references string) {
		for _, n := range strings.Fields(references) {
			if number, err := strconv.Atoi(n); err == nil {
				numbers = append(numbers, number)
			}
		}
	}
	for _, f := range facts {
		add(f.references)
	}
	for _, n := range slices.Concat(lists...) {
		add(n.references)
	}
	if len(numbers) == 0 {
		return
	}
	slices.Sort(numbers)
	fmt.Fprintf(w, "<table class=\"table bullet-points-one\" border=\"0\" id=\"%sdgNotesAll\">\n\t", untcPrefix)
	for i, n := range slices.Compact(numbers) {
		fmt.Fprintf(w, "<tr align=\"justify\" valign=\"top\">\n\t\t<td>\n            <div id=\"%[1]sdgNotesAll_ctl%02[2]d_divNotesAll\" class=\"divNotesAll\">"+
			"<a name='%[3]d'>%[3]d</a><index></index> [text of the footnote not carried over]<br><br></div>\n\t\t</td>\n\t</tr>", untcPrefix, i+2, n)
	}
	w.WriteString("\n</table>\n")
}
