package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baseline/pipeline"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas/places"
	"baseline/sources/source"
)

// killed tells this test program, run again, to refresh a workspace and do nothing
// else.
const killed = "BASELINE_TEST_REFRESH"

func TestMain(m *testing.M) {
	if root := os.Getenv(killed); root != "" {
		fmt.Println("started")
		p := pipelineIn(root)
		if _, err := p.Refresh(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// joining are states of which one after the other is in the list.
var joining = []struct{ name, code string }{{"Malta", "MLT"}, {"Italy", "ITA"}, {"Spain", "ESP"}, {"Greece", "GRC"}, {"Norway", "NOR"}, {"Poland", "POL"}, {"Austria", "AUT"}}

// leaseInTests is how long the right to write to a bucket stands here.
const leaseInTests = time.Second

func pipelineIn(root string) *pipeline.Pipeline {
	ws, err := workspace.OpenURL(context.Background(), root, workspace.LeaseFor(leaseInTests))
	if err != nil {
		panic(err)
	}
	return &pipeline.Pipeline{
		Workspace: ws, Names: places.Default(), Holder: "a run that may be killed",
		Sources: []source.Source{fake{id: "a"}, fake{id: "b"}},
	}
}

// A refresh that is killed at any instant leaves a whole snapshot in force, the one
// before or the new one, and the next run works.
func TestKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	times := 200
	if testing.Short() {
		times = 20
	}
	b := bench{t, pipelineIn(filepath.Join(t.TempDir(), "ws"))}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	b.refresh()
	took := b.start(t, 0) // a whole run, to know how long one takes

	r := rand.New(rand.NewPCG(1, 2))
	before, interrupted := 0, 0
	for i := range times {
		b.capture("a", "list", i+1, "CRC France party", "CRC Sweden "+[]string{"signed", "party"}[i%2], "ETS185 "+joining[i%len(joining)].name+" party", "ETS185 Albania party")
		old, err := snapshot.CurrentID(b.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		after := time.Duration(r.Int64N(int64(took)*5/4) + 1)
		b.start(t, after)
		b.whole(t)
		b.leftovers(t, &interrupted)
		now, err := snapshot.CurrentID(b.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		// How long a run takes depends on what else the machine does.
		switch {
		case now != old:
			took = max(took*9/10, after*9/10)
		default:
			before++
			if after > took*3/4 {
				took = took * 5 / 4
			}
		}
		out := b.refresh()
		if want := "ETS185/" + joining[i%len(joining)].code + " party read"; !strings.Contains(strings.Join(b.rows(), "\n"), want) {
			t.Fatalf("run %d: snapshot %s lacks %s", i, out.Manifest.ID, want)
		}
		clean := 0
		if b.leftovers(t, &clean); clean > 0 {
			t.Fatalf("run %d: files in the making stay after a whole run", i)
		}
	}
	t.Logf("%d runs killed: %d before their snapshot was in force, %d while a file was being written", times, before, interrupted)
	if before == 0 || before == times {
		t.Errorf("%d of %d runs ended before their snapshot was in force: the kills did not hit the middle of the work", before, times)
	}
}

// start runs a refresh in a process of its own, kills it after so long (0: never), and
// returns how long it ran from its first line on.
func (b bench) start(t *testing.T, after time.Duration) time.Duration {
	t.Helper()
	return b.startIn(t, b.Workspace.Root(), after)
}

func (b bench) startIn(t *testing.T, root string, after time.Duration) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killed+"="+root)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if after > 0 {
		time.Sleep(after)
		_ = cmd.Process.Kill() // it may have ended by itself
	}
	err = cmd.Wait()
	if after == 0 && err != nil || stderr.Len() > 0 {
		t.Fatalf("the run failed by itself: %v, %s", err, &stderr)
	}
	return time.Since(began)
}

// whole loads the snapshot in force, which checks every file against its SHA-256, and
// every capture in the archive.
func (b bench) whole(t *testing.T) {
	t.Helper()
	id, err := snapshot.CurrentID(b.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := snapshot.Load(b.Workspace, id); err != nil {
		t.Fatalf("after a kill, the snapshot in force is damaged: %v", err)
	}
}

// leftovers counts the files in the making.
func (b bench) leftovers(t *testing.T, n *int) {
	t.Helper()
	err := filepath.WalkDir(b.Workspace.Root(), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".") {
			*n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
