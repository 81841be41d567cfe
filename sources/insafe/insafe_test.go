package insafe_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/insafe"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// The page that lists the centres was never seen. This one is made up, with links like
// those of the pages of single centres. Members are the states of the European Union,
// Iceland and Norway; partners are those in Europe that the portal named in May 2022.
func centres(wrap membertest.Wrap) membertest.Page {
	var members, partners []membertest.Member
	for _, code := range append(places.Default().Group("eu27"), "ISL", "NOR") {
		place, _ := places.Default().Place(code)
		members = append(members, centre(place.Name))
	}
	for _, name := range []string{"Albania", "Armenia", "Bosnia and Herzegovina", "Kosovo", "Moldova", "Montenegro", "Serbia", "Türkiye", "Ukraine"} {
		partners = append(partners, centre(name))
	}
	return membertest.Page{Title: "Find your Safer Internet Centre", Wrap: wrap, Sections: []membertest.Section{
		{Heading: "EU co-funded Safer Internet Centres", Members: members}, {Heading: "SIC+ partners outside the EU", Members: partners},
	}}
}

func centre(name string) membertest.Member {
	return membertest.Member{State: name, Link: "/en/sic/" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))}
}

func TestWrappings(t *testing.T) {
	var want []string
	for i, s := range centres(membertest.List).Sections {
		for _, m := range s.Members {
			want = append(want, m.State+"||"+[]string{"member", "partner"}[i]+"||")
		}
	}
	if len(want) != 38 {
		t.Fatalf("%d centres", len(want))
	}
	for what, body := range map[string][]byte{"items": items(centres(membertest.List), "li"), "boxes": items(centres(membertest.List), "div")} {
		reading := sourcetest.Read(t, insafe.New(), "centres", body)
		if got := membertest.Rows(reading); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if f := membertest.Findings(reading); len(f) > 0 || reading.Parts[0].Complete || reading.Parts[0].Name() != "network=insafe" {
			t.Errorf("%s: %s complete %v, findings %q; nobody has seen whether the page lists all", what, reading.Parts[0].Name(), reading.Parts[0].Complete, f)
		}
		if got := strings.Join(reading.Parts[0].Columns, " "); got != "network iso3 published_name class address" {
			t.Errorf("%s: columns %q", what, got)
		}
		address := ""
		for _, r := range reading.Rows {
			if strings.HasPrefix(r.Row.Evidence.Quote, "Kosovo") {
				address = r.Row.Values[schemas.Memberships.Column("address")].Text()
			}
		}
		if address != "https://better-internet-for-kids.europa.eu/en/sic/kosovo" {
			t.Errorf("%s: the address of Kosovo's centre is %q", what, address)
		}
	}
}

// items draws each centre as a link in an element.
func items(p membertest.Page, tag string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=\"en\"><head><title>%[1]s</title></head><body><h1>%[1]s</h1>\n", p.Title)
	for _, s := range p.Sections {
		if s.Heading != "" {
			fmt.Fprintf(&b, "<h2>%s</h2>\n", s.Heading)
		}
		b.WriteString("<section>\n")
		for _, m := range s.Members {
			fmt.Fprintf(&b, "<%[1]s><a href=\"%[2]s\">%[3]s</a></%[1]s>\n", tag, m.Link, m.State)
		}
		b.WriteString("</section>\n")
	}
	return []byte(b.String() + "</body></html>\n")
}

// That a centre stands in the list proves no class: without words that say which, the
// rows are held.
func TestNoClassWithoutWords(t *testing.T) {
	page := centres(membertest.List)
	page.Sections = []membertest.Section{{Members: slices.Concat(page.Sections[0].Members, page.Sections[1].Members)}}
	reading := sourcetest.Read(t, insafe.New(), "centres", items(page, "li"))
	if got := membertest.Findings(reading); !slices.Contains(got, "hold class-missing") {
		t.Errorf("findings %q", got)
	}
}

// Pages of single centres, as stored, are not the list.
func TestPagesOfCentresAreRefused(t *testing.T) {
	for _, name := range []string{"sic_malta_2020_liferay", "sic_malta_2024_liferay", "sic_norway_2024_europa_drupal"} {
		text := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", name+".txt")))
		body := "<html><body><p>" + strings.ReplaceAll(text, "\n", "</p><p>") + "</p></body></html>"
		if _, err := source.Read(insafe.New(), sourcetest.Capture(insafe.New(), "centres", []byte(body))); err == nil || !strings.Contains(err.Error(), "no list of states") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamage(t *testing.T) {
	for _, tag := range []string{"li", "div"} {
		p := centres(membertest.List)
		good := items(p, tag)
		change := func(old, new string) []byte { return []byte(strings.ReplaceAll(string(good), old, new)) }
		half, headless := p, p
		half.Sections = []membertest.Section{{Heading: p.Sections[0].Heading, Members: p.Sections[0].Members[:14]}}
		headless.Sections = slices.Clone(p.Sections)
		for i := range headless.Sections {
			headless.Sections[i].Heading = ""
		}
		t.Run(tag, func(t *testing.T) {
			sourcetest.Survives(t, insafe.New(), "centres", good, map[string][]byte{
				"label missing": items(headless, tag), "columns swapped": nil, // there is one
				"one more column": change("<"+tag+"><a", "<"+tag+">Read <a"), "half the list": items(half, tag),
				"empty list":             items(membertest.Page{Title: p.Title}, tag),
				"second heading missing": change("<h2>SIC+ partners outside the EU</h2>", ""),
				"first heading missing":  change("<h2>EU co-funded Safer Internet Centres</h2>", ""),
				"headings swapped":       []byte(strings.NewReplacer(p.Sections[0].Heading, p.Sections[1].Heading, p.Sections[1].Heading, p.Sections[0].Heading).Replace(string(good))),
				"another heading":        change("SIC+ partners outside the EU", "Other initiatives"),
			})
		})
	}
}
