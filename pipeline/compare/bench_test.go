package compare_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"baseline/pipeline/compare"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
)

// million makes two snapshots of n rows of reports each, in twenty years, of which one in
// a hundred differs.
func million(b *testing.B, n int) (older, newer *snapshot.Snapshot) {
	b.Helper()
	d := &schemas.CybertipReports
	make := func(of int) []schemas.Row {
		rows := make([]schemas.Row, 0, n)
		for i := range n {
			reports := int64(i)
			if i%100 == of {
				reports++
			}
			r, err := d.Row(schemas.Cells{
				"year": schemas.Num(int64(1998 + i*20/n)), "place": schemas.Str(fmt.Sprintf("P%07d", i)), "line": schemas.Num(1),
				"published_name": schemas.Str("place"), "reports": schemas.Num(reports),
			})
			if err != nil {
				b.Fatal(err)
			}
			r.Source = "ncmec"
			rows = append(rows, r)
		}
		return rows
	}
	older, newer = snap(d, true, nil, nil), snap(d, true, nil, nil)
	for i, s := range []*snapshot.Snapshot{older, newer} {
		rows := make(i - 1) // -1 of the older: none differs
		full := snap(d, true, nil, nil, rows[:1]...)
		*s = *full
		s.Parts = nil
		seen := map[schemas.Value]bool{}
		for _, r := range rows {
			if !seen[r.Values[0]] {
				seen[r.Values[0]] = true
				s.Parts = append(s.Parts, snap(d, true, nil, nil, r).Parts...)
			}
		}
		for k := range s.Parts {
			s.Parts[k].Source = "ncmec"
		}
		s.Tables[d.Name] = rows
	}
	return older, newer
}

// BenchmarkMillionRows compares two snapshots of a million rows; its ratios are to 1.5
// seconds and to 1 GB, the rows of both snapshots included.
func BenchmarkMillionRows(b *testing.B) { size(b, 1_000_000, 1500*time.Millisecond, "x-1.5s") }

// Benchmark250Rows is a comparison of the usual size; its ratio is to 5 ms.
func Benchmark250Rows(b *testing.B) { size(b, 250, 5*time.Millisecond, "x-5ms") }

func size(b *testing.B, n int, bound time.Duration, unit string) {
	older, newer := million(b, n)
	runtime.GC()
	var longest time.Duration
	for b.Loop() {
		start := time.Now()
		changes := 0
		err := compare.Each(older, newer, asOf, func(schemas.Change) error { changes++; return nil })
		longest = max(longest, time.Since(start))
		if err != nil || changes != n/100+min(n%100, 1) {
			b.Fatalf("%d changes, %v", changes, err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(longest)/float64(bound), unit)
	b.ReportMetric(float64(m.HeapSys)/1e9, "x-1GB")
	runtime.KeepAlive(older)
	runtime.KeepAlive(newer)
}
