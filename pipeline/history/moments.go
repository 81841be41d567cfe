// Package history keeps what was known and when, in two times that must not be mixed: when
// something was true by the source's own days, and when this workspace knew it.
package history

import (
	"cmp"
	"slices"
	"time"

	"baseline/pipeline/edition"
	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
)

// Moment is an instant from which on a snapshot or an edition was what is known.
type Moment struct {
	At       time.Time `json:"at"`   // UTC
	Name     string    `json:"name"` // of the edition, or the id of the snapshot
	Snapshot string    `json:"snapshot"`
	Facts    string    `json:"facts"` // hash of its facts
}

// Moments returns all moments of a workspace, oldest first. A snapshot is known from the
// end of the run that put it in force; an edition that a source is the record of, from its
// own day: it was published then. A snapshot whose manifest is lost is left out.
func Moments(ws *workspace.Workspace) ([]Moment, error) {
	var list []Moment
	editions, err := edition.List(ws)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		if !e.Signed() {
			list = append(list, Moment{e.AsOf.UTC(), e.Name, e.Snapshot, e.FactsSHA256})
		}
	}
	done, err := runs.List(ws)
	if err != nil {
		return nil, err
	}
	last := ""
	for _, r := range done {
		if r.Snapshot == last {
			continue
		}
		m, err := snapshot.ReadManifest(ws, r.Snapshot)
		if err != nil && snapshot.Lost(err) {
			continue // archive verify tells of it; what the others say stays known
		}
		if err != nil {
			return nil, err
		}
		last = r.Snapshot
		list = append(list, Moment{r.Ended.UTC(), r.Snapshot, r.Snapshot, m.FactsSHA256})
	}
	slices.SortStableFunc(list, func(a, b Moment) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name)) })
	return list, nil
}

// Known returns what was known at an instant; false if nothing was, and then the first
// moment at which anything was.
func Known(list []Moment, at time.Time) (m Moment, ok bool) {
	for _, x := range list {
		if !x.At.After(at) {
			m, ok = x, true
		}
	}
	if !ok && len(list) > 0 {
		m = list[0]
	}
	return m, ok
}
