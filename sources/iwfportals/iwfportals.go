// Package iwfportals reads the list of the Internet Watch Foundation's reporting
// portals for other countries.
package iwfportals

import (
	_ "embed"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// portals is the host of the portals.
const portals = "report.iwf.org.uk"

// New returns the source iwf-portals.
func New() source.Source { return membership.New(about, membership.Each(check)) }

// check compares the two letters of a portal's address, such as report.iwf.org.uk/pk or
// /pk_ps for another language, with the country of the entry. The IWF's own form for
// the United Kingdom is no portal.
func check(e *membership.Entry, report func(source.Finding)) {
	if e.Code == "GBR" && e.Part == "" {
		e.Drop = true
		return
	}
	question := func(code, text string) {
		report(source.Finding{
			Code: code, Severity: source.Question, Text: e.Name + ": " + text,
			Hint: "look whether the entry is a portal, and of which country",
		})
	}
	letters, address := "", ""
	for _, l := range e.Links {
		if u, err := url.Parse(l.Address); err == nil && strings.EqualFold(u.Hostname(), portals) {
			first, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
			letters, _, _ = strings.Cut(first, "_")
			address = l.Address
			break
		}
	}
	if address == "" {
		question("portal-without-link", "the entry has no link to "+portals)
		return
	}
	e.Address = address
	if code := iso3(letters); code != e.Code {
		question("portal-of-another", fmt.Sprintf("the letters %q of its address %s do not stand for %s", letters, address, e.Code))
	}
}

// iso3 returns the three letters of a country by its two, as ISO 3166-1 has them and
// the registry for Kosovo; empty if there is none.
func iso3(letters string) string {
	region, err := language.ParseRegion(letters)
	if err != nil || len(letters) != 2 {
		return ""
	}
	if code := region.ISO3(); code != "XKK" {
		return code
	}
	return "XKX"
}
