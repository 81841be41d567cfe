package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/sources/source"
)

// before loads the snapshot in force, for what must be kept. One that has lost files is built
// again from the archive; where that does not give the same bytes, the newest whole snapshot
// before it takes its place. A workspace is never stuck for good.
func (r *run) before() error {
	id, err := snapshot.CurrentID(r.Workspace)
	if errors.Is(err, snapshot.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	r.last, r.lastMan, err = snapshot.Load(r.Workspace, id)
	if err == nil || !snapshot.Lost(err) {
		return err
	}
	damage := err
	done, err := runs.List(r.Workspace)
	if err != nil {
		return errors.Join(damage, err)
	}
	if whole, err := r.rebuild(id, done); err != nil {
		return errors.Join(damage, err)
	} else if whole {
		r.repaired = true
		r.recovered = fmt.Sprintf("snapshot %s, which is in force, had lost files; they were made again from the archive", id)
		r.last, r.lastMan, err = snapshot.Load(r.Workspace, id)
		return err
	}
	if r.last, r.lastMan, err = r.wholeBefore(id, done); err != nil {
		return errors.Join(damage, err)
	}
	on := "on no other, for there is none that is whole: rows that were kept, and what was withdrawn, begin anew"
	if r.last != nil {
		on = "on " + r.lastMan.ID + ", the newest that is whole"
	}
	r.recovered = fmt.Sprintf("snapshot %s, which was in force, has lost files that could not be made again (%v); this one rests %s", id, damage, on)
	return nil
}

// rebuild builds a snapshot again as the run that put it in force did: upon the one before it,
// and from what the archive had by then. It reports whether the files are all back.
func (r *run) rebuild(id string, done []runs.Run) (whole bool, err error) {
	var until time.Time // zero: that run was not recorded any more
	older := done
	if i := slices.IndexFunc(done, func(d runs.Run) bool { return d.Snapshot == id }); i >= 0 {
		until, older = done[i].Started, done[:i]
	}
	upon, _, err := r.wholeBefore(id, older)
	if err != nil {
		return false, err
	}
	then := *r.Pipeline
	then.until = until
	inputs := then.readAll(slices.DeleteFunc(slices.Clone(r.Sources), func(s source.Source) bool { return s.About().Edition != "" }))
	if upon != nil {
		then.withLast(inputs, upon, func(snapshot.Part) bool { return true })
	}
	return snapshot.Repair(r.Workspace, id, snapshot.Build(inputs, upon, r.Decisions), Version)
}

// wholeBefore loads the newest snapshot of the runs that is whole and is not id; nil if there is
// none.
func (r *run) wholeBefore(id string, done []runs.Run) (*snapshot.Snapshot, snapshot.Manifest, error) {
	tried := map[string]bool{id: true}
	for _, d := range slices.Backward(done) {
		if tried[d.Snapshot] {
			continue
		}
		tried[d.Snapshot] = true
		s, m, err := snapshot.Load(r.Workspace, d.Snapshot)
		if err == nil {
			return s, m, nil
		}
		if !snapshot.Lost(err) {
			return nil, snapshot.Manifest{}, err
		}
	}
	return nil, snapshot.Manifest{}, nil
}
