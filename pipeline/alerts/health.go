package alerts

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
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
	// Parts are the findings in it. One that is new begins the gaps anew, and so does one that
	// has become graver: Round counts how often that was.
	Parts map[string]Part `json:"parts,omitempty"`
	Round int             `json:"round,omitempty"`
}

// Part is one finding of an issue.
type Part struct {
	Rank int       `json:"rank"` // how grave it is
	Last time.Time `json:"last"` // when it was last seen
}

// forgotten is after how long a finding that comes back is a new one. What comes and goes each
// day is not.
const forgotten = 7 * 24 * time.Hour

// Tell says how often a steward was told since the gaps began, and when last.
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

// Found is an issue with the findings in it.
type Found struct {
	outbox.Issue
	parts []part
}

type part struct {
	key        string // without what changes from day to day
	rank       int
	text, hint string
}

// daily is what differs in the words of the same finding from one day to the next: days,
// times, and sums of bytes.
var daily = regexp.MustCompile(`\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?Z?)?|\b\d\d?:\d\d(:\d\d)?\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b|\b[0-9a-f]{10,64}\b`)

func partOf(f source.Finding) part {
	rank := 1
	if f.Severity == source.Hold {
		rank = 2
	}
	return part{outbox.ID(f.Dataset, f.Part, daily.ReplaceAllString(f.Text, "")), rank, f.Text, f.Hint}
}

// Issues are what a steward should look at, one for each source and kind of finding, by id.
func Issues(findings []source.Finding, tooOld []Old) []Found {
	byID := map[string]*Found{}
	for _, f := range findings {
		if f.Severity == source.Note {
			continue
		}
		code := f.Code
		if f.Unanswered {
			code = Unanswered
		}
		id := "issue-" + cmp.Or(f.Source, "all") + "." + code
		if byID[id] == nil {
			byID[id] = &Found{Issue: outbox.Issue{ID: id, Source: f.Source, Code: code, Text: f.Text, Hint: f.Hint}}
		}
		i := byID[id]
		i.Count++
		if !slices.Contains(transient, code) { // their words differ with each way of failing
			i.parts = append(i.parts, partOf(f))
		}
	}
	for _, o := range tooOld {
		text := fmt.Sprintf("its newest facts are of %s, and its budget is %d days", o.Captured.UTC().Format(time.DateOnly), o.Budget)
		if o.Captured.IsZero() {
			text = "it has never been read"
		}
		id := "issue-" + o.Source + "." + OverBudget
		byID[id] = &Found{Issue: outbox.Issue{
			ID: id, Source: o.Source, Code: OverBudget, Count: 1, Hint: "look whether it is still asked: baseline schedule --list",
			Text: text,
		}}
	}
	var list []Found
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, *byID[id])
	}
	return list
}

// Old is a source whose facts are older than its budget.
type Old struct {
	Source   string
	Captured time.Time // zero: it has never been read
	Budget   int       // days
}

// see brings the state up to what is open now. asked says when each source was last asked:
// looking at the same answer again is no further failure. Of issues that are not mine it says
// nothing. It returns what is no longer open, and the ids of issues in which there is something
// new.
func (s *State) see(open []Found, asked map[string]time.Time, mine func(id string) bool, now time.Time) (resolved []*Seen, renewed []string) {
	still := map[string]bool{}
	for _, i := range open {
		still[i.ID] = true
		seen := s.Issues[i.ID]
		if seen == nil {
			seen = &Seen{Issue: i.Issue, Told: map[string]Tell{}}
			seen.Since = now
			s.Issues[i.ID] = seen
		}
		if at := asked[i.Source]; seen.Runs == 0 || at.After(seen.Asked) {
			seen.Runs++
			seen.Asked = at
		}
		seen.Text, seen.Hint, seen.Count = i.Text, i.Hint, i.Count
		if seen.found(i.parts, now) {
			renewed = append(renewed, i.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Issues)) {
		if !still[id] && mine(id) {
			resolved = append(resolved, s.Issues[id])
			delete(s.Issues, id)
		}
	}
	return resolved, renewed
}

// found notes the findings of an issue, and reports whether one of them is new or graver than
// it was. The issue then says that one, and its gaps begin anew.
func (s *Seen) found(parts []part, now time.Time) (renewed bool) {
	known := s.Parts
	if s.Parts == nil && len(parts) > 0 {
		s.Parts = map[string]Part{}
	}
	for _, p := range parts {
		old, ok := known[p.key]
		if ok = ok && old.Rank >= p.rank && now.Sub(old.Last) <= forgotten; !ok && len(known) > 0 && !renewed {
			renewed, s.Text, s.Hint = true, p.text, p.hint
		}
	}
	for _, p := range parts { // a finding may stand twice
		s.Parts[p.key] = Part{p.rank, now}
	}
	if renewed {
		s.Round++
		for steward, told := range s.Told {
			s.Told[steward] = Tell{Last: told.Last}
		}
	}
	return renewed
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

// health is what stewards are told of issues.
type health struct {
	ws    *workspace.Workspace
	book  *subscription.Book
	words map[string]outbox.Word
	now   time.Time
	// first: with the first refresh of a workspace its summary says how much is open.
	first bool
	// told are ids of issues of which a message of their own tells for the first time.
	told []string
	put  func(outbox.Message) error
}

// tell makes the messages to stewards about what is open and what has been resolved, as far
// as it is mine. Only the holder of outbox.Lock may call it.
func (h *health) tell(open []Found, asked map[string]time.Time, mine func(id string) bool) error {
	if len(h.book.Stewards) == 0 {
		return nil
	}
	state, err := readState(h.ws)
	if err != nil {
		return err
	}
	resolved, renewed := state.see(open, asked, mine, h.now)
	if err := h.forget(renewed, "something new was found"); err != nil {
		return err
	}
	for _, id := range h.told {
		if i := state.Issues[id]; i != nil && len(i.Told) == 0 {
			for _, steward := range h.book.Stewards {
				i.Told[key(steward)] = Tell{1, h.now}
			}
		}
	}
	for _, steward := range h.book.Stewards {
		if h.first {
			break
		}
		if err := h.toSteward(steward, state, resolved, mine); err != nil {
			return err
		}
	}
	// What was acknowledged is open to new words once it has been resolved.
	var ids []string
	for _, i := range resolved {
		ids = append(ids, i.ID)
	}
	if err := h.forget(ids, "resolved"); err != nil {
		return err
	}
	return state.write(h.ws)
}

// toSteward makes the message of one steward, if there is anything to say.
func (h *health) toSteward(steward subscription.Steward, state State, resolved []*Seen, mine func(id string) bool) error {
	var n outbox.Notice
	parts := []string{"health", key(steward)}
	for _, id := range slices.Sorted(maps.Keys(state.Issues)) {
		i := state.Issues[id]
		if !mine(id) || outbox.Acked(h.words, id) || outbox.Muted(h.words, id, h.now) || !i.due(steward, h.now) {
			continue
		}
		n.Open = append(n.Open, named(i.Issue))
		told := i.Told[key(steward)]
		parts = append(parts, id, i.Since.UTC().Format(time.RFC3339Nano), fmt.Sprint(told.Times))
		if i.Round > 0 {
			parts = append(parts, fmt.Sprint("round ", i.Round))
		}
		i.Told[key(steward)] = Tell{told.Times + 1, h.now}
	}
	for _, i := range resolved {
		if !i.Told[key(steward)].Last.IsZero() && !outbox.Acked(h.words, i.ID) && !isBurst(i.ID) {
			n.Resolved = append(n.Resolved, i.Issue)
			parts = append(parts, "resolved", i.ID, i.Since.UTC().Format(time.RFC3339Nano))
		}
	}
	if len(n.Open)+len(n.Resolved) == 0 {
		return nil
	}
	return h.put(outbox.Message{
		ID: outbox.ID(parts...), Class: outbox.Steward, Kind: outbox.Health, Channel: steward.Channel, To: steward.To, Notice: &n, Thread: "health",
	})
}

// named says in an issue's hint what mute and ack take.
func named(i outbox.Issue) outbox.Issue {
	if !strings.Contains(i.Hint, i.ID) {
		i.Hint = strings.TrimPrefix(i.Hint+"; ", "; ") + "mute and ack take its id: " + i.ID
	}
	return i
}

// forget ends what was acknowledged. What was said about a burst stays: its messages follow it.
func (h *health) forget(ids []string, why string) error {
	for _, id := range ids {
		if isBurst(id) || !outbox.Acked(h.words, id) {
			continue
		}
		w := outbox.Word{About: id, Do: outbox.Unmute, Reason: why, At: h.now}
		if err := outbox.In(h.ws).Say(w); err != nil {
			return err
		}
		if why != "resolved" { // the message about that is made first
			h.words[id] = w
		}
	}
	return nil
}

// Open returns the issues that are open, by id, as far as there are stewards to tell.
func Open(ws *workspace.Workspace) (map[string]*Seen, error) {
	s, err := readState(ws)
	return s.Issues, err
}
