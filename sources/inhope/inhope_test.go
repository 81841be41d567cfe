package inhope_test

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/inhope"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// entry is one hotline of the directory.
type entry struct{ country, hotline, joined, link string }

// known are entries of the directory as somebody read it on 9 October 2026.
var known = []entry{
	{"United States", "Cybertipline", "1999", "https://report.cybertip.org/"},
	{"United Kingdom", "Internet Watch Foundation", "", "https://report.iwf.org.uk/en"},
	{"Ireland", "Irish Internet Hotline", "", "https://hotline.ie/report"},
	{"Australia", "Cyber Report", "2016", ""},
	{"Germany", "eco", "", "https://hotlines.example/eco"},
	{"Germany", "FSM", "", "https://hotlines.example/fsm"},
	{"Germany", "jugendschutz.net", "", "https://hotlines.example/jugendschutz"},
	{"France", "Point de Contact", "1998", "https://www.pointdecontact.net/cliquez-signalez/"},
	{"Spain", "INCIBE", "2019", "https://www.incibe.es/menores/hotline"},
	{"Italy", "Save The Children Italy", "", ""},
	{"Italy", "Telefono Azzurro", "", ""},
	{"Netherlands", "ATKM", "", ""},
	{"Netherlands", "Offlimits", "", "https://meldpunt-kinderporno.nl/"},
	{"Mexico", "Fundacion Pas", "", "https://www.teprotejomexico.org/"},
	{"Brazil", "Safernet", "", "https://new.safernet.org.br/denuncie"},
	{"India", "Reporting Portal", "", "https://report.iwf.org.uk/in"},
	{"Philippines", "ECPAT Philippines", "2020", "http://ecpat.org.ph/report/"},
	{"Japan", "Internet Hotline Center Japan", "", "https://www.internethotline.jp/"},
	{"South Africa", "Film Publication Board", "2009", "https://apps.fpb.org.za/hotline"},
	{"Nigeria", "ACSAI Nigeria", "2024", "https://acsaing.org/report.html"},
}

// directory adds to the known entries made-up hotlines and portals, as many as make the
// directory as large as it is.
func directory() []entry {
	all := slices.Clone(known)
	for i, c := range []string{"Albania", "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czech Republic", "Denmark", "Estonia", "Finland",
		"Georgia", "Greece", "Hungary", "Iceland", "Latvia", "Lithuania", "Luxembourg", "Malta", "Moldova", "Poland", "Portugal", "Romania",
		"Serbia", "Slovakia", "Slovenia", "Sweden", "Turkey", "Ukraine"} {
		all = append(all, entry{c, fmt.Sprintf("Made-up Hotline of %s", c), "", fmt.Sprintf("https://hotlines.example/%d", i)})
	}
	for i, c := range []string{"Angola", "Belize", "Bermuda", "Bolivia", "Dominican Republic", "El Salvador", "Ghana", "Honduras", "Indonesia", "Malawi",
		"Mongolia", "Morocco", "Pakistan", "Senegal", "Uganda", "Zambia"} {
		all = append(all, entry{c, "Reporting Portal", "", fmt.Sprintf("https://report.iwf.org.uk/x%d", i)})
	}
	return all
}

func wanted(all []entry) []string {
	var out []string
	for _, e := range all {
		class, note := "member", ""
		if e.hotline == "Reporting Portal" {
			class = "reporting portal"
		}
		if e.joined != "" {
			note = "joined " + e.joined
		}
		out = append(out, strings.Join([]string{e.country, e.hotline, class, e.joined, note}, "|"))
	}
	slices.Sort(out)
	return out
}

func frame(s string) []byte {
	return []byte("<!DOCTYPE html><html lang=\"en\"><head><title>Our members | INHOPE</title></head><body><nav><a href=\"/EN\">Home</a></nav>\n<main><h1>Our members</h1>" +
		"<p>Find your local hotline via the drop-down or map.</p>\n" + s + "</main>\n<footer><a href=\"/EN/articles\">News</a></footer></body></html>\n")
}

func options(all []entry) string {
	var b strings.Builder
	b.WriteString("<select><option value=\"\">Select a country</option>\n")
	last := ""
	for _, e := range all {
		if e.country != last {
			fmt.Fprintf(&b, "<option>%s</option>\n", e.country)
		}
		last = e.country
	}
	return b.String() + "</select>\n"
}

// wrappings of an entry, with what stands around all of them.
var wrappings = map[string]func([]entry) []byte{
	"table": func(all []entry) []byte {
		return drawn(all, "<table><tr><th>Country</th><th>Hotline</th><th>Joined</th><th>Report link</th></tr>", "</table>", func(e entry) string {
			return fmt.Sprintf("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", e.country, e.hotline, joined(e), link(e, "Report"))
		})
	},
	"drop-down and cards": func(all []entry) []byte {
		return drawn(all, options(all)+"<div>", "</div>", func(e entry) string {
			return fmt.Sprintf("<div class=\"h\"><h3>%s</h3><p>%s</p><p>%s</p><p>%s</p></div>", e.country, e.hotline, joined(e), link(e, "Report"))
		})
	},
	"items": func(all []entry) []byte {
		return drawn(all, "<ul>", "</ul>", func(e entry) string {
			text := e.hotline
			if e.link != "" {
				text = link(e, e.hotline)
			}
			if e.joined != "" {
				text += " (" + joined(e) + ")"
			}
			return fmt.Sprintf("<li><strong>%s</strong>: %s</li>", e.country, text)
		})
	},
}

func joined(e entry) string {
	if e.joined == "" {
		return ""
	}
	return "joined " + e.joined
}

func link(e entry, text string) string {
	if e.link == "" {
		return ""
	}
	return fmt.Sprintf("<a href=\"%s\">%s</a>", e.link, html.EscapeString(text))
}

func drawn(all []entry, open, end string, one func(entry) string) []byte {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(one(e) + "\n")
	}
	return frame(open + "\n" + b.String() + end)
}

func read(t *testing.T, body []byte) (source.Reading, []string) {
	t.Helper()
	reading := sourcetest.Read(t, inhope.New(), "members", body)
	rows := membertest.Rows(reading)
	slices.Sort(rows)
	return reading, rows
}

func TestWrappings(t *testing.T) {
	for name, draw := range wrappings {
		reading, got := read(t, draw(directory()))
		if want := wanted(directory()); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if f := membertest.Findings(reading); len(f) > 0 || !reading.Parts[0].Complete || reading.Parts[0].Name() != "network=inhope" {
			t.Errorf("%s: %s complete %v, findings %q", name, reading.Parts[0].Name(), reading.Parts[0].Complete, f)
		}
	}
}

// A year in its own column is the year of joining, whatever the column is called.
func TestBareYears(t *testing.T) {
	body := strings.ReplaceAll(string(wrappings["table"](directory())), "joined ", "")
	for _, label := range []string{"Joined", "Year"} {
		_, got := read(t, []byte(strings.Replace(body, "<th>Joined", "<th>"+label, 1)))
		for _, want := range []string{"Spain|INCIBE|member|2019|", "Ireland|Irish Internet Hotline|member||"} {
			if !slices.ContainsFunc(got, func(row string) bool { return strings.HasPrefix(row, want) }) {
				t.Errorf("%s: no %s in\n%s", label, want, strings.Join(got, "\n"))
			}
		}
	}
}

// What tells a portal is its link; its name alone is enough, too. The form of the
// United Kingdom's hotline is no portal.
func TestPortalsAreNeverMembers(t *testing.T) {
	for name, draw := range wrappings {
		body := string(draw(directory()))
		for what, c := range map[string]struct{ old, new, finding string }{
			"renamed":            {"Reporting Portal", "Fight Abuse Online", "question portal-in-doubt"},
			"link elsewhere":     {"https://report.iwf.org.uk/", "https://portals.example/", "question portal-in-doubt"},
			"no link":            {"https://report.iwf.org.uk/in", "#", "question portal-in-doubt"},
			"host in capitals":   {"https://report.iwf.org.uk/", "https://Report.IWF.org.uk/", ""},
			"other words around": {"Reporting Portal", "Reporting Portal (an IWF portal)", ""},
		} {
			reading, rows := read(t, []byte(strings.ReplaceAll(body, c.old, c.new)))
			for _, portal := range []string{"India", "Belize", "Zambia"} {
				if i := slices.IndexFunc(rows, func(r string) bool { return strings.HasPrefix(r, portal+"|") }); i < 0 || !strings.Contains(rows[i], "|reporting portal|") {
					t.Errorf("%s, %s: %s is not a portal in %q", name, what, portal, rows)
				}
			}
			if f := membertest.Findings(reading); c.finding == "" && len(f) > 0 || c.finding != "" && !slices.Contains(f, c.finding) {
				t.Errorf("%s, %s: findings %q, want %q", name, what, f, c.finding)
			}
			if !slices.Contains(rows, "United Kingdom|Internet Watch Foundation|member||") {
				t.Errorf("%s, %s: the hotline of the United Kingdom is no member", name, what)
			}
		}
	}
}

// Only the countries of the drop-down, without a hotline, prove no membership.
func TestDropDownAloneIsHeld(t *testing.T) {
	reading, _ := read(t, frame(options(directory())))
	if got := membertest.Findings(reading); !slices.Contains(got, "hold class-out-of-bounds") && !slices.Contains(got, "hold hotline-missing") {
		t.Errorf("findings %q", got)
	}
}

// The table of the note of October 2026, as stored: right, and held, for it is a choice.
func TestStoredNote(t *testing.T) {
	stored := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "inhope_directory_as_read_2026-10-09.txt")))
	var b strings.Builder
	for line := range strings.Lines(stored) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			b.WriteString("<tr><td>" + strings.ReplaceAll(strings.Trim(line, "| "), "|", "</td><td>") + "</td></tr>\n")
		}
	}
	reading, rows := read(t, frame("<table>"+b.String()+"</table>"))
	for _, want := range []string{
		"United Kingdom|Internet Watch Foundation|member||", "United States|Cybertipline|member|1999|joined 1999", "Germany|FSM|member||",
		"Netherlands|Offlimits|member||", "Spain|INCIBE|member|2019|joined 2019",
	} {
		if !slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, want) }) {
			t.Errorf("no %s in\n%s", want, strings.Join(rows, "\n"))
		}
	}
	for _, r := range rows {
		if strings.HasPrefix(r, "Canada|") || strings.HasPrefix(r, "India|") && !strings.Contains(r, "|reporting portal|") {
			t.Errorf("row %s", r)
		}
	}
	if got := membertest.Findings(reading); !slices.Contains(got, "hold too-few-states") {
		t.Errorf("17 countries pass: %q", got)
	}
}

func TestEveryNameResolves(t *testing.T) {
	for _, e := range directory() {
		if _, ok := places.Default().Lookup(e.country); !ok {
			t.Errorf("%q is not in the registry", e.country)
		}
	}
}

func TestDamage(t *testing.T) {
	all := directory()
	for name, draw := range wrappings {
		good := draw(all)
		var swapped, wider []entry
		for _, e := range all {
			swapped = append(swapped, entry{e.hotline, e.country, e.joined, e.link})
			wider = append(wider, entry{e.country, e.hotline + "</td><td>Tel. 0123 456789", e.joined, e.link})
		}
		replace := func(old, new string) []byte { return []byte(strings.ReplaceAll(string(good), old, new)) }
		made := map[string][]byte{
			"label missing": replace("INHOPE", ""), "columns swapped": draw(swapped), "one more column": nil,
			"half the list": draw(all[:len(all)/2]), "empty list": draw(nil),
			"portals without links": replace("https://report.iwf.org.uk/x", "#"),
			"hotlines gone":         replace("Made-up Hotline of ", ""),
			"members only":          draw(all[:20]),
			"portals only":          draw(all[len(all)-16:]),
		}
		if name == "table" {
			made["one more column"] = draw(wider)
			made["headers gone"] = replace("<tr><th>Country</th><th>Hotline</th><th>Joined</th><th>Report link</th></tr>", "")
		}
		t.Run(name, func(t *testing.T) { sourcetest.Survives(t, inhope.New(), "members", good, made) })
	}
}
