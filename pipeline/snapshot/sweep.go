package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/workspace"
)

// leftFor is how old, by the clock of the disk or bucket, the files of a run that did not end
// must be to be swept. The same captures give the same names: younger ones may be those of a
// run on another machine, which is at work.
const leftFor = time.Hour

// Sweep removes data files of snapshots that have no manifest: the leftovers of runs that did
// not end. named says of a snapshot whether anything rests on it: then its manifest was lost, and
// its files stay. Only the holder of the workspace may call it. It stops at the first thing of which
// it cannot be known whether it is there.
func Sweep(ws *workspace.Workspace, named func(id string) (bool, error)) error {
	datasets, err := ws.List("data")
	if err != nil {
		return fmt.Errorf("list the datasets: %w", err)
	}
	left := map[string][]string{} // folders by snapshot
	for _, d := range datasets {
		folders, err := ws.List("data/" + d)
		if err != nil {
			return fmt.Errorf("list the dataset %s: %w", d, err)
		}
		for _, f := range folders {
			if id, ok := strings.CutPrefix(f, "snapshot="); ok {
				left[id] = append(left[id], "data/"+d+"/"+f)
			}
		}
	}
	// After the data: a snapshot that is written meanwhile has its manifest last.
	known, err := ws.List("snapshots")
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	var now time.Time
	for id, folders := range left {
		if slices.Contains(known, id) {
			continue
		}
		if there, err := ws.Exists(manifestPath(id)); err != nil || there {
			if err != nil {
				return err
			}
			continue
		}
		if is, err := named(id); err != nil || is {
			if err != nil {
				return err
			}
			continue
		}
		if now.IsZero() {
			if now, err = ws.Clock(); err != nil {
				return err
			}
		}
		if err := sweep(ws, folders, now); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the folders of one snapshot if all of them are old.
func sweep(ws *workspace.Workspace, folders []string, now time.Time) error {
	for _, f := range folders {
		at, err := ws.Written(f)
		if err != nil {
			return err
		}
		if now.Sub(at) < leftFor {
			return nil
		}
	}
	for _, f := range folders {
		if err := ws.Remove(f); err != nil {
			return err
		}
	}
	return nil
}
