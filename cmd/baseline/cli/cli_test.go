package cli_test

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"baseline/cmd/baseline/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"baseline": func() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// Each script is opened by the reason it exists.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"capture": capture,
			"exits":   exits,
			"lines":   lines,
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
	})
}
