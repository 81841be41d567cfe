package figures

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"baseline/schemas"
)

// beside is figure 1 of a made-up today beside that of 2021.
func beside(t testing.TB) Table {
	t.Helper()
	m := today(t, "SWE", "RUS", "ALB")
	m.list("treaty_status", true, text("treaty", "ETS185"))
	m.row("treaty_status", "coe-treaties", schemas.Cells{
		"treaty": schemas.Str("ETS185"), "iso3": schemas.Str("SWE"), "published_name": schemas.Str("Sweden"), "status": schemas.Str("party"),
	})
	now, err := Derive(m.f, "1")
	if err != nil {
		t.Fatal(err)
	}
	then, err := Derive(edition(t), "1")
	if err != nil {
		t.Fatal(err)
	}
	return Versus(now, then, "edition 2021")
}

// Beside an edition a cell is the same, differs, or says nothing because one side is
// not known; a state that only the edition has is kept.
func TestVersus(t *testing.T) {
	table := beside(t)
	got := map[string]string{}
	for _, r := range table.Rows {
		for j, c := range r.Cells {
			got[r.ISO3+" "+table.Columns[j].Name] = c.shown() + " " + c.Diff.String()
		}
	}
	for cell, want := range map[string]string{
		"SWE budapest": "SIGNED → ✓ yes", "SWE uncrc": "✓ → ? unknown", "RUS budapest": " no", "RUS weprotect": "(empty) → ? unknown",
		"ALB budapest": "✓ → (empty) yes", "FRA uncrc": "✓ → (empty) yes",
	} {
		if got[cell] != want {
			t.Errorf("%s: %q, want %q", cell, got[cell], want)
		}
	}
	if len(table.Rows) != 47 {
		t.Errorf("%d rows: the states of both are 47", len(table.Rows))
	}
	self, err := Derive(edition(t), "4")
	if err != nil {
		t.Fatal(err)
	}
	if changed, unknown := Versus(self, self, "itself").Changed(); changed+unknown > 0 {
		t.Errorf("beside itself %d differ and %d are unclear", changed, unknown)
	}
	// Years of then stand beside those of today.
	other := self
	other.Columns = append([]Column{{Name: "reports_2018", Title: "2018 Reports"}}, self.Columns[1:]...)
	if c := Versus(self, other, "x").Columns; c[0].titled() != "2018 Reports → 2019 Reports" || c[1].Before != "" {
		t.Errorf("heads %v", c[:2])
	}
}

func TestCSVBeside(t *testing.T) {
	var out bytes.Buffer
	if err := CSV(&out, []Table{beside(t)}); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "header", records[0], []string{"figure", "iso3", "published_name", "column", "value", "note", "before", "differs"})
	for _, r := range records {
		if r[1] == "SWE" && r[3] == "budapest" {
			same(t, "Sweden", r, []string{"1", "SWE", "Sweden", "budapest", "✓", "", "SIGNED", "yes"})
			return
		}
	}
	t.Error("no line of Sweden")
}

// parsed writes tables and parses them again, as a browser would.
func parsed(t testing.TB, tables []Table) (string, *html.Node) {
	t.Helper()
	var out bytes.Buffer
	if err := HTML(&out, tables, Page{Of: "edition <2021>", Source: "snapshot & program"}); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), root
}

func all(n *html.Node, tag string) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// visible is what the eye sees of a cell: not what is only said.
func visible(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if attr(n, "class") == "said" {
		return ""
	}
	s := ""
	for c := range n.ChildNodes() {
		s += visible(c)
	}
	return s
}

// The page holds every cell of the report, in tables that a screen reader can walk.
func TestHTMLIsTheReport(t *testing.T) {
	tables, err := DeriveAll(edition(t))
	if err != nil {
		t.Fatal(err)
	}
	_, root := parsed(t, tables)
	found := all(root, "table")
	if len(found) != 7 {
		t.Fatalf("%d tables", len(found))
	}
	for i, node := range found {
		if got := visible(all(node, "caption")[0]); got != tables[i].Label()+" "+tables[i].Caption {
			t.Errorf("caption %q", got)
		}
		rows := all(node, "tr")
		if len(rows) != len(tables[i].Rows)+1 {
			t.Fatalf("figure %d: %d rows", i+1, len(rows))
		}
		for _, th := range all(rows[0], "th") {
			if attr(th, "scope") != "col" {
				t.Errorf("a head without its scope: %s", visible(th))
			}
		}
		for k, row := range tables[i].Rows {
			head, data := all(rows[k+1], "th"), all(rows[k+1], "td")
			if len(head) != 1 || attr(head[0], "scope") != "row" || visible(head[0]) != row.Name || len(data) != len(row.Cells) {
				t.Fatalf("figure %d, row %s: %d heads, %d cells", i+1, row.Name, len(head), len(data))
			}
			for j, c := range row.Cells {
				if got := visible(data[j]); got != c.Text {
					t.Errorf("figure %d, %s, %s: %q, want %q", i+1, row.Name, tables[i].Columns[j].Name, got, c.Text)
				}
			}
		}
	}
}

// A change is told by the elements for it, which need no colour, and what is not known
// is not told as one.
func TestHTMLBeside(t *testing.T) {
	_, root := parsed(t, []Table{beside(t)})
	for _, tr := range all(root, "tr") {
		if heads := all(tr, "th"); len(heads) == 1 && visible(heads[0]) == "Sweden" {
			cells := all(tr, "td")
			if d, i := all(cells[3], "del"), all(cells[3], "ins"); len(d) != 1 || len(i) != 1 || visible(d[0]) != "SIGNED" || visible(i[0]) != "✓" {
				t.Errorf("Budapest: %q", visible(cells[3]))
			}
			if len(all(cells[0], "del"))+len(all(cells[0], "ins")) > 0 || visible(cells[0]) != "? was ✓" {
				t.Errorf("UNCRC: %q", visible(cells[0]))
			}
			return
		}
	}
	t.Error("no row of Sweden")
}

// Nothing from outside breaks out of its place, and the page asks nobody for anything.
func TestHTMLStandsAlone(t *testing.T) {
	const bad = `</td><script>alert(1)</script>"x`
	table := Table{
		ID: "1", Caption: bad, Head: bad, Against: bad,
		Columns: []Column{{Name: "c", Title: bad, Before: bad, Mark: "°"}},
		Rows:    []Row{{Name: bad, Mark: "†", Cells: []Cell{{Text: bad, Note: bad, Mark: "°", Before: bad + "y", Diff: Changed}}}},
		Notes:   []Note{{"°", bad}},
		Sources: []Source{{ID: "x", Line: bad, Caveats: []Caveat{{"d", bad}}}},
	}
	text, root := parsed(t, []Table{table, table})
	if n := strings.Count(text, "alert(1)"); n < 20 {
		t.Errorf("%d of the texts are on the page", n)
	}
	for _, tag := range []string{"script", "link", "img", "iframe", "object"} {
		if len(all(root, tag)) > 0 {
			t.Errorf("the page has a <%s>", tag)
		}
	}
	for d := range root.Descendants() {
		for _, a := range d.Attr {
			if a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s=%q>", d.Data, a.Key, a.Val)
			}
		}
	}
	if strings.Contains(text, "url(") || strings.Contains(text, "@import") {
		t.Error("the style asks for something")
	}
}

// Text carries the notes and where the cells are from.
func TestTextTellsNotesAndSources(t *testing.T) {
	table := beside(t)
	table.Sources = []Source{{Line: "publisher, title"}}
	var text, markdown bytes.Buffer
	if err := Text(&text, []Table{table}); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&markdown, []Table{table}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"SIGNED → ✓", "† Russian Federation: no member", "? not known, because no source reads it yet", "From publisher, title", "Beside edition 2021 (old → new): ",
	} {
		if !strings.Contains(text.String(), want) || !strings.Contains(markdown.String(), want) {
			t.Errorf("%q is missing in\n%s\n%s", want, text.String(), markdown.String())
		}
	}
	if !strings.Contains(markdown.String(), "| **SIGNED → ✓** |") {
		t.Error("Markdown does not mark the change")
	}
}
