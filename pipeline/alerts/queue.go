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

// LoadBook reads the subscriptions of a workspace; nil if it never had any. That a file which
// was there is gone is an error, as a mistake in it is: nobody is told, and nothing is lost.
func LoadBook(ws *workspace.Workspace) (*subscription.Book, error) {
	text, err := ws.Read(subscription.File)
	if errors.Is(err, fs.ErrNotExist) {
		m, err := readMark(ws)
		if err == nil && m.Book {
			err = fmt.Errorf("%s is gone; put it back, or write one with subscriptions: [] if nobody is to be told any more", ws.Path(subscription.File))
		}
		return nil, err
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
	Issues    []Found
	Asked     map[string]time.Time // by source: when it was last asked
	Sources   int                  // of the snapshot, for the first message
	Rows      int
	Questions map[string]int // open findings by severity
	Now       time.Time
	bursts    []string // that are new
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
	// Book says that there was a file of subscriptions.
	Book bool `json:"book,omitempty"`
}

const markFile = "outbox/queued.json"

func readMark(ws *workspace.Workspace) (m mark, err error) {
	text, err := ws.Read(markFile)
	if errors.Is(err, fs.ErrNotExist) {
		return mark{Number: -1, Begun: -1}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s cannot be read: %w; remove it, and the next refresh begins after the snapshot in force: nothing is told twice, and stewards are told that something may be missing", ws.Path(markFile), err)
	}
	return m, nil
}

// Marked is the number of the last step whose messages were made, or were being made; -1 if
// there is none.
func Marked(ws *workspace.Workspace) (int, error) {
	m, err := readMark(ws)
	return max(m.Number, m.Begun), err
}

func (q *Queue) writeMark(m mark) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if old, err := q.Workspace.Read(markFile); err == nil && string(old) == string(text) {
		return nil
	}
	return q.Workspace.Write(markFile, text)
}

// Put makes the messages of all steps that have none yet, and those about health.
func (q *Queue) Put() (out Queued, err error) {
	release, err := q.Workspace.Guard(outbox.Lock)
	if err != nil {
		return out, err
	}
	defer release()
	last, err := readMark(q.Workspace)
	if err == nil && last.Number < 0 && q.Head.Number > 0 && q.Book != nil {
		last, err = q.lost(last, &out)
	}
	if err != nil {
		return out, err
	}
	if q.Book != nil {
		last.Book = true
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
	if q.Book == nil {
		return out, nil
	}
	out.Told = true
	if err := q.writeMark(last); err != nil {
		return out, err
	}
	return out, q.health(first, &out)
}

// health tells stewards of the sources and of the outbox.
func (q *Queue) health(first bool, out *Queued) error {
	words, err := outbox.In(q.Workspace).Words()
	if err != nil {
		return err
	}
	waiting, bad, err := outbox.In(q.Workspace).Look()
	if err != nil {
		return err
	}
	own, err := service(q.Workspace, q.Book, words, waiting, bad)
	if err != nil {
		return err
	}
	h := health{ws: q.Workspace, book: q.Book, words: words, now: q.Now, first: first, told: q.bursts, put: q.putAt(q.Now, out)}
	return h.tell(append(slices.Clone(q.Issues), own...), q.Asked, func(string) bool { return true })
}

// lost begins after the step in force where the mark is gone and there are messages: what they
// tell cannot be found out, and telling it twice would be worse than to ask a steward.
func (q *Queue) lost(m mark, out *Queued) (mark, error) {
	if empty, err := outbox.In(q.Workspace).Empty(); err != nil || empty {
		return m, err
	}
	n := outbox.Notice{Open: []outbox.Issue{{
		ID: "issue-outbox.mark-gone", Source: "outbox", Code: "mark-gone", Count: 1, Since: q.Now,
		Text: fmt.Sprintf("%s is gone, so events up to snapshot %s that had no messages yet are not told", markFile, q.Head.After),
		Hint: "baseline alerts list --events lists what has happened, and baseline alerts list --all what was told",
	}}}
	if err := q.stewards(outbox.Doubt, "mark gone", Step{Number: q.Head.Number, After: q.Head.After}, n, q.putAt(q.Now, out)); err != nil {
		return m, err
	}
	m = mark{Number: q.Head.Number, After: q.Head.After, Book: true}
	return m, q.writeMark(m)
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
	defer func() { q.bursts = then.bursts }()
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
		return q.stewards(outbox.Summary, "", s, n, put)
	}
	if len(s.Findings) > 0 {
		var n outbox.Notice
		for i, f := range s.Findings {
			if len(f.Events) > 0 {
				f.Hint += "; if it has happened: baseline alerts tell " + s.Doubt(i) + " --reason …"
			}
			n.Open = append(n.Open, outbox.Issue{ID: s.Doubt(i), Source: f.Source, Code: f.Code, Text: f.Text, Hint: f.Hint, Count: 1, Since: q.Now})
		}
		if err := q.stewards(outbox.Doubt, "", s, n, put); err != nil {
			return err
		}
	}
	burst := s.Burst()
	if burst != "" {
		out.Burst = burst
		q.bursts = append(q.bursts, burst)
	}
	messages, err := q.subscribers(s.Events, burst, put)
	if err != nil || burst == "" {
		return err
	}
	n := outbox.Notice{Burst: burst, Messages: messages, Count: len(s.Events)}
	return q.stewards(outbox.Burst, "", s, n, put)
}

// subscribers puts in what each subscription wants of events that are told at one time, and
// counts the messages.
func (q *Queue) subscribers(events []event.Event, burst string, put func(outbox.Message) error) (messages int, err error) {
	bySubscription := map[string][]event.Event{}
	for _, e := range events {
		for _, sub := range q.Book.For(e) {
			bySubscription[sub.ID] = append(bySubscription[sub.ID], e)
		}
	}
	for _, sub := range q.Book.Subscriptions {
		for _, m := range q.messages(sub, bySubscription[sub.ID], burst) {
			messages++
			if err := q.digested(sub, m, put); err != nil {
				return messages, err
			}
		}
	}
	return messages, nil
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
		for id := m.ID; ; id = outbox.Later(id) {
			old, err := outbox.In(q.Workspace).Get(id)
			var bad *outbox.BadError
			if errors.Is(err, fs.ErrNotExist) || errors.As(err, &bad) {
				break
			}
			if err != nil {
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

// stewards makes a message to each steward. What tells it from others of its kind about the
// same step is about.
func (q *Queue) stewards(kind outbox.Kind, about string, s Step, n outbox.Notice, put func(outbox.Message) error) error {
	like := outbox.Message{Class: outbox.Steward, Kind: kind, Notice: &n, Base: strings.TrimSpace(fmt.Sprint(kind, " ", s.Number, " ", s.After, " ", about))}
	if kind == outbox.Burst {
		like.Events = s.Events[:min(len(s.Events), 20)] // enough to see what it is
	}
	for _, steward := range q.Book.Stewards {
		if err := put(toSteward(like, steward)); err != nil {
			return err
		}
	}
	return nil
}

// toSteward is a message as one steward gets it. Each has its own id.
func toSteward(m outbox.Message, s subscription.Steward) outbox.Message {
	m.ID, m.Channel, m.To = outbox.ID("steward", m.Base, key(s)), s.Channel, s.To
	return m
}
