// Package chi reads the directory of helplines that belong to Child Helpline
// International: one row for each helpline, with its numbers as text.
package chi

import (
	_ "embed"
	"regexp"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// New returns the source chi.
func New() source.Source { return membership.New(about, membership.Each(number)) }

var numberBehind = regexp.MustCompile(`^(.+) \(((?i:tel|phone|call|number)[^()]*\d|[\d +/,-]+)\)$`)

// number moves a number behind the name of a helpline into the note: it changes more
// often than the name, which is part of the row's key.
func number(e *membership.Entry, _ func(source.Finding)) {
	if m := numberBehind.FindStringSubmatch(e.Organisation); m != nil && e.Note == "" {
		e.Organisation, e.Note = m[1], m[2]
	}
}
