package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/archive"
	"baseline/pipeline/fetch"
	"baseline/pipeline/fetch/publishers"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
)

// openFiles counts what this process holds open, where the system tells.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// heap is the memory in use after a collection, in MB.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse) / (1 << 20)
}

// TestSoak lets a crowd of sources be asked several times, a tenth of them failing in every
// way there is. make soak takes 500 sources and more rounds; BASELINE_SOAK is their number.
func TestSoak(t *testing.T) {
	n, rounds := 40, 2
	if text := os.Getenv("BASELINE_SOAK"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 10 {
			t.Fatalf("BASELINE_SOAK=%q is no number of sources", text)
		}
		rounds = 5
	}
	share := 0.1
	if n < 320 {
		share = 0.8 // so that every way of failing comes up in a small crowd too
	}
	goroutines := runtime.NumGoroutine()
	files := openFiles()
	t.Run("rounds", func(t *testing.T) { soak(t, n, rounds, share) })
	for range 200 {
		if runtime.NumGoroutine() <= goroutines && openFiles() <= files {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("left behind: %d goroutines of %d, %d open files of %d", runtime.NumGoroutine(), goroutines, openFiles(), files)
}

func soak(t *testing.T, n, rounds int, share float64) {
	world := publishers.Start(t)
	crowd := world.Many(n, share)
	root := t.TempDir()
	p := &pipeline.Pipeline{Workspace: workspace.Open(root), Sources: crowd.Sources, Names: places.Default(), Holder: "the soak"}
	cfg := fetch.Config{
		Contact: "team@example.org", Version: "soak", AllowLoopback: true, Dial: world.Dial, RootCAs: world.Roots,
		Gap: time.Millisecond, Timeout: 5 * time.Second, MaxBytes: 4 << 20, MaxDecoded: 16 << 20, Memory: p.Workspace,
		// Waiting is a hundred times shorter than what publishers ask for.
		Sleep: func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(d / 100):
				return nil
			}
		},
	}
	var memory []float64
	for round := range rounds {
		begun := time.Now()
		c, err := fetch.New(cfg) // each run has its own, as the program does
		if err != nil {
			t.Fatal(err)
		}
		faults := askAll(t, c, p)
		c.Close()
		compareFaults(t, round, faults, crowd)
		out, err := p.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, s := range out.Snapshot.Sources {
			if _, bad := crowd.Failing[s.ID]; bad && s.Rows > 0 {
				t.Errorf("round %d: %s fails and has %d rows", round, s.ID, s.Rows)
			}
			rows += s.Rows
		}
		if rows != crowd.Rows {
			t.Errorf("round %d: %d rows were written, the good sources have %d", round, rows, crowd.Rows)
		}
		told := map[string]int{}
		for _, f := range out.Snapshot.Findings {
			if strings.Contains(f.Text, "did not let us read") {
				told[f.Source]++
			}
		}
		for id := range crowd.Failing {
			if told[id] != 1 {
				t.Errorf("round %d: the failure of %s was told %d times", round, id, told[id])
			}
		}
		if len(told) != len(crowd.Failing) {
			t.Errorf("round %d: %d sources were told to fail, %d do", round, len(told), len(crowd.Failing))
		}
		world.Forget()
		memory = append(memory, heap())
		t.Logf("round %d: %d sources, %d failing, %d rows, %.1f MB in use, %d goroutines, %s", round+1, n, len(crowd.Failing), rows, memory[round], runtime.NumGoroutine(), time.Since(begun).Round(time.Millisecond))
	}
	if first, last := memory[0], memory[len(memory)-1]; last > first*1.5+8 {
		t.Errorf("memory grew from %.1f to %.1f MB over %d rounds", first, last, rounds)
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".writing-") {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// askAll asks every source and returns the faults of each.
func askAll(t *testing.T, c *fetch.Client, p *pipeline.Pipeline) map[string][]string {
	t.Helper()
	var mu sync.Mutex
	faults := map[string][]string{}
	turn := make(chan struct{}, 16)
	var all sync.WaitGroup
	for _, s := range p.Sources {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			r, err := c.Source(context.Background(), archive.In(p.Workspace), s, nil)
			if err != nil {
				t.Errorf("%s: %v", s.About().ID, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, a := range r.Answers {
				if a.Fault != "" {
					faults[r.Source] = append(faults[r.Source], a.Fault)
				}
			}
		})
	}
	all.Wait()
	return faults
}

func compareFaults(t *testing.T, round int, faults map[string][]string, crowd publishers.Crowd) {
	t.Helper()
	for id, list := range faults {
		way, bad := crowd.Failing[id]
		switch {
		case !bad:
			t.Errorf("round %d: %s should answer, but has %v", round, id, list)
		case len(list) != 1 || !slices.Contains(way.Faults, list[0]):
			t.Errorf("round %d: %s (%s) was named %v, want one of %v", round, id, way.Way, list, way.Faults)
		}
	}
	for id, way := range crowd.Failing {
		if len(faults[id]) == 0 {
			t.Errorf("round %d: nobody noticed that %s fails: %s", round, id, way.Way)
		}
	}
}
