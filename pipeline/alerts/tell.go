package alerts

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

// Let is what a steward says of a doubt who has looked and found that it happened.
const Let outbox.Do = "tell"

// FindDoubt returns a doubt of the steps in force by its id, with its step; the error wraps
// fs.ErrNotExist if there is none.
func FindDoubt(steps []Step, id string) (Step, event.Doubt, error) {
	for _, s := range steps {
		for n, d := range s.Findings {
			if s.Doubt(n) == id {
				return s, d, nil
			}
		}
	}
	return Step{}, event.Doubt{}, fmt.Errorf("doubt %q: %w", id, fs.ErrNotExist)
}

// ToldDoubts are the events of the doubts of a step that a steward had told, with when.
func (s Step) ToldDoubts(words map[string]outbox.Word) map[time.Time][]event.Event {
	told := map[time.Time][]event.Event{}
	for n, d := range s.Findings {
		if w := words[s.Doubt(n)]; w.Do == Let {
			told[w.At] = append(told[w.At], d.Events...)
		}
	}
	return told
}

// TellDoubt notes that a steward has the events of a doubt told, and puts the messages in; what
// steps have told in another way is left out. It may be repeated: the same messages are made.
// Its error says what is missing.
func (q *Queue) TellDoubt(steps []Step, d event.Doubt, w outbox.Word) (n int, err error) {
	if len(d.Events) == 0 {
		return 0, errors.New("there is no event to tell: what happened does not follow from the two lists")
	}
	release, err := q.Workspace.Guard(outbox.Lock)
	if err != nil {
		return 0, err
	}
	defer release()
	box := outbox.In(q.Workspace)
	words, err := box.Words()
	if err != nil {
		return 0, err
	}
	if said := words[w.About]; said.Do == Let {
		w = said
	} else if err := box.Say(w); err != nil {
		return 0, err
	}
	known := map[string]bool{}
	for _, s := range steps {
		if burst := s.Burst(); s.Number > 0 && (burst == "" || words[burst].Do == outbox.Release) {
			for _, e := range s.Events {
				known[e.ID] = true
			}
		}
		for n, o := range s.Findings {
			if id := s.Doubt(n); id != w.About && words[id].Do == Let {
				for _, e := range o.Events {
					known[e.ID] = true
				}
			}
		}
	}
	then := *q
	then.Now = w.At
	var out Queued
	put := then.putAt(w.At, &out)
	for _, sub := range q.Book.Subscriptions {
		var events []event.Event
		for _, e := range d.Events {
			for _, wants := range q.Book.For(e) {
				if wants.ID == sub.ID && !known[e.ID] {
					events = append(events, e)
				}
			}
		}
		for _, m := range then.messages(sub, events, "") {
			if err := then.digested(sub, m, put); err != nil {
				return out.Messages, err
			}
		}
	}
	return out.Messages, nil
}
