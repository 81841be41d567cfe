package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"baseline/pipeline/archive"
	"baseline/pipeline/workspace"
)

// State is what the workspace remembers of asking one source, in schedule/SOURCE.json.
type State struct {
	Asked    time.Time `json:"asked,omitzero"`     // end of the last run that asked it, UTC
	Begun    time.Time `json:"begun,omitzero"`     // start of the last run, also of one that did not end
	Failures int       `json:"failures,omitempty"` // runs in a row in which it did not let us read
	Why      string    `json:"why,omitempty"`      // what the last of them said
	Told     int       `json:"told,omitempty"`     // number of failures when a steward was last told
}

func stateFile(id string) string { return "schedule/" + id + ".json" }

// Load reads the state of a source. Where there is none, or none that can be read, the
// archive knows when the publisher was last asked; then fault says why.
func Load(ws *workspace.Workspace, id string) (s State, fault string, err error) {
	data, err := ws.Read(stateFile(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return s, "", err
	default:
		fault := json.Unmarshal(data, &s)
		if fault == nil {
			return s, "", nil
		}
		s, err = fromArchive(ws, id)
		return s, fmt.Sprintf("%s cannot be read (%v), so the archive was asked when %s was last asked", ws.Path(stateFile(id)), fault, id), err
	}
	s, err = fromArchive(ws, id)
	return s, "", err
}

func fromArchive(ws *workspace.Workspace, id string) (State, error) {
	records, err := archive.In(ws).Records(id)
	if err != nil {
		return State{}, err
	}
	var s State
	for _, r := range records {
		if r.Origin == archive.Publisher && r.RequestedAt.After(s.Asked) {
			s.Asked = r.RequestedAt.UTC()
		}
	}
	return s, nil
}

func (s State) save(ws *workspace.Workspace, id string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(stateFile(id), append(data, '\n'))
}

// Begin notes that a source is about to be asked.
func Begin(ws *workspace.Workspace, id string, at time.Time) error {
	s, _, err := Load(ws, id)
	if err != nil {
		return err
	}
	s.Begun = at.UTC()
	return s.save(ws, id)
}

// Note says how asking a source went; failed is empty if it let us read all.
func Note(ws *workspace.Workspace, id string, at time.Time, failed string) (State, error) {
	s, _, err := Load(ws, id)
	if err != nil {
		return s, err
	}
	s.Asked, s.Begun, s.Why = at.UTC(), time.Time{}, failed
	if failed == "" {
		s.Failures = 0
	} else {
		s.Failures++
	}
	return s, s.save(ws, id)
}
