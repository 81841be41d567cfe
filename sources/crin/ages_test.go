package crin

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"baseline/schemas"
	"baseline/schemas/places"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// No markup of CRIN's page on ages was to be had. The passages of these tests are made up, and so are the
// ages and statutes in them: only how a passage begins and ends is the publisher's.

// entry is a passage by what is printed.
type entry struct{ name, prose, statute string }

// entries are made-up passages on all states of Europe that the report speaks of. The prose names other
// states, in the middle and at the beginning of paragraphs.
func entries() (list []entry) {
	for i, code := range places.Default().Group("coe47") {
		place, _ := places.Default().Place(code)
		list = append(list, entry{
			place.Name,
			fmt.Sprintf("Made-up law %d: nobody under %d answers for a crime, as in Sweden.|Norway and “Malta” differ, by Law No. 7/2001. For theft it is fifteen.|There is no lower limit.", i, 6+i%13),
			fmt.Sprintf("[Made-up Code of %s, Articles 9 and 10, 12 May 2001]", place.Name),
		})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return list
}

// forms are ways to mark up a passage: NAME, the first paragraph, the others, the statute.
var forms = map[string]func(e entry) string{
	"lines": func(e entry) string {
		return e.name + ".<br>\n" + strings.ReplaceAll(e.prose, "|", "<br><br>") + "<br>" + e.statute + "<br>"
	},
	"paragraphs": func(e entry) string {
		return "<p>" + e.name + ".</p>\n<p>" + strings.ReplaceAll(e.prose, "|", "</p><p>") + "</p><p>" + e.statute + "</p>\n"
	},
	"bold names": func(e entry) string {
		return "<p><strong>" + e.name + "</strong></p><p>" + strings.ReplaceAll(e.prose, "|", "</p><p>") + "</p><div>" + e.statute + "</div>\n"
	},
	"bold beginnings": func(e entry) string {
		return "<p><b>" + e.name + ".</b> " + strings.ReplaceAll(e.prose, "|", "</p><p>") + "</p><p><em>" + e.statute + "</em></p>\n"
	},
	"stop after the bold": func(e entry) string {
		return "<div><span><b>" + e.name + "</b></span>. " + strings.ReplaceAll(e.prose, "|", "</div><div>") + " " + e.statute + "</div>\n"
	},
}

func agesPage(form string, list []entry) []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><title>Minimum Ages of Criminal Responsibility in Europe</title></head><body><nav><li>France.</li></nav>
<h1>Minimum Ages of Criminal Responsibility in Europe</h1><div id="main"><h2>Introduction</h2><p>Ages from 8 to 18, from Albania to Ukraine.</p>
`)
	for _, e := range list {
		b.WriteString(forms[form](entry{html.EscapeString(e.name), html.EscapeString(e.prose), html.EscapeString(e.statute)}))
	}
	b.WriteString("<p>Mail us corrections. We were 20 in 2016.</p></div><p>Countries [47]</p><footer>Ireland.</footer></body></html>\n")
	return []byte(b.String())
}

func ageCell(r source.Emitted, column string) string {
	return r.Row.Values[schemas.AgeTexts.Column(column)].String()
}

func TestAgesInEveryForm(t *testing.T) {
	list := entries()
	sums := map[string]string{}
	for form := range forms {
		t.Run(form, func(t *testing.T) {
			r := sourcetest.Read(t, New(), "age-europe", agesPage(form, list))
			for _, f := range r.Findings {
				t.Errorf("finding: %s", f.Text)
			}
			if len(r.Rows) != len(list) || len(r.Parts) != 1 || r.Parts[0].Complete {
				t.Fatalf("%d rows, parts %+v", len(r.Rows), r.Parts)
			}
			for i, e := range list {
				row := r.Rows[i]
				text := strings.ReplaceAll(e.prose, "|", " ") + " " + e.statute
				var law, age int
				if _, err := fmt.Sscanf(e.prose, "Made-up law %d: nobody under %d", &law, &age); err != nil {
					t.Fatal(err)
				}
				ages := fmt.Sprintf("%d 15", age)
				if age > 15 {
					ages = fmt.Sprintf("15 %d", age)
				} else if age == 15 {
					ages = "15"
				}
				if ageCell(row, "published_name") != e.name || ageCell(row, "ages_named") != ages || ageCell(row, "characters") != fmt.Sprint(len([]rune(text))) {
					t.Errorf("%s: got %v, want ages %s", e.name, row.Row.Values, ages)
				}
				if q := row.Row.Evidence.Quote; len([]rune(q)) > 80 || !strings.HasPrefix(text, q) || len(q) < 60 {
					t.Errorf("%s: quote %q", e.name, q)
				}
				if sum := ageCell(row, "sha256"); sums[e.name] == "" {
					sums[e.name] = sum
				} else if sums[e.name] != sum {
					t.Errorf("%s: the sum depends on the markup", e.name)
				}
			}
		})
	}
}

func TestAgesNamed(t *testing.T) {
	for text, want := range map[string]string{
		"nobody under 14, or under sixteen for others":                                     "14 16",
		"from 18 down to 7; 18 again; five, 5, 22 and twenty-two":                          "7 18",
		"Twenty-one, twenty one and TWENTY years":                                          "20 21",
		"14-year-olds, a fourteen-year-old, 16–18":                                         "14 16 18",
		"Article 14 and Articles 12, 13(2) and 16 of the Code, section 9, § 19, Law No. 8": "",
		"from 14 [Penal Code, 16] and 12 [unfinished, 11":                                  "12 14",
		"on 12 May 2001, May 13, the 9th of June, 7/2001, 10.5 percent":                    "",
		"sixty, tenth, ninety, 100, 2016":                                                  "",
		"":                                                                                 "",
	} {
		if got := agesNamed(text); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// The parts of the United Kingdom are one row, wherever they stand.
func TestAgesOfParts(t *testing.T) {
	list := slices.DeleteFunc(entries(), func(e entry) bool { return e.name == "United Kingdom" })
	for i, name := range []string{"England and Wales", "Northern Ireland", "Scotland"} {
		at := slices.IndexFunc(list, func(e entry) bool { return e.name > name })
		list = slices.Insert(list, at, entry{name, fmt.Sprintf("Nobody under %d.", 8+2*i), "[Made-up Act]"})
	}
	r := sourcetest.Read(t, New(), "age-europe", agesPage("lines", list))
	found := 0
	for _, row := range r.Rows {
		place, _ := places.Default().Lookup(ageCell(row, "published_name"))
		if place.Code == "GBR" {
			found++
			if ageCell(row, "ages_named") != "8 10 12" {
				t.Errorf("ages %s", ageCell(row, "ages_named"))
			}
		}
	}
	if found != 1 || len(r.Rows) != 47 || len(r.Findings) != 2 || r.Findings[0].Code != "parts-of-a-state" || r.Findings[0].Severity != source.Note {
		t.Errorf("%d rows of the United Kingdom, %d rows, %v", found, len(r.Rows), r.Findings)
	}
}

// A state's name in bold at the beginning of a paragraph, without a full stop, is prose.
func TestBoldProseDoesNotCut(t *testing.T) {
	whole := agesPage("bold beginnings", entries())
	bold := strings.ReplaceAll(string(whole), "<p>Norway and", "<p><b>Norway</b> and")
	a, b := sourcetest.Read(t, New(), "age-europe", whole), sourcetest.Read(t, New(), "age-europe", []byte(bold))
	if bold == string(whole) || len(b.Findings) != 0 || len(b.Rows) != 47 {
		t.Fatalf("%d rows, %v", len(b.Rows), b.Findings)
	}
	for i := range a.Rows {
		if ageCell(a.Rows[i], "sha256") != ageCell(b.Rows[i], "sha256") {
			t.Errorf("%s is cut elsewhere", ageCell(a.Rows[i], "published_name"))
		}
	}
}

func TestAgesFindings(t *testing.T) {
	good := entries()
	for name, c := range map[string]struct {
		change func(list []entry) []entry
		code   string
		want   source.Severity
	}{
		"few states":       {func(l []entry) []entry { return l[:12] }, "too-few-states", source.Hold},
		"an unknown state": {func(l []entry) []entry { l[20].name = "The former Republic of Ruritania"; return l }, "heading-not-understood", source.Hold},
		"a state twice":    {func(l []entry) []entry { l[20].name = l[3].name; return l }, "place-twice", source.Hold},
		"no end":           {func(l []entry) []entry { l[46].statute = "Made-up Code"; return l }, "passage-without-end", source.Hold},
		"a name missed":    {func(l []entry) []entry { l[20].name = "this is a long line that is no name at all, surely"; return l }, "statutes-differ", source.Question},
		"no statute":       {func(l []entry) []entry { l[20].statute = "Made-up Code"; return l }, "statutes-differ", source.Question},
	} {
		r := sourcetest.Read(t, New(), "age-europe", agesPage("paragraphs", c.change(slices.Clone(good))))
		if !slices.ContainsFunc(r.Findings, func(f source.Finding) bool { return f.Code == c.code && f.Severity == c.want }) {
			t.Errorf("%s: not told as %s: %v", name, c.code, r.Findings)
		}
	}
}

func TestAgesSurvive(t *testing.T) {
	good := entries()
	whole := string(agesPage("paragraphs", good))
	renamed := slices.Clone(good)
	renamed[30].name = "Ruritania"
	sourcetest.Survives(t, New(), "age-europe", []byte(whole), map[string][]byte{
		"label missing":    []byte(strings.ReplaceAll(whole, ".</p>\n<p>", "</p>\n<p>")), // names without their full stop
		"columns swapped":  nil,
		"one more column":  nil,
		"half the list":    agesPage("paragraphs", good[:24]),
		"empty list":       agesPage("paragraphs", nil),
		"names as prose":   []byte(strings.NewReplacer("<p>Malta.</p>", "<p>Malta</p>").Replace(strings.ReplaceAll(whole, "<p>", "<i>"))),
		"an unknown state": agesPage("paragraphs", renamed),
		"the other page":   page(english, lines(t, false), inOrder, "table"),
	})
	if _, err := source.Read(New(), sourcetest.Capture(New(), "age-europe", []byte(strings.TrimSuffix(whole, "</html>\n")))); err == nil || !strings.Contains(err.Error(), "breaks off") {
		t.Errorf("a page without its end: %v", err)
	}
	if _, err := source.Read(New(), sourcetest.Capture(New(), "age-asia", []byte(whole))); err == nil {
		t.Error("a page that nobody asked for was read")
	}
}
