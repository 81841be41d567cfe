// Package insafe reads the list of Safer Internet Centres of Better Internet for Kids.
package insafe

import (
	_ "embed"

	"baseline/sources/membership"
	"baseline/sources/source"
)

//go:embed source.yaml
var about []byte

// New returns the source insafe. The EU co-funded 29 centres in February 2022; it never
// funded more than 31.
func New() source.Source { return membership.New(about, membership.States("member", 24, 32)) }
