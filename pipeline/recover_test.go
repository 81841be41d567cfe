package pipeline_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/pipeline/workspace/s3test"
)

// A snapshot in force that has lost files is made whole from the archive, byte by byte; the
// refresh that does so is then like any other.
func TestSnapshotInForceIsRepaired(t *testing.T) {
	for name, lose := range map[string]func(b bench, id string){
		"a dataset is gone":    func(b bench, id string) { b.remove("data/treaty_status/snapshot=" + id) },
		"a dataset is damaged": func(b bench, id string) { b.spoil("data/treaty_status/snapshot="+id+"/part-0.parquet", "PAR1") },
		"no manifest":          func(b bench, id string) { b.remove("snapshots/" + id) },
		"a torn manifest":      func(b bench, id string) { b.spoil("snapshots/"+id+"/manifest.json", `{"format": 1,`) },
		"nothing is left": func(b bench, id string) {
			b.remove("snapshots/" + id)
			datasets, err := b.Workspace.List("data")
			if err != nil {
				b.Fatal(err)
			}
			for _, d := range datasets {
				b.remove("data/" + d + "/snapshot=" + id)
			}
		},
	} {
		for _, newer := range []bool{false, true} {
			b, id := malta(t)
			whole, _ := malta(t)
			lose(b, id)
			if newer { // than the run: what it says is no part of the lost snapshot
				for _, x := range []bench{b, whole} {
					x.capture("a", "list", 40, "CRC France party", "CRC Sweden signed")
				}
			}
			for day := 41; day < 43; day++ {
				b.Now = func() time.Time { return start.AddDate(0, 0, day) }
				whole.Now = b.Now
				out, want := b.refresh(), whole.refresh()
				if said := strings.Contains(out.Recovered, id) && strings.Contains(out.Recovered, "made again from the archive"); said != (day == 41) {
					t.Errorf("%s, newer answers %v: the run of day %d says %q", name, newer, day, out.Recovered)
				}
				if !maps.Equal(files(t, b.Workspace.Root()), files(t, whole.Workspace.Root())) {
					t.Errorf("%s, newer answers %v, day %d: there are other files than without the loss; snapshot %s, want %s", name, newer, day, out.Manifest.ID, want.Manifest.ID)
				}
			}
		}
	}
}

// malta is a workspace in whose snapshot in force a row waits for a second answer before it is
// withdrawn: that snapshot does not follow from the newest answers alone.
func malta(t *testing.T) (b bench, id string) {
	t.Helper()
	b = newBench(t, fake{id: "a"})
	b.Now = func() time.Time { return start.AddDate(0, 0, 1) }
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden party", "CRC Malta party")
	b.refresh()
	b.capture("a", "list", 10, "CRC France party", "CRC Sweden party")
	b.Now = func() time.Time { return start.AddDate(0, 0, 11) }
	return b, b.refresh().Manifest.ID
}

func (b bench) remove(name string) {
	b.Helper()
	if err := b.Workspace.Remove(name); err != nil {
		b.Fatal(err)
	}
}

// Where the lost files cannot be made again, because they are read otherwise today, the newest
// whole snapshot takes the place, or none; no workspace is stuck.
func TestSnapshotInForceThatCannotBeRepaired(t *testing.T) {
	otherwise := func(status string) string { return map[string]string{"signed": "party"}[status] }
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	first := b.refresh().Manifest.ID
	b.capture("a", "list", 10, "CRC France signed", "CRC Sweden signed")
	second := b.refresh().Manifest.ID
	b.remove("data/treaty_status/snapshot=" + second)
	b.Sources[0] = fake{id: "a", read: otherwise}
	out := b.refresh()
	if !strings.Contains(out.Recovered, second) || !strings.Contains(out.Recovered, "rests on "+first) {
		t.Errorf("the run says %q", out.Recovered)
	}
	b.want("rows", b.rows(), "CRC/FRA party read", "CRC/SWE party read")
	if next := b.refresh(); !next.Same || next.Recovered != "" {
		t.Errorf("the next run says %q", next.Recovered)
	}
	for _, id := range []string{first, out.Manifest.ID} {
		b.remove("data/treaty_status/snapshot=" + id)
	}
	b.Sources[0] = fake{id: "a"}
	if out = b.refresh(); !strings.Contains(out.Recovered, "there is none that is whole") {
		t.Errorf("without a whole one, the run says %q", out.Recovered)
	}
	b.want("rows", b.rows(), "CRC/FRA signed read", "CRC/SWE signed read")
}

// What a disk or bucket just does not give is not lost: the run ends, and nothing is replaced.
func TestSnapshotOutOfReachIsNotReplaced(t *testing.T) {
	at := s3test.Start(t)
	if at == "" {
		return
	}
	var sick atomic.Bool
	via := s3test.Through(t, at, func(w http.ResponseWriter, r *http.Request) bool {
		no := sick.Load() && strings.Contains(r.URL.Path, "/data/treaty_status/")
		if no {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return no
	})
	b := bench{t, pipelineIn(via)}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	id := b.refresh().Manifest.ID
	sick.Store(true)
	out, err := b.Refresh()
	sick.Store(false)
	if err == nil {
		t.Errorf("the run ended well: %q", out.Recovered)
	}
	if now, err := snapshot.CurrentID(b.Workspace); err != nil || now != id {
		t.Errorf("snapshot %s is in force, %v", now, err)
	}
}

// A run that hangs in its sweep while another one writes the snapshot whose leftovers it is
// about to remove, under the same id, does that one no harm.
func TestSleeperInItsSweep(t *testing.T) {
	at, objects := s3test.StartOver(t, t.TempDir())
	if at == "" {
		return
	}
	for _, old := range []bool{false, true} {
		var armed, cut atomic.Bool
		reached, goOn := make(chan int, 1000), make(chan int)
		via := s3test.Through(t, at, func(_ http.ResponseWriter, r *http.Request) bool {
			if q := r.URL.Query(); armed.Load() && (r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/data/") || strings.HasPrefix(q.Get("prefix"), "pre/fix/snapshots/")) {
				if armed.CompareAndSwap(true, false) {
					cut.Store(true)
				}
			}
			if cut.Load() {
				reached <- 1
				<-goOn
			}
			return false
		})
		b := bench{t, pipelineIn(at)}
		b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
		b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
		id := b.free().Manifest.ID
		// As a run leaves it that was killed right before it wrote the manifest.
		b.remove("snapshots/" + id)
		b.remove(workspace.Current)
		if old {
			age(t, filepath.Join(objects, "data"))
		}
		sleeper := pipelineIn(via)
		armed.Store(true)
		got := make(chan error)
		go func() { _, err := sleeper.Refresh(); got <- err }()
		<-reached
		out := b.free()
		cut.Store(false)
		close(goOn)
		if err := <-got; err == nil {
			t.Error("the sleeper ended well")
		}
		if _, _, err := snapshot.Load(b.Workspace, out.Manifest.ID); err != nil || out.Manifest.ID != id {
			t.Errorf("old leftovers %v: the snapshot in force is not whole: %v", old, err)
		}
		if out := b.free(); !out.Same {
			t.Error("the next run gives another snapshot")
		}
	}
}

// age makes all files in a folder two days old.
func age(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		then := time.Now().Add(-48 * time.Hour)
		return os.Chtimes(name, then, then)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A bucket that does not answer questions on manifests loses nothing.
func TestSweepOfASickBucket(t *testing.T) {
	at, objects := s3test.StartOver(t, t.TempDir())
	if at == "" {
		return
	}
	b := bench{t, pipelineIn(at)}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party")
	id := b.refresh().Manifest.ID
	age(t, filepath.Join(objects, "data"))
	for _, kind := range []string{http.MethodHead, "LIST"} {
		ws := pipelineIn(s3test.Through(t, at, func(w http.ResponseWriter, r *http.Request) bool {
			list := strings.HasPrefix(r.URL.Query().Get("prefix"), "pre/fix/snapshots/")
			no := kind == r.Method && strings.HasSuffix(r.URL.Path, "/manifest.json") || kind == "LIST" && list
			if no {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return no
		})).Workspace
		err := snapshot.Sweep(ws, nothing)
		if _, _, fault := snapshot.Load(b.Workspace, id); fault != nil || err == nil && kind == "LIST" {
			t.Errorf("%s fails: the sweep says %v; the snapshot: %v", kind, err, fault)
		}
	}
}

// What a run that did not end has left goes when it is old, and not before: until then it may
// be of one that is at work.
func TestSweepTakesOldLeftoversOnly(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	id := b.refresh().Manifest.ID
	for _, name := range []string{"data/treaty_status/snapshot=young/part-0.parquet", "data/treaty_status/snapshot=old/part-0.parquet", "data/findings/snapshot=old/part-0.parquet"} {
		if err := b.Workspace.Write(name, []byte("rows")); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"treaty_status/snapshot=old", "findings/snapshot=old", "treaty_status/snapshot=" + id} {
		age(t, b.Workspace.Path("data/"+name))
	}
	if err := snapshot.Sweep(b.Workspace, nothing); err != nil {
		t.Fatal(err)
	}
	names, err := b.Workspace.List("data/treaty_status")
	if want := []string{"snapshot=" + id, "snapshot=young"}; err != nil || !slices.Equal(names, want) || b.Workspace.Has("data/findings/snapshot=old") {
		t.Errorf("left: %v, %v; want %v", names, err, want)
	}
}

// However many snapshots there are, a sweep asks the bucket for lists, and for no single manifest.
func TestSweepAsksForLists(t *testing.T) {
	at := s3test.Start(t)
	if at == "" {
		return
	}
	b := bench{t, pipelineIn(at)}
	var asked []int
	for day := range 3 {
		b.capture("a", "list", day, "CRC France party", "CRC Sweden "+[]string{"signed", "party"}[day%2])
		b.capture("b", "list", day, "OPSC France party")
		b.free()
		var n, single atomic.Int32
		ws := pipelineIn(s3test.Through(t, at, func(_ http.ResponseWriter, r *http.Request) bool {
			if n.Add(1); !r.URL.Query().Has("list-type") {
				single.Add(1)
			}
			return false
		})).Workspace
		if err := snapshot.Sweep(ws, nothing); err != nil {
			t.Fatal(err)
		}
		if single.Load() != 0 {
			t.Errorf("with %d snapshots, %d requests for single objects", day+1, single.Load())
		}
		asked = append(asked, int(n.Load()))
	}
	if asked[0] != asked[2] {
		t.Errorf("requests of a sweep with one to three snapshots: %v", asked)
	}
}

// nothing rests on any snapshot.
func nothing(string) (bool, error) { return false, nil }

// Where the manifest alone of a snapshot is lost on which something rests, its data stay: with
// the manifest put back from a backup, it is whole.
func TestSweepLeavesWhatIsNamed(t *testing.T) {
	b := newBench(t, fake{id: "a"})
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	first := b.refresh().Manifest
	b.capture("a", "list", 1, "CRC France party", "CRC Sweden party")
	second := b.refresh().Manifest
	for _, m := range []snapshot.Manifest{first, second} {
		manifest := "snapshots/" + m.ID + "/manifest.json"
		text, err := b.Workspace.Read(manifest)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Workspace.Remove(manifest); err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files {
			age(t, b.Workspace.Path(f.Path))
		}
		if _, err := b.Refresh(); err != nil {
			t.Fatal(err)
		}
		if err := b.Workspace.Write(manifest, text); err != nil {
			t.Fatal(err)
		}
		if _, _, err := snapshot.Load(b.Workspace, m.ID); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
	}
}
