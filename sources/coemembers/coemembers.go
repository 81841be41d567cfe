// Package coemembers reads the list of member states of the Council of Europe, by the year of accession
// where the page has it.
package coemembers

import (
	_ "embed"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// New returns the source coe-members.
func New() source.Source {
	return membership.New(about, membership.BareYears(), membership.StatesOnly(), membership.YearsForAll())
}
