// Package inhope reads INHOPE's directory of hotlines. It tells the members from the
// reporting portals of the IWF that the same directory lists for other countries.
package inhope

import (
	_ "embed"
	"fmt"
	"net/url"
	"strings"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// portals is the host of the IWF's portals; its hotline for the United Kingdom, a
// founding member, once had the same.
const portals = "report.iwf.org.uk"

// New returns the source inhope. INHOPE named 58 hotlines in 53 countries in August 2026.
func New() source.Source {
	return membership.New(about, membership.BareYears(), membership.Each(portal), membership.States("member", 40, 65))
}

// portal gives the class of a reporting portal to entries that are named so or lead to
// one. They are never members. An entry without a hotline is none that can be told.
func portal(e *membership.Entry, report func(source.Finding)) {
	named := strings.HasPrefix(strings.ToLower(e.Organisation+e.Note), "reporting portal")
	linked := false
	for _, l := range e.Links {
		u, err := url.Parse(l.Address)
		linked = linked || err == nil && strings.EqualFold(u.Hostname(), portals) && e.Code != "GBR"
	}
	switch {
	case named || linked:
		e.Class = "reporting portal"
		if named != linked {
			report(source.Finding{
				Code: "portal-in-doubt", Severity: source.Question,
				Text: fmt.Sprintf("%s, %s: only one of its name and its link says that it is a portal of the IWF; it is taken for one", e.Organisation, e.Name),
				Hint: "look at the entry; a hotline that joined INHOPE would need a link of its own",
			})
		}
	case e.Organisation == "" || strings.EqualFold(e.Organisation, e.Name):
		report(source.Finding{
			Code: "hotline-missing", Severity: source.Hold,
			Text: fmt.Sprintf("%s: the entry names no hotline, so it cannot be told from a reporting portal", e.Name),
			Hint: "look whether only the drop-down of countries was read",
		})
	}
}
