// Package barnahus reads the map of the Barnahus Network, one line for each country or part of a country.
package barnahus

import (
	_ "embed"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// New returns the source barnahus.
func New() source.Source { return membership.New(about) }
