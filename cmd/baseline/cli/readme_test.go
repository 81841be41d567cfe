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

// README shows what the main job prints, to the letter.
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
	readme, err := os.ReadFile(filepath.Join(sourcetest.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), block.String()) {
		t.Errorf("README does not show what refresh prints; it should have:\n%s", block.String())
	}
}
