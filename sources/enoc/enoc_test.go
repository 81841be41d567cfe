package enoc_test

import (
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/enoc"
	"baseline/sources/membership/membertest"
	"baseline/sources/sourcetest"
)

// The page of members was never seen. This one is made up: its states have the classes
// that the report of 2021 gives them, its institutions are invented, apart from a few that
// are known, and stand as the statutes suggest: several to a state, some for a region.
var full = []membertest.Member{
	{State: "Albania", Organisation: "People's Advocate"},
	{State: "Belgium (Flanders)", Organisation: "Kinderrechtencommissariaat", Link: "https://institutions.example/flanders"},
	{State: "Belgium (French Community)", Organisation: "Délégué général"},
	{State: "Bosnia and Herzegovina", Organisation: "Institution of Ombudsmen"},
	{State: "Bosnia and Herzegovina (Republika Srpska)", Organisation: "Ombudsman for Children"},
	{State: "Croatia", Organisation: "Ombudsperson for Children"},
	{State: "Cyprus", Organisation: "Commissioner for Children's Rights"},
	{State: "Denmark", Organisation: "National Council for Children"},
	{State: "Estonia", Organisation: "Chancellor of Justice"},
	{State: "Finland", Organisation: "Ombudsman for Children", Link: "https://institutions.example/fi"},
	{State: "France", Organisation: "Defender of Rights"},
	{State: "Georgia", Organisation: "Public Defender", Note: "joined 2018"},
	{State: "Greece", Organisation: "Deputy Ombudsman"},
	{State: "Iceland", Organisation: "Ombudsman for Children"},
	{State: "Ireland", Organisation: "Ombudsman for Children"},
	{State: "Italy", Organisation: "Authority for Children"},
	{State: "Latvia", Organisation: "Office of the Ombudsman"},
	{State: "Lithuania", Organisation: "Ombudsperson for Children's Rights"},
	{State: "Luxembourg", Organisation: "Committee for the Rights of the Child"},
	{State: "Malta", Organisation: "Commissioner for Children"},
	{State: "Moldova", Organisation: "Children's Ombudsperson"},
	{State: "Montenegro", Organisation: "Protector of Human Rights"},
	{State: "Netherlands", Organisation: "Children's Ombudsman"},
	{State: "Norway", Organisation: "Ombudsperson for Children"},
	{State: "Poland", Organisation: "Ombudsman for Children"},
	{State: "Serbia", Organisation: "Protector of Citizens"},
	{State: "Serbia (Vojvodina)", Organisation: "Provincial Protector"},
	{State: "Slovakia", Organisation: "Commissioner for Children"},
	{State: "Slovenia", Organisation: "Human Rights Ombudsman"},
	{State: "Spain (Catalonia)", Organisation: "Síndic de Greuges de Catalunya"},
	{State: "Sweden", Organisation: "Ombudsman for Children"},
	{State: "Ukraine", Organisation: "Parliament Commissioner"},
	{State: "United Kingdom (England)", Organisation: "Children's Commissioner"},
	{State: "United Kingdom (Scotland)", Organisation: "Children's Commissioner"},
	{State: "United Kingdom (Wales)", Organisation: "Children's Commissioner"},
}

var associate = []membertest.Member{
	{State: "Azerbaijan", Organisation: "Commissioner for Human Rights"},
	{State: "Bulgaria", Organisation: "Ombudsman of the Republic"},
	{State: "Hungary", Organisation: "Commissioner for Fundamental Rights"},
	{State: "Kosovo", Organisation: "Ombudsperson Institution"},
	{State: "Spain (Andalusia)", Organisation: "Defensor del Menor"},
}

var want = []string{
	"Albania|People's Advocate|full||", "Belgium|Kinderrechtencommissariaat|full||Flanders", "Belgium|Délégué général|full||French Community",
	"Bosnia and Herzegovina|Institution of Ombudsmen|full||", "Bosnia and Herzegovina|Ombudsman for Children|full||Republika Srpska",
	"Croatia|Ombudsperson for Children|full||", "Cyprus|Commissioner for Children's Rights|full||", "Denmark|National Council for Children|full||",
	"Estonia|Chancellor of Justice|full||", "Finland|Ombudsman for Children|full||", "France|Defender of Rights|full||",
	"Georgia|Public Defender|full|2018|joined 2018", "Greece|Deputy Ombudsman|full||", "Iceland|Ombudsman for Children|full||",
	"Ireland|Ombudsman for Children|full||", "Italy|Authority for Children|full||", "Latvia|Office of the Ombudsman|full||",
	"Lithuania|Ombudsperson for Children's Rights|full||", "Luxembourg|Committee for the Rights of the Child|full||", "Malta|Commissioner for Children|full||",
	"Moldova|Children's Ombudsperson|full||", "Montenegro|Protector of Human Rights|full||", "Netherlands|Children's Ombudsman|full||",
	"Norway|Ombudsperson for Children|full||", "Poland|Ombudsman for Children|full||", "Serbia|Protector of Citizens|full||",
	"Serbia|Provincial Protector|full||Vojvodina", "Slovakia|Commissioner for Children|full||", "Slovenia|Human Rights Ombudsman|full||",
	"Spain|Síndic de Greuges de Catalunya|full||Catalonia", "Sweden|Ombudsman for Children|full||", "Ukraine|Parliament Commissioner|full||",
	"United Kingdom|Children's Commissioner (England)|full||", "United Kingdom|Children's Commissioner (Scotland)|full||",
	"United Kingdom|Children's Commissioner (Wales)|full||",
	"Azerbaijan|Commissioner for Human Rights|associate||", "Bulgaria|Ombudsman of the Republic|associate||",
	"Hungary|Commissioner for Fundamental Rights|associate||", "Kosovo|Ombudsperson Institution|associate||", "Spain|Defensor del Menor|associate||Andalusia",
}

func page(wrap membertest.Wrap) membertest.Page {
	return membertest.Page{Title: "ENOC Members", Wrap: wrap, Sections: []membertest.Section{
		{Heading: "Full members", Members: full}, {Heading: "Associate members", Members: associate},
	}}
}

func check(t *testing.T, what string, body []byte, want []string) {
	t.Helper()
	reading := sourcetest.Read(t, enoc.New(), "members", body)
	if got := membertest.Rows(reading); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f := membertest.Findings(reading); len(f) > 0 || !reading.Parts[0].Complete || reading.Parts[0].Name() != "network=enoc" {
		t.Errorf("%s: %s complete %v, findings %q", what, reading.Parts[0].Name(), reading.Parts[0].Complete, f)
	}
}

func TestWrappings(t *testing.T) {
	if len(full)+len(associate) != len(want) || len(want) != 40 {
		t.Fatalf("%d and %d members, %d rows wanted", len(full), len(associate), len(want))
	}
	for _, wrap := range membertest.Wraps {
		check(t, string(wrap), page(wrap).HTML(), want)
	}
	// The class in a column of its own, all states in one table.
	var members []membertest.Member
	for _, m := range full {
		m.Class = "Full member"
		members = append(members, m)
	}
	for _, m := range associate {
		m.Class = "Associate member"
		members = append(members, m)
	}
	one := membertest.Page{Title: "ENOC members", Wrap: membertest.Table, Sections: []membertest.Section{{Heading: "Members", Members: members}}}
	check(t, "class in a column", one.HTML(), want)
	// The associates first: the class comes from the words, not from the place.
	turned := page(membertest.List)
	slices.Reverse(turned.Sections)
	check(t, "associates first", turned.HTML(), slices.Concat(want[len(full):], want[:len(full)]))
}

func TestEveryNameResolves(t *testing.T) {
	for _, row := range want {
		name, _, _ := strings.Cut(row, "|")
		if _, ok := places.Default().Lookup(name); !ok {
			t.Errorf("%q is not in the registry", name)
		}
	}
}

func TestDamage(t *testing.T) {
	for _, wrap := range membertest.Wraps {
		p := page(wrap)
		good := string(p.HTML())
		change := func(old, new string) []byte { return []byte(strings.ReplaceAll(good, old, new)) }
		t.Run(string(wrap), func(t *testing.T) {
			sourcetest.Survives(t, enoc.New(), "members", p.HTML(), map[string][]byte{
				"label missing": p.WithoutHeadings(), "columns swapped": p.Swapped(), "one more column": p.Wider(),
				"half the list": p.Half(), "empty list": p.Empty(), "title missing": p.Untitled(), "headings swapped": p.HeadingsSwapped(),
				"first heading missing":  change("Full members", ""),
				"second heading missing": change("Associate members", ""),
				"first heading other":    change("Full members", "Our network"),
				"second heading other":   change("Associate members", "Observers"),
				"both in one heading":    change("Full members", "Full and associate members"),
				"same heading twice":     change("Associate members", "Full members"),
				"a name not known":       change("Malta", "Maltesia"),
				"the bureau":             change("Full members", "Bureau"),
			})
		})
	}
}
