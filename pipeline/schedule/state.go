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

const folder = "schedule"

// aheadOfUs is how far in the future a state may lie before it is taken for that of a clock
// that was wrong.
const aheadOfUs = 24 * time.Hour

// State is what the workspace remembers of asking one source, in schedule/SOURCE.json.
type State struct {
	Asked    time.Time `json:"asked,omitzero"`     // end of the last run that asked it, UTC
	Begun    time.Time `json:"begun,omitzero"`     // start of the last run, also of one that did not end, UTC
	Failures int       `json:"failures,omitempty"` // runs in a row in which it did not let us read
	Why      string    `json:"why,omitempty"`      // what the last of them said
	Told     int       `json:"told,omitempty"`     // number of failures when a steward was last told
	// Stopped says that the only run that ever began was stopped: the source has not been asked to
	// the end, whatever the archive has of it.
	Stopped bool `json:"stopped,omitempty"`
}

func stateFile(id string) string { return folder + "/" + id + ".json" }

// Load reads the state of a source as of now. Where there is none, or none that can be
// believed, the archive knows when the publisher was last asked; then fault says why. It
// fails only if the file is there and cannot be read.
func Load(ws *workspace.Workspace, id string, now time.Time) (s State, fault string, err error) {
	file := stateFile(id)
	data, err := ws.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		if s.Asked, err = fromArchive(ws, id, now); err != nil {
			fault = fmt.Sprintf("there is no %s, and the archive does not say when %s was last asked: %v", ws.Path(file), id, err)
		}
		return s, fault, nil
	}
	if err != nil {
		return s, "", fmt.Errorf("%s cannot be read, so %s is not asked; make it readable: %w", ws.Path(file), id, err)
	}
	damage := json.Unmarshal(data, &s)
	if damage == nil && s.Asked.IsZero() && s.Begun.IsZero() && !s.Stopped {
		damage = errors.New("it says nothing")
	}
	if damage != nil {
		s, fault = State{}, fmt.Sprintf("%s cannot be read (%v)", ws.Path(file), damage)
		return consult(ws, id, now, s, fault)
	}
	s.Asked, s.Begun = s.Asked.UTC(), s.Begun.UTC()
	s.Failures, s.Told = max(s.Failures, 0), max(s.Told, 0)
	// What a clock that was wrong has written is not known, neither now nor at the next
	// reckoning: a value that moved along with now would silence the source.
	if s.Begun.After(now.Add(aheadOfUs)) {
		fault = fmt.Sprintf("%s says that asking %s began on %s, which is to come, so that is not believed", ws.Path(file), id, s.Begun.Format(time.DateOnly))
		s.Begun = time.Time{}
	}
	if s.Asked.After(now.Add(aheadOfUs)) {
		fault = fmt.Sprintf("%s says that %s was asked on %s, which is to come", ws.Path(file), id, s.Asked.Format(time.DateOnly))
		return consult(ws, id, now, s, fault)
	}
	return s, fault, nil
}

// consult asks the archive what the state does not say.
func consult(ws *workspace.Workspace, id string, now time.Time, s State, fault string) (State, string, error) {
	var err error
	if s.Asked, err = fromArchive(ws, id, now); err != nil {
		return s, fmt.Sprintf("%s, and the archive does not say when %s was last asked: %v", fault, id, err), nil
	}
	return s, fmt.Sprintf("%s, so the archive was asked when %s was last asked", fault, id), nil
}

// fromArchive is when the publisher was last asked, as far as the archive knows.
func fromArchive(ws *workspace.Workspace, id string, now time.Time) (asked time.Time, err error) {
	records, err := archive.In(ws).Records(id)
	if err != nil {
		return asked, err
	}
	for _, r := range records {
		if r.Origin == archive.Publisher && r.RequestedAt.After(asked) && !r.RequestedAt.After(now.Add(aheadOfUs)) {
			asked = r.RequestedAt.UTC()
		}
	}
	return asked, nil
}

func (s State) save(ws *workspace.Workspace, id string) error {
	if s == (State{}) {
		return ws.Remove(stateFile(id)) // no file says the same
	}
	return put(ws, stateFile(id), s)
}

func put(ws *workspace.Workspace, file string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(file, append(data, '\n'))
}

// Begin notes that a source is about to be asked.
func Begin(ws *workspace.Workspace, id string, at time.Time) error {
	s, _, err := Load(ws, id, at)
	if err != nil {
		return err
	}
	s.Begun = at.UTC()
	return s.save(ws, id)
}

// forget takes back what Begin noted: the source was not asked after all.
func forget(ws *workspace.Workspace, id string, at time.Time) error {
	s, _, err := Load(ws, id, at)
	if err != nil {
		return err
	}
	s.Begun, s.Stopped = time.Time{}, s.Asked.IsZero()
	return s.save(ws, id)
}

// Note says how asking a source went; failed is empty if it let us read all.
func Note(ws *workspace.Workspace, id string, at time.Time, failed string) (State, error) {
	s, _, err := Load(ws, id, at)
	if err != nil {
		return s, err
	}
	s.Asked, s.Begun, s.Why, s.Stopped = at.UTC(), time.Time{}, failed, false
	if failed == "" {
		s.Failures = 0
	} else {
		s.Failures++
	}
	return s, s.save(ws, id)
}
