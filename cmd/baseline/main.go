// Command baseline keeps the tables of the Council of Europe's baseline mapping on
// online child sexual exploitation and abuse alive.
package main

import (
	"os"

	"baseline/cmd/baseline/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr)) }
