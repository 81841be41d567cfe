// Package membertest makes pages with lists of members, in several wrappings, for the
// tests of the sources that read such lists. The pages are made up and nobody's. Only
// tests import it.
package membertest

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"baseline/schemas"
	"baseline/sources/source"
)

// Page is a page with a list of members.
type Page struct {
	Title    string // title and first heading
	Sections []Section
	Wrap     Wrap
}

// Section is a part of the list under one heading; none if Heading is empty.
type Section struct {
	Heading string
	Members []Member
}

// Member is one entry. What is empty is not printed.
type Member struct{ State, Organisation, Class, Link, Note string }

// Wrap is how a page wraps its texts.
type Wrap string

// Wraps are the wrappings that a source is tried with.
const (
	Table Wrap = "table" // headings in h2, a table for each section
	Cards Wrap = "cards" // headings in strong, a box for each member
	List  Wrap = "list"  // headings in h3, one item a member: "State: organisation (note)"
)

// Wraps are all of them.
var Wraps = []Wrap{Table, Cards, List}

// HTML draws the page.
func (p Page) HTML() []byte {
	return []byte(p.draw(func(m Member) []string { return []string{m.State, p.organisation(m), m.Class, m.Note} }))
}

// Swapped draws the page with the organisation before the state.
func (p Page) Swapped() []byte {
	return []byte(p.draw(func(m Member) []string { return []string{p.organisation(m), m.State, m.Class, m.Note} }))
}

// Wider draws the page with one more text in each entry, before the others.
func (p Page) Wider() []byte {
	n := 0
	return []byte(p.draw(func(m Member) []string {
		n++
		return []string{fmt.Sprint(n), m.State, p.organisation(m), m.Class, m.Note}
	}))
}

// WithoutHeadings draws the page without the headings of its sections.
func (p Page) WithoutHeadings() []byte {
	p.Sections = slices.Clone(p.Sections)
	for i := range p.Sections {
		p.Sections[i].Heading = ""
	}
	return p.HTML()
}

// HeadingsSwapped draws the page with the headings of the sections in reverse.
func (p Page) HeadingsSwapped() []byte {
	sections := slices.Clone(p.Sections)
	for i := range sections {
		sections[i].Heading = p.Sections[len(p.Sections)-1-i].Heading
	}
	p.Sections = sections
	return p.HTML()
}

// Half draws the page with the first half of each section, or of the first section
// alone where there are several.
func (p Page) Half() []byte {
	p.Sections = slices.Clone(p.Sections)
	for i := range p.Sections {
		p.Sections[i].Members = p.Sections[i].Members[:len(p.Sections[i].Members)/2]
	}
	return p.HTML()
}

// Empty draws the page without a member.
func (p Page) Empty() []byte {
	p.Sections = slices.Clone(p.Sections)
	for i := range p.Sections {
		p.Sections[i].Members = nil
	}
	return p.HTML()
}

// Untitled draws the page without its title and first heading.
func (p Page) Untitled() []byte {
	p.Title = ""
	return p.HTML()
}

func (p Page) organisation(m Member) string {
	name := m.Organisation
	if name == "" && m.Link != "" {
		name = m.State
	}
	return name + "\x00" + m.Link
}

func (p Page) draw(texts func(Member) []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>%[1]s</title></head><body>\n"+
		"<nav><a href=\"/\">Home</a> <a href=\"/news\">News</a></nav>\n<main><h1>%[1]s</h1>\n", html.EscapeString(p.Title))
	for _, s := range p.Sections {
		open, item, end := p.Wrap.around()
		if s.Heading != "" {
			fmt.Fprintf(&b, p.Wrap.heading()+"\n", html.EscapeString(s.Heading))
		}
		b.WriteString(open)
		for _, m := range s.Members {
			b.WriteString(item(texts(m)))
		}
		b.WriteString(end)
	}
	b.WriteString("</main>\n<footer><p>Contact</p></footer></body></html>\n")
	return b.String()
}

func (w Wrap) heading() string {
	return map[Wrap]string{Table: "<h2>%s</h2>", Cards: "<div><strong>%s</strong></div>", List: "<h3>%s</h3>"}[w]
}

// around returns what opens and closes a section, and how an item is drawn from its
// texts. A text may carry a link behind a NUL.
func (w Wrap) around() (open string, item func([]string) string, end string) {
	each := func(texts []string, f string) string {
		var b strings.Builder
		for _, t := range texts {
			t, link, _ := strings.Cut(t, "\x00")
			if t == "" {
				if w == Table {
					fmt.Fprintf(&b, f, "")
				}
				continue
			}
			t = html.EscapeString(t)
			if link != "" {
				t = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(link), t)
			}
			fmt.Fprintf(&b, f, t)
		}
		return b.String()
	}
	switch w {
	case Table:
		return "<table>\n", func(t []string) string { return "<tr>" + each(t, "<td>%s</td>") + "</tr>\n" }, "</table>\n"
	case Cards:
		return "<div class=\"grid\">\n", func(t []string) string { return "<div class=\"card\">" + each(t, "<p>%s</p>") + "</div>\n" }, "</div>\n"
	}
	return "<ul>\n", func(t []string) string {
		parts := strings.Split(strings.TrimSuffix(each(t, "%s\x00"), "\x00"), "\x00")
		s := parts[0]
		for i, p := range parts[1:] {
			if i == 0 {
				s += ": " + p
			} else {
				s += " (" + p + ")"
			}
		}
		return "<li>" + s + "</li>\n"
	}, "</ul>\n"
}

// Rows prints the rows of a reading, in its order: state as printed, organisation,
// class, year of joining, note, with bars between.
func Rows(reading source.Reading) []string {
	d := &schemas.Memberships
	var out []string
	for _, r := range reading.Rows {
		var cells []string
		for _, column := range []string{"published_name", "organisation", "class", "joined_year", "note"} {
			cells = append(cells, r.Row.Values[d.Column(column)].String())
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

// Findings prints the findings of a reading but the notes: severity and code.
func Findings(reading source.Reading) []string {
	var out []string
	for _, f := range reading.Findings {
		if f.Severity != source.Note {
			out = append(out, string(f.Severity)+" "+f.Code)
		}
	}
	return out
}
