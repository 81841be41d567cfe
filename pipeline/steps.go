package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"baseline/output/datapackage"
	"baseline/pipeline/alerts"
	"baseline/pipeline/archive"
	"baseline/pipeline/decisions"
	"baseline/pipeline/edition"
	"baseline/pipeline/history"
	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// run is one refresh on its way through the steps.
type run struct {
	*Pipeline
	started time.Time
	last    *snapshot.Snapshot
	inputs  []snapshot.Input
	snap    *snapshot.Snapshot
	man     snapshot.Manifest
	same    bool
	lastMan snapshot.Manifest
	head    *alerts.Step // of this refresh, or of the snapshot in force if that stands
	queued  alerts.Queued

	alertsFault error
	recovered   string
	repaired    bool // by making the files again: nothing was lost
}

func (r *run) sweep() error {
	if err := r.Workspace.Clean(); err != nil {
		return err
	}
	return snapshot.Sweep(r.Workspace, r.named)
}

// named reports whether a snapshot is or was in force, is an edition, or was told of. What
// cannot be read names it as well as not.
func (r *run) named(id string) (bool, error) {
	now, err := snapshot.CurrentID(r.Workspace)
	if err != nil && !errors.Is(err, snapshot.ErrNone) {
		return false, err
	}
	if now == id {
		return true, nil
	}
	if list, err := edition.List(r.Workspace); err != nil || slices.ContainsFunc(list, func(e edition.Edition) bool { return e.Snapshot == id }) {
		return true, nil //nolint:nilerr // nothing is swept on which an edition may rest
	}
	if done, err := runs.List(r.Workspace); err != nil || slices.ContainsFunc(done, func(d runs.Run) bool { return d.Snapshot == id }) {
		return true, nil //nolint:nilerr // the same of a run
	}
	return false, nil
}

func (r *run) seed() error {
	if r.Bundle != nil {
		if err := r.seedBundle(); err != nil {
			return fmt.Errorf("the captures compiled into this program: %w", err)
		}
	}
	store := archive.In(r.Workspace)
	for _, s := range r.Sources {
		t, ok := s.(source.Tabled)
		if !ok {
			continue
		}
		for _, table := range t.Tables() {
			if err := store.Put(tableRecord(s.About(), table), table.Body); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) seedBundle() error {
	store := archive.In(r.Workspace)
	return fs.WalkDir(r.Bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		text, err := fs.ReadFile(r.Bundle, name)
		if err != nil {
			return err
		}
		var rec archive.Record
		if err := json.Unmarshal(text, &rec); err != nil {
			return fmt.Errorf("record %s: %w", name, err)
		}
		body, err := fs.ReadFile(r.Bundle, path.Join(path.Dir(name), rec.File))
		if err != nil {
			return fmt.Errorf("record %s: %w", name, err)
		}
		return store.Put(rec, body)
	})
}

func tableRecord(about source.About, t source.Table) archive.Record {
	sum := sha256.Sum256(t.Body)
	address := "sources/" + about.ID + "/" + t.Request + ".csv" // the bytes are this project's; each row names its own origin
	return archive.Record{
		Source: about.ID, Request: archive.Asked{ID: t.Request, URL: address}, FinalURL: address,
		RequestedAt: t.AsOf.UTC(), Status: 200, File: t.Request + ".csv", SHA256: hex.EncodeToString(sum[:]), Bytes: len(t.Body),
		Origin: archive.Curated, OriginNote: address + "; each row names where its fact is known from",
	}
}

// freeze writes the editions that sources are the record of, unless they are there.
func (r *run) freeze() error {
	names := map[string][]source.Source{}
	for _, s := range r.Sources {
		if e := s.About().Edition; e != "" {
			names[e] = append(names[e], s)
		}
	}
	for name, list := range names {
		if _, err := edition.Read(r.Workspace, name); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		snap := snapshot.Build(r.readAll(list), nil, nil)
		if fault := firstFault(snap); fault != "" {
			return fmt.Errorf("edition %s: %s", name, fault)
		}
		if len(snap.Parts) == 0 {
			return fmt.Errorf("edition %s: its captures are not in the archive", name)
		}
		man, err := snapshot.Write(r.Workspace, snap, Version)
		if err != nil {
			return err
		}
		if err := edition.Freeze(r.Workspace, name, man); err != nil {
			return err
		}
	}
	return nil
}

// firstFault returns the text of the first finding that held rows, or "".
func firstFault(s *snapshot.Snapshot) string {
	for _, f := range s.Findings {
		if f.Severity == source.Hold {
			return f.Text
		}
	}
	return ""
}

// LoadDecisions reads what the steward decided from the workspace.
func (p *Pipeline) LoadDecisions() (err error) {
	p.Decisions, err = decisions.Read(p.Workspace)
	return err
}

// decisions reads the decisions and puts their files into the archive: a row that was
// corrected rests on them.
func (r *run) decisions() error {
	if err := r.LoadDecisions(); err != nil {
		return err
	}
	for _, f := range r.Decisions.Files() {
		if err := archive.In(r.Workspace).Put(snapshot.DecisionRecord(f), f.Body); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) read() error {
	r.inputs = r.readAll(slices.DeleteFunc(slices.Clone(r.Sources), func(s source.Source) bool {
		return s.About().Edition != ""
	}))
	if r.last != nil {
		r.withLast(r.inputs, r.last, func(snapshot.Part) bool { return true })
	}
	return nil
}

func (r *run) build() error {
	r.snap = snapshot.Build(r.inputs, r.last, r.Decisions)
	return nil
}

func (r *run) write() (err error) {
	r.man, err = snapshot.Write(r.Workspace, r.snap, Version)
	return err
}

func (r *run) current() error {
	now, err := snapshot.CurrentID(r.Workspace)
	r.same = err == nil && now == r.man.ID
	return snapshot.MakeCurrent(r.Workspace, r.man.ID)
}

// describe writes the data package of the snapshot in force. It lies at the top of
// the workspace, because its paths may not lead upwards.
func (r *run) describe() error {
	pkg := datapackage.Snapshot{ID: r.man.ID, AsOf: r.man.AsOf, Version: Version}
	for _, in := range r.inputs {
		pkg.Sources = append(pkg.Sources, datapackage.Source{Title: in.About.Title, Publisher: in.About.Publisher, Homepage: in.About.Homepage})
	}
	slices.SortFunc(pkg.Sources, func(a, b datapackage.Source) int { return cmp.Compare(a.Title, b.Title) })
	for _, f := range r.man.Files {
		pkg.Files = append(pkg.Files, datapackage.File{Dataset: schemas.Named(f.Dataset), Path: f.Path, Bytes: f.Bytes, SHA256: f.SHA256})
	}
	text, err := datapackage.Write(pkg)
	if err != nil {
		return err
	}
	if old, err := r.Workspace.Read("datapackage.json"); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return r.Workspace.Write("datapackage.json", text)
}

// record notes the run. It comes after the snapshot is in force: a run that did not get
// there is none.
func (r *run) record() error {
	out := r.outcome()
	return runs.Put(r.Workspace, runs.Run{
		Started: r.started, Ended: r.now(), Snapshot: r.man.ID, Unchanged: r.same, ToolVersion: Version, Holder: r.Holder,
		Failed: out.Failed, HeldRows: out.Held, Findings: r.man.Findings,
	})
}

func (r *run) history() error { return history.Update(r.Workspace) }

func (r *run) outcome() Outcome {
	out := Outcome{Manifest: r.man, Snapshot: r.snap, Same: r.same, Held: len(r.snap.Held), Queued: r.queued, AlertsFault: r.alertsFault, Recovered: r.recovered}
	if r.last != nil && r.lastMan.FactsSHA256 == r.man.FactsSHA256 {
		out.FactsOf = r.lastMan.ID
	}
	for _, in := range r.inputs {
		if slices.ContainsFunc(in.Captures, func(c snapshot.Checked) bool { return c.Err != nil }) ||
			slices.ContainsFunc(in.Findings, func(f source.Finding) bool { return f.Severity != source.Note }) {
			out.Failed = append(out.Failed, in.About.ID)
		}
	}
	return out
}
