package pipeline_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baseline/pipeline/decisions"
	"baseline/pipeline/snapshot"
	"baseline/sources"
	"baseline/testdata"
)

// decided are decisions on the bundled captures: each must have an effect.
const decided = `decisions:
  - {do: correct, dataset: treaty_status, key: ETS185/IRL, set: {status: party, consent: "2026-01-05"}, from: "https://example.org/treaty", as_of: 2026-01-20, by: A Steward, on: 2026-02-01, why: seen at the depositary}
`

// The bundled captures, read by all sources, with decisions, give the same files byte for
// byte: in any order of the sources, with one reader at a time or many, at any time of
// day, in any folder.
func TestBundledCapturesGiveTheSameFiles(t *testing.T) {
	began := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	var want map[string]string
	for n, workers := range []int{1, 16, 3} {
		list := sources.All()
		if n%2 == 1 {
			slices.Reverse(list)
		}
		b := newBench(t, list...)
		b.Bundle, b.Workers, b.Holder = testdata.Captures(), workers, strings.Repeat("x", n+1)
		b.Now = func() time.Time { began = began.Add(time.Hour); return began }
		if err := b.Workspace.Write(decisions.Folder+"/review.yaml", []byte(decided)); err != nil {
			t.Fatal(err)
		}
		out := b.refresh()
		got := files(t, b.Workspace.Root())
		if want == nil {
			want = got
			wholeBundle(t, out.Manifest, got, codes(out))
		}
		for name := range maps.Keys(want) {
			if got[name] == "" {
				t.Errorf("%d workers: %s is missing", workers, name)
			}
		}
		for name, sum := range got {
			if want[name] != sum {
				t.Errorf("%d workers, sources reversed %v: %s differs", workers, n%2 == 1, name)
			}
		}
		// A second run over the same writes nothing else.
		if again := b.refresh(); !again.Same || !maps.Equal(files(t, b.Workspace.Root()), got) {
			t.Errorf("%d workers: a second run gives snapshot %s (the same: %v) and changes files", workers, again.Manifest.ID, again.Same)
		}
		noTraceOf(t, b.Workspace.Root(), b.Workspace.Root(), began.Format("2006-01-02T15"))
	}
}

// wholeBundle sees to it that the comparison is one of something.
func wholeBundle(t *testing.T, m snapshot.Manifest, files map[string]string, codes []string) {
	t.Helper()
	if len(m.Sources) != len(sources.All())-1 || len(m.Captures) < 20 || len(m.Files) < 15 {
		t.Errorf("%d sources, %d captures, %d datasets", len(m.Sources), len(m.Captures), len(m.Files))
	}
	if files["/datapackage.json"] == "" || files["/editions/2021/manifest.json"] == "" || files["/snapshots/"+m.ID+"/manifest.json"] == "" {
		t.Error("the data package, the edition or the manifest is not among the files compared")
	}
	if !slices.Contains(codes, "corrected") {
		t.Errorf("the decision had no effect: %q", codes)
	}
}

// noTraceOf reads everything but the records of runs for what only the run knew.
func noTraceOf(t *testing.T, root string, words ...string) {
	t.Helper()
	for name := range files(t, root) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if strings.Contains(string(data), word) {
				t.Errorf("%s holds %q, which only the run knew", name, word)
			}
		}
	}
}
