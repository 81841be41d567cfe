package weprotect_test

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
	"baseline/sources/weprotect"
)

// names are the governments of the facts, in the order of the publisher's page.
func names(t *testing.T) []string {
	t.Helper()
	body := sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "facts", "memberships.csv"))
	lines, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		if l[0] == "weprotect" {
			out = append(out, l[1])
		}
	}
	return out
}

func page(wrap membertest.Wrap, names []string) membertest.Page {
	var members []membertest.Member
	for _, n := range names {
		members = append(members, membertest.Member{State: n})
	}
	return membertest.Page{Title: "WeProtect Global Alliance", Wrap: wrap, Sections: []membertest.Section{{Heading: "Our member governments", Members: members}}}
}

// check expects a row for each government, and nothing else.
func check(t *testing.T, what string, body []byte) source.Reading {
	t.Helper()
	reading := sourcetest.Read(t, weprotect.New(), "governments", body)
	var want []string
	for _, n := range names(t) {
		want = append(want, n+"||member||")
	}
	if got := membertest.Rows(reading); len(want) != 102 || !slices.Equal(got, want) {
		t.Errorf("%s: %d rows\n%q\nwant %d\n%q", what, len(got), got, len(want), want)
	}
	if got := membertest.Findings(reading); len(got) > 0 || !reading.Parts[0].Complete {
		t.Errorf("%s: complete %v, findings %q", what, reading.Parts[0].Complete, got)
	}
	if got := strings.Join(reading.Parts[0].Columns, " "); got != "network iso3 published_name class" {
		t.Errorf("%s: columns %q", what, got)
	}
	return reading
}

func TestRebuiltPage(t *testing.T) {
	reading := check(t, "rebuilt", sourcetest.File(t, filepath.Join(sourcetest.Root(t), "testdata", "captures", "weprotect", "governments.html")))
	in := map[string]bool{}
	for _, row := range membertest.Rows(reading) {
		name, _, _ := strings.Cut(row, "|")
		place, ok := places.Default().Lookup(name)
		if !ok {
			t.Errorf("%q is not in the registry", name)
		}
		in[place.Code] = true
	}
	var absent []string
	for _, code := range places.Default().Group("coe47") {
		if !in[code] {
			absent = append(absent, code)
		}
	}
	if got := strings.Join(absent, " "); got != "AND AZE ISL LIE MCO RUS" {
		t.Errorf("absent of the 47 states: %s", got)
	}
}

// How the publisher wraps the names is not known: in items, cells, boxes, or in one
// flow of links or words, as in the stored text of the page.
func TestWrappings(t *testing.T) {
	all := names(t)
	for _, wrap := range membertest.Wraps {
		check(t, string(wrap), page(wrap, all).HTML())
	}
	frame := func(s string) []byte {
		return []byte("<html><head><title>Governments | WeProtect Global Alliance</title></head><body><nav><a href='/'>Home</a></nav><h1>Governments</h1>" + s + "<footer>Contact</footer></body></html>")
	}
	check(t, "links in a flow", frame("<p><a href='#'>"+strings.Join(all, "</a> <a href='#'>")+"</a></p>"))
	stored := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "weprotect_governments_list_after2022.txt")))
	_, stored, ok := strings.Cut(stored, "Global Taskforce ...\"]\n")
	if !ok {
		t.Fatal("the stored text is not as this test thinks")
	}
	check(t, "the stored flow of words", frame("<p>At the 2022 Global Summit there was a taskforce.</p><p>"+strings.ReplaceAll(strings.TrimSpace(stored), "&", "&amp;")+"</p>"))
}

func TestDamage(t *testing.T) {
	for _, wrap := range membertest.Wraps {
		p := page(wrap, names(t))
		t.Run(string(wrap), func(t *testing.T) {
			renamed := p
			renamed.Sections = []membertest.Section{{Heading: "Our civil society members", Members: p.Sections[0].Members}}
			sourcetest.Survives(t, weprotect.New(), "governments", p.HTML(), map[string][]byte{
				"label missing": p.WithoutHeadings(), "columns swapped": nil, // there is one
				"one more column": p.Wider(), "half the list": p.Half(), "empty list": p.Empty(), "title missing": p.Untitled(),
				"a misspelt name": []byte(strings.Replace(string(p.HTML()), ">Ghana", ">Ghanna", 1)),
				"name changed":    []byte(strings.Replace(string(p.HTML()), "Zimbabwe", "Narnia", 1)),
				"another list":    renamed.HTML(),
			})
		})
	}
}
