// Package channel sends messages: by mail, to a webhook, to a chat service, to a file, to
// standard output. A sender tries once and says how it went; the outbox tries again.
package channel

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"baseline/pipeline/alerts/subscription"
)

// Rendered is a message as its reader gets it.
type Rendered struct {
	// ID is the message's own. It is the same at every try, so that a receiver can tell what
	// it got twice: it makes the Message-ID of mail and the Idempotency-Key of webhooks.
	ID           string
	Subscription string // id of the subscription, for the address that ends it; "" for stewards
	To           string // mail address; "" for channels that are an address themselves
	Language     string // en or fr
	Subject      string // one line
	Text         string // plain text
	Stop         string // address that ends the subscription, mailto:… or https://…; "" if there is none
	HTML         string // the same as a page; "" if there is none
	JSON         []byte // one JSON object, for machines
	// Thread is what mail readers keep together, such as one treaty and one state; "" if the
	// message stands alone.
	Thread  string
	Date    time.Time         // of the message; zero: now
	Headers map[string]string // more headers of mail
}

// Sender sends messages through one channel. It is not for several goroutines at once.
type Sender interface {
	// Send tries once. After nil the receiver has taken the message. Its errors are *Error,
	// and hold no secret.
	Send(ctx context.Context, m Rendered) error
	// Close gives back connections.
	Close() error
}

// Error says why a message was not taken.
type Error struct {
	Channel string // name
	Text    string // what is wrong; no secret
	// Permanent: it will not pass by itself, and somebody must look.
	Permanent bool
	// Whole: it is the channel, not the message; others would fare the same just now.
	Whole bool
	// Maybe: it looks like the channel, and may be the message after all. Who has just sent
	// another one through the channel knows.
	Maybe bool
	// After is how long the receiver asked to be left alone; 0 if it did not.
	After time.Duration
}

func (e *Error) Error() string { return fmt.Sprintf("channel %s: %s", e.Channel, e.Text) }

// Options are what a channel does not know from the file of subscriptions.
type Options struct {
	Out     io.Writer      // of channels to standard output; nil: os.Stdout
	Roots   *x509.CertPool // nil: those of the machine
	Timeout time.Duration  // of one try; 0: 30 s
	Version string         // of this program, for User-Agent
}

// Open makes a sender of a channel. It reads the secret, and connects to nobody yet.
func Open(c subscription.Channel, o Options) (Sender, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	b := base{name: c.Name, options: o}
	address := c.Fields["url"]
	for _, kept := range []struct {
		in   subscription.Secret
		into *string
	}{{c.Secret, &b.secret}, {c.Address, &address}} {
		if kept.in.IsZero() {
			continue
		}
		value, err := kept.in.Value()
		if err != nil {
			return nil, b.whole("%v", err)
		}
		*kept.into = value
		b.hidden = append(b.hidden, value)
	}
	switch c.Kind {
	case "mail":
		return newMail(b, c.Fields)
	case "webhook":
		return newWebhook(b, address)
	case "chat":
		return newChat(b)
	case "file":
		return newFile(b, c.Fields["path"])
	case "stdout":
		return &stdout{base: b}, nil
	}
	return nil, b.whole("there is no kind of channel %q", c.Kind)
}

// base is what all senders share.
type base struct {
	name, secret string
	hidden       []string // what no text may hold: the secret, and an address that is one
	options      Options
}

// fault is an error about one message that may pass.
func (b base) fault(format string, args ...any) *Error {
	return &Error{Channel: b.name, Text: b.scrub(fmt.Sprintf(format, args...))}
}

// permanent is an error about one message that will not pass.
func (b base) permanent(format string, args ...any) *Error {
	e := b.fault(format, args...)
	e.Permanent = true
	return e
}

// whole is an error about the channel that will not pass.
func (b base) whole(format string, args ...any) *Error {
	e := b.permanent(format, args...)
	e.Whole = true
	return e
}

// oneLine makes one line of a text: nothing in it can begin a header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }), " ")
}

// stdout prints messages as text.
type stdout struct{ base }

// Send prints the subject and the text, with a line between messages.
func (s *stdout) Send(_ context.Context, m Rendered) error {
	if _, err := fmt.Fprintf(s.options.Out, "%s\n%s\n\n%s\n%s\n", m.ID, oneLine(m.Subject), strings.TrimRight(m.Text, "\n"), strings.Repeat("-", 60)); err != nil {
		return s.fault("write to standard output: %v", err)
	}
	return nil
}

// Close does nothing.
func (s *stdout) Close() error { return nil }
