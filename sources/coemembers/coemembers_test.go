package coemembers_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/coemembers"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// byYear are the states by the label under which the page of 2022 has them, written
// down by hand.
var byYear = [][2]string{
	{"10.05.1949", "Belgium, Denmark, France, Ireland, Italy, Luxembourg, Norway, Netherlands, Sweden, United Kingdom"},
	{"09.08.1949", "Greece, Türkiye"},
	{"1950", "Iceland, Germany"},
	{"1956", "Austria"},
	{"1961", "Cyprus"},
	{"1963", "Switzerland"},
	{"1965", "Malta"},
	{"1976", "Portugal"},
	{"1977", "Spain"},
	{"1978", "Liechtenstein"},
	{"1988", "San Marino"},
	{"1989", "Finland"},
	{"1990", "Hungary"},
	{"1991", "Poland"},
	{"1992", "Bulgaria"},
	{"1993", "Czech Republic, Estonia, Lithuania, Romania, Slovak Republic, Slovenia"},
	{"1994", "Andora"},
	{"1995", "Albania, Latvia, Moldova, North Macedonia, Ukraine"},
	{"1996", "Croatia"},
	{"1999", "Georgia"},
	{"2001", "Armenia, Azerbaijan"},
	{"2002", "Bosnia and Herzegovina"},
	{"2003", "Serbia"},
	{"2004", "Monaco"},
	{"2007", "Montenegro"},
}

// wanted are name and year of each state; no year for a list without them.
func wanted(years bool) []string {
	var out []string
	for _, line := range byYear {
		for _, name := range strings.Split(line[1], ", ") {
			year := ""
			if years {
				year = line[0][len(line[0])-4:]
			}
			out = append(out, name+"|member|"+year)
		}
	}
	slices.Sort(out)
	return out
}

func check(t *testing.T, what string, body []byte, years bool) {
	t.Helper()
	reading := sourcetest.Read(t, coemembers.New(), "states", body)
	var got []string
	for _, row := range membertest.Rows(reading) {
		cells := strings.Split(row, "|")
		if cells[1] != "" {
			t.Errorf("%s: an organisation in %q", what, row)
		}
		got = append(got, cells[0]+"|"+cells[2]+"|"+cells[3])
	}
	slices.Sort(got)
	if want := wanted(years); len(want) != 46 || !slices.Equal(got, want) {
		t.Errorf("%s: %d rows\n%q\nwant %d\n%q", what, len(got), got, len(want), want)
	}
	if f := membertest.Findings(reading); len(f) > 0 || !reading.Parts[0].Complete || reading.Parts[0].Name() != "network=coe" {
		t.Errorf("%s: part %s complete %v, findings %q", what, reading.Parts[0].Name(), reading.Parts[0].Complete, f)
	}
	if slices.Contains(reading.Parts[0].Columns, "organisation") || slices.Contains(reading.Parts[0].Columns, "joined_year") != years {
		t.Errorf("%s: columns %q", what, reading.Parts[0].Columns)
	}
}

func frame(s string) []byte {
	return []byte("<!DOCTYPE html><html lang=\"en\"><head><title>Council of Europe</title></head><body><nav><a href=\"/\">Portal</a></nav>\n<main><h1>Our member States</h1>\n" +
		"<p>Today, the organisation counts 46 member states.</p>\n" + s + "</main><footer>Contact</footer></body></html>\n")
}

func byAccession(line, between string) string {
	var b strings.Builder
	for _, l := range byYear {
		fmt.Fprintf(&b, line, l[0], strings.ReplaceAll(l[1], ", ", between))
	}
	return b.String()
}

func TestRebuiltPage(t *testing.T) {
	check(t, "rebuilt", sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "captures", "coe-members", "states.html")), true)
}

// The years stand before the names; how they are wrapped is not known.
func TestWrappings(t *testing.T) {
	for what, s := range map[string]string{
		"paragraphs":   "<h2>Member States by accession date:</h2>" + byAccession("<p>%s&nbsp;&nbsp;&nbsp; %s</p>\n", ", "),
		"bold years":   "<p><strong>Member States by accession date:</strong></p>" + byAccession("<p><strong>%s</strong> %s</p>\n", ", "),
		"items":        "<ul>" + byAccession("<li>%s %s</li>\n", ", ") + "</ul>",
		"lines in one": "<p>" + byAccession("%s %s<br>\n", ", ") + "</p>",
	} {
		check(t, what, frame(s), true)
	}
	var cells, items strings.Builder
	for _, l := range byYear {
		for _, name := range strings.Split(l[1], ", ") {
			fmt.Fprintf(&cells, "<tr><td>%s</td><td>%s</td></tr>\n", name, l[0])
			fmt.Fprintf(&items, "<li><a href=\"/x\">%s</a></li>\n", name)
		}
	}
	check(t, "table with a row for each state", frame("<table><tr><th>State</th><th>Date of accession</th></tr>"+cells.String()+"</table>"), true)
	check(t, "plain list", frame("<ul>"+items.String()+"</ul>"), false)
}

// Years that stand over the names as headings are not read; the rows are held.
func TestYearsAsHeadingsAreHeld(t *testing.T) {
	reading := sourcetest.Read(t, coemembers.New(), "states", frame(byAccession("<h3>%s</h3>\n<p>%s</p>\n", ", ")))
	if got := membertest.Findings(reading); !slices.Contains(got, "hold organisation-unexpected") {
		t.Errorf("%d rows pass with %q", len(reading.Rows), got)
	}
}

// The text of the page of the office in Sarajevo, as it was stored.
func TestStoredText(t *testing.T) {
	stored := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "coe_member_states_sarajevo_and_tbilisi.txt")))
	_, stored, _ = strings.Cut(stored, "Today,")
	stored, _, ok := strings.Cut(stored, "\n\n[B]")
	if !ok {
		t.Fatal("the stored text is not as this test thinks")
	}
	check(t, "stored", frame("<p>"+strings.ReplaceAll(stored, "\n", "</p>\n<p>")+"</p>"), true)
}

func TestEveryNameResolves(t *testing.T) {
	in := map[string]bool{}
	for _, row := range wanted(false) {
		name, _, _ := strings.Cut(row, "|")
		place, ok := places.Default().Lookup(name)
		if !ok {
			t.Errorf("%q is not in the registry", name)
		}
		in[place.Code] = true
	}
	for _, code := range places.Default().Group("coe47") {
		if in[code] == (code == "RUS") {
			t.Errorf("%s: member is %v", code, in[code])
		}
	}
}

func TestDamage(t *testing.T) {
	good := frame("<h2>Member States by accession date:</h2>" + byAccession("<p>%s %s</p>\n", ", "))
	change := func(old, new string) []byte {
		if !strings.Contains(string(good), old) {
			t.Fatalf("the page has no %q", old)
		}
		return []byte(strings.Replace(string(good), old, new, 1))
	}
	half := byYear[:12]
	var lines strings.Builder
	for _, l := range half {
		fmt.Fprintf(&lines, "<p>%s %s</p>\n", l[0], l[1])
	}
	sourcetest.Survives(t, coemembers.New(), "states", good, map[string][]byte{
		"label missing":    change("<h2>Member States by accession date:</h2>", ""),
		"columns swapped":  frame("<h2>Member States by accession date:</h2>" + swapped()),
		"one more column":  frame("<h2>Member States by accession date:</h2>" + byAccession("<p>1. %s %s</p>\n", ", ")),
		"half the list":    frame("<h2>Member States by accession date:</h2>" + lines.String()),
		"empty list":       frame("<h2>Member States by accession date:</h2>"),
		"a state misspelt": change("Malta", "Maltta"),
		"years gone":       change("2007 ", ""),
		"other heading":    change("Member States by accession date:", "Observer States by date:"),
	})
}

func swapped() string {
	var b strings.Builder
	for _, l := range byYear {
		fmt.Fprintf(&b, "<p>%s %s</p>\n", l[1], l[0])
	}
	return b.String()
}

// A mirror's copy is refused even where its text is right.
func TestMirror(t *testing.T) {
	c := sourcetest.Capture(coemembers.New(), "states", frame(byAccession("<p>%s %s</p>\n", ", ")))
	c.URL = "https://calendar.example/host-https-www.coe.int/en/web/sarajevo/member-states-map"
	if _, err := source.Read(coemembers.New(), c); err == nil || !strings.Contains(err.Error(), "calendar.example") {
		t.Errorf("got %v", err)
	}
}
