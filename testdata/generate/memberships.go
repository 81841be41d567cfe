package main

import (
	"fmt"
	"html"
	"strings"
)

// memberPage is one list of members to rebuild, in neutral markup: how the publisher
// marks it up is not known, only the order of its texts.
type memberPage struct {
	source, request, url string
	network              string // in the facts
	title, label         string // short labels by which the page is recognised
	day                  string // the earliest day that the list can be from
	note                 string
	draw                 func(facts []memberFact) string
}

// memberFact is one line of memberships.csv: name as published, label under which it
// stands.
type memberFact struct{ name, joined string }

var memberPages = []memberPage{
	{
		source: "weprotect", request: "governments", url: "https://www.weprotect.org/alliance/governments/",
		network: "weprotect", title: "WeProtect Global Alliance", label: "Member governments", day: "2022-07-01",
		note: "102 names in alphabetical order. The list is undated and later than the middle of 2022: the time is the earliest that it can be",
		draw: drawNames,
	},
	{
		source: "coe-members", request: "states", url: "https://www.coe.int/en/web/sarajevo/member-states-map",
		network: "coe", title: "Council of Europe", label: "Member States by accession date:", day: "2022-03-16",
		note: "46 names by date or year of accession. The list is undated and later than the exit of the Russian Federation: the time is the day of the exit",
		draw: drawByAccession,
	},
}

// generateMemberships rebuilds the lists of members whose facts are whole. Of the other
// networks only parts are known: no page is made of these.
func generateMemberships(root string) error {
	for _, p := range memberPages {
		facts, err := readMemberFacts(root, p.network)
		if err != nil {
			return err
		}
		body := fmt.Sprintf("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>%[1]s</title></head>\n<body>\n"+
			"<!-- rebuilt from facts: not the publisher's page -->\n<main>\n<h1>%[1]s</h1>\n<h2>%[2]s</h2>\n%[3]s</main>\n</body>\n</html>\n",
			html.EscapeString(p.title), html.EscapeString(p.label), p.draw(facts))
		if err := writeCapture(root, p.source, p.request+".html", []byte(body), captureRecord{
			Request: captureRequest{ID: p.request, URL: p.url}, FinalURL: p.url,
			RequestedAt: p.day + "T00:00:00Z", Status: 200,
			Headers:    map[string]string{"Content-Type": "text/html; charset=utf-8"},
			Origin:     originRebuilt,
			OriginNote: "rebuilt from testdata/facts/memberships.csv, network " + p.network + ", in neutral markup; " + p.note,
		}); err != nil {
			return err
		}
	}
	return nil
}

func readMemberFacts(root, network string) ([]memberFact, error) {
	lines, err := readUNFacts(root, "memberships.csv", "network,state_name_as_published,joined_as_published,as_of,source")
	var facts []memberFact
	for _, f := range lines {
		if f[0] == network {
			facts = append(facts, memberFact{name: f[1], joined: f[2]})
		}
	}
	if err == nil && len(facts) == 0 {
		err = fmt.Errorf("memberships.csv has no row of %s", network)
	}
	return facts, err
}

func drawNames(facts []memberFact) string {
	var w strings.Builder
	w.WriteString("<ul>\n")
	for _, f := range facts {
		fmt.Fprintf(&w, "<li>%s</li>\n", html.EscapeString(f.name))
	}
	w.WriteString("</ul>\n")
	return w.String()
}

// drawByAccession prints a line for each date or year, with the names divided by
// commas.
func drawByAccession(facts []memberFact) string {
	var w strings.Builder
	for i, f := range facts {
		switch {
		case i > 0 && f.joined == facts[i-1].joined:
			w.WriteString(", ")
		case i > 0:
			w.WriteString("</p>\n<p>" + f.joined + " ")
		default:
			w.WriteString("<p>" + f.joined + " ")
		}
		w.WriteString(html.EscapeString(f.name))
	}
	w.WriteString("</p>\n")
	return w.String()
}
