// Package runs keeps a record of each refresh: when it ran and what came of it. The
// clocks of a run live here, apart from snapshots, so that the same captures give the
// same snapshot whenever they are read.
package runs

import (
	"encoding/json"
	"fmt"
	"time"

	"baseline/pipeline/workspace"
)

const folder = "runs"

// Run is one refresh that put a snapshot in force.
type Run struct {
	Started     time.Time      `json:"started_at"` // UTC
	Ended       time.Time      `json:"ended_at"`   // UTC; from here on the snapshot is in force
	Snapshot    string         `json:"snapshot"`
	Unchanged   bool           `json:"unchanged,omitempty"` // the snapshot was in force already
	ToolVersion string         `json:"tool_version"`
	Holder      string         `json:"holder"`           // who ran it
	Failed      []string       `json:"failed,omitempty"` // sources that could not be read
	HeldRows    int            `json:"held_rows,omitempty"`
	Findings    map[string]int `json:"findings"` // by severity
}

// Put stores the record of a run.
func Put(ws *workspace.Workspace, r Run) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	// Time first, so that a listing is in order; nanoseconds keep two runs of one second apart.
	name := r.Started.UTC().Format("20060102T150405.000000000Z")
	return ws.Write(folder+"/"+name+".json", append(text, '\n'))
}

// List returns all runs, oldest first.
func List(ws *workspace.Workspace) ([]Run, error) {
	names, err := ws.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	list := make([]Run, 0, len(names))
	for _, name := range names {
		r, err := read(ws, name)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Last returns the newest run, without reading the others; the zero Run if there was none.
func Last(ws *workspace.Workspace) (r Run, err error) {
	names, err := ws.List(folder)
	if err != nil {
		return r, fmt.Errorf("list the runs: %w", err)
	}
	if len(names) == 0 {
		return r, nil
	}
	return read(ws, names[len(names)-1])
}

func read(ws *workspace.Workspace, name string) (r Run, err error) {
	text, err := ws.Read(folder + "/" + name)
	if err != nil {
		return r, fmt.Errorf("read the run %s: %w", name, err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Run{}, fmt.Errorf("the record %s/%s cannot be read: %w; delete it, nothing but the day of that run is lost", folder, name, err)
	}
	return r, nil
}
