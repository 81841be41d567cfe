package compare_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
)

// BenchmarkScale writes, loads and compares snapshots of BASELINE_SCALE rows; docs/scale.md
// has what it measured for ten million. BASELINE_SCALE_KEEP names a folder in which the
// workspace stays, for queries.
func BenchmarkScale(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("BASELINE_SCALE"))
	if err != nil || n < 1000 {
		b.Skip("set BASELINE_SCALE to a number of rows")
	}
	root := os.Getenv("BASELINE_SCALE_KEEP")
	if root == "" {
		root = filepath.Join(b.TempDir(), "ws")
	}
	ws := workspace.Open(root)
	older, newer := million(b, n)
	older.ID, newer.ID = "", ""
	for b.Loop() {
		begun := time.Now()
		man, err := snapshot.Write(ws, newer, "scale")
		if err != nil {
			b.Fatal(err)
		}
		if err := snapshot.MakeCurrent(ws, man.ID); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "write-s")
		bytes := 0
		for _, f := range man.Files {
			bytes += f.Bytes
		}
		b.ReportMetric(float64(bytes)/1e6, "Parquet-MB")
		begun = time.Now()
		changes := 0
		if err := compare.Each(older, newer, asOf, func(schemas.Change) error { changes++; return nil }); err != nil || changes < n/100 {
			b.Fatalf("%d changes, %v", changes, err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "compare-s")
		older = nil
		runtime.GC()
		begun = time.Now()
		loaded, _, err := snapshot.Load(ws, man.ID)
		if err != nil || len(loaded.Tables[schemas.CybertipReports.Name]) != n {
			b.Fatalf("loaded %v", err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "load-s")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys)/1e9, "heap-GB")
	}
}
