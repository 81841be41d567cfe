package main

import (
	"os"
	"path/filepath"
	"testing"

	"baseline/sources/report"
	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

// The bundled captures of the report are what its facts give, and its reader takes
// them without holding a row.
func TestRebuiltReportReads(t *testing.T) {
	root, made := sourcetest.Root(t), t.TempDir()
	facts := filepath.Join("testdata", "facts")
	if err := os.CopyFS(filepath.Join(made, facts), os.DirFS(filepath.Join(root, facts))); err != nil {
		t.Fatal(err)
	}
	if err := generateReport(made); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, f := range reportFacts {
		for _, ending := range []string{".csv", ".json"} {
			path := filepath.Join("testdata", "captures", "report", f.request+ending)
			compareFiles(t, filepath.Join(made, path), filepath.Join(root, path))
		}
		body := sourcetest.File(t, filepath.Join(root, "testdata", "captures", "report", f.request+".csv"))
		reading := sourcetest.Read(t, report.New(), f.request, body)
		rows += len(reading.Rows)
		for _, finding := range reading.Findings {
			if finding.Severity == source.Hold {
				t.Errorf("%s: %s: %s", f.request, finding.Code, finding.Text)
			}
		}
	}
	// 1,138 cells; the 47 members; 17 parts of 47 states and two of 48 rows from the figures; 21
	// capabilities; 47 days.
	if want := 1138 + 47 + 17*47 + 2*48 + 21 + 47; rows != want {
		t.Errorf("%d rows, want %d", rows, want)
	}
}
