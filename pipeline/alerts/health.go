package alerts

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

// OverBudget is the code of the issue about a source whose facts are older than its budget.
const OverBudget = "over-budget"

// Unanswered is the code of the issue about a publisher that does not let us read, whatever
// stands in the way: a source that fails in another way each day fails all the same.
const Unanswered = "not-renewed"

// transient are the codes of issues that often pass by themselves. A steward is told of them
// after several failures in a row; of everything else at once.
var transient = []string{Unanswered, "unreadable"}

// longestGap is the most that lies between two messages about the same issue.
const longestGap = 32 * 24 * time.Hour

// State is what was seen of issues and told to stewards, in outbox/health.json.
type State struct {
	Issues map[string]*Seen `json:"issues"`
}

// Seen is one issue with what was told of it.
type Seen struct {
	outbox.Issue
	Asked time.Time       `json:"asked"` // when its source was last asked
	Told  map[string]Tell `json:"told"`  // by steward: channel and address
}

// Tell says how often a steward was told, and when last.
type Tell struct {
	Times int       `json:"times"`
	Last  time.Time `json:"last"`
}

const stateFile = "outbox/health.json"

func readState(ws *workspace.Workspace) (s State, err error) {
	text, err := ws.Read(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return State{Issues: map[string]*Seen{}}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s cannot be read: %w; remove it, and stewards are told of everything that is open", ws.Path(stateFile), err)
	}
	if s.Issues == nil {
		s.Issues = map[string]*Seen{}
	}
	return s, nil
}

func (s State) write(ws *workspace.Workspace) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if old, err := ws.Read(stateFile); err == nil && string(old) == string(text) {
		return nil
	}
	return ws.Write(stateFile, text)
}

// Issues are what a steward should look at, one for each source and kind of finding, by id.
func Issues(findings []source.Finding, tooOld []Old) []outbox.Issue {
	byID := map[string]*outbox.Issue{}
	for _, f := range findings {
		if f.Severity == source.Note {
			continue
		}
		code := f.Code
		if f.Unanswered {
			code = Unanswered
		}
		id := "issue-" + cmp.Or(f.Source, "all") + "." + code
		if i := byID[id]; i != nil {
			i.Count++
			continue
		}
		byID[id] = &outbox.Issue{ID: id, Source: f.Source, Code: code, Text: f.Text, Hint: f.Hint, Count: 1}
	}
	for _, o := range tooOld {
		id := "issue-" + o.Source + "." + OverBudget
		byID[id] = &outbox.Issue{
			ID: id, Source: o.Source, Code: OverBudget, Count: 1, Hint: "look whether it is still asked: baseline schedule --list",
			Text: fmt.Sprintf("its newest facts are of %s, and its budget is %d days", o.Captured.UTC().Format(time.DateOnly), o.Budget),
		}
	}
	var list []outbox.Issue
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, *byID[id])
	}
	return list
}

// Old is a source whose facts are older than its budget.
type Old struct {
	Source   string
	Captured time.Time
	Budget   int // days
}

// see brings the state up to what is open now. asked says when each source was last asked:
// looking at the same answer again is no further failure. It returns what is no longer open.
func (s *State) see(open []outbox.Issue, asked map[string]time.Time, now time.Time) (resolved []*Seen) {
	still := map[string]bool{}
	for _, i := range open {
		still[i.ID] = true
		seen := s.Issues[i.ID]
		if seen == nil {
			seen = &Seen{Issue: i, Told: map[string]Tell{}}
			seen.Since = now
			s.Issues[i.ID] = seen
		}
		if at := asked[i.Source]; seen.Runs == 0 || at.After(seen.Asked) {
			seen.Runs++
			seen.Asked = at
		}
		seen.Text, seen.Hint, seen.Count = i.Text, i.Hint, i.Count
	}
	for _, id := range slices.Sorted(maps.Keys(s.Issues)) {
		if !still[id] {
			resolved = append(resolved, s.Issues[id])
			delete(s.Issues, id)
		}
	}
	return resolved
}

// due reports whether a steward is to be told of an issue now: after enough failures, then
// after one day, two, four and so on.
func (s *Seen) due(steward subscription.Steward, now time.Time) bool {
	told := s.Told[key(steward)]
	if told.Times == 0 {
		return s.Runs >= steward.After || !slices.Contains(transient, s.Code)
	}
	gap := longestGap
	if told.Times <= 5 {
		gap = 24 * time.Hour << (told.Times - 1)
	}
	return !now.Before(told.Last.Add(gap))
}

func key(s subscription.Steward) string { return s.Channel + " " + s.To }

// health makes the messages to stewards about what is open and what has been resolved. With
// the first refresh of a workspace there is none: its summary says how much is open.
func (q *Queue) health(box outbox.Box, words map[string]outbox.Word, first bool, put func(outbox.Message) error) error {
	if len(q.Book.Stewards) == 0 {
		return nil
	}
	state, err := readState(q.Workspace)
	if err != nil {
		return err
	}
	resolved := state.see(q.Issues, q.Asked, q.Now)
	for _, steward := range q.Book.Stewards {
		if first {
			break
		}
		var n outbox.Notice
		parts := []string{"health", key(steward)}
		for _, id := range slices.Sorted(maps.Keys(state.Issues)) {
			i := state.Issues[id]
			if outbox.Acked(words, id) || outbox.Muted(words, id, q.Now) || !i.due(steward, q.Now) {
				continue
			}
			n.Open = append(n.Open, i.Issue)
			told := i.Told[key(steward)]
			parts = append(parts, id, i.Since.UTC().Format(time.RFC3339Nano), fmt.Sprint(told.Times))
			i.Told[key(steward)] = Tell{told.Times + 1, q.Now}
		}
		for _, i := range resolved {
			if i.Told[key(steward)].Times > 0 {
				n.Resolved = append(n.Resolved, i.Issue)
				parts = append(parts, "resolved", i.ID, i.Since.UTC().Format(time.RFC3339Nano))
			}
		}
		if len(n.Open)+len(n.Resolved) == 0 {
			continue
		}
		if err := put(outbox.Message{
			ID: outbox.ID(parts...), Class: outbox.Steward, Kind: outbox.Health, Channel: steward.Channel, To: steward.To, Notice: &n, Thread: "health",
		}); err != nil {
			return err
		}
	}
	// What was acknowledged is open to new words once it has been resolved.
	for _, i := range resolved {
		if w, ok := words[i.ID]; ok && w.Do == outbox.Ack {
			if err := box.Say(outbox.Word{About: i.ID, Do: outbox.Unmute, Reason: "resolved", At: q.Now}); err != nil {
				return err
			}
		}
	}
	return state.write(q.Workspace)
}

// Open reports whether an issue with that id is open, as far as stewards have asked to be
// told.
func Open(ws *workspace.Workspace, id string) (bool, error) {
	s, err := readState(ws)
	return s.Issues[id] != nil, err
}
