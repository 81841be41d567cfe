package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
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

// guardName is what one sender at a time takes.
const guardName = "alerts-send"

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

// Send tries every message that is due, each once; those of different channels at the same
// time. A message is noted as sent after its receiver has taken it; only a crash between the
// two can send it twice, with the same id. Its error is about the outbox itself; what receivers
// refuse is in the report. While another process sends, it fails with a *workspace.HeldError.
func (p *Post) Send(ctx context.Context) (r Report, err error) {
	release, err := p.Workspace.TryGuard(guardName, p.Holder)
	if err != nil {
		return r, err
	}
	defer release()
	own := *p
	s := &sending{Post: &own, box: outbox.In(p.Workspace), report: &r, queues: map[string]*queue{}}
	if own.Options.Out == nil {
		own.Options.Out = os.Stdout
	}
	own.Options.Out = &oneAtATime{out: own.Options.Out}
	if s.words, err = s.box.Words(); err != nil {
		return r, err
	}
	if s.outages, err = Outages(p.Workspace); err != nil {
		return r, err
	}
	list, err := s.box.Waiting()
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
		if err := s.sort(m); err != nil {
			return r, err
		}
	}
	err = s.all(ctx)
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	return r, errors.Join(err, s.after())
}

// oneAtATime is an output that several channels share.
type oneAtATime struct {
	mu  sync.Mutex
	out io.Writer
}

// Write writes all of p before anybody else writes.
func (o *oneAtATime) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(p)
}

type sending struct {
	*Post
	box    outbox.Box
	words  map[string]outbox.Word
	queues map[string]*queue // by channel

	mu      sync.Mutex // of what follows
	outages map[string]Out
	changed bool // outages are not yet written
	report  *Report

	lock   sync.Mutex // in this process, before outbox.Lock
	locked bool       // somebody else has outbox.Lock
}

// queue is what is due through one channel.
type queue struct {
	name   string
	list   []parcel
	sender channel.Sender
	taken  int // in this run
	doubts int // faults in a row that may be of the channel
}

type parcel struct {
	outbox.Message
	to receiver
}

// noted changes what goroutines share.
func (s *sending) noted(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *sending) wait(at time.Time) {
	s.noted(func() {
		s.report.Waiting++
		if at.After(s.now()) && (s.report.Next.IsZero() || at.Before(s.report.Next)) {
			s.report.Next = at
		}
	})
}

// errHeld says that somebody else has the outbox just now.
var errHeld = errors.New("somebody else writes to the outbox")

// guard takes outbox.Lock, and does not wait for others that have it: a refresh may take long.
func (s *sending) guard(f func() error) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.locked {
		return errHeld
	}
	release, err := s.Workspace.TryGuard(outbox.Lock, s.Holder)
	for try := 0; err != nil && try < 10; try++ { // who said a word has it for an instant
		var held *workspace.HeldError
		if !errors.As(err, &held) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		release, err = s.Workspace.TryGuard(outbox.Lock, s.Holder)
	}
	if err != nil {
		s.locked = true
		return errHeld
	}
	defer release()
	return f()
}

// sort puts a message that is to be sent now into the queue of its channel, and does what is
// to be done with any other.
func (s *sending) sort(m outbox.Message) error {
	if is, err := s.box.IsDone(m.ID); err != nil {
		return err
	} else if is {
		return s.box.Tidy(m)
	}
	now := s.now()
	if why := s.end(m); why != "" {
		return s.drop(m, why)
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
	to, ok := s.receiver(m)
	if !ok {
		return s.left(m)
	}
	if !s.Retry && (m.Failed || m.NextTry.After(now)) {
		s.wait(m.NextTry)
		return nil
	}
	if out := s.outages[to.Channel]; !s.Retry && s.Only == "" && out.Next.After(now) {
		s.wait(out.Next)
		return nil
	}
	if s.queues[to.Channel] == nil {
		s.queues[to.Channel] = &queue{name: to.Channel}
	}
	q := s.queues[to.Channel]
	q.list = append(q.list, parcel{m, to})
	return nil
}

// drop ends a message that is never sent.
func (s *sending) drop(m outbox.Message, why string) error {
	m, err := s.seal(m)
	if errors.Is(err, errHeld) {
		s.wait(time.Time{})
		return nil
	}
	if err != nil {
		return err
	}
	m.Dropped = why
	s.noted(func() { s.report.Dropped++ })
	return s.box.Finish(m)
}

// left does with a message whose receiver has left the file what is to be done. What was for
// a steward who is none any more is for those of today; what is open they are told anyway.
func (s *sending) left(m outbox.Message) error {
	if m.Class == outbox.Steward && m.Kind != outbox.Health {
		if len(s.Book.Stewards) == 0 {
			s.wait(time.Time{})
			return nil
		}
		like := m
		if like.Base == "" {
			like.Base = m.ID
		}
		like.Tries, like.Refusals, like.NextTry, like.Fault, like.Failed, like.Reported = 0, 0, time.Time{}, "", false, false
		err := s.guard(func() error {
			for _, st := range s.Book.Stewards {
				if err := s.box.Put(toSteward(like, st)); err != nil {
					return err
				}
			}
			return nil
		})
		if errors.Is(err, errHeld) {
			s.wait(time.Time{})
			return nil
		}
		if err != nil {
			return err
		}
	}
	return s.drop(m, "its receiver is no longer in "+subscription.File)
}

// all sends what is in the queues, each channel by itself: one that is slow holds up no other.
func (s *sending) all(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, len(s.queues))
	for i, name := range slices.Sorted(maps.Keys(s.queues)) {
		wg.Go(func() { errs[i] = s.queue(ctx, s.queues[name]) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *sending) queue(ctx context.Context, q *queue) (err error) {
	defer func() {
		if q.sender != nil {
			err = errors.Join(err, q.sender.Close())
		}
	}()
	if s.outage(q.name).Tries > 0 {
		// It may have been one message that the channel could not bear: others go first.
		slices.SortStableFunc(q.list, func(a, b parcel) int { return cmp.Compare(a.Tries, b.Tries) })
	}
	for i, m := range q.list {
		if ctx.Err() != nil {
			return nil
		}
		goOn, err := s.one(ctx, q, m)
		if err != nil {
			return err
		}
		if !goOn {
			for range q.list[i+1:] {
				s.wait(s.outage(q.name).Next)
			}
			return nil
		}
	}
	return nil
}

// one sends one message, and reports whether the channel works.
func (s *sending) one(ctx context.Context, q *queue, p parcel) (goOn bool, err error) {
	m, err := s.seal(p.Message)
	if errors.Is(err, errHeld) {
		s.wait(time.Time{})
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if m.Events = slices.DeleteFunc(m.Events, func(e event.Event) bool { return outbox.Acked(s.words, e.ID) }); len(m.Events) == 0 && m.Class == outbox.Subscriber && m.Kind != outbox.Test {
		return true, s.drop(m, "all of it was acknowledged, or is told later")
	}
	if m.Date.IsZero() {
		m.Date = s.now()
		if err := s.box.Tried(m); err != nil {
			return false, err
		}
	}
	return s.try(ctx, q, m, p.to)
}

// seal closes a digest to further events. Those that are muted leave it for one of their own.
func (s *sending) seal(m outbox.Message) (outbox.Message, error) {
	if m.Kind != outbox.Digest || m.Sealed {
		return m, nil
	}
	err := s.guard(func() (err error) {
		m, err = s.box.Seal(m.ID, s.now(), func(e event.Event) (until time.Time) {
			if outbox.Muted(s.words, e.ID, s.now()) {
				return s.words[e.ID].Until
			}
			return time.Time{}
		})
		return err
	})
	return m, err
}

// try sends one message once and notes what came of it. It reports whether the channel works.
func (s *sending) try(ctx context.Context, q *queue, m outbox.Message, to receiver) (goOn bool, err error) {
	rendered, err := message.Render(m, to.Reader)
	reached := err == nil
	if err != nil {
		err = &channel.Error{Channel: to.Channel, Text: err.Error(), Permanent: true} // of the message alone
	} else {
		rendered.To, rendered.Date = to.To, m.Date
		if m.Class == outbox.Subscriber {
			rendered.Stop = to.Reader.Stop
		}
		// A machine that slept may have lost the outbox to another, which sends the same.
		if err := s.Workspace.StillHeld(guardName); err != nil {
			return false, err
		}
		err = s.send(ctx, q, rendered)
	}
	if ctx.Err() != nil && err != nil {
		return false, nil // it was stopped: no fault of the receiver
	}
	m.Tries++
	if err == nil {
		m.Sent, m.Fault, m.NextTry, m.Failed = s.now(), "", time.Time{}, false
		if err := s.box.Finish(m); err != nil {
			return false, fmt.Errorf("message %s is sent, and that cannot be noted: %w; it may go out again, with the same id", m.ID, err)
		}
		q.taken++
		q.doubts = 0
		s.noted(func() { s.report.Sent++; s.works(q.name) })
		s.tell(m, nil)
		return true, nil
	}
	var fault *channel.Error
	if !errors.As(err, &fault) {
		fault = &channel.Error{Channel: to.Channel, Text: err.Error()}
	}
	whole := fault.Whole
	if whole && fault.Maybe && q.taken > 0 && q.doubts < 2 {
		whole = false // the channel has just taken another message
		q.doubts++
	}
	m.Fault, m.Failed, m.NextTry = fault.Text, fault.Permanent && !whole, time.Time{}
	if s.Retry {
		m.Reported = false
	}
	if !whole {
		m.Refusals++
		m.NextTry = s.now().Add(max(backoff(m.Refusals), fault.After))
	}
	s.noted(func() {
		s.report.Failed++
		switch {
		case whole:
			s.fails(q.name, fault)
		case !fault.Whole && reached:
			s.works(q.name)
		}
	})
	s.tell(m, fault)
	return !whole, s.box.Tried(m)
}

func (s *sending) outage(name string) (out Out) {
	s.noted(func() { out = s.outages[name] })
	return out
}

// works and fails note how a channel fares. Only within noted.
func (s *sending) works(name string) {
	if _, ok := s.outages[name]; ok {
		delete(s.outages, name)
		s.changed = true
	}
}

func (s *sending) fails(name string, fault *channel.Error) {
	out := s.outages[name]
	if out.Tries == 0 {
		out.Since = s.now()
	}
	out.Tries++
	out.Fault, out.Permanent = fault.Text, fault.Permanent
	out.Next = s.now().Add(max(backoff(out.Tries), fault.After))
	s.outages[name] = out
	s.changed = true
	s.report.Faults = append(s.report.Faults, fault.Error())
	if s.report.Next.IsZero() || out.Next.Before(s.report.Next) {
		s.report.Next = out.Next
	}
}

func (s *sending) tell(m outbox.Message, err error) {
	if s.Tell != nil {
		s.noted(func() { s.Tell(m, err) })
	}
}

func (s *sending) send(ctx context.Context, q *queue, m channel.Rendered) error {
	if q.sender == nil {
		c, ok := s.Book.Channels[q.name]
		if !ok {
			return &channel.Error{Channel: q.name, Text: "there is no such channel", Permanent: true, Whole: true}
		}
		var err error
		if q.sender, err = channel.Open(c, s.Options); err != nil {
			q.sender = nil
			return err
		}
	}
	return q.sender.Send(ctx, m)
}
