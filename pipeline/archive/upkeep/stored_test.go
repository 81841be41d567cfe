package upkeep_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"baseline/pipeline"
	"baseline/pipeline/archive/upkeep"
	"baseline/pipeline/edition"
	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
)

// A byte that has changed in a record on which a snapshot rests, in a manifest, an edition or a
// dataset is found, wherever it stands.
func TestEveryChangedByte(t *testing.T) {
	p := refreshed(t)
	id := mustCurrent(t, p)
	m, err := snapshot.ReadManifest(p.Workspace, id)
	if err != nil {
		t.Fatal(err)
	}
	book, err := editionOf(t, p, m)
	if err != nil {
		t.Fatal(err)
	}
	record := ""
	for _, c := range m.Captures {
		if c.Source == "un-treaties" {
			record = c.Path()
		}
	}
	for _, name := range []string{
		record, "snapshots/" + id + "/manifest.json", "data/treaty_status/snapshot=" + id + "/part-0.parquet", "data/sources/snapshot=" + id + "/part-0.parquet",
		"editions/2021/manifest.json", "editions/" + book + "/manifest.json", "editions/" + book + "/schemas.json",
	} {
		text, err := p.Workspace.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			at := (len(text) - 1) * i / 11
			bad := []byte(string(text))
			bad[at] ^= 1
			if err := os.WriteFile(p.Workspace.Path(name), bad, 0o644); err != nil {
				t.Fatal(err)
			}
			if v, err := upkeep.Verify(p.Workspace, 2); err == nil && len(v.Faults) == 0 {
				t.Errorf("%s: byte %d is missed: %q", name, at, text[max(0, at-20):min(len(text), at+20)])
			}
		}
		if err := os.WriteFile(p.Workspace.Path(name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if v := verified(t, p); v.Faults != nil {
		t.Errorf("afterwards: %+v", v.Faults)
	}
}

// editionOf signs the snapshot.
func editionOf(t *testing.T, p *pipeline.Pipeline, m snapshot.Manifest) (string, error) {
	t.Helper()
	if err := p.LoadDecisions(); err != nil {
		return "", err
	}
	w := edition.Wish{Name: "2027", By: "A. Steward", At: now, Despite: map[string]string{}}
	for range 5 {
		_, _, err := edition.Sign(p.Workspace, m, p.Decisions, w)
		var refused *edition.RefusedError
		if !errors.As(err, &refused) {
			return w.Name, err
		}
		for _, a := range refused.Against {
			w.Despite[a.Kind] = "for the test"
		}
	}
	return "", nil
}

// Files and records that are gone are told, each on one line, with who needs them.
func TestWhatIsGone(t *testing.T) {
	p := refreshed(t)
	id := mustCurrent(t, p)
	datasets, err := p.Workspace.List("data/treaty_status")
	if err != nil || len(datasets) != 2 {
		t.Fatal(datasets, err)
	}
	for _, d := range datasets {
		if err := p.Workspace.Remove("data/treaty_status/" + d); err != nil {
			t.Fatal(err)
		}
	}
	m, err := snapshot.ReadManifest(p.Workspace, id)
	if err != nil {
		t.Fatal(err)
	}
	record := m.Captures[len(m.Captures)-1].Path()
	if err := p.Workspace.Remove(record); err != nil {
		t.Fatal(err)
	}
	v := verified(t, p)
	if len(v.Faults) != 3 || v.Files == 0 {
		t.Fatalf("%+v", v)
	}
	for _, f := range v.Faults {
		current := strings.Contains(f.Path, id)
		if !strings.Contains(f.Text, "is gone; ") || f.Path != record && strings.Contains(f.Do, "refresh") != current {
			t.Errorf("%+v", f)
		}
	}
	if done, err := runs.List(p.Workspace); err != nil || len(done) == 0 {
		t.Fatal(done, err)
	}
	// The refresh that repairs the snapshot in force repairs what verify tells of it.
	if out, err := p.Refresh(); err != nil || out.Recovered == "" {
		t.Fatalf("%q, %v", out.Recovered, err)
	}
	for _, f := range verified(t, p).Faults {
		if strings.Contains(f.Path, id) {
			t.Errorf("after a refresh: %+v", f)
		}
	}
}

// A record that says otherwise than the snapshots is told with what differs.
func TestRecordThatSaysOtherwise(t *testing.T) {
	p := refreshed(t)
	m, err := snapshot.ReadManifest(p.Workspace, mustCurrent(t, p))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Captures {
		if c.Origin != "rebuilt" {
			continue
		}
		text, err := p.Workspace.Read(c.Path())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Workspace.Write(c.Path(), []byte(strings.Replace(string(text), `"origin": "rebuilt"`, `"origin": "publisher"`, 1))); err != nil {
			t.Fatal(err)
		}
		v := verified(t, p)
		if len(v.Faults) != 1 || v.Faults[0].Path != c.Path() || !strings.HasSuffix(v.Faults[0].Text, ", in origin") {
			t.Errorf("%+v", v.Faults)
		}
		return
	}
	t.Fatal("there is no rebuilt capture")
}
