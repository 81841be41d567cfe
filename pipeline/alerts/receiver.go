package alerts

import (
	"time"

	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
)

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
