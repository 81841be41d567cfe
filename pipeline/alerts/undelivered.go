package alerts

import (
	"errors"
	"fmt"
	"slices"

	"baseline/pipeline/alerts/outbox"
)

// after notes how the channels fare, and tells stewards of that and of messages that are not
// taken. It needs nothing of this run but what is on the disk: after a crash the next run does
// it.
func (s *sending) after() error {
	for name := range s.outages {
		if _, ok := s.Book.Channels[name]; !ok {
			s.works(name)
		}
	}
	if s.changed {
		if err := writeOutages(s.Workspace, s.outages); err != nil {
			return err
		}
	}
	err := s.guard(func() error {
		list, bad, err := s.box.Look()
		if err != nil {
			return err
		}
		if err := s.undelivered(slices.Clone(list)); err != nil {
			return err
		}
		found, err := service(s.Workspace, s.Book, s.words, list, bad)
		if err != nil {
			return err
		}
		h := health{ws: s.Workspace, book: s.Book, words: s.words, now: s.now(), put: func(m outbox.Message) error {
			m.Created, m.Due = s.now(), s.now()
			return s.box.Put(m)
		}}
		return h.tell(found, nil, ofService)
	})
	if errors.Is(err, errHeld) {
		return nil // the next run does it
	}
	return err
}

// undelivered tells stewards of messages that a receiver does not take, each once. A message
// to a steward is told to the others; that such a message is not taken is told to nobody, or
// two stewards whose addresses are wrong would be told of each other for ever.
func (s *sending) undelivered(list []outbox.Message) error {
	list = slices.DeleteFunc(list, func(m outbox.Message) bool {
		if m.Reported || !m.Failed && m.Refusals < patience || m.Kind == outbox.Undelivered || m.Kind == outbox.Test {
			return true
		}
		is, err := s.box.IsDone(m.ID)
		return is || err != nil // what nobody knows now, the next run finds out
	})
	told := map[string]bool{}
	for _, st := range s.Book.Stewards {
		var n outbox.Notice
		like := outbox.Message{Class: outbox.Steward, Kind: outbox.Undelivered, Notice: &n, Base: string(outbox.Undelivered), Created: s.now(), Due: s.now()}
		for _, m := range list {
			if m.Class == outbox.Steward && m.Channel == st.Channel && m.To == st.To {
				continue
			}
			who := "subscription " + m.Subscription
			if m.Class == outbox.Steward {
				who = "a steward of channel " + m.Channel
			}
			like.Base += fmt.Sprint(" ", m.ID, " ", m.Refusals)
			told[m.ID] = true
			n.Open = append(n.Open, outbox.Issue{
				ID: m.ID, Code: "undelivered", Count: max(1, len(m.Events)), Since: m.Due, Runs: m.Tries,
				Text: fmt.Sprintf("%s does not get its message: %s", who, m.Fault),
				Hint: "put it right, then: baseline alerts send --retry " + m.ID,
			})
		}
		if len(n.Open) == 0 {
			continue
		}
		if err := s.box.Put(toSteward(like, st)); err != nil {
			return err
		}
	}
	for _, m := range list {
		if told[m.ID] {
			m.Reported = true
			if err := s.box.Tried(m); err != nil {
				return err
			}
		}
	}
	return nil
}
