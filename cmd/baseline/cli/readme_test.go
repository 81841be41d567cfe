package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baseline/cmd/baseline/cli"
	"baseline/sources/sourcetest"
)

// README shows what the main job prints, to the letter. With UPDATE=1 in the
// environment the test writes it anew.
func TestREADMEShowsWhatRefreshPrints(t *testing.T) {
	var out, progress bytes.Buffer
	if code := cli.Run([]string{"refresh", "--offline", "--workspace", t.TempDir()}, &out, &progress); code != 0 {
		t.Fatalf("exit code %d: %s", code, progress.String())
	}
	var block strings.Builder
	for _, line := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
		if line != "" {
			line = "    " + line
		}
		block.WriteString(line + "\n")
	}
	path := filepath.Join(sourcetest.Root(t), "README.md")
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), "and the changes:\n\n")
	_, after, end := strings.Cut(rest, "\nEvery row can be traced")
	if !ok || !end {
		t.Fatal("README has no place for what refresh prints")
	}
	want := before + "and the changes:\n\n" + block.String() + "\nEvery row can be traced" + after
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(readme) {
		t.Errorf("README does not show what refresh prints; run the tests with UPDATE=1 to write it anew:\n%s", block.String())
	}
}
