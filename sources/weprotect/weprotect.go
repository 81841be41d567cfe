// Package weprotect reads the list of governments that belong to the WeProtect Global Alliance.
package weprotect

import (
	_ "embed"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// New returns the source weprotect.
func New() source.Source { return membership.New(about, membership.StatesOnly()) }
