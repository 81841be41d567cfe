// Package upkeep keeps an archive sound over the years: it proves that everything is still
// what it was, and lets go of what nothing rests on.
package upkeep

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"baseline/pipeline/edition"
	"baseline/pipeline/runs"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/schemas"
)

// sumForm finds sums in whatever is stored. It finds too many rather than too few.
var sumForm = regexp.MustCompile(`[0-9a-f]{64}`)

// manifests reads the manifest of every snapshot, in the order of their ids. It fails if
// one cannot be read, or is gone while a run, an edition or the workspace names it: nobody
// knows then what it rests on.
func manifests(ws *workspace.Workspace) ([]snapshot.Manifest, error) {
	var list []snapshot.Manifest
	known := map[string]bool{}
	names, err := ws.List("snapshots")
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	for _, id := range names {
		if id == "current" {
			continue
		}
		// Without a manifest it is the leftover of a crash, unless something names it: that
		// is found below.
		if _, err := ws.Read("snapshots/" + id + "/manifest.json"); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		m, err := snapshot.ReadManifest(ws, id)
		if err == nil && m.ID != id {
			err = fmt.Errorf("the manifest in snapshots/%s is of snapshot %q", id, m.ID)
		}
		if err != nil {
			return nil, err
		}
		list, known[id] = append(list, m), true
	}
	named := map[string]string{}
	editions, err := edition.List(ws)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		named[e.Snapshot] = "edition " + e.Name
	}
	done, err := runs.List(ws)
	if err != nil {
		return nil, err
	}
	for _, r := range done {
		named[r.Snapshot] = "a run"
	}
	switch id, err := snapshot.CurrentID(ws); {
	case err == nil:
		named[id] = "the workspace"
	case !errors.Is(err, snapshot.ErrNone):
		return nil, err
	}
	for id, by := range named {
		if !known[id] {
			return nil, fmt.Errorf("snapshot %s, which %s names, has no manifest", id, by)
		}
	}
	return list, nil
}

// refers is all that the workspace refers to, outside of the archive.
type refers struct {
	sums    map[string]bool // SHA-256 of bytes
	records map[string]bool // paths of records
}

// references reads every snapshot, edition, run, decision and whatever else is stored.
func references(ws *workspace.Workspace) (refers, error) {
	to := refers{map[string]bool{}, map[string]bool{}}
	list, err := manifests(ws)
	if err != nil {
		return to, err
	}
	files := map[string]bool{} // by SHA-256: most files of two snapshots are the same
	for _, m := range list {
		for _, c := range m.Captures {
			to.sums[c.SHA256], to.records[c.Path()] = true, true
		}
		for _, f := range m.Files {
			if files[f.SHA256] {
				continue
			}
			files[f.SHA256] = true
			if err := to.table(ws, m, f); err != nil {
				return to, err
			}
		}
	}
	err = texts(ws, "", func(text []byte) {
		for _, sum := range sumForm.FindAll(text, -1) {
			to.sums[string(sum)] = true
		}
	})
	return to, err
}

// table enters the captures that the rows of a dataset name.
func (to refers) table(ws *workspace.Workspace, m snapshot.Manifest, f snapshot.File) error {
	d := schemas.Named(f.Dataset)
	if d == nil {
		return fmt.Errorf("snapshot %s has the dataset %q, which this version does not know", m.ID, f.Dataset)
	}
	rows, err := snapshot.Table(ws, m, d)
	if err != nil {
		return err
	}
	for _, r := range rows {
		to.sums[r.Evidence.Capture] = true
		for _, v := range r.Values {
			if v.Kind() == schemas.Text && len(v.Text()) >= 64 {
				for _, sum := range sumForm.FindAllString(v.Text(), -1) {
					to.sums[sum] = true
				}
			}
		}
	}
	return nil
}

// texts calls f with each file of the workspace but the archive and the datasets.
func texts(ws *workspace.Workspace, folder string, f func([]byte)) error {
	names, err := ws.List(folder)
	if err != nil {
		return fmt.Errorf("list %s: %w", folder, err)
	}
	for _, n := range names {
		name := path.Join(folder, n)
		if slices.Contains([]string{"captures", "data"}, name) || folder == "" && strings.HasPrefix(n, "lock") {
			continue
		}
		text, err := ws.Read(name)
		if err == nil {
			f(text)
			continue
		}
		// A folder cannot be read. What else cannot be read must not be taken for one.
		below, listErr := ws.List(name)
		if listErr != nil || len(below) == 0 && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.EISDIR) {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if err := texts(ws, name, f); err != nil {
			return err
		}
	}
	return nil
}
