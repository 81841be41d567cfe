package pdftable

import (
	"strings"
	"testing"
)

// cells writes tables as text: a line a row, cells apart by "|", an empty line between tables.
func cells(tables []Table) string {
	var out strings.Builder
	for i, t := range tables {
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString(strings.Join(t.Columns, ",") + "\n")
		for _, r := range t.Rows {
			for j, c := range r.Cells {
				if j > 0 {
					out.WriteString("|")
				}
				out.WriteString(c.Text)
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

// three is the columns that the edition of 2024 is said to have.
var three = Spec{Columns: []Column{
	{Name: "place", Heads: []string{"Country / Territory"}},
	{Name: "total", Heads: []string{"Total Reports"}, Kind: Number},
	{Name: "referrals", Heads: []string{"Referrals"}, Kind: Number, Optional: true},
	{Name: "informational", Heads: []string{"Informational"}, Kind: Number, Optional: true},
}}

func TestTables(t *testing.T) {
	marks := Spec{Columns: []Column{
		{Name: "place", Heads: []string{"Country"}},
		{Name: "defined", Heads: []string{"Definition"}, Kind: Mark},
		{Name: "duty", Heads: []string{"ISP Reporting"}, Kind: Mark},
	}}
	words := Spec{Columns: []Column{{Name: "place", Heads: []string{"Country"}}, {Name: "status", Heads: []string{"Status"}}}}
	cases := []struct {
		name, texts string
		spec        Spec
		want        string
	}{
		{"columns in any order, one of them optional and absent",
			"100 100 Referrals\n200 94 Total\n200 106 Reports\n300 100 COUNTRY/TERRITORY\n" +
				"100 130 12\n200 130 34\n300 130 Malta\n100 150 5\n200 150 6\n300 150 Monaco",
			three, "referrals,total,place\nMalta|34|12|\nMonaco|6|5|\n"},
		{"a cell that is blank, and one that is no number",
			"100 100 Country / Territory\n250 100 Referrals\n330 100 Informational\n430 100 Total Reports\n" +
				"100 120 Malta\n330 120 n/a\n430 120 7\n100 140 Monaco\n250 140 1\n330 140 2\n430 140 3",
			three, "place,referrals,informational,total\nMalta|7||n/a\nMonaco|3|1|2\n"},
		{"a column of text that nobody asked for",
			"100 100 Country\n220 100 Region\n300 100 Reports\n100 120 Malta\n220 120 Europe\n300 120 7\n100 140 Chad\n220 140 Africa\n300 140 8",
			byCountry, "place,reports\nMalta|7\nChad|8\n"},
		{"two halves beside each other, lines of one between lines of the other",
			"50 100 Country\n200 94 Total\n200 106 Reports\n300 100 Country\n450 94 Total\n450 106 Reports\n" +
				"50 125 Saint Helena, Ascension and\n200 125 2\n50 137 Tristan da Cunha\n50 154 Saint Kitts\n200 154 93\n" +
				"300 125 Timor\n450 125 9\n300 141 Togo\n450 141 803\n300 157 Tonga\n450 157 37",
			byCountry, "place,reports\nSaint Helena, Ascension and Tristan da Cunha|2\nSaint Kitts|93\n\nplace,reports\nTimor|9\nTogo|803\nTonga|37\n"},
		{"a table of the total below, with a header of its own",
			small + "\n100 190 Country\n300 190 Total Reports\n100 210 TOTAL\n300 210 1,290\n100 235 *Reasons include 3 of them",
			byCountry, "place,reports\nAlbania|1,234\nAustria|56\n\nplace,reports\nTOTAL|1,290\n"},
		{"an empty row before the total, and a footer with a page number",
			small + "\n100 160 Belgium\n300 160 7\n100 200 Total:\n300 200 1,297\n150 780 Copyright 2024\n300 780 9",
			byCountry, "place,reports\nAlbania|1,234\nAustria|56\nBelgium|7\nTotal:|1,297\n"},
		{"a page number in the column of numbers", small + "\n300 175 9", byCountry, "place,reports\nAlbania|1,234\nAustria|56\n"},
		{"the number between two lines of the name",
			small + "\n100 160 Saint Helena, Ascension\n300 166 4\n100 172 and Tristan da Cunha\n100 192 Samoa\n300 192 122",
			byCountry, "place,reports\nAlbania|1,234\nAustria|56\nSaint Helena, Ascension and Tristan da Cunha|4\nSamoa|122\n"},
		{"a note close below", small + "\n100 153 *Reasons include 2", byCountry, "place,reports\nAlbania|1,234\nAustria|56\n"},
		{"marks", "100 100 Country\n200 100 Definition\n300 100 ISP Reporting\n100 120 Malta\n210 120 x\n320 120 -\n100 140 Chad\n210 140 -\n320 140 x",
			marks, "place,defined,duty\nMalta|x|-\nChad|-|x\n"},
		{"text alone, with a cell on two lines", "100 100 Country\n250 100 Status\n100 120 Malta\n250 120 signed, not\n250 132 ratified\n100 152 Chad\n250 152 party",
			words, "place,status\nMalta|signed, not ratified\nChad|party\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, tables := open(t, onePage(at(c.texts)), c.spec)
			if got := cells(tables); got != c.want {
				t.Errorf("read\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	b := &builder{}
	page := at("100 60 Reports by Country\n" + small + "\n420 120 see below\n100 160 *A note")
	doc, err := Open(b.file([]string{at("50 50 Prose.")}, []string{at("100 60 Reports by Country\n" + small + "\n100 160 *A note")}))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := doc.Tables(byCountry)
	if err != nil {
		t.Fatal(err)
	}
	table := tables[0]
	cell := table.Rows[0].Cells[1]
	if table.Page != 2 || table.Rows[0].Page != 2 || cell.Page != 2 || cell.Box.String() != "300.0,112.5,325.0,122.2" {
		t.Errorf("the cell is on page %d at %s", cell.Page, cell.Box)
	}
	if h := table.Header[1]; h.Text != "Reports" || h.Box.String() != "300.0,92.5,335.0,102.2" {
		t.Errorf("the header is %q at %s", h.Text, h.Box)
	}
	var outside []string
	for _, l := range doc.Outside(tables) {
		outside = append(outside, l.Text())
	}
	if got := strings.Join(outside, "|"); got != "Prose.|Reports by Country|*A note" {
		t.Errorf("outside is %q", got)
	}
	if doc, err = Open(onePage(page)); err != nil {
		t.Fatal(err)
	}
	if _, err = doc.Tables(byCountry); err == nil {
		t.Error("a text beside a number, without a header, was read")
	}
}
