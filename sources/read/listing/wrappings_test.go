package listing

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
)

// fact is one entry of the made-up list that every wrapping holds.
type fact struct{ code, name, part, org, class string }

// printed is the name with its part, as pages print it.
func (f fact) printed() string {
	if f.part == "" || f.part == f.name {
		return f.name
	}
	return f.name + " (" + f.part + ")"
}

func (f fact) key() string {
	return strings.Join([]string{f.code, f.part, f.org, f.class}, "|")
}

var fullOrAssociate = Want{Classes: []Class{
	{"full", []string{"Full members", "Full member", "Full"}},
	{"associate", []string{"Associate members", "Associate member", "Associate"}},
}}

// names as they are printed, made-up institutions: nothing here is a fact.
var manyNames = []string{
	"Albania", "Armenia", "Austria", "Azerbaijan", "Bosnia & Herzegovina", "Bulgaria", "Croatia", "Cyprus", "Czech Republic", "Denmark",
	"Estonia", "Faroe Islands", "Finland", "France", "Georgia", "Germany", "Greece", "Hungary", "Iceland", "Ireland", "Italy",
	"Korea, Republic Of", "Kosovo", "Latvia", "Lesotho (The Kingdom of)", "Liechtenstein", "Lithuania", "Luxembourg", "Malta", "Moldova (Republic of)",
	"Monaco", "Montenegro", "The Netherlands", "North Macedonia, Republic of", "Norway", "Poland", "Portugal", "Romania", "San Marino",
	"Serbia", "Slovak Republic", "Slovenia", "Sweden", "Switzerland", "Türkiye", "Ukraine", "New Zealand", "Trinidad & Tobago",
}

// facts60 are 60 entries: several institutions for some states, regions, two classes.
// With institutions false, they are entries without, each place once.
func facts60(institutions bool) []fact {
	var out []fact
	add := func(f fact) { out = append(out, f) }
	kinds := []string{"Ombudsperson for Children", "Commissioner for the Rights of the Child", "People's Advocate", "Parliamentary Ombudsman"}
	for i, n := range manyNames {
		p, ok := places.Default().Lookup(n)
		if !ok {
			panic(n)
		}
		f := fact{code: p.Code, name: n, class: "full"}
		if i%4 == 3 {
			f.class = "associate"
		}
		if institutions {
			f.org = fmt.Sprintf("%s %c", kinds[i%4], 'A'+i%26)
		}
		add(f)
		if institutions && i%8 == 0 {
			f.org = "Institute for Human Rights " + string(rune('A'+i%26))
			add(f)
		}
	}
	for _, f := range []fact{
		{"BEL", "Belgium", "Flanders", "Kinderrechtencommissariaat", "full"},
		{"BEL", "Belgium", "French Community", "Délégué général aux droits de l'enfant", "full"},
		{"ESP", "Spain", "Catalonia", "Síndic de Greuges", "full"},
		{"ESP", "Spain", "Andalusia", "Defensor del Pueblo Andaluz", "associate"},
		{"GBR", "England", "England", "Children's Commissioner", "full"},
		{"GBR", "Scotland", "Scotland", "Commissioner for Children & Young People", "associate"},
	} {
		if !institutions {
			f.org = ""
		}
		add(f)
	}
	return out
}

// group is the entries of one state as printed, for pages that name a state once.
type group struct {
	printed string
	facts   []fact
}

func groups(facts []fact) (out []group) {
	for _, f := range facts {
		if n := len(out); n > 0 && out[n-1].printed == f.printed() && out[n-1].facts[0].class == f.class {
			out[n-1].facts = append(out[n-1].facts, f)
			continue
		}
		out = append(out, group{f.printed(), []fact{f}})
	}
	return out
}

func ofClass(facts []fact, class string) (out []fact) {
	for _, f := range facts {
		if f.class == class {
			out = append(out, f)
		}
	}
	return out
}

var classWords = map[string]string{"full": "Full member", "associate": "Associate member"}

func e(s string) string { return html.EscapeString(s) }

// page puts a list into a page with a heading.
func pageOf(list string) string {
	return "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>Members</title></head><body>\n<h1>Our members</h1>\n<p>The network brings institutions together.</p>\n" + list + "\n</body></html>"
}

func each[T any](items []T, f func(T) string) string {
	var b strings.Builder
	for _, x := range items {
		b.WriteString(f(x))
		b.WriteByte('\n')
	}
	return b.String()
}

// byClass writes the facts in two parts under headings.
func byClass(facts []fact, level string, part func([]fact) string) string {
	return fmt.Sprintf("<%s class='t1' id=x>Full members</%s>\n%s\n<%s class=t2>Associate members</%s>\n%s",
		level, level, part(ofClass(facts, "full")), level, level, part(ofClass(facts, "associate")))
}

// wrappings hold the same facts in different markup.
var wrappings = map[string]func(facts []fact) string{
	"table": func(facts []fact) string {
		return pageOf("<table class='tbl' id='m'><thead><tr><th>Country</th><th>Institution</th><th>Status</th></tr></thead><tbody>" +
			each(facts, func(f fact) string {
				return fmt.Sprintf("<tr class='row'><td class=c>%s</td><td><a href='https://example.org/%s' class=l>%s</a></td><td>%s</td></tr>", e(f.printed()), f.code, e(f.org), classWords[f.class])
			}) + "</tbody></table>")
	},
	"table, institution first": func(facts []fact) string {
		return pageOf("<table><tr><th>Name<th>Membership<th>Country" +
			each(facts, func(f fact) string {
				return fmt.Sprintf("<tr><td>%s<td>%s<td>%s", e(f.org), classWords[f.class], e(f.printed()))
			}) + "</table>")
	},
	"table, rowspan": func(facts []fact) string {
		return pageOf("<table><tr><th>Country</th><th>Institution</th><th>Status</th></tr>" +
			each(groups(facts), func(g group) string {
				s := ""
				for i, f := range g.facts {
					s += "<tr>"
					if i == 0 {
						s += fmt.Sprintf("<td rowspan=%d>%s</td>", len(g.facts), e(g.printed))
					}
					s += fmt.Sprintf("<td>%s</td><td>%s</td></tr>", e(f.org), classWords[f.class])
				}
				return s
			}) + "</table>")
	},
	"table, empty cell below": func(facts []fact) string {
		return pageOf("<table><tr><th>Country</th><th>Institution</th><th>Status</th></tr>" +
			each(groups(facts), func(g group) string {
				s := ""
				for i, f := range g.facts {
					name := e(g.printed)
					if i > 0 {
						name = "&nbsp;"
					}
					s += fmt.Sprintf("<tr><td>%s</td><td>%s</td><td>%s</td></tr>", name, e(f.org), classWords[f.class])
				}
				return s
			}) + "</table>")
	},
	"table, country groups": func(facts []fact) string {
		return pageOf("<table>" + each(groups(facts), func(g group) string {
			return fmt.Sprintf("<tr><th colspan=2>%s</th></tr>", e(g.printed)) + each(g.facts, func(f fact) string {
				return fmt.Sprintf("<tr><td>%s</td><td>%s</td></tr>", e(f.org), classWords[f.class])
			})
		}) + "</table>")
	},
	"tables under class headings": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<table><tr><th>Country</th><th>Institution</th></tr>" + each(part, func(f fact) string {
				return fmt.Sprintf("<tr><td>%s</td><td>%s</td></tr>", e(f.printed()), e(f.org))
			}) + "</table>"
		}))
	},
	"one table with class rows": func(facts []fact) string {
		rows := func(class string) string {
			return each(ofClass(facts, class), func(f fact) string {
				return fmt.Sprintf("<tr><td>%s</td><td>%s</td></tr>", e(f.printed()), e(f.org))
			})
		}
		return pageOf("<table><tr><td colspan=2>Full members</td></tr>" + rows("full") + "<tr><td colspan=2><b>Associate members</b></td></tr>" + rows("associate") + "</table>")
	},
	"definition list": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<dl>" + each(groups(part), func(g group) string {
				return "<dt>" + e(g.printed) + "</dt>" + each(g.facts, func(f fact) string { return "<dd>" + e(f.org) + "</dd>" })
			}) + "</dl>"
		}))
	},
	"headings with lists": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return each(groups(part), func(g group) string {
				return "<h3>" + e(g.printed) + "</h3><ul>" + each(g.facts, func(f fact) string { return "<li><a href=/x>" + e(f.org) + "</a></li>" }) + "</ul>"
			})
		}))
	},
	"headings with paragraphs": func(facts []fact) string {
		return pageOf(each(facts, func(f fact) string {
			return "<h3>" + e(f.printed()) + "</h3><p><strong>" + e(f.org) + "</strong></p><p>" + classWords[f.class] + "</p>"
		}) + "<h2>Contact</h2><p>Write to us.</p>")
	},
	"cards": func(facts []fact) string {
		return pageOf("<div class=grid><div class=inner>" + each(facts, func(f fact) string {
			return fmt.Sprintf("<div class='card'><div class=head><img src=x alt=''><h3>%s</h3></div><div class=body><p class=o>%s</p><span class=badge>%s</span><p>Main Street 1234</p><a href='https://example.org/'>Visit website</a></div></div>",
				e(f.printed()), e(f.org), classWords[f.class])
		}) + "</div></div>")
	},
	"cards in rows of three": func(facts []fact) string {
		s := "<div class=grid>"
		for i, f := range facts {
			if i%3 == 0 {
				s += "<div class=row>"
			}
			s += fmt.Sprintf("<div><div>%s</div><div>%s</div><div>%s</div></div>", e(f.printed()), e(f.org), classWords[f.class])
			if i%3 == 2 || i == len(facts)-1 {
				s += "</div>"
			}
		}
		return pageOf(s + "</div>")
	},
	"cards of spans": func(facts []fact) string {
		return pageOf("<div>" + each(facts, func(f fact) string {
			return fmt.Sprintf("<a href=/c><span>%s</span><span>%s</span><span>%s</span></a>", e(f.printed()), e(f.org), classWords[f.class])
		}) + "</div>")
	},
	"accordion of buttons": func(facts []fact) string {
		return pageOf("<div class=acc>" + each(groups(facts), func(g group) string {
			return fmt.Sprintf("<div><button aria-expanded=false>%s</button><div class=panel hidden><ul>%s</ul></div></div>", e(g.printed),
				each(g.facts, func(f fact) string { return "<li>" + e(f.org) + " (" + classWords[f.class] + ")</li>" }))
		}) + "</div>")
	},
	"accordion of details": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return each(groups(part), func(g group) string {
				return "<details><summary>" + e(g.printed) + "</summary>" + each(g.facts, func(f fact) string { return "<p><a href=/o>" + e(f.org) + "</a></p>" }) + "</details>"
			})
		}))
	},
	"two columns": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			col := func(part []fact) string {
				return "<div class=col><ul>" + each(part, func(f fact) string { return "<li><b>" + e(f.printed()) + "</b>: " + e(f.org) + "</li>" }) + "</ul></div>"
			}
			return "<div class=cols>" + col(part[:len(part)/2]) + col(part[len(part)/2:]) + "</div>"
		}))
	},
	"lines of one paragraph": func(facts []fact) string {
		return pageOf(byClass(facts, "h3", func(part []fact) string {
			return "<p>" + each(part, func(f fact) string { return e(f.printed()) + " – " + e(f.org) + "<br>" }) + "</p>"
		}))
	},
	"prose of clauses": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			var all []string
			for _, f := range part {
				all = append(all, e(f.printed())+": "+e(f.org))
			}
			return "<p>" + strings.Join(all, "; ") + ".</p>"
		}))
	},
	"drop-down with data in a script": func(facts []fact) string {
		return pageOf("<select id=s><option value=''>Select a country</option>" + each(groups(facts), func(g group) string {
			return "<option>" + e(g.printed) + "</option>"
		}) + "</select><div id=out></div><script>(function(){ var members = " + scriptArray(facts) + "; show(members); })();</script>")
	},
	"data island": func(facts []fact) string {
		return pageOf("<div id=app></div><script type='application/json'>{\"page\":{\"title\":\"x\",\"members\":" + scriptArray(facts) + "}}</script>")
	},
	"script with unquoted keys": func(facts []fact) string {
		return pageOf("<script>\nvar x = [" + each(facts, func(f fact) string {
			return fmt.Sprintf("{state: '%s', org: '%s', type: '%s',},", strings.ReplaceAll(f.printed(), "'", `\'`), strings.ReplaceAll(f.org, "'", `\'`), classWords[f.class])
		}) + "];\n</script>")
	},
	"WordPress": func(facts []fact) string {
		inner := byClass(facts, "h2", func(part []fact) string {
			return "<ul class='wp-block-list'>" + each(part, func(f fact) string { return "<li>" + e(f.printed()) + " – " + e(f.org) + "</li>" }) + "</ul>"
		})
		out, err := json.Marshal(map[string]any{"id": 8, "title": map[string]any{"rendered": "Members"}, "content": map[string]any{"rendered": "\n<div class='wp-block-group'>" + inner + "</div>", "protected": false}})
		if err != nil {
			panic(err)
		}
		return string(out)
	},
	"map": func(facts []fact) string {
		return pageOf("<svg viewBox='0 0 9 9'>" + each(facts, func(f fact) string {
			return fmt.Sprintf("<path d='M0 0'><title>%s: %s (%s)</title></path>", e(f.printed()), e(f.org), classWords[f.class])
		}) + "</svg>")
	},
	"labels in cards": func(facts []fact) string {
		return pageOf("<section>" + each(facts, func(f fact) string {
			return fmt.Sprintf("<article><dl><dt>Country</dt><dd>%s</dd><dt>Organisation:</dt><dd>%s</dd><dt>Status</dt><dd>%s</dd></dl></article>", e(f.printed()), e(f.org), classWords[f.class])
		}) + "</section>")
	},
}

func scriptArray(facts []fact) string {
	var all []map[string]string
	for _, f := range facts {
		all = append(all, map[string]string{"country": f.printed(), "organisation": f.org, "status": classWords[f.class], "lat": "12.5"})
	}
	out, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// bare wrappings name states and nothing else.
var bareWrappings = map[string]func(facts []fact) string{
	"comma prose": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<p>" + each(part, func(f fact) string { return e(f.printed()) + "," }) + "</p>"
		}))
	},
	"a sentence for each class": func(facts []fact) string {
		line := func(class string) string {
			var all []string
			for _, f := range ofClass(facts, class) {
				all = append(all, e(f.printed()))
			}
			return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1] + "."
		}
		return pageOf("<p>Full members: " + line("full") + "</p><p>Associate members: " + line("associate") + "</p>")
	},
	"flat flow": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<p>" + each(part, func(f fact) string { return e(f.printed()) }) + "</p>"
		}))
	},
	"links in a paragraph": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<p>" + each(part, func(f fact) string { return "<a href=/s>" + e(f.printed()) + "</a>," }) + "</p>"
		}))
	},
	"plain list": func(facts []fact) string {
		return pageOf(byClass(facts, "h2", func(part []fact) string {
			return "<ul>" + each(part, func(f fact) string { return "<li>" + e(f.printed()) }) + "</ul>"
		}))
	},
	"class at the end of the line": func(facts []fact) string {
		return pageOf("<ul>" + each(facts, func(f fact) string {
			return "<li>" + e(f.printed()) + " " + strings.ToUpper(classWords[f.class]) + "</li>"
		}) + "</ul>")
	},
	"options in groups": func(facts []fact) string {
		return pageOf("<select>" + each([]string{"full", "associate"}, func(c string) string {
			return "<optgroup label='" + classWords[c] + "s'>" + each(ofClass(facts, c), func(f fact) string { return "<option>" + e(f.printed()) }) + "</optgroup>"
		}) + "</select>")
	},
	"map, class in the title": func(facts []fact) string {
		return pageOf("<svg><g>" + each(facts, func(f fact) string {
			return "<path aria-label=\"" + e(f.printed()) + " – " + classWords[f.class] + "\"/>"
		}) + "</g></svg>")
	},
	"data by class": func(facts []fact) string {
		part := func(class string) []string {
			var out []string
			for _, f := range ofClass(facts, class) {
				out = append(out, f.printed())
			}
			return out
		}
		out, err := json.Marshal(map[string]any{"full_members": part("full"), "associate_members": part("associate")})
		if err != nil {
			panic(err)
		}
		return pageOf("<script>window.data = " + string(out) + ";</script>")
	},
}

// keysOf are the facts of a result, sorted.
func keysOf(r *Result) []string {
	var out []string
	for _, x := range r.Records {
		out = append(out, fact{code: x.Code, part: x.Part, org: x.Organisation, class: x.Class}.key())
	}
	slices.Sort(out)
	return out
}

func keysOfFacts(facts []fact) []string {
	var out []string
	for _, f := range facts {
		out = append(out, f.key())
	}
	slices.Sort(out)
	return out
}

func diff(want, got []string) (missing, extra []string) {
	for _, w := range want {
		if !slices.Contains(got, w) {
			missing = append(missing, w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			extra = append(extra, g)
		}
	}
	return missing, extra
}

func TestSameFactsInEveryWrapping(t *testing.T) {
	for institutions, all := range map[bool]map[string]func([]fact) string{true: wrappings, false: bareWrappings} {
		facts := facts60(institutions)
		if institutions && len(facts) != 60 {
			t.Fatalf("%d facts, want 60", len(facts))
		}
		want := keysOfFacts(facts)
		for name, wrap := range all {
			t.Run(name, func(t *testing.T) {
				r, err := Read([]byte(wrap(facts)), fullOrAssociate)
				if err != nil {
					t.Fatal(err)
				}
				got := keysOf(r)
				if missing, extra := diff(want, got); len(missing)+len(extra) > 0 || len(got) != len(want) {
					t.Errorf("%d records of %d\nmissing %q\nextra   %q\nleft %v", len(got), len(want), missing, extra, r.Left)
				}
				if r.Share() != 1 || !r.Ended {
					t.Errorf("share %g, ended %v, left %v", r.Share(), r.Ended, r.Left)
				}
			})
		}
	}
}
