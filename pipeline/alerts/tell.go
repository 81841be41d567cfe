package alerts

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

// Let is what a steward says of a doubt who has looked and found that it happened.
const Let outbox.Do = "tell"

// FindDoubt returns a doubt of the steps in force by its id; the error wraps fs.ErrNotExist if
// there is none.
func FindDoubt(steps []Step, id string) (event.Doubt, error) {
	for _, s := range steps {
		for n, d := range s.Findings {
			if s.Doubt(n) == id {
				return d, nil
			}
		}
	}
	return event.Doubt{}, fmt.Errorf("doubt %q: %w", id, fs.ErrNotExist)
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
	delete(words, w.About) // the others alone have told something in another way
	known := map[string]bool{}
	keep := func(events []event.Event) {
		for _, e := range events {
			known[e.ID] = true
		}
	}
	for _, s := range steps {
		if burst := s.Burst(); s.Number > 0 && (burst == "" || words[burst].Do == outbox.Release) {
			keep(s.Events)
		}
		for _, events := range s.ToldDoubts(words) {
			keep(events)
		}
	}
	events := slices.DeleteFunc(slices.Clone(d.Events), func(e event.Event) bool { return known[e.ID] })
	then := *q
	then.Now = w.At
	var out Queued
	_, err = then.subscribers(events, "", then.putAt(w.At, &out))
	return out.Messages, err
}
