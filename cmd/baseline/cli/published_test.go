package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baseline/cmd/baseline/cli"
	"baseline/output/parquet/parquettest"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
)

// Every file that a refresh publishes, of today and of edition 2021, holds for an
// independent reader exactly the cells that the program reads from it, and carries
// its clocks and caveats.
func TestPublishedFilesAreReadAlikeElsewhere(t *testing.T) {
	root := t.TempDir()
	var out bytes.Buffer
	if code := cli.Run([]string{"refresh", "--offline", "--workspace", root}, &out, &out); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	ws := workspace.Open(root)
	ids, err := filepath.Glob(filepath.Join(root, "snapshots", "*", "manifest.json"))
	if err != nil || len(ids) != 2 {
		t.Fatalf("manifests: %v, %v", ids, err)
	}
	files := 0
	for _, path := range ids {
		m, err := snapshot.ReadManifest(ws, filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range m.Files {
			files++
			d := schemas.Named(entry.Dataset)
			data, err := os.ReadFile(ws.Path(entry.Path))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := snapshot.Table(ws, m, d)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != entry.Rows {
				t.Errorf("%s: %d rows, the manifest says %d", entry.Path, len(rows), entry.Rows)
			}
			parquettest.Same(t, d, parquettest.Open(t, data), rows)
		}
	}
	if files < 20 {
		t.Errorf("looked at %d files only", files)
	}
	id, err := snapshot.CurrentID(ws)
	if err != nil {
		t.Fatal(err)
	}
	data, err := ws.Read("data/cybertip_reports/snapshot=" + id + "/part-0.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f := parquettest.Open(t, data)
	for key, want := range map[string]string{
		"baseline.source.ncmec.captured_at": "2024-04-12T00:00:00Z", "baseline.source.ncmec.captures": "5 rebuilt", "baseline.source.ncmec.caveat.6": "Break in series",
	} {
		if got, ok := f.Lookup(key); !ok || !strings.HasPrefix(got, want) {
			t.Errorf("metadata %s is %q, want %q", key, got, want)
		}
	}
}
