package iwfportals_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baseline/schemas/places"
	"baseline/sources/iwfportals"
	"baseline/sources/membership/membertest"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// The list was never seen. The addresses of Malawi, Morocco, Dominican Republic,
// Indonesia, India and Pakistan are real, the territories are those of 2016; the others
// and all other addresses are made up, with the letters of ISO 3166-1.
var portals = [][2]string{
	{"Angola", "ao"}, {"Anguilla", "ai"}, {"Ascension Islands", "ac"}, {"Belize", "bz"}, {"Bermuda", "bm"}, {"Bolivia", "bo"}, {"British Virgin Islands (BVI)", "vg"},
	{"Cayman Islands", "ky"}, {"Democratic Republic of the Congo", "cd"}, {"Dominican Republic", "do"}, {"El Salvador", "sv"}, {"Falkland Islands", "fk"},
	{"Gambia", "gm"}, {"Ghana", "gh"}, {"Gibraltar", "gi"}, {"Guatemala", "gt"}, {"Haiti", "ht"}, {"Honduras", "hn"}, {"India", "in"}, {"Indonesia", "id"},
	{"Côte d'Ivoire", "ci"}, {"Kenya", "ke"}, {"Liberia", "lr"}, {"Madagascar", "mg"}, {"Malawi", "mw"}, {"Mauritius", "mu"}, {"Mongolia", "mn"}, {"Montserrat", "ms"},
	{"Morocco", "ma"}, {"Mozambique", "mz"}, {"Namibia", "na"}, {"Nicaragua", "ni"}, {"Pakistan", "pk"}, {"Pitcairn Islands", "pn"}, {"Senegal", "sn"},
	{"Sierra Leone", "sl"}, {"St Helena", "sh"}, {"Tanzania", "tz"}, {"Tristan Da Cunha", "ta"}, {"Turks and Caicos", "tc"}, {"Uganda", "ug"}, {"Ukraine", "ua"},
	{"Zambia", "zm"}, {"Zimbabwe", "zw"}, {"Kosovo", "xk"},
}

func page(wrap membertest.Wrap, portals [][2]string) membertest.Page {
	var members []membertest.Member
	for _, p := range portals {
		members = append(members, membertest.Member{State: p[0], Link: "https://report.iwf.org.uk/" + p[1]})
	}
	return membertest.Page{Title: "IWF Reporting Portals", Wrap: wrap, Sections: []membertest.Section{{Heading: "Our portals", Members: members}}}
}

// items draws each portal as a link in an element.
func items(p membertest.Page, open, end string) []byte {
	var b strings.Builder
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "<h2>%s</h2>\n<div>\n", s.Heading)
		for _, m := range s.Members {
			fmt.Fprintf(&b, "%s<a href=\"%s\">%s</a>%s\n", open, m.Link, m.State, end)
		}
		b.WriteString("</div>\n")
	}
	return []byte("<!DOCTYPE html><html lang=\"en\"><head><title>" + p.Title + "</title></head><body><h1>" + p.Title + "</h1>\n" + b.String() + "</body></html>\n")
}

var wrappings = map[string][2]string{"items": {"<li>", "</li>"}, "boxes": {"<div class=\"card\"><p>", "</p></div>"}, "cells": {"<p>", "</p>"}}

// What the odd letters of three islands and Kosovo give is told apart below.
func wanted() []string {
	var out []string
	for _, p := range portals {
		name, part, note := p[0], "", ""
		switch name {
		case "British Virgin Islands (BVI)":
			name, note = "British Virgin Islands", "BVI"
		case "Ascension Islands", "St Helena", "Tristan Da Cunha":
			part = name
		}
		out = append(out, name+"|"+part+"|reporting portal||"+note)
	}
	return out
}

func TestWrappings(t *testing.T) {
	for what, w := range wrappings {
		reading := sourcetest.Read(t, iwfportals.New(), "portals", items(page(membertest.List, portals), w[0], w[1]))
		if got, want := membertest.Rows(reading), wanted(); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		// The letters of Ascension and Tristan da Cunha are none of ISO's: two questions.
		if f := membertest.Findings(reading); !slices.Equal(f, []string{"question portal-of-another", "question portal-of-another"}) || !reading.Parts[0].Complete {
			t.Errorf("%s: complete %v, findings %q", what, reading.Parts[0].Complete, f)
		}
	}
}

func TestEveryNameResolves(t *testing.T) {
	for _, p := range portals {
		if _, ok := places.Default().Lookup(p[0]); !ok {
			t.Errorf("%q is not in the registry", p[0])
		}
	}
}

func TestLinksAreChecked(t *testing.T) {
	good := string(items(page(membertest.List, portals), "<li>", "</li>"))
	for _, c := range []struct{ name, old, new, code, text string }{
		{"letters of another", "uk/ua\"", "uk/ug\"", "portal-of-another", "Ukraine"},
		{"no link to a portal", "https://report.iwf.org.uk/ua", "https://news.example/ua", "portal-without-link", "Ukraine"},
		{"letters of no country", "uk/ua\"", "uk/zz\"", "portal-of-another", "Ukraine"},
		{"another language", "uk/pk\"", "uk/pk_ps\"", "", ""},
		{"slash behind", "uk/ma\"", "uk/ma/\"", "", ""},
	} {
		reading := sourcetest.Read(t, iwfportals.New(), "portals", []byte(strings.Replace(good, c.old, c.new, 1)))
		var found []source.Finding
		for _, f := range reading.Findings {
			if !strings.HasPrefix(f.Text, "Ascension") && !strings.HasPrefix(f.Text, "Tristan") {
				found = append(found, f)
			}
		}
		if c.code == "" && len(found) > 0 || c.code != "" && (len(found) != 1 || found[0].Code != c.code || found[0].Severity != source.Question || !strings.HasPrefix(found[0].Text, c.text)) {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
}

// The IWF's own form for the United Kingdom is no portal for another country; nor is any
// portal a membership of another class.
func TestUnitedKingdomIsNoPortal(t *testing.T) {
	all := append(slices.Clone(portals), [2]string{"United Kingdom", "en"})
	reading := sourcetest.Read(t, iwfportals.New(), "portals", items(page(membertest.List, all), "<li>", "</li>"))
	if got := membertest.Rows(reading); !slices.Equal(got, wanted()) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// The stored text of the page has an introduction and no list.
func TestStoredTextHasNoList(t *testing.T) {
	text := string(sourcetest.File(t, sourcetest.Shared(t, "captures", "memberships", "iwf_portals_50.txt")))
	_, text, _ = strings.Cut(text, "IWF Reporting Portals\n")
	text, _, _ = strings.Cut(text, "[B]")
	body := "<html><body><h1>IWF Reporting Portals</h1><p>" + text + "</p></body></html>"
	if _, err := source.Read(iwfportals.New(), sourcetest.Capture(iwfportals.New(), "portals", []byte(body))); err == nil || !strings.Contains(err.Error(), "no list of states") {
		t.Errorf("got %v", err)
	}
}

func TestDamage(t *testing.T) {
	for what, w := range wrappings {
		draw := func(portals [][2]string) []byte { return items(page(membertest.List, portals), w[0], w[1]) }
		good := draw(portals)
		change := func(old, new string) []byte { return []byte(strings.ReplaceAll(string(good), old, new)) }
		t.Run(what, func(t *testing.T) {
			sourcetest.Survives(t, iwfportals.New(), "portals", good, map[string][]byte{
				"label missing": change("<h2>Our portals</h2>", ""), "columns swapped": nil, // there is one
				"one more column": change("<a href", "Report: <a href"),
				"half the list":   draw(portals[:len(portals)/2]), "empty list": draw(nil),
				"links gone":       change("https://report.iwf.org.uk/", "#"),
				"a name not known": change("Malawi", "Malavia"),
			})
		})
	}
}
