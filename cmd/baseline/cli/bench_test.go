package cli_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"baseline/sources/sourcetest"
)

// The budgets that the measured values are set beside: a ratio below 1 keeps them.
const (
	refreshTime   = 2 * time.Second
	refreshMemory = 200 << 20 // bytes
	firstLine     = 100 * time.Millisecond
)

// program builds the program once for a benchmark.
func program(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "baseline")
	build := exec.Command("go", "build", "-o", path, "./cmd/baseline")
	build.Dir = sourcetest.Root(b)
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// BenchmarkRefresh is a whole offline refresh into a new workspace, as its own
// process.
func BenchmarkRefresh(b *testing.B) {
	path := program(b)
	var longest time.Duration
	var most int64
	for b.Loop() {
		b.StopTimer()
		ws := b.TempDir()
		b.StartTimer()
		start := time.Now()
		c := exec.Command(path, "refresh", "--offline", "--workspace", ws)
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		longest = max(longest, time.Since(start))
		most = max(most, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss<<10) // Linux counts kilobytes
	}
	b.ReportMetric(longest.Seconds()/refreshTime.Seconds(), "x-2s")
	b.ReportMetric(float64(most)/refreshMemory, "x-200MB")
	b.ReportMetric(float64(most)/(1<<20), "MB")
}

// BenchmarkFirstLine is the time from the start of the process to its first byte on
// the screen, for each verb.
func BenchmarkFirstLine(b *testing.B) {
	path := program(b)
	ws := b.TempDir()
	if out, err := exec.Command(path, "refresh", "--offline", "--workspace", ws).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, args := range [][]string{
		{"refresh", "--offline"}, {"changes"}, {"figures", "--format", "csv"}, {"explain", "treaty_status", "SWE/ETS185"}, {"status"}, {"sources", "list"}, {"--help"},
	} {
		b.Run(args[0], func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				longest = max(longest, timeToFirstByte(b, path, append(args, "--workspace", ws)))
			}
			b.ReportMetric(longest.Seconds()/firstLine.Seconds(), "x-100ms")
		})
	}
}

func timeToFirstByte(b *testing.B, path string, args []string) time.Duration {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Stdout, c.Stderr = w, w
	start := time.Now()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	in := bufio.NewReader(r)
	if _, err := in.ReadByte(); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	_, _ = io.Copy(io.Discard, in)
	_ = c.Wait() // status ends with 5 where a capture is old
	_ = r.Close()
	return took
}
