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
	Created      time.Time     `json:"created"`
	Due          time.Time     `json:"due"`
	Sealed       bool          `json:"sealed,omitempty"` // nothing is added to it any more
	Tries        int           `json:"tries,omitempty"`
	NextTry      time.Time     `json:"next_try,omitzero"`
	Fault        string        `json:"fault,omitempty"`  // of the last try
	Failed       bool          `json:"failed,omitempty"` // it is not tried again unless somebody asks for it
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
// there and not sealed become those of both; if it is sealed, Put reports that with
// ErrSealed, and the next digest must take them. Only the holder of Lock may call it.
func (b Box) Put(m Message) error {
	if b.ws.Has(file(done, m.ID)) {
		if m.Kind == Digest {
			return ErrSealed
		}
		return nil
	}
	old, err := b.read(waiting, m.ID)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b.write(m)
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
	return b.write(old)
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
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("message %s cannot be read: %w; repair the file, or move it away and the message is given up", b.ws.Path(file(folder, id)), err)
	}
	return m, nil
}

// Waiting returns the messages that were neither sent nor dropped, by when they are due.
func (b Box) Waiting() ([]Message, error) { return b.list(waiting) }

// Done returns the messages that were sent or dropped, oldest first.
func (b Box) Done() ([]Message, error) { return b.list(done) }

func (b Box) list(folder string) ([]Message, error) {
	names, err := b.ws.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list the outbox: %w", err)
	}
	list := make([]Message, 0, len(names))
	for _, name := range names {
		m, err := b.read(folder, strings.TrimSuffix(name, ".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // sent in the meantime
		}
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(x, y Message) int {
		return cmp.Or(x.Due.Compare(y.Due), x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID))
	})
	return list, nil
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

// IsDone reports whether a message was sent or dropped.
func (b Box) IsDone(id string) bool { return b.ws.Has(file(done, id)) }

// Seal closes a message to further events and returns it as it then is. Only the holder of
// Lock may call it.
func (b Box) Seal(id string) (Message, error) {
	m, err := b.read(waiting, id)
	if err != nil || m.Sealed || m.Kind != Digest {
		return m, err
	}
	m.Sealed = true
	return m, b.write(m)
}

// Tried stores how a try went that failed.
func (b Box) Tried(m Message) error { return b.write(m) }

// Finish moves a message to those that are done. From when it returns, the message is not
// sent again.
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

// Word is what somebody said about a message, an event, a subscription, an issue or a burst.
type Word struct {
	About  string    `json:"about"`
	Do     Do        `json:"do"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"` // of Mute
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
}

// Do is what was said.
type Do string

// What can be said.
const (
	Ack     Do = "ack"     // it is never told again
	Mute    Do = "mute"    // it is not told before a day
	Release Do = "release" // a burst may go out
	Unmute  Do = "unmute"
)

// Say stores a word. It takes the place of what was said before about the same.
func (b Box) Say(w Word) error {
	if strings.TrimSpace(w.Reason) == "" {
		return errors.New("a reason is needed: others must know why nobody is told")
	}
	if w.Do == Mute && !w.Until.After(w.At) {
		return fmt.Errorf("until %s is in the past", w.Until.UTC().Format("2006-01-02 15:04"))
	}
	text, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return err
	}
	return b.ws.Write(said+"/"+wordFile(w.About), append(text, '\n'))
}

// wordFile is a name that any system takes: what is not plain becomes a hash.
func wordFile(about string) string {
	if plain.MatchString(about) {
		return about + ".json"
	}
	return strings.Replace(ID(about), "msg-", "about-", 1) + ".json"
}

var plain = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,80}$`)

// Words returns what was said, by what it is about.
func (b Box) Words() (map[string]Word, error) {
	names, err := b.ws.List(said)
	if err != nil {
		return nil, fmt.Errorf("list what was said about messages: %w", err)
	}
	words := map[string]Word{}
	for _, name := range names {
		text, err := b.ws.Read(said + "/" + name)
		if err != nil {
			return nil, err
		}
		var w Word
		if err := json.Unmarshal(text, &w); err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w; repair it, or remove it and nothing is said", b.ws.Path(said+"/"+name), err)
		}
		words[w.About] = w
	}
	return words, nil
}

// Muted reports whether something is not to be told at an instant.
func Muted(words map[string]Word, about string, at time.Time) bool {
	w, ok := words[about]
	return ok && w.Do == Mute && at.Before(w.Until)
}

// Acked reports whether something is never to be told again.
func Acked(words map[string]Word, about string) bool { return words[about].Do == Ack }
