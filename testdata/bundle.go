// Package testdata compiles the bundled captures into the program, so that a refresh
// works without a network. Each lies beside its record; those rebuilt from facts say
// so there.
package testdata

import (
	"embed"
	"io/fs"
)

//go:embed captures
var bundle embed.FS

// Captures returns the bundle, as SOURCE/NAME.json records with their bytes beside
// them.
func Captures() fs.FS {
	sub, err := fs.Sub(bundle, "captures")
	if err != nil {
		panic(err) // the folder is compiled in under this very name
	}
	return sub
}
