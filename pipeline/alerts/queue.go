package alerts

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
)

// LoadBook reads the subscriptions of a workspace; nil if it has none.
func LoadBook(ws *workspace.Workspace) (*subscription.Book, error) {
	text, err := ws.Read(subscription.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return subscription.Load(text, filepath.ToSlash(ws.Path(subscription.File)))
}

// Queue puts what was told into the outbox. It may be repeated: a message has its id from
// what it says to whom.
type Queue struct {
	Workspace *workspace.Workspace
	Book      *subscription.Book // nil: nobody is told
	Head      *Step              // of the snapshot in force
	Issues    []outbox.Issue
	Asked     map[string]time.Time // by source: when it was last asked
	Sources   int                  // of the snapshot, for the first message
	Rows      int
	Questions map[string]int // open findings by severity
	Now       time.Time
}

// Queued is what came of it.
type Queued struct {
	Events   int    // that were new
	Messages int    // to subscribers and stewards, without those held
	Held     int    // messages that wait for the release of a burst
	Burst    string // "" if there is none
	Told     bool   // whether anybody has subscribed at all
}

// mark says up to which step everything is in the outbox.
type mark struct {
	Number int    `json:"number"`
	After  string `json:"after"`
	// Begun and At say that messages up to a step were being made, and with which time: after
	// a crash the same messages are made again, not others.
	Begun int       `json:"begun,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

const markFile = "outbox/queued.json"

func (q *Queue) readMark() (m mark, err error) {
	text, err := q.Workspace.Read(markFile)
	if errors.Is(err, fs.ErrNotExist) {
		return mark{Number: -1, Begun: -1}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s cannot be read: %w; remove it, and what is in the outbox already is not told again", q.Workspace.Path(markFile), err)
	}
	return m, nil
}

func (q *Queue) writeMark(m mark) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return q.Workspace.Write(markFile, append(text, '\n'))
}

// Put makes the messages of all steps that have none yet, and those about health.
func (q *Queue) Put() (out Queued, err error) {
	release, err := q.Workspace.Guard(outbox.Lock)
	if err != nil {
		return out, err
	}
	defer release()
	last, err := q.readMark()
	if err != nil {
		return out, err
	}
	if last, err = q.anew(last); err != nil {
		return out, err
	}
	first := last.Number < 0 && q.Head.Number == 0
	if q.Book != nil && last.Begun > last.Number {
		if last, err = q.steps(last, last.Begun, last.At, &out); err != nil {
			return out, err
		}
	}
	if last.Number < q.Head.Number {
		last.Begun, last.At = q.Head.Number, q.Now
		if q.Book != nil {
			if err := q.writeMark(last); err != nil {
				return out, err
			}
		}
		if last, err = q.steps(last, q.Head.Number, q.Now, &out); err != nil {
			return out, err
		}
	}
	if q.Book != nil {
		out.Told = true
		box := outbox.In(q.Workspace)
		words, err := box.Words()
		if err != nil {
			return out, err
		}
		if err := q.health(box, words, first, q.putAt(q.Now, &out)); err != nil {
			return out, err
		}
	}
	return out, nil
}

// anew returns the mark of a workspace whose record of what was told has begun again: the step
// that the mark names is not there any more.
func (q *Queue) anew(last mark) (mark, error) {
	if last.Number < 0 {
		return last, nil
	}
	list, err := entries(q.Workspace)
	if err != nil {
		return last, err
	}
	if slices.ContainsFunc(list, func(e entry) bool { return e.number == last.Number && e.after == last.After }) {
		return last, nil
	}
	return mark{Number: -1, Begun: -1}, nil
}

// putAt puts messages in and counts them.
func (q *Queue) putAt(at time.Time, out *Queued) func(outbox.Message) error {
	box := outbox.In(q.Workspace)
	return func(m outbox.Message) error {
		m.Created = at
		if m.Due.IsZero() {
			m.Due = at
		}
		if err := box.Put(m); err != nil {
			return err
		}
		if m.Burst != "" {
			out.Held++
		} else {
			out.Messages++
		}
		return nil
	}
}

// steps makes the messages of the steps after the mark up to a number, as of a time, and
// moves the mark.
func (q *Queue) steps(last mark, to int, at time.Time, out *Queued) (mark, error) {
	list, err := Steps(q.Workspace, last.Number+1, min(to, q.Head.Number))
	if err != nil {
		return last, err
	}
	then := *q
	then.Now = at
	for _, s := range list {
		if s.Number > 0 {
			out.Events += len(s.Events)
		}
		if q.Book != nil {
			if err := then.step(s, out, q.putAt(at, out)); err != nil {
				return last, err
			}
		}
		last.After = s.After
	}
	last.Number, last.Begun, last.At = min(to, q.Head.Number), 0, time.Time{}
	return last, q.writeMark(last)
}

// step makes the messages of one step.
func (q *Queue) step(s Step, out *Queued, put func(outbox.Message) error) error {
	if s.Number == 0 {
		n := outbox.Notice{Sources: q.Sources, Rows: q.Rows, Since: s.Since, Count: len(s.Events), Questions: q.Questions}
		return q.stewards(outbox.Summary, s, n, put)
	}
	if len(s.Findings) > 0 {
		var n outbox.Notice
		for i, f := range s.Findings {
			if len(f.Events) > 0 {
				f.Hint += "; if it has happened: baseline alerts tell " + s.Doubt(i) + " --reason …"
			}
			n.Open = append(n.Open, outbox.Issue{ID: s.Doubt(i), Source: f.Source, Code: f.Code, Text: f.Text, Hint: f.Hint, Count: 1, Since: q.Now})
		}
		if err := q.stewards(outbox.Doubt, s, n, put); err != nil {
			return err
		}
	}
	burst := s.Burst()
	if burst != "" {
		out.Burst = burst
	}
	bySubscription := map[string][]event.Event{}
	for _, e := range s.Events {
		for _, sub := range q.Book.For(e) {
			bySubscription[sub.ID] = append(bySubscription[sub.ID], e)
		}
	}
	messages := 0
	for _, sub := range q.Book.Subscriptions {
		for _, m := range q.messages(sub, bySubscription[sub.ID], burst) {
			messages++
			if err := q.digested(sub, m, put); err != nil {
				return err
			}
		}
	}
	if burst == "" {
		return nil
	}
	n := outbox.Notice{Burst: burst, Messages: messages, Count: len(s.Events)}
	return q.stewards(outbox.Burst, s, n, put)
}

// digested puts a message in. What a digest that is on its way does not have is left to the
// next one.
func (q *Queue) digested(sub *subscription.Subscription, m outbox.Message, put func(outbox.Message) error) error {
	for {
		err := put(m)
		if !errors.Is(err, outbox.ErrSealed) {
			return err
		}
		var has []event.Event // in it, or muted and told in one of its own
		for _, id := range []string{m.ID, laterID(m.ID)} {
			old, err := outbox.In(q.Workspace).Get(id)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			has = append(has, old.Events...)
		}
		m.Events = slices.DeleteFunc(slices.Clone(m.Events), func(e event.Event) bool {
			return slices.ContainsFunc(has, func(o event.Event) bool { return o.ID == e.ID })
		})
		if len(m.Events) == 0 {
			return nil
		}
		m.Due = subscription.NextDue(sub.How, m.Due)
		m.ID = digestID(sub, m)
	}
}

// laterID is the id of the digest with what was muted in another.
func laterID(id string) string { return outbox.ID("later", id) }

func digestID(sub *subscription.Subscription, m outbox.Message) string {
	return outbox.ID("digest", sub.ID, m.Due.UTC().Format(time.RFC3339), m.Burst)
}

// messages are those of one subscription about the events of one step: one for each thing,
// or one digest.
func (q *Queue) messages(sub *subscription.Subscription, events []event.Event, burst string) []outbox.Message {
	if len(events) == 0 {
		return nil
	}
	m := outbox.Message{Class: outbox.Subscriber, Subscription: sub.ID, Burst: burst, Due: subscription.NextDue(sub.How, q.Now)}
	if sub.How.Rhythm != subscription.AtOnce {
		m.Kind, m.Events = outbox.Digest, events
		m.ID = digestID(sub, m)
		return []outbox.Message{m}
	}
	m.Kind = outbox.Told
	return Group(m, events)
}

// Group makes one message for each thing that events are about: a state's part in a treaty or
// network.
func Group(like outbox.Message, events []event.Event) []outbox.Message {
	var list []outbox.Message
	for _, e := range events {
		thread := Thread(e)
		at := slices.IndexFunc(list, func(m outbox.Message) bool { return m.Thread == thread })
		if at < 0 {
			m := like
			m.Thread = thread
			list = append(list, m)
			at = len(list) - 1
		}
		list[at].Events = append(list[at].Events, e)
	}
	for i, m := range list {
		parts := []string{"event", m.Subscription}
		for _, e := range m.Events {
			parts = append(parts, e.ID)
		}
		list[i].ID = outbox.ID(parts...)
	}
	return list
}

// Thread names what an event is about, such as ETS185/SWE.
func Thread(e event.Event) string {
	parts := []string{cmp.Or(e.Treaty, e.Network, e.Dataset)}
	if e.Place != "" {
		parts = append(parts, e.Place)
	} else if e.Treaty == "" {
		parts = append(parts, e.Key)
	}
	return strings.Join(parts, "/")
}

// stewards makes a message to each steward.
func (q *Queue) stewards(kind outbox.Kind, s Step, n outbox.Notice, put func(outbox.Message) error) error {
	for _, steward := range q.Book.Stewards {
		m := outbox.Message{
			ID: outbox.ID(string(kind), key(steward), fmt.Sprint(s.Number), s.After), Class: outbox.Steward, Kind: kind,
			Channel: steward.Channel, To: steward.To, Notice: &n,
		}
		if kind == outbox.Burst {
			m.Events = s.Events[:min(len(s.Events), 20)] // enough to see what it is
		}
		if err := put(m); err != nil {
			return err
		}
	}
	return nil
}
