package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/snapshot"
)

func (a *app) alertsList() *cobra.Command {
	var all, events, doubts bool
	c := verb(&cobra.Command{
		Use:   "list",
		Short: "List the outbox",
		Long: `list shows the messages that wait: when they are due, to whom, what they say, and why
they wait; and below them what stewards are told of as open, what is muted, and files
that hold no message, with the ids that ack and mute take. With --all it shows messages
that were sent or dropped too. With --events it lists what has happened, seen last at
the end; with --doubts what looked like an event and was told to no subscriber, with the
ids that tell takes.`,
		Example: "  baseline alerts list\n  baseline alerts list --all\n  baseline alerts list --events\n  baseline alerts list --doubts",
		RunE: func(*cobra.Command, []string) error {
			if events {
				return a.listEvents()
			}
			if doubts {
				return a.listDoubts()
			}
			return a.listMessages(all)
		},
	}, cobra.NoArgs)
	c.Flags().BoolVar(&all, "all", false, "also what was sent or dropped")
	c.Flags().BoolVar(&events, "events", false, "what has happened, instead of messages")
	c.Flags().BoolVar(&doubts, "doubts", false, "what no subscriber was told, instead of messages")
	return c
}

// told returns the steps that told something, up to the snapshot in force; head is the last
// step, nil if there is none.
func (a *app) told() (steps []alerts.Step, head *alerts.Step, err error) {
	id, err := snapshot.CurrentID(a.opened)
	if err != nil {
		return nil, nil, &exitError{code: exitFailed, text: err.Error(), hint: "baseline refresh --offline makes one"}
	}
	if head, err = alerts.Head(a.opened, id); err != nil || head == nil {
		return nil, nil, err
	}
	steps, err = alerts.Told(a.opened, head.Number)
	return steps, head, err
}

// toldEvents are the events of told.
func (a *app) toldEvents() (list []event.Event, err error) {
	steps, _, err := a.told()
	if err != nil {
		return nil, err
	}
	words, err := outbox.In(a.opened).Words()
	for _, s := range steps {
		list = append(list, s.Events...)
		for _, events := range s.ToldDoubts(words) {
			list = append(list, events...)
		}
	}
	return list, err
}

func (a *app) listEvents() error {
	list, err := a.toldEvents()
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b event.Event) int { return a.Seen.Compare(b.Seen) })
	words, err := outbox.In(a.opened).Words()
	if err != nil {
		return err
	}
	if a.json {
		for _, e := range list {
			if err := a.object(map[string]any{"type": "event", "event": e}); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable("seen", "what", "id", "")
	for _, e := range list {
		w := words[e.ID]
		t.row(day(e.Seen), message.Heading("en", e), e.ID, string(w.Do))
	}
	t.print(a.out)
	fmt.Fprintln(a.out, plural(len(list), "event"))
	return nil
}

func (a *app) listMessages(all bool) error {
	box := outbox.In(a.opened)
	list, bad, err := box.Look()
	if err != nil {
		return err
	}
	outages, err := alerts.Outages(a.opened)
	if err != nil {
		return err
	}
	book, err := alerts.LoadBook(a.opened)
	if err != nil {
		book = nil // the messages are there all the same, and check tells of the file
	}
	if all {
		done, err := box.Done()
		if err != nil {
			return err
		}
		list = append(done, list...)
	}
	words, err := box.Words()
	if err != nil {
		return err
	}
	t := newTable("due", "to", "says", "state", "id")
	for _, m := range list {
		state := stateOf(m, words, outages[channelOf(book, m)])
		if a.json {
			if err := a.object(map[string]any{"type": "message", "state": state, "message": m}); err != nil {
				return err
			}
			continue
		}
		says := ""
		if rendered, err := message.Render(m, message.Reader{Language: "en"}); err != nil {
			says = err.Error() // the others are there all the same
		} else {
			says = rendered.Subject
		}
		t.row(m.Due.UTC().Format("2006-01-02 15:04"), strings.TrimSpace(m.Subscription+m.Channel+" "+m.To), says, state, m.ID)
	}
	if a.json {
		return nil
	}
	t.print(a.out)
	fmt.Fprintln(a.out, plural(len(list), "message"))
	for _, w := range words {
		if w.Do == outbox.Mute && time.Now().Before(w.Until) {
			fmt.Fprintf(a.out, "muted until %s: %s (%s)\n", day(w.Until), w.About, w.Reason)
		}
	}
	for _, wrong := range bad {
		fmt.Fprintln(a.out, wrong)
	}
	return a.listOpen(words)
}

// listOpen prints what stewards are told of as open.
func (a *app) listOpen(words map[string]outbox.Word) error {
	open, err := alerts.Open(a.opened)
	if err != nil || len(open) == 0 {
		return err
	}
	t := newTable("open since", "what", "id", "")
	for _, id := range slices.Sorted(maps.Keys(open)) {
		i := open[id]
		t.row(day(i.Since), strings.TrimPrefix(i.Source+": "+i.Text, ": "), id, string(words[id].Do))
	}
	fmt.Fprintln(a.out)
	t.print(a.out)
	return nil
}

// channelOf is the channel through which a message goes; "" if nobody is told any more.
func channelOf(b *subscription.Book, m outbox.Message) string {
	if m.Class == outbox.Steward {
		return m.Channel
	}
	if b != nil {
		if sub := b.Subscription(m.Subscription); sub != nil {
			return sub.Channel
		}
	}
	return ""
}

// stateOf says why a message waits, or what came of it. out is how its channel fares.
func stateOf(m outbox.Message, words map[string]outbox.Word, out alerts.Out) string {
	now := time.Now()
	switch {
	case !m.Sent.IsZero():
		return "sent " + m.Sent.UTC().Format("2006-01-02 15:04")
	case m.Dropped != "":
		return "dropped: " + m.Dropped
	case outbox.Acked(words, m.ID) || m.Burst != "" && outbox.Acked(words, m.Burst):
		return "acknowledged: dropped with the next sending"
	case m.Burst != "" && words[m.Burst].Do != outbox.Release:
		return "held: " + m.Burst
	case outbox.Muted(words, m.ID, now):
		return "muted until " + day(words[m.ID].Until)
	case m.Subscription != "" && outbox.Muted(words, m.Subscription, now):
		return "muted until " + day(words[m.Subscription].Until)
	case m.Failed:
		return "refused: " + m.Fault
	case out.Next.After(now):
		return fmt.Sprintf("its channel was tried %d times, next %s: %s", out.Tries, out.Next.UTC().Format("2006-01-02 15:04"), out.Fault)
	case m.Tries > 0 && m.NextTry.IsZero():
		return fmt.Sprintf("tried %d times, again with the next sending: %s", m.Tries, m.Fault)
	case m.Tries > 0:
		return fmt.Sprintf("tried %d times, next %s: %s", m.Tries, m.NextTry.UTC().Format("2006-01-02 15:04"), m.Fault)
	case m.Due.After(now):
		return "not due"
	}
	return "to be sent"
}
