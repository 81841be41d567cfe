package pipeline

import (
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
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
		if r.lastMan.ID == r.man.ID && head != nil && head.Fault == "" {
			return nil // it is in force already, and told
		}
	}
	chain, err := alerts.ReadChain(r.Workspace, head)
	if err != nil {
		return err
	}
	if head == nil {
		// What was known when the workspace began is told to nobody, and begins the chain.
		first, man := r.snap, r.man
		if r.last != nil {
			first, man = r.last, r.lastMan
		}
		if head, err = r.begin(first, man, chain); err != nil {
			return err
		}
		if r.last == nil || man.ID == r.man.ID {
			r.head = head
			return nil
		}
	}
	step := alerts.Step{Number: head.Number + 1, Before: head.After, After: r.man.ID, Told: r.man.ID}
	base, changes, err := r.since(head.Told)
	if err != nil {
		step.Told, step.Fault = head.Told, err.Error()
	} else {
		if step.Events, step.Findings, err = r.next(chain, head, base, changes); err != nil {
			return err
		}
	}
	r.head = &step
	return alerts.Write(r.Workspace, step, chain)
}

// since returns the snapshot up to which everything is told, and what has changed since.
func (r *run) since(id string) (base *snapshot.Snapshot, changes []schemas.Change, err error) {
	base, man := r.last, r.lastMan
	if id != r.lastMan.ID {
		if base, man, err = snapshot.Load(r.Workspace, id); err != nil {
			return nil, nil, err
		}
	}
	if man.FactsSHA256 == r.man.FactsSHA256 {
		return base, nil, nil // what waits may be clear all the same
	}
	again, err := r.Replay(base)
	if err != nil {
		return nil, nil, err
	}
	return base, compare.WithCause(base, again, r.snap, man.AsOf).Changes, nil
}

// next makes the events of a step, without those that were told before.
func (r *run) next(chain *event.Chain, head *alerts.Step, base *snapshot.Snapshot, changes []schemas.Change) ([]event.Event, []event.Doubt, error) {
	events, findings := chain.Next(changes, base, r.snap)
	if len(events) == 0 {
		return nil, findings, nil
	}
	told, err := alerts.Told(r.Workspace, head.Number)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, s := range told {
		for _, e := range s.Events {
			known[e.ID] = true
		}
	}
	return slices.DeleteFunc(events, func(e event.Event) bool { return known[e.ID] }), findings, nil
}

// begin writes the step of number 0: what happened between the last edition and the first
// snapshot.
func (r *run) begin(first *snapshot.Snapshot, man snapshot.Manifest, chain *event.Chain) (*alerts.Step, error) {
	step := &alerts.Step{After: man.ID, Told: man.ID}
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
			step.Fault = err.Error()
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
	findings := slices.Clone(r.snap.Findings)
	if r.head.Fault != "" {
		findings = append(findings, event.Finding{
			Code: alerts.NotTold, Severity: source.Question, Text: "what changed could not be told: " + r.head.Fault, Hint: "put that right and refresh; the next refresh tells it",
		})
	}
	var old []alerts.Old
	for _, e := range r.man.Sources {
		q.Rows += e.Rows
		if !e.Captured.IsZero() && e.TooOld(q.Now) {
			old = append(old, alerts.Old{Source: e.ID, Captured: e.Captured, Budget: e.Budget})
		}
	}
	for _, in := range r.inputs {
		q.Asked[in.About.ID] = in.Checked
	}
	q.Issues = alerts.Issues(findings, old)
	if r.queued, err = q.Put(); err != nil {
		return fmt.Errorf("%w; refresh again, and the messages that are missing are made", err)
	}
	return nil
}
