package event

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Chain is what was told along a chain of snapshots, as far as the next step needs it. It
// has a JSON form, to be kept with the snapshot; walked again from the first snapshot, the
// same chain gives the same.
//
// Facts that go back and forth would all look alike: joined, left, joined. The id counts how
// often the same was told before of the same thing, with something else told in between. What
// is told twice in a row is the same event, and so is a step into a treaty of the same day.
type Chain struct {
	// Subjects is what was told of each thing, by its name.
	Subjects map[string]Subject `json:"subjects,omitempty"`
	// Waiting are events that may be none: they are told when what they wait for is clear.
	Waiting []Waiting `json:"waiting,omitempty"`
	// Dropped are those that were taken back before they were told, by their facts, hashed.
	Dropped map[string]bool `json:"dropped,omitempty"`
}

// drop notes that an event that waited is not told: its row has taken it back.
func (c *Chain) drop(t telling) {
	if c.Dropped == nil {
		c.Dropped = map[string]bool{}
	}
	c.Dropped[digest(t.Facts)[:16]] = true
}

func (c *Chain) dropped(t telling) bool { return c.Dropped[digest(t.Facts)[:16]] }

// Unproven takes the events of a source out that wait since a snapshot, and returns them: why
// they are there, nobody can prove.
func (c *Chain) Unproven(src, snapshot string) (events []Event) {
	c.Waiting = slices.DeleteFunc(c.Waiting, func(w Waiting) bool {
		if w.Event.Source != src || w.Event.Snapshot != snapshot {
			return false
		}
		w.Event.ID = c.would(w.telling)
		events = append(events, w.Event)
		return true
	})
	return events
}

// Subject is one thing of which one event after the other is told.
type Subject struct {
	Last  string         `json:"last"`  // facts that were told last, hashed
	Times map[string]int `json:"times"` // by facts: how often, each run of the same as one
}

// Waiting is an event that may be none.
type Waiting struct {
	telling
	// For are the keys of the members who are missing: a member that has come may be one of
	// them under a new name.
	For []string `json:"for,omitempty"`
	// Question says that it waits for the answer to a question on its row.
	Question bool `json:"question,omitempty"`
	// Day says that it waits for a day that can be.
	Day bool `json:"day,omitempty"`
}

// id notes that an event is told and returns its id.
func (c *Chain) id(t telling) string {
	if c.Subjects == nil {
		c.Subjects = map[string]Subject{}
	}
	facts := digest(t.Facts)[:16]
	s := c.Subjects[t.Subject]
	if s.Last != facts {
		if s.Times == nil {
			s.Times = map[string]int{}
		}
		s.Times[facts]++
		s.Last = facts
		c.Subjects[t.Subject] = s
	}
	return idOf(t, s.Times[facts]-1)
}

// would is the id that an event would have; nothing is noted.
func (c *Chain) would(t telling) string {
	facts := digest(t.Facts)[:16]
	s := c.Subjects[t.Subject]
	n := s.Times[facts]
	if s.Last == facts {
		n--
	}
	return idOf(t, n)
}

// idOf is the id of what was told n times before. A step into a treaty has a day of its own
// and is told apart by that.
func idOf(t telling, n int) string {
	if !t.Event.On.IsZero() && !t.Event.Correction && t.Event.Network == "" {
		n = 0
	}
	return "ev-" + digest(fmt.Sprintf("%s\x1f%d", t.Facts, n))[:32]
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
