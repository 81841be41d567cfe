package coetreaties

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/schemas"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// state is one row of the chart that the tests made up: no date of it is a fact.
type state struct {
	name, group              string
	signed, consent, inForce time.Time
	letters                  string
}

const (
	members = "Albania|Andorra|Armenia|Austria|Azerbaijan|Belgium|Bosnia and Herzegovina|Bulgaria|Croatia|Cyprus|Czech Republic|Denmark|Estonia|" +
		"Finland|France|Georgia|Germany|Greece|Hungary|Iceland|Ireland|Italy|Latvia|Liechtenstein|Lithuania|Luxembourg|Malta|Monaco|Montenegro|" +
		"Netherlands|North Macedonia|Norway|Poland|Portugal|Republic of Moldova|Romania|San Marino|Serbia|Slovak Republic|Slovenia|Spain|Sweden|" +
		"Switzerland|Türkiye|Ukraine|United Kingdom"
	others = "Canada|Côte d'Ivoire|Japan|Mexico|Russian Federation|Tunisia|United States of America"
)

// fixture is a chart of ETS 185 with every kind of row, whose entries into force follow
// the treaty's rule.
func fixture() []state {
	var all []state
	opened := time.Date(2001, 11, 23, 0, 0, 0, 0, time.UTC)
	for i, name := range strings.Split(members, "|") {
		s := state{name: name, group: "member", letters: []string{"", "R D A", "A", "D A T", "R A C O"}[i%5]}
		if i%13 != 7 {
			s.signed = opened.AddDate(0, 0, i*91%4000)
		}
		if i%13 != 7 && i%11 != 5 {
			s.consent = s.signed.AddDate(0, 0, 150+i*37%1500)
		}
		all = append(all, s)
	}
	all[2].consent = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) // in force after the day of the chart
	for i, name := range strings.Split(others, "|") {
		s := state{name: name, group: "non-member", letters: []string{"", "R D"}[i%2]}
		if i%3 == 0 {
			s.signed = opened.AddDate(0, 0, i*200)
		}
		if i != 3 && i != 4 {
			s.consent = opened.AddDate(0, 0, 1500+i*311)
		}
		all = append(all, s)
	}
	all = append(all, state{name: "European Union", group: "organisation"})
	for i := range all {
		if c := all[i].consent; !c.IsZero() {
			// Said another way than the reader says it: go on to the first of a month that
			// comes three months and more after the deposit's month has ended.
			d := c
			for months := 0; months < 4; {
				if d = d.AddDate(0, 0, 1); d.Day() == 1 {
					months++
				}
			}
			if general := time.Date(2004, 7, 1, 0, 0, 0, 0, time.UTC); d.Before(general) {
				d = general
			}
			all[i].inForce = d
		}
	}
	return all
}

func (s state) kind() string {
	switch {
	case s.consent.IsZero():
		return ""
	case s.group == "non-member" && s.signed.IsZero():
		return "accession"
	}
	return "unspecified"
}

func show(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// asJSON writes the answer of api/signatures. Its flags are of several types, since the
// true one is not known.
func asJSON(all []state) string {
	lists := make([][]map[string]any, 3)
	no := []any{nil, false, 0, "", []string{}}
	yes := []any{true, 1, "1", []int{7}, "yes"}
	for i, s := range all {
		stamp := func(t time.Time) any {
			if t.IsZero() {
				return nil
			}
			return t.Format("2006-01-02T15:04:05") + []string{"", ".1", ".123"}[i%3]
		}
		r := map[string]any{
			"CodePays": "X" + fmt.Sprint(i), "LibPaysOrga": s.name, "NumSTE": "185", "DateSignature": stamp(s.signed),
			"DateConsentement": stamp(s.consent), "DateEntreeVigueur": stamp(s.inForce),
			"DateDenonciation": nil, "DateEffetDenonciation": nil, "DateSuspension": nil,
		}
		for _, f := range flagFields {
			r[f.field] = no[i%5]
			if strings.Contains(s.letters, f.letter) {
				r[f.field] = yes[i%5]
			}
		}
		g := slices.Index(schemas.TreatyGroups, s.group)
		lists[g] = append(lists[g], r)
	}
	out, err := json.MarshalIndent(lists, "", " ")
	if err != nil {
		panic(err)
	}
	return string(out)
}

var groupTitles = map[string]string{"member": "Members of Council of Europe", "non-member": "Non-members of Council of Europe", "organisation": "International Organisations"}

func consented(s state, layout string) string {
	if s.kind() == "accession" {
		return s.consent.Format(layout) + " a"
	}
	return show(s.consent, layout)
}

func parties(all []state) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(s state) bool { return s.consent.IsZero() }))
}

// asHTML writes the chart as the pages after 2014 showed it, dates spanning two columns.
func asHTML(all []state) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><head><title>Chart</title><script>var x = '01/01/2020';</script></head><body>\n<h1>Full list</h1>" +
		"<h2>Chart of signatures and ratifications of Treaty 185</h2><p>Convention on Cybercrime</p><p>Status as of <b>03/02/2026</b></p>\n" +
		"<table><tr><th>Reference</th><td>CETS No.185</td></tr><tr><th>Entry into Force</th><td>01/07/2004 - 5 Ratifications</td></tr></table>\n<ul><li>State who signed</li></ul>\n")
	group := ""
	for _, s := range all {
		if s.group != group {
			if group != "" {
				b.WriteString("</tbody></table>\n")
			}
			group = s.group
			fmt.Fprintf(&b, "<table>\n<caption>%s</caption><thead><tr><th></th><th colspan=\"2\">Signature</th><th colspan=\"2\">Ratification</th>"+
				"<th colspan=\"2\">Entry into Force</th><th>Notes</th><th>R.</th><th>D.</th><th>A.</th><th>T.</th><th>C.</th><th>O.</th></tr></thead><tbody>\n", groupTitles[group])
		}
		dmy := "02/01/2006"
		fmt.Fprintf(&b, "<tr><td><a href=\"#\">%s</a></td><td>%s</td><td></td><td colspan=\"2\">%s</td><td>%s</td><td>&nbsp;</td><td></td>",
			s.name, show(s.signed, dmy), consented(s, dmy), show(s.inForce, dmy))
		for _, l := range strings.Fields("R D A T C O") {
			if strings.Contains(s.letters, l) {
				fmt.Fprintf(&b, "<td>%s.</td>", l)
			} else {
				b.WriteString("<td></td>")
			}
		}
		b.WriteString("</tr>\n")
	}
	fmt.Fprintf(&b, "</tbody></table>\n<p>Total number of ratifications/accessions: %d</p>\n</body></html>\n", parties(all))
	return b.String()
}

// asASP writes the chart as the ASP pages of 2004 did: capital tags, cells that are not
// closed, a table that lays out the page, the groups as rows, crosses for letters.
func asASP(all []state) string {
	var b strings.Builder
	b.WriteString("<HTML><BODY><TABLE><TR><TD>Council of Europe</TD><TD>\n<P>Convention on Cybercrime<BR>CETS No.: 185<P>Status as of: 3/2/2026\n<TABLE border=1>")
	group := ""
	for _, s := range all {
		if s.group != group {
			group = s.group
			title := map[string]string{"member": "Member States of the Council of Europe", "non-member": "Non-member States of the Council of Europe", "organisation": "International Organisations"}[group]
			fmt.Fprintf(&b, "<TR><TD colspan=11><B>%s</B>\n<TR><TD>&nbsp;<TD>Signature<TD>Ratification<TD>Entry into force<TD>Notes<TD>R.<TD>D.<TD>A.<TD>T.<TD>C.<TD>O.\n", title)
		}
		dmy := "2/1/2006"
		fmt.Fprintf(&b, "<TR><TD>%s<TD>%s&nbsp;<TD>%s&nbsp;<TD>%s&nbsp;<TD>&nbsp;", s.name, show(s.signed, dmy), consented(s, dmy), show(s.inForce, dmy))
		for _, l := range strings.Fields("R D A T C O") {
			b.WriteString("<TD>" + map[bool]string{true: "X", false: "&nbsp;"}[strings.Contains(s.letters, l)])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "</TABLE>Total number of ratifications/accessions: <B>%d</B></TD></TR></TABLE></BODY></HTML>", parties(all))
	return b.String()
}

// asText writes the text of the rendered page.
func asText(all []state) string {
	var b strings.Builder
	b.WriteString("Chart of signatures and ratifications of Treaty 185\nConvention on Cybercrime\nStatus as of 03/02/2026\n")
	group := ""
	for _, s := range all {
		if s.group != group {
			group = s.group
			b.WriteString(groupTitles[group] + "\n\tSignature\tRatification\tEntry into Force\tNotes\tR.\tD.\tA.\tT.\tC.\tO.\n")
		}
		dmy := "02/01/2006"
		b.WriteString(strings.Join([]string{s.name, show(s.signed, dmy), consented(s, dmy), show(s.inForce, dmy), ""}, "\t"))
		for _, l := range strings.Fields("R D A T C O") {
			b.WriteString("\t")
			if strings.Contains(s.letters, l) {
				b.WriteString(l + ".")
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "Total number of ratifications/accessions\t%d\n", parties(all))
	return b.String()
}

var forms = map[string]func([]state) string{"json": asJSON, "html": asHTML, "asp": asASP, "text": asText}

// cell returns a column of an emitted row as it is printed.
func cell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.Named(r.Dataset).Column(column)].String()
}

// outcome reads a capture and says in a line what came of it.
func outcome(request, body string) string {
	reading, err := source.Read(New(), sourcetest.Capture(New(), request, []byte(body)))
	if err != nil {
		_, text, _ := strings.Cut(err.Error(), "): ")
		return "error: " + text
	}
	var all []string
	for _, f := range reading.Findings {
		all = append(all, string(f.Severity)+": "+f.Code)
		if f.Severity == source.Hold && slices.ContainsFunc(reading.Parts, func(p source.Part) bool { return p.Complete }) {
			all = append(all, "complete though held")
		}
	}
	return strings.Join(all, "; ")
}

// once replaces old, which must be there.
func once(t *testing.T, s, old, new string) string {
	t.Helper()
	if !strings.Contains(s, old) {
		t.Fatalf("%q is not in the capture", old)
	}
	return strings.Replace(s, old, new, 1)
}
