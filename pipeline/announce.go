package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/compare"
	"baseline/pipeline/edition"
	"baseline/pipeline/snapshot"
	"baseline/schemas"
	"baseline/sources/source"
)

// announce says what this refresh tells, and keeps it beside the snapshot before that is in
// force: whoever asked is told of every snapshot that ever was, and of no other.
func (r *run) announce() error {
	var head *alerts.Step
	var err error
	if r.last != nil {
		if r.head, err = alerts.Head(r.Workspace, r.lastMan.ID); err != nil {
			return err
		}
		head = r.head
		if r.lastMan.ID == r.man.ID && head != nil {
			return nil // it is in force already, and told
		}
	}
	chain, err := alerts.ReadChain(r.Workspace, head)
	if err != nil {
		return err
	}
	// Steps that were told keep their numbers, also if their snapshots are lost.
	marked, err := alerts.Marked(r.Workspace)
	if err != nil {
		return err
	}
	if head == nil {
		// What was known when the workspace began is told to nobody, and begins the chain.
		first, man := r.snap, r.man
		if r.last != nil {
			first, man = r.last, r.lastMan
		}
		if marked >= 0 {
			head, err = r.goOn(marked, man, chain)
		} else {
			head, err = r.begin(first, man, chain)
		}
		if err != nil {
			return err
		}
		if r.last == nil || man.ID == r.man.ID {
			r.head = head
			return nil
		}
	}
	step := alerts.Step{Number: max(head.Number, marked) + 1, Before: head.After, After: r.man.ID, Bound: r.bound()}
	if step.Events, step.Findings, err = r.next(chain, step.Number-1, r.since()); err != nil {
		return err
	}
	r.head = &step
	return alerts.Write(r.Workspace, step, chain)
}

// bound is how many events of this refresh may go out unseen. It is kept with them: another
// bound later lets nothing out and takes nothing back.
func (r *run) bound() int {
	if book, err := alerts.LoadBook(r.Workspace); err == nil && book != nil {
		return book.Burst
	}
	return subscription.Burst
}

// toTell is what has changed since the last snapshot.
type toTell struct {
	base    *snapshot.Snapshot
	changes []schemas.Change
	lost    []lostSource
	gap     error // why something may be missing, for good
}

// since compares with the last snapshot.
func (r *run) since() toTell {
	t := toTell{base: r.last}
	if r.lastMan.FactsSHA256 == r.man.FactsSHA256 {
		return t // what waits may be clear all the same
	}
	held, err := snapshot.HeldBack(r.Workspace, r.lastMan)
	if err != nil {
		t.gap = fmt.Errorf("whether rows that were held have been let in cannot be told: %w", err)
	}
	var again *snapshot.Snapshot
	again, t.lost = r.replayAsHeld(t.base, held)
	t.changes = compare.WithCause(t.base, again, r.snap, r.lastMan.AsOf).Changes
	return t
}

// next makes the events of a step, without those that the steps up to the last have told.
func (r *run) next(chain *event.Chain, last int, t toTell) ([]event.Event, []event.Doubt, error) {
	events, doubts := chain.Next(t.changes, t.base, r.snap)
	for _, l := range t.lost {
		events, doubts = unproven(l, chain.Unproven(l.id, r.snap.ID), events, doubts)
	}
	if r.recovered != "" && !r.repaired {
		doubts = append(doubts, notTold(errors.New(r.recovered)))
	}
	if t.gap != nil {
		doubts = append(doubts, notTold(t.gap))
	}
	if len(events) == 0 {
		return nil, doubts, nil
	}
	told, err := alerts.Told(r.Workspace, last)
	if err != nil {
		return nil, nil, err
	}
	words, err := outbox.In(r.Workspace).Words()
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, s := range told {
		for _, e := range s.Events {
			known[e.ID] = true
		}
		for _, list := range s.ToldDoubts(words) {
			for _, e := range list {
				known[e.ID] = true
			}
		}
	}
	return slices.DeleteFunc(events, func(e event.Event) bool { return known[e.ID] }), doubts, nil
}

// notTold tells the steward that events are missing for good.
func notTold(why error) event.Doubt {
	return event.Doubt{Finding: event.Finding{
		Code: event.NotTold, Severity: source.Question, Text: why.Error(), Hint: "compare with an older snapshot: baseline changes --since SNAPSHOT",
	}}
}

// unproven takes the events of a source that cannot be read again for doubts: whether the
// publisher or our reading changed, nobody can say.
func unproven(l lostSource, waiting, events []event.Event, doubts []event.Doubt) ([]event.Event, []event.Doubt) {
	d := event.Doubt{Finding: event.Finding{
		Code: event.NotProven, Severity: source.Question, Source: l.id,
		Text: "whether the publisher or our reading changed is not proven, so no subscriber is told: " + l.err.Error(),
		Hint: "look at the page; baseline changes shows what differs",
	}}
	d.Events = waiting
	rest := events[:0]
	for _, e := range events {
		if e.Source == l.id {
			d.Events = append(d.Events, e)
		} else {
			rest = append(rest, e)
		}
	}
	if len(d.Events) > 0 {
		doubts = append(doubts, d)
	}
	return rest, doubts
}

// goOn writes a step in place of a record of what was told that is gone, though messages were
// made: what it knew is asked of the steward.
func (r *run) goOn(marked int, man snapshot.Manifest, chain *event.Chain) (*alerts.Step, error) {
	why := r.recovered
	if why == "" {
		why = fmt.Sprintf("the record of what was told up to snapshot %s is gone", man.ID)
	}
	step := &alerts.Step{Number: marked + 1, After: man.ID, Bound: r.bound(), Findings: []event.Doubt{notTold(errors.New(why))}}
	return step, alerts.Write(r.Workspace, *step, chain)
}

// begin writes the step of number 0: what happened between the last edition and the first
// snapshot.
func (r *run) begin(first *snapshot.Snapshot, man snapshot.Manifest, chain *event.Chain) (*alerts.Step, error) {
	step := &alerts.Step{After: man.ID}
	list, err := edition.List(r.Workspace)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		last := slices.MaxFunc(list, func(a, b edition.Edition) int { return a.AsOf.Compare(b.AsOf) })
		step.Since, step.Before = last.Name, last.Snapshot
		old, oldMan, err := snapshot.Load(r.Workspace, last.Snapshot)
		var again *snapshot.Snapshot
		if err == nil {
			again, err = r.Replay(old)
		}
		if err != nil {
			step.Findings = []event.Doubt{notTold(fmt.Errorf("what has happened since edition %s cannot be told: %w", last.Name, err))}
		} else {
			step.Events, step.Findings = chain.Next(compare.WithCause(old, again, first, oldMan.AsOf).Changes, old, first)
		}
	}
	return step, alerts.Write(r.Workspace, *step, chain)
}

// outbox makes the messages of what is told. The snapshot is in force by now: that nobody can
// be told just yet, for a mistake in the file of subscriptions, is no reason to fail.
func (r *run) outbox() error {
	if r.head == nil {
		return nil
	}
	book, err := alerts.LoadBook(r.Workspace)
	if err != nil {
		r.alertsFault = err
		return nil
	}
	q := alerts.Queue{
		Workspace: r.Workspace, Book: book, Head: r.head, Sources: len(r.man.Sources), Questions: r.man.Findings, Asked: map[string]time.Time{}, Now: r.now(),
	}
	var old []alerts.Old
	for _, e := range r.man.Sources {
		q.Rows += e.Rows
		if e.Budget > 0 && e.TooOld(q.Now) { // of one that is frozen, nothing new comes
			old = append(old, alerts.Old{Source: e.ID, Captured: e.Captured, Budget: e.Budget})
		}
	}
	for _, in := range r.inputs {
		q.Asked[in.About.ID] = in.Checked
	}
	q.Issues = alerts.Issues(r.snap.Findings, old)
	if r.queued, err = q.Put(); err != nil {
		return fmt.Errorf("%w; refresh again, and the messages that are missing are made", err)
	}
	return nil
}
