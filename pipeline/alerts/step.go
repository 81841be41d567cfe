// Package alerts says what happened between two snapshots and to whom: it keeps the events
// of each refresh, puts messages for those who asked into the outbox, and sends them.
package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
)

// folder holds one file for each refresh: what it tells.
const folder = "alerts"

// Step is what one refresh tells. It is written before the snapshot is in force, and counts
// from the instant at which that is.
type Step struct {
	Number int `json:"number"` // 0: what was known when the workspace began; told to nobody
	// Before and After are snapshots.
	Before string `json:"before"`
	After  string `json:"after"`
	Since  string `json:"since,omitempty"` // edition with which step 0 compares
	// Bound is how many events of it may go out unseen; 0 in steps of before there was one.
	Bound    int           `json:"bound,omitempty"`
	Events   []event.Event `json:"events"`
	Findings []event.Doubt `json:"findings,omitempty"` // what looks like an event and may be none
	Chain    string        `json:"chain"`              // SHA-256 of the chain's file
}

// nameForm: number, snapshot, number of events and doubts. Most refreshes tell nothing, and nobody needs
// to open their files.
var nameForm = regexp.MustCompile(`^(\d{6,})-(\d{8}-[0-9a-f]{10})-(\d+)\.json$`)

type entry struct {
	name          string
	number, count int
	after         string
}

func (s Step) file() string {
	return fmt.Sprintf("%s/%06d-%s-%d.json", folder, s.Number, s.After, len(s.Events)+len(s.Findings))
}

func entries(ws *workspace.Workspace) ([]entry, error) {
	names, err := ws.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list what was told: %w", err)
	}
	var list []entry
	for _, name := range names {
		if m := nameForm.FindStringSubmatch(name); m != nil {
			number, _ := strconv.Atoi(m[1])
			count, _ := strconv.Atoi(m[3])
			list = append(list, entry{name, number, count, m[2]})
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.name, b.name)) })
	return list, nil
}

func read(ws *workspace.Workspace, name string) (s Step, err error) {
	text, err := ws.Read(folder + "/" + name)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s cannot be read: %w; put it back from a backup, or remove the folder %s and what was told begins anew with the next refresh", ws.Path(folder+"/"+name), err, folder)
	}
	return s, nil
}

// Head returns the step of the snapshot in force; nil if it has none.
func Head(ws *workspace.Workspace, current string) (*Step, error) {
	list, err := entries(ws)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(list) {
		if e.after == current {
			s, err := read(ws, e.name)
			return &s, err
		}
	}
	return nil, nil
}

// Steps returns the steps in force from a number on that have events or findings, oldest
// first. head is the number of the last one in force.
func Steps(ws *workspace.Workspace, from, head int) ([]Step, error) {
	list, err := entries(ws)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, e := range list {
		if e.number < from || e.number > head {
			continue
		}
		s, err := read(ws, e.name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// Told returns the steps with events or doubts up to the one with that number, oldest first.
func Told(ws *workspace.Workspace, head int) ([]Step, error) {
	list, err := entries(ws)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, e := range list {
		if e.count == 0 || e.number > head {
			continue
		}
		s, err := read(ws, e.name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// Burst is the id under which the events of a step wait for a steward, if there are more than
// its bound; otherwise "". What was known when the workspace began goes to nobody and does
// not wait.
func (s Step) Burst() string {
	if s.Number == 0 || len(s.Events) <= cmp.Or(s.Bound, subscription.Burst) {
		return ""
	}
	return fmt.Sprintf("burst-%d-%s", s.Number, s.After)
}

// Doubt is the id of a doubt of the step, by its place from 0.
func (s Step) Doubt(n int) string { return fmt.Sprintf("doubt-%d-%s-%d", s.Number, s.After, n+1) }

// ReadChain returns the chain up to and with a step; an empty one for nil.
func ReadChain(ws *workspace.Workspace, s *Step) (*event.Chain, error) {
	c := new(event.Chain)
	if s == nil || s.Chain == "" {
		return c, nil
	}
	name := chainFile(s.Chain)
	text, err := ws.Read(name)
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w; put it back from a backup, or remove the folder %s and what was told begins anew with the next refresh", ws.Path(name), err, folder)
	}
	return c, nil
}

func chainFile(sum string) string { return folder + "/chains/" + sum + ".json" }

// Write stores a step with its chain, and removes steps of refreshes that did not end: those
// with its number or a later one.
func Write(ws *workspace.Workspace, s Step, c *event.Chain) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	s.Chain = hex.EncodeToString(sum[:])
	if !ws.Has(chainFile(s.Chain)) {
		if err := ws.Write(chainFile(s.Chain), append(text, '\n')); err != nil {
			return err
		}
	}
	if s.Events == nil {
		s.Events = []event.Event{}
	}
	list, err := entries(ws)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.number >= s.Number && folder+"/"+e.name != s.file() {
			if err := ws.Remove(folder + "/" + e.name); err != nil {
				return err
			}
		}
	}
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return ws.Write(s.file(), append(body, '\n'))
}
