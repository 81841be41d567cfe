package membership_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/membership"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// A made-up network with full and associate members.
const about = `
id: guild
title: "Guild of Clockmakers: members"
publisher: Guild of Clockmakers
homepage: https://guild.example/
schedule: "0 4 * * 1"
budget_days: 30
datasets: [memberships]
requests:
  - {id: members, media: html, addresses: ["https://www.guild.example/members", "https://old.guild.example/list"]}
listing:
  network: guild
  classes:
    - {class: full, words: ["full members", "full member"]}
    - {class: associate, words: ["associate members", "associate member"]}
  must: ["guild of clockmakers"]
  min_understood: 0.9
  min_states: 8
  max_states: 20
  complete: true
`

var full = []membertest.Member{
	{State: "Albania", Organisation: "Clocks of Tirana", Link: "https://clocks.example/al", Note: "joined 1999"},
	{State: "Austria", Organisation: "Wiener Uhren"},
	{State: "Belgium", Organisation: "Horloges", Note: "member since 2004"},
	{State: "Bulgaria", Organisation: "Sofia Time"},
	{State: "Croatia", Organisation: "Sat"},
	{State: "Denmark", Organisation: "Ur"},
	{State: "Estonia", Organisation: "Kell"},
}

var associate = []membertest.Member{
	{State: "Finland", Organisation: "Kello"},
	{State: "France", Organisation: "Montres", Link: "/fr"},
	{State: "Georgia", Organisation: "Saati"},
}

var want = []string{
	"Albania|Clocks of Tirana|full|1999|joined 1999", "Austria|Wiener Uhren|full||", "Belgium|Horloges|full|2004|member since 2004",
	"Bulgaria|Sofia Time|full||", "Croatia|Sat|full||", "Denmark|Ur|full||", "Estonia|Kell|full||",
	"Finland|Kello|associate||", "France|Montres|associate||", "Georgia|Saati|associate||",
}

func guild(wrap membertest.Wrap) membertest.Page {
	return membertest.Page{Title: "Guild of Clockmakers", Wrap: wrap, Sections: []membertest.Section{
		{Heading: "Full members", Members: full}, {Heading: "Associate members", Members: associate},
	}}
}

func newGuild() source.Source {
	return membership.New([]byte(about), membership.States("full", 5, 12), membership.States("associate", 2, 4))
}

func read(t *testing.T, page string) source.Reading {
	t.Helper()
	return sourcetest.Read(t, newGuild(), "members", []byte(page))
}

func TestRowsInEveryWrapping(t *testing.T) {
	for _, wrap := range membertest.Wraps {
		reading := read(t, string(guild(wrap).HTML()))
		if got := membertest.Rows(reading); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", wrap, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if got := membertest.Findings(reading); len(got) > 0 {
			t.Errorf("%s: %q", wrap, got)
		}
		if len(reading.Parts) != 1 || reading.Parts[0].Name() != "network=guild" || !reading.Parts[0].Complete {
			t.Errorf("%s: parts %+v", wrap, reading.Parts)
		}
	}
}

func TestColumnsAreThoseOfTheList(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]membertest.Member)
		want   string
	}{
		"all":         {func([]membertest.Member) {}, "network iso3 published_name class organisation joined_year address note"},
		"states only": {func(m []membertest.Member) { strip(m, true) }, "network iso3 published_name class"},
		"no notes":    {func(m []membertest.Member) { strip(m, false) }, "network iso3 published_name class organisation"},
	} {
		page := guild(membertest.Table)
		for i := range page.Sections {
			page.Sections[i].Members = slices.Clone(page.Sections[i].Members)
			c.change(page.Sections[i].Members)
		}
		reading := read(t, string(page.HTML()))
		if got := strings.Join(reading.Parts[0].Columns, " "); got != c.want || len(reading.Rows) != 10 {
			t.Errorf("%s: columns %q of %d rows, want %q of 10", name, got, len(reading.Rows), c.want)
		}
	}
}

func strip(members []membertest.Member, organisations bool) {
	for i := range members {
		members[i].Link, members[i].Note = "", ""
		if organisations {
			members[i].Organisation = ""
		}
	}
}

func TestAddresses(t *testing.T) {
	reading := read(t, string(guild(membertest.List).HTML()))
	got := map[string]string{}
	for _, r := range reading.Rows {
		got[cell(r, "published_name")] = cell(r, "address")
	}
	if got["Albania"] != "https://clocks.example/al" || got["France"] != "https://www.guild.example/fr" || got["Austria"] != "" {
		t.Errorf("addresses %q", got)
	}
}

// One change to the good page each, and what must come of it.
func TestWhatHoldsAndWhatAsks(t *testing.T) {
	page := string(guild(membertest.Table).HTML())
	row := "<tr><td>Austria</td><td>Wiener Uhren</td><td></td><td></td></tr>\n"
	if !strings.Contains(page, row) {
		t.Fatal("the page is not as this test thinks")
	}
	insert := func(rows string) string { return strings.Replace(page, row, row+rows, 1) }
	for _, c := range []struct {
		name, page, want string
		rows             int
		complete         bool
	}{
		{"nothing", page, "", 10, true},
		{"unknown name", insert("<tr><td>Atlantis</td><td>Diving Clocks</td><td></td><td></td></tr>\n"), "question text-not-understood", 10, false},
		{"many unknown names", insert(strings.Repeat("<tr><td>Atlantis</td><td>Diving</td><td></td><td></td></tr>\n<tr><td>Mu</td><td>Sunk</td><td></td><td></td></tr>\n", 8)),
			"hold not-understood" + strings.Repeat(", question text-not-understood", 11), 10, false},
		{"no end", strings.TrimSuffix(strings.TrimSpace(page), "</body></html>"), "hold cut-off", 10, false},
		{"too few states", strings.Join(strings.Split(page, "<tr><td>Bulgaria")[:1], "") + "</table></main></body></html>", "hold too-few-states, hold class-out-of-bounds, hold class-out-of-bounds", 3, false},
		{"second institution", insert("<tr><td>Austria</td><td>Grazer Uhren</td><td></td><td></td></tr>\n"), "", 11, true},
		{"same institution twice", insert("<tr><td>Austria</td><td>Wiener uhren</td><td></td><td></td></tr>\n"), "question listed-twice", 10, true},
		{"same in two classes", strings.Replace(page, "<tr><td>Finland</td>", row+"<tr><td>Finland</td>", 1), "hold listed-twice", 10, false},
		{"class in the entry", strings.Replace(page, ">Austria<", ">Austria (associate member)<", 1), "", 10, true},
		{"year to come", insert("<tr><td>Italy</td><td>Orologi</td><td></td><td>joined 2199</td></tr>\n"), "question joined-year-unclear", 11, true},
		{"two years", insert("<tr><td>Italy</td><td>Orologi</td><td></td><td>joined 1999, joined 2004</td></tr>\n"), "question joined-year-unclear", 11, true},
		{"misread letters", strings.Replace(page, "Clocks of Tirana", "OrÃ« e TiranÃ«s", 1), "hold wrong-encoding", 10, false},
		{"one misread letter among right ones", strings.Replace(strings.Replace(page, "Clocks of Tirana", "Orë e Tiranës, Shqipëri", 1), "Contact", "CafÃ©", 1), "", 10, true},
		{"headings swapped", string(guild(membertest.Table).HeadingsSwapped()), "hold class-out-of-bounds, hold class-out-of-bounds", 10, false},
		{"no headings", string(guild(membertest.Table).WithoutHeadings()), "hold class-missing, hold class-out-of-bounds, hold class-out-of-bounds", 10, false},
		{"unknown class", strings.Replace(page, "Associate members", "Honorary members", 1), "hold too-few-states, hold class-out-of-bounds", 7, false},
	} {
		reading, err := source.Read(newGuild(), sourcetest.Capture(newGuild(), "members", []byte(c.page)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := strings.Join(membertest.Findings(reading), ", ")
		if got != c.want || len(reading.Rows) != c.rows || reading.Parts[0].Complete != c.complete {
			t.Errorf("%s: %q, %d rows, complete %v; want %q, %d, %v", c.name, got, len(reading.Rows), reading.Parts[0].Complete, c.want, c.rows, c.complete)
		}
	}
}

// Parts of states are rows of their own, and their institutions stay apart.
func TestPartsOfStates(t *testing.T) {
	page := guild(membertest.Table)
	page.Sections[1].Members = append(slices.Clone(associate),
		membertest.Member{State: "Spain (Catalonia)"}, membertest.Member{State: "England"},
		membertest.Member{State: "United Kingdom (Scotland)", Organisation: "Clock Commissioner"},
		membertest.Member{State: "United Kingdom (Wales)", Organisation: "Clock Commissioner"},
		membertest.Member{State: "Belgium (Flanders)", Organisation: "Klokken"})
	src := membership.New([]byte(about))
	got := membertest.Rows(sourcetest.Read(t, src, "members", page.HTML()))[10:]
	want := []string{"Spain|Catalonia|associate||", "England|England|associate||", "United Kingdom|Clock Commissioner (Scotland)|associate||",
		"United Kingdom|Clock Commissioner (Wales)|associate||", "Belgium|Klokken|associate||Flanders"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	for _, row := range got {
		if name, _, _ := strings.Cut(row, "|"); name != "England" {
			if _, ok := places.Default().Lookup(name); !ok {
				t.Errorf("%q does not resolve", name)
			}
		}
	}
}

// A rule may change entries, drop them and report what it sees.
func TestRules(t *testing.T) {
	src := membership.New([]byte(about), membership.Each(func(e *membership.Entry, report func(source.Finding)) {
		switch e.Code {
		case "AUT":
			e.Drop = true
		case "HRV":
			e.Class = "partner"
			report(source.Finding{Code: "time-differs", Severity: source.Question, Text: "Croatia's clock is slow"})
		}
	}))
	reading := sourcetest.Read(t, src, "members", guild(membertest.Cards).HTML())
	rows := membertest.Rows(reading)
	if len(rows) != 9 || !slices.Contains(rows, "Croatia|Sat|partner||") || !reading.Parts[0].Complete {
		t.Errorf("complete %v, rows %q", reading.Parts[0].Complete, rows)
	}
	f := reading.Findings[0]
	if f.Code != "time-differs" || f.Dataset != "memberships" || f.Part != "network=guild" || f.Locator == "" || !strings.Contains(f.Quote, "Croatia") {
		t.Errorf("finding %+v", f)
	}
}

// Two lists of one kind that differ are no proof of anybody's absence.
func TestSecondCopyOfTheList(t *testing.T) {
	page := string(guild(membertest.Table).HTML())
	options := "<label>Jump to</label><select>"
	for _, m := range append(slices.Clone(full), associate...) {
		options += "<option>" + m.State + "</option>"
	}
	same := strings.Replace(page, "</h1>", "</h1>"+options+"</select>", 1)
	reading := read(t, same)
	if got := membertest.Rows(reading); !slices.Equal(got, want) || !reading.Parts[0].Complete {
		t.Errorf("with a drop-down of the same states: complete %v, %q", reading.Parts[0].Complete, got)
	}
	reading = read(t, strings.Replace(same, "</select>", "<option>Italy</option></select>", 1))
	if got := membertest.Findings(reading); !slices.Contains(got, "question list-in-doubt") || reading.Parts[0].Complete {
		t.Errorf("with one more in the drop-down: complete %v, %q", reading.Parts[0].Complete, got)
	}
}

func TestWrongPagesAreRefused(t *testing.T) {
	page := string(guild(membertest.Table).HTML())
	script := strings.Replace(strings.ReplaceAll(page, "Guild of Clockmakers", "Members"), "<body>", "<body><script>var site = 'Guild of Clockmakers';</script>", 1)
	for _, c := range []struct{ name, request, url, page, want string }{
		{"right", "members", "https://www.guild.example/members", page, ""},
		{"without www", "members", "https://guild.example/members/", page, ""},
		{"other letters", "members", "https://WWW.Guild.Example/members", page, ""},
		{"second address", "members", "https://old.guild.example/list?x=1", page, ""},
		{"no address", "members", "", page, ""},
		{"by hand from a disk", "members", "file:///home/me/page.html", page, ""},
		{"mirror", "members", "https://calendar.netlify.app/host-https-www.guild.example/members", page, "netlify"},
		{"other subdomain", "members", "https://shop.guild.example/members", page, "none of the publisher's hosts"},
		{"longer name", "members", "https://notguild.example/members", page, "none of the publisher's hosts"},
		{"other request", "bureau", "https://guild.example/members", page, `request "bureau"`},
		{"other page", "members", "https://guild.example/members", strings.ReplaceAll(page, "Guild of Clockmakers", "Guild"), "none of the words"},
		{"word in a script only", "members", "https://guild.example/members", script, "none of the words"},
		{"no list", "members", "https://guild.example/members", string(guild(membertest.Table).Empty()), "no list of states"},
	} {
		capture := sourcetest.Capture(newGuild(), c.request, []byte(c.page))
		capture.URL = c.url
		_, err := source.Read(newGuild(), capture)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// WordPress gives a page as JSON, too.
func TestWordPressJSON(t *testing.T) {
	content := string(guild(membertest.List).HTML())
	_, content, _ = strings.Cut(content, "<main>")
	content, _, _ = strings.Cut(content, "</main>")
	body := fmt.Sprintf(`[{"id":8,"modified":"2025-01-22T21:38:31","slug":"members","title":{"rendered":"Guild\u00a0of Clockmakers"},"content":{"rendered":%q}}]`, content)
	reading := read(t, body)
	if got := membertest.Rows(reading); !slices.Equal(got, want) || !reading.Parts[0].Complete {
		t.Errorf("complete %v, got\n%s", reading.Parts[0].Complete, strings.Join(got, "\n"))
	}
	half, err := source.Read(newGuild(), sourcetest.Capture(newGuild(), "members", []byte(body[:len(body)*9/10])))
	if err == nil && (half.Parts[0].Complete || !slices.Contains(membertest.Findings(half), "hold cut-off")) {
		t.Errorf("an answer in JSON that breaks off passes: %q", membertest.Findings(half))
	}
}

func TestDamage(t *testing.T) {
	for _, wrap := range membertest.Wraps {
		page := guild(wrap)
		t.Run(string(wrap), func(t *testing.T) {
			sourcetest.Survives(t, newGuild(), "members", page.HTML(), map[string][]byte{
				"label missing": page.WithoutHeadings(), "columns swapped": page.Swapped(), "one more column": page.Wider(),
				"half the list": page.Half(), "empty list": page.Empty(), "headings swapped": page.HeadingsSwapped(), "title missing": page.Untitled(),
			})
		})
	}
}

// Of findings of one kind a steward sees ten, and how many more there are. One that
// holds the rows does so from the first on.
func TestManyFindingsAreCounted(t *testing.T) {
	rows := ""
	for i := range 15 {
		rows += fmt.Sprintf("<tr><td>Atlantis %d</td><td>Sunk</td><td></td><td></td></tr>\n", i)
	}
	page := strings.Replace(string(guild(membertest.Table).HTML()), "<tr><td>Austria", rows+"<tr><td>Austria", 1)
	var texts []string
	for _, f := range read(t, page).Findings {
		if f.Code == "text-not-understood" {
			texts = append(texts, f.Text)
		}
	}
	if len(texts) != 11 || texts[10] != "5 more like the 10 that are shown" || !strings.Contains(texts[0], "Atlantis 0") {
		t.Errorf("%d findings: %q", len(texts), texts)
	}
}

// Options that hold a list which is not what it should be.
func TestStatesAndYearsOnly(t *testing.T) {
	states := guild(membertest.Table)
	for i := range states.Sections {
		states.Sections[i].Members = slices.Clone(states.Sections[i].Members)
		strip(states.Sections[i].Members, true)
	}
	years := strings.ReplaceAll(string(states.HTML()), "<td></td></tr>", "<td>joined 1999</td></tr>")
	for _, c := range []struct {
		name, page, want string
		option           membership.Option
	}{
		{"states", string(states.HTML()), "", membership.StatesOnly()},
		{"parts of states", strings.Replace(string(states.HTML()), "Austria", "Spain (Catalonia)", 1), "", membership.StatesOnly()},
		{"an institution", strings.Replace(string(states.HTML()), "<td>Austria</td><td>", "<td>Austria</td><td>Wiener Uhren", 1), "hold organisation-unexpected", membership.StatesOnly()},
		{"no years", string(states.HTML()), "", membership.YearsForAll()},
		{"all years", years, "", membership.YearsForAll()},
		{"all years but one", strings.Replace(years, "joined 1999", "", 1), "hold joined-year-missing", membership.YearsForAll()},
	} {
		reading := sourcetest.Read(t, membership.New([]byte(about), c.option), "members", []byte(c.page))
		if got := strings.Join(membertest.Findings(reading), ", "); got != c.want || len(reading.Rows) != 10 {
			t.Errorf("%s: %q with %d rows, want %q with 10", c.name, got, len(reading.Rows), c.want)
		}
	}
}

func TestMistakesInTheYAMLAreMet(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"unknown class":     {"class: associate", "class: friend"},
		"no network":        {"network: guild", "network: ''"},
		"no words of must":  {`must: ["guild of clockmakers"]`, "must: []"},
		"other dataset":     {"[memberships]", "[states]"},
		"no words":          {`words: ["full members", "full member"]`, "words: []"},
		"relative address":  {"https://old.guild.example/list", "/list"},
		"unknown field":     {"complete: true", "completed: true"},
		"no listing at all": {about[strings.Index(about, "listing:"):], ""},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: not met", name)
				}
			}()
			membership.New([]byte(strings.Replace(about, c.old, c.new, 1)))
		}()
	}
}

func cell(r source.Emitted, column string) string {
	return r.Row.Values[columnOf(column)].String()
}

func columnOf(name string) int { return schemas.Memberships.Column(name) }
