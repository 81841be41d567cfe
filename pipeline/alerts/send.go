package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/workspace"
)

// Post sends what is due.
type Post struct {
	Workspace *workspace.Workspace
	Book      *subscription.Book
	Options   channel.Options
	Holder    string
	Now       func() time.Time // nil: the machine's clock
	Only      string           // the id of one message; "" for all
	Retry     bool             // also what failed for good, and what waits for its next try
	// Tell is called after each try; nil calls nobody.
	Tell func(m outbox.Message, err error)
}

// Report counts what came of a run.
type Report struct {
	Sent, Dropped, Failed int // of this run
	Waiting               int // not due, muted, to be tried again, or its channel is out
	Held                  int // wait for the release of a burst
	Next                  time.Time
	Faults                []string // one sentence for each channel that does not work
}

// patience is after how many tries a steward is told that a receiver takes nothing.
const patience = 6

// backoff is how long a message rests after its nth try.
func backoff(tries int) time.Duration {
	if tries > 9 {
		return 6 * time.Hour
	}
	return min(time.Minute<<(tries-1), 6*time.Hour)
}

func (p *Post) now() time.Time {
	if p.Now != nil {
		return p.Now().UTC()
	}
	return time.Now().UTC()
}

// Send tries every message that is due, each once. A message is noted as sent after its
// receiver has taken it; only a crash between the two can send it twice, with the same id.
// Its error is about the outbox itself; what receivers refuse is in the report. While another
// process sends, it fails with a *workspace.HeldError.
func (p *Post) Send(ctx context.Context) (r Report, err error) {
	release, err := p.Workspace.TryGuard("alerts-send", p.Holder)
	if err != nil {
		return r, err
	}
	defer release()
	run := &sending{Post: p, box: outbox.In(p.Workspace), senders: map[string]channel.Sender{}, out: map[string]bool{}, report: &r}
	defer func() {
		for _, s := range run.senders {
			err = errors.Join(err, s.Close())
		}
	}()
	if run.words, err = run.box.Words(); err != nil {
		return r, err
	}
	list, err := run.box.Waiting()
	if err != nil {
		return r, err
	}
	for _, m := range list {
		if p.Only != "" && m.ID != p.Only {
			continue
		}
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if err := run.one(ctx, m); err != nil {
			return r, err
		}
	}
	return r, run.undelivered()
}

type sending struct {
	*Post
	box      outbox.Box
	words    map[string]outbox.Word
	senders  map[string]channel.Sender
	out      map[string]bool // channels that do not work just now
	hopeless []outbox.Message
	report   *Report
}

func (s *sending) wait(at time.Time) {
	s.report.Waiting++
	if at.After(s.now()) && (s.report.Next.IsZero() || at.Before(s.report.Next)) {
		s.report.Next = at
	}
}

// one does with one message what is to be done now.
func (s *sending) one(ctx context.Context, m outbox.Message) error {
	if s.box.IsDone(m.ID) {
		return s.box.Tidy(m)
	}
	now := s.now()
	if why := s.end(m); why != "" {
		m.Dropped = why
		s.report.Dropped++
		return s.box.Finish(m)
	}
	if m.Burst != "" && s.words[m.Burst].Do != outbox.Release {
		s.report.Held++
		return nil
	}
	if until := s.muted(m, now); !until.IsZero() {
		s.wait(until)
		return nil
	}
	if m.Due.After(now) {
		s.wait(m.Due)
		return nil
	}
	if !s.Retry && (m.Failed || m.NextTry.After(now)) {
		s.wait(m.NextTry)
		return nil
	}
	to, ok := s.receiver(m)
	if !ok {
		m.Dropped = "its receiver is no longer in " + subscription.File
		s.report.Dropped++
		return s.box.Finish(m)
	}
	if s.out[to.Channel] {
		s.wait(time.Time{})
		return nil
	}
	m, err := s.seal(m)
	if err != nil {
		return err
	}
	if m.Events = slices.DeleteFunc(m.Events, func(e event.Event) bool { return outbox.Acked(s.words, e.ID) }); len(m.Events) == 0 && m.Class == outbox.Subscriber && m.Kind != outbox.Test {
		m.Dropped = "all of it was acknowledged, or is told later"
		s.report.Dropped++
		return s.box.Finish(m)
	}
	return s.try(ctx, m, to)
}

// seal closes a digest to further events. Those that are muted leave it for one of their own.
func (s *sending) seal(m outbox.Message) (outbox.Message, error) {
	if m.Kind != outbox.Digest || m.Sealed {
		return m, nil
	}
	release, err := s.Workspace.Guard(outbox.Lock)
	if err != nil {
		return m, err
	}
	defer release()
	if m, err = s.box.Seal(m.ID); err != nil {
		return m, err
	}
	later := m
	later.ID, later.Sealed, later.Events = laterID(m.ID), false, nil
	var rest []event.Event
	for _, e := range m.Events {
		if !outbox.Muted(s.words, e.ID, s.now()) {
			rest = append(rest, e)
			continue
		}
		later.Events = append(later.Events, e)
		if until := s.words[e.ID].Until; until.After(later.Due) {
			later.Due = until
		}
	}
	if len(later.Events) == 0 {
		return m, nil
	}
	if err := s.box.Put(later); err != nil {
		return m, err
	}
	m.Events = rest
	return m, s.box.Tried(m)
}

// end says why a message is not to be sent at all; "" if it is.
func (s *sending) end(m outbox.Message) string {
	for _, about := range []string{m.ID, m.Burst} {
		if about != "" && outbox.Acked(s.words, about) {
			return "acknowledged: " + s.words[about].Reason
		}
	}
	return ""
}

// muted returns until when a message is not told; zero if it may be.
func (s *sending) muted(m outbox.Message, now time.Time) (until time.Time) {
	abouts := []string{m.ID, m.Subscription}
	for _, e := range m.Events {
		if m.Kind != outbox.Digest { // others in it need not wait
			abouts = append(abouts, e.ID)
		}
	}
	for _, about := range abouts {
		if about != "" && outbox.Muted(s.words, about, now) && s.words[about].Until.After(until) {
			until = s.words[about].Until
		}
	}
	return until
}

// Receiver is who gets a message.
type receiver struct {
	Channel, To string
	Reader      message.Reader
}

func (s *sending) receiver(m outbox.Message) (receiver, bool) {
	if m.Class == outbox.Subscriber {
		sub := s.Book.Subscription(m.Subscription)
		if sub == nil {
			return receiver{}, false
		}
		return receiver{sub.Channel, sub.To, ReaderOf(s.Book, sub)}, true
	}
	for _, st := range s.Book.Stewards {
		if st.Channel == m.Channel && st.To == m.To {
			return receiver{st.Channel, st.To, message.Reader{Language: st.Language}}, true
		}
	}
	return receiver{}, false
}

// ReaderOf says how a subscription's messages are worded.
func ReaderOf(b *subscription.Book, sub *subscription.Subscription) message.Reader {
	c := b.Channels[sub.Channel]
	stop := c.Fields["unsubscribe"]
	if stop == "" && c.Kind == "mail" {
		stop = "mailto:" + mailOf(c.Fields["reply_to"], c.Fields["from"])
	}
	return message.Reader{Language: sub.Language, Subscription: sub.ID, Name: sub.Name, Rhythm: sub.How.Rhythm, Stop: message.Stop(stop, sub.ID)}
}

func mailOf(addresses ...string) string {
	for _, a := range addresses {
		if a != "" {
			return message.Address(a)
		}
	}
	return ""
}

// try sends one message once and notes what came of it.
func (s *sending) try(ctx context.Context, m outbox.Message, to receiver) error {
	rendered, err := message.Render(m, to.Reader)
	if err != nil {
		return fmt.Errorf("message %s: %w", m.ID, err)
	}
	rendered.To = to.To
	err = s.send(ctx, to.Channel, rendered)
	if ctx.Err() != nil && err != nil {
		return ctx.Err() // it was stopped: no fault of the receiver
	}
	if err == nil {
		m.Sent, m.Fault, m.NextTry, m.Failed = s.now(), "", time.Time{}, false
		m.Tries++
		if err := s.box.Finish(m); err != nil {
			return fmt.Errorf("message %s is sent, and that cannot be noted: %w; it may go out again, with the same id", m.ID, err)
		}
		s.report.Sent++
		s.tell(m, nil)
		return nil
	}
	var fault *channel.Error
	if !errors.As(err, &fault) {
		fault = &channel.Error{Channel: to.Channel, Text: err.Error()}
	}
	if fault.Whole {
		s.out[to.Channel] = true
		s.report.Faults = append(s.report.Faults, fault.Error())
	}
	before := m.Tries
	m.Tries++
	m.Fault = fault.Text
	m.NextTry = s.now().Add(max(backoff(m.Tries), fault.After))
	m.Failed = fault.Permanent && !fault.Whole
	s.report.Failed++
	if m.Class == outbox.Subscriber && (m.Failed || before < patience && m.Tries >= patience) {
		s.hopeless = append(s.hopeless, m)
	}
	s.tell(m, fault)
	return s.box.Tried(m)
}

func (s *sending) tell(m outbox.Message, err error) {
	if s.Tell != nil {
		s.Tell(m, err)
	}
}

func (s *sending) send(ctx context.Context, name string, m channel.Rendered) error {
	sender := s.senders[name]
	if sender == nil {
		c, ok := s.Book.Channels[name]
		if !ok {
			return &channel.Error{Channel: name, Text: "there is no such channel", Permanent: true, Whole: true}
		}
		var err error
		if sender, err = channel.Open(c, s.Options); err != nil {
			return err
		}
		s.senders[name] = sender
	}
	return sender.Send(ctx, m)
}

// undelivered tells stewards of messages that a receiver does not take.
func (s *sending) undelivered() error {
	if len(s.hopeless) == 0 {
		return nil
	}
	release, err := s.Workspace.Guard(outbox.Lock)
	if err != nil {
		return err
	}
	defer release()
	now := s.now()
	for _, st := range s.Book.Stewards {
		var n outbox.Notice
		parts := []string{"undelivered", key(st)}
		for _, m := range s.hopeless {
			parts = append(parts, m.ID, fmt.Sprint(m.Tries))
			n.Open = append(n.Open, outbox.Issue{
				ID: m.ID, Code: "undelivered", Count: len(m.Events), Since: m.Due, Runs: m.Tries,
				Text: fmt.Sprintf("subscription %s does not get its message: %s", m.Subscription, m.Fault),
				Hint: "put it right, then: baseline alerts send --retry " + m.ID,
			})
		}
		if err := s.box.Put(outbox.Message{
			ID: outbox.ID(parts...), Class: outbox.Steward, Kind: outbox.Undelivered, Channel: st.Channel, To: st.To, Notice: &n, Created: now, Due: now,
		}); err != nil {
			return err
		}
	}
	return nil
}
