// Package outbox keeps messages from the refresh that made them until their receiver has
// them. A message is one file; it lies in outbox/waiting until it was sent or dropped, and
// in outbox/done from then on. What people say about messages (acknowledged, muted,
// released) lies in outbox/said.
package outbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"baseline/pipeline/alerts/event"
	"baseline/pipeline/workspace"
)

const (
	waiting = "outbox/waiting"
	done    = "outbox/done"
	said    = "outbox/said"
	// Lock is what Guard takes while messages are put in or sealed.
	Lock = "outbox"
)

// Class says for whom a message is.
type Class string

// Classes.
const (
	Subscriber Class = "subscriber" // facts
	Steward    Class = "steward"    // how the sources and the outbox fare
)

// Kind says what a message is.
type Kind string

// Kinds of messages.
const (
	Told        Kind = "event"       // what happened to one thing, at once
	Digest      Kind = "digest"      // what happened since the last one
	Health      Kind = "health"      // what a steward should look at, and what has been resolved
	Doubt       Kind = "doubt"       // what looks like an event and may be none
	Burst       Kind = "burst"       // more events in one run than go out unseen
	Summary     Kind = "summary"     // the first refresh of a workspace
	Undelivered Kind = "undelivered" // messages that a receiver does not take
	Test        Kind = "test"
)

// Message is one message to one receiver. Who and how (channel, address, language) follows
// from the file of subscriptions when it is sent.
type Message struct {
	ID           string        `json:"id"` // the same at every try: receivers can tell what they got twice
	Class        Class         `json:"class"`
	Kind         Kind          `json:"kind"`
	Subscription string        `json:"subscription,omitempty"` // id; of subscribers
	Channel      string        `json:"channel,omitempty"`      // of stewards
	To           string        `json:"to,omitempty"`           // of stewards
	Thread       string        `json:"thread,omitempty"`       // what mail readers keep together
	Events       []event.Event `json:"events,omitempty"`
	Notice       *Notice       `json:"notice,omitempty"`
	Burst        string        `json:"burst,omitempty"` // waits until a steward releases this burst
	Base         string        `json:"base,omitempty"`  // of stewards: what the same message to each of them shares
	Created      time.Time     `json:"created"`
	Due          time.Time     `json:"due"`
	Date         time.Time     `json:"date,omitzero"`    // of the first try: what its reader sees as its date
	Sealed       bool          `json:"sealed,omitempty"` // nothing is added to it any more
	Tries        int           `json:"tries,omitempty"`
	Refusals     int           `json:"refusals,omitempty"` // tries that failed for the message, not for its channel
	NextTry      time.Time     `json:"next_try,omitzero"`
	Fault        string        `json:"fault,omitempty"`    // of the last try
	Failed       bool          `json:"failed,omitempty"`   // it is not tried again unless somebody asks for it
	Reported     bool          `json:"reported,omitempty"` // stewards were told that it is not taken
	Sent         time.Time     `json:"sent,omitzero"`
	Dropped      string        `json:"dropped,omitempty"` // why it was never sent
}

// Notice is what a steward is told beside events.
type Notice struct {
	Open      []Issue        `json:"open,omitempty"`
	Resolved  []Issue        `json:"resolved,omitempty"`
	Burst     string         `json:"burst,omitempty"`
	Messages  int            `json:"messages,omitempty"` // how many wait for the burst's release
	Sources   int            `json:"sources,omitempty"`
	Rows      int            `json:"rows,omitempty"`
	Since     string         `json:"since,omitempty"` // edition
	Count     int            `json:"events,omitempty"`
	Questions map[string]int `json:"questions,omitempty"` // open findings by severity
}

// Issue is one thing that a steward should look at.
type Issue struct {
	ID     string    `json:"id"`
	Source string    `json:"source,omitempty"`
	Code   string    `json:"code"`
	Text   string    `json:"text"` // one sentence
	Hint   string    `json:"hint,omitempty"`
	Count  int       `json:"count"` // findings in it
	Since  time.Time `json:"since"`
	Runs   int       `json:"runs"` // failures in a row
}

// ID makes the id of a message from what it is about.
func ID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return "msg-" + hex.EncodeToString(sum[:16])
}

// Box is the outbox of a workspace.
type Box struct{ ws *workspace.Workspace }

// In returns the outbox of a workspace.
func In(ws *workspace.Workspace) Box { return Box{ws} }

// Put stores a message unless it is there, waiting or done. The events of a digest that is
// there and not sealed become those of both; if it is sealed, done or cannot be read, Put
// reports that with ErrSealed, and the next digest must take them. Only the holder of Lock may
// call it.
func (b Box) Put(m Message) error {
	if is, err := b.IsDone(m.ID); err != nil {
		return err
	} else if is {
		return sealed(m)
	}
	old, err := b.read(waiting, m.ID)
	var bad *BadError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b.put(m)
	case errors.As(err, &bad):
		return sealed(m)
	case err != nil:
		return err
	case m.Kind != Digest:
		return nil
	}
	n := len(old.Events)
	for _, e := range m.Events {
		if !slices.ContainsFunc(old.Events, func(o event.Event) bool { return o.ID == e.ID }) {
			old.Events = append(old.Events, e)
		}
	}
	if len(old.Events) == n {
		return nil
	}
	if old.Sealed {
		return ErrSealed
	}
	return b.put(old)
}

// put writes a message among those that wait, unless it became done in the meantime: the
// sender takes no lock to note what it has sent, and would remove this as what is left of it.
func (b Box) put(m Message) error {
	if err := b.write(m); err != nil {
		return err
	}
	if is, err := b.IsDone(m.ID); err != nil || !is {
		return err
	}
	if err := b.ws.Remove(file(waiting, m.ID)); err != nil {
		return err
	}
	return sealed(m)
}

func sealed(m Message) error {
	if m.Kind == Digest {
		return ErrSealed
	}
	return nil
}

// ErrSealed says that a digest goes out just now.
var ErrSealed = errors.New("the digest is on its way")

func (b Box) write(m Message) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return b.ws.Write(file(waiting, m.ID), append(text, '\n'))
}

func file(folder, id string) string { return folder + "/" + id + ".json" }

var idForm = regexp.MustCompile(`^msg-[0-9a-f]{32}$`)

func (b Box) read(folder, id string) (Message, error) {
	var m Message
	text, err := b.ws.Read(file(folder, id))
	if err != nil {
		return m, err
	}
	if err = json.Unmarshal(text, &m); err == nil && m.ID != id {
		err = fmt.Errorf("it holds message %q", m.ID)
	}
	if err != nil {
		return Message{}, &BadError{b.ws.Path(file(folder, id)), err}
	}
	return m, nil
}

// BadError says that the file of a message cannot be read. The others go on without it.
type BadError struct {
	File string
	Err  error
}

// Error names the file and says what to do.
func (e *BadError) Error() string {
	return fmt.Sprintf("message %s cannot be read: %v; repair the file, or move it away and the message is given up", e.File, e.Err)
}

// Unwrap returns what is wrong with it.
func (e *BadError) Unwrap() error { return e.Err }

// Waiting returns the messages that were neither sent nor dropped, by when they are due,
// without those that
// cannot be read.
func (b Box) Waiting() ([]Message, error) {
	list, _, err := b.list(waiting)
	return list, err
}

// Look returns Waiting, and the files among those that wait that hold no message that can be
// read.
func (b Box) Look() ([]Message, []*BadError, error) { return b.list(waiting) }

// Done returns the messages that were sent or dropped, oldest first, without those that cannot
// be read.
func (b Box) Done() ([]Message, error) {
	list, _, err := b.list(done)
	return list, err
}

// Empty reports whether no message was ever put in.
func (b Box) Empty() (bool, error) {
	for _, folder := range []string{waiting, done} {
		names, err := b.ws.List(folder)
		if err != nil || len(names) > 0 {
			return false, err
		}
	}
	return true, nil
}

func (b Box) list(folder string) (list []Message, bad []*BadError, err error) {
	names, err := b.ws.List(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("list the outbox: %w", err)
	}
	list = make([]Message, 0, len(names))
	for _, name := range names {
		id, ok := strings.CutSuffix(name, ".json")
		if !ok || !idForm.MatchString(id) {
			continue // what editors and people leave beside messages
		}
		m, err := b.read(folder, id)
		var wrong *BadError
		switch {
		case errors.Is(err, fs.ErrNotExist): // sent in the meantime
		case errors.As(err, &wrong):
			bad = append(bad, wrong)
		case err != nil:
			return nil, nil, err
		default:
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(x, y Message) int {
		return cmp.Or(x.Due.Compare(y.Due), x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID))
	})
	return list, bad, nil
}

// Get returns a message, waiting or done; the error wraps fs.ErrNotExist if there is none.
func (b Box) Get(id string) (Message, error) {
	if !idForm.MatchString(id) {
		return Message{}, fmt.Errorf("message %q: %w", id, fs.ErrNotExist)
	}
	m, err := b.read(done, id)
	if errors.Is(err, fs.ErrNotExist) {
		m, err = b.read(waiting, id)
	}
	return m, err
}

// IsDone reports whether a message was sent or dropped. An error means that nobody knows.
func (b Box) IsDone(id string) (bool, error) { return b.ws.Exists(file(done, id)) }

// Seal closes a digest to further events as of a time, which becomes its date. What split
// picks leaves it for a digest of its own, with that id and that due time. It returns what is
// left. Only the holder of Lock may call it.
//
// What leaves is written first: after a crash between the two it is there, and leaves again.
func (b Box) Seal(id string, at time.Time, split func(event.Event) (until time.Time)) (Message, error) {
	m, err := b.read(waiting, id)
	if err != nil || m.Sealed || m.Kind != Digest {
		return m, err
	}
	var gone []event.Event // in digests of their own, since a crash
	for next := Later(id); ; next = Later(next) {
		has, err := b.Get(next)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return m, err
		}
		gone = append(gone, has.Events...)
	}
	later := m
	later.ID, later.Events = Later(id), nil
	var rest []event.Event
	for _, e := range m.Events {
		if slices.ContainsFunc(gone, func(o event.Event) bool { return o.ID == e.ID }) {
			continue
		}
		until := split(e)
		if until.IsZero() {
			rest = append(rest, e)
			continue
		}
		later.Events = append(later.Events, e)
		if until.After(later.Due) {
			later.Due = until
		}
	}
	for len(later.Events) > 0 {
		err := b.Put(later)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrSealed) {
			return m, err
		}
		later.ID = Later(later.ID)
	}
	m.Sealed, m.Events, m.Date = true, rest, at
	return m, b.write(m)
}

// Later is the id of the digest with what was muted in another.
func Later(id string) string { return ID("later", id) }

// Tried stores how a try went that failed, and before the first one its date.
func (b Box) Tried(m Message) error { return b.write(m) }

// Finish moves a message to those that are done. From when it returns, the message is not
// sent again. A digest must have been sealed before.
func (b Box) Finish(m Message) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := b.ws.Create(file(done, m.ID), append(text, '\n')); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return b.ws.Remove(file(waiting, m.ID))
}

// Tidy removes what waits though it is done: a crash came between the two steps of Finish.
func (b Box) Tidy(m Message) error { return b.ws.Remove(file(waiting, m.ID)) }
