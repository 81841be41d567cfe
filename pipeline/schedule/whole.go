package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"baseline/pipeline/workspace"
)

// runFile is where the workspace remembers how its runs went as a whole. No source is named
// so.
const runFile = folder + "/_run.json"

// Gaps after a run that failed as a whole: each is twice the last one.
const (
	firstGap   = time.Hour
	longestGap = 24 * time.Hour
)

// RunState is what the workspace remembers of its runs as a whole.
type RunState struct {
	Holder   string    `json:"holder,omitempty"`   // who ran last, or is running
	Ended    time.Time `json:"ended,omitzero"`     // end of the last run that failed, UTC
	Failures int       `json:"failures,omitempty"` // runs in a row that failed as a whole
	Why      string    `json:"why,omitempty"`      // what the last of them said
	Told     int       `json:"told,omitempty"`     // number of failures when a steward was last told
	Unread   bool      `json:"unread,omitempty"`   // publishers were asked, and what they said was not read
	Unasked  bool      `json:"unasked,omitempty"`  // the last failure came before anybody was asked
}

// again is when to try once more what failed.
func (r RunState) again(now time.Time) time.Time {
	gap := firstGap
	for n := 1; n < r.Failures && gap < longestGap; n++ {
		gap *= 2
	}
	if r.Failures == 0 || r.Ended.After(now.Add(aheadOfUs)) {
		return now // nothing has failed, or the clock was wrong
	}
	return r.Ended.Add(min(gap, longestGap))
}

func (r RunState) save(ws *workspace.Workspace) error { return put(ws, runFile, r) }

// Refreshed notes that a person has refreshed the workspace: what waited to be read is read,
// and what stood in the way no longer does. A steward who was told so hears of it at the next
// run.
func Refreshed(ws *workspace.Workspace) error {
	r, _ := loadRun(ws)
	if r.Failures == 0 && !r.Unread {
		return nil
	}
	return RunState{Holder: r.Holder, Told: r.Told}.save(ws)
}

// runState is how the runs of the workspace went; fault says that it cannot be read.
func (s *Scheduler) runState() (r RunState, fault string) {
	s.mu.Lock()
	unsaid := s.unsaid
	s.mu.Unlock()
	if unsaid != (RunState{}) {
		return unsaid, ""
	}
	return loadRun(s.Workspace)
}

// loadRun reads how the runs of the workspace went. What cannot be read is as if nothing had
// failed; fault says so.
func loadRun(ws *workspace.Workspace) (r RunState, fault string) {
	data, err := ws.Read(runFile)
	if errors.Is(err, fs.ErrNotExist) {
		return r, ""
	}
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return RunState{}, fmt.Sprintf("%s cannot be read (%v), so what it said of the last run is forgotten", ws.Path(runFile), err)
	}
	r.Ended, r.Failures, r.Told = r.Ended.UTC(), max(r.Failures, 0), max(r.Told, 0)
	return r, ""
}
