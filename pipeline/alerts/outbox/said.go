package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

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
	Unmute  Do = "unmute"  // neither muted nor acknowledged any more
)

// Say stores a word. It takes the place of what was said before about the same.
func (b Box) Say(w Word) error {
	if strings.TrimSpace(w.Reason) == "" {
		return errors.New("a reason is needed: others must know why nobody is told")
	}
	if w.Do == Mute && !w.Until.After(w.At) {
		return fmt.Errorf("until %s is in the past", w.Until.UTC().Format("2006-01-02 15:04"))
	}
	if w.Do == Mute {
		words, err := b.Words()
		if err != nil {
			return err
		}
		if words[w.About].Do == Release {
			return fmt.Errorf("%s is released, and its messages go out", w.About)
		}
		if Acked(words, w.About) {
			return fmt.Errorf("%s is acknowledged, and is not told anyway; say unmute first if it is to be told", w.About)
		}
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
