package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/channel"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
)

func (a *app) alerts() *cobra.Command {
	c := &cobra.Command{
		Use:   "alerts",
		Short: "Tell those who asked what has happened",
		Long: `alerts sends what refresh has put into the outbox: facts to subscribers, and how the
sources fare to stewards. Who is told what, how and when stands in ` + subscription.File + `
in the workspace; docs/alerts.md explains it.

Everything is told once. A message waits in the outbox until its receiver has it.` + "\n" + exitHelp,
	}
	c.AddCommand(a.alertsCheck(), a.alertsList(), a.alertsSend(), a.alertsPreview(), a.alertsTest(), a.alertsRelease(), a.alertsTell(), a.alertsAck(), a.alertsMute(), a.alertsFeeds(), a.alertsSchema())
	return c
}

// book reads the subscriptions, which must be there.
func (a *app) book() (*subscription.Book, error) {
	b, err := alerts.LoadBook(a.opened)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, &exitError{code: exitFailed, text: "there is no " + a.opened.Path(subscription.File), hint: "docs/alerts.md has one to begin with"}
	}
	return b, nil
}

func (a *app) alertsCheck() *cobra.Command {
	return verb(&cobra.Command{
		Use:   "check",
		Short: "Check the file of subscriptions",
		Long: `check reads the file of subscriptions and the secrets that it names. Each mistake is
told with its line and column. Nothing is sent.`,
		Example: "  baseline alerts check",
		RunE: func(*cobra.Command, []string) error {
			b, err := a.book()
			if err != nil {
				return err
			}
			var faults []string
			for _, c := range b.Channels {
				if c.Secret.IsZero() {
					continue
				}
				if _, err := c.Secret.Value(); err != nil {
					faults = append(faults, fmt.Sprintf("channel %s: %v", c.Name, err))
				}
			}
			if a.json {
				return errors.Join(a.object(map[string]any{"type": "subscriptions", "subscriptions": len(b.Subscriptions), "channels": len(b.Channels), "stewards": len(b.Stewards), "burst": b.Burst, "faults": append([]string{}, faults...)}), failures(faults))
			}
			t := newTable("subscription", "language", "when", "channel", "to")
			for _, s := range b.Subscriptions {
				t.row(s.ID, s.Language, s.How.String(), s.Channel, s.To)
			}
			t.print(a.out)
			fmt.Fprintf(a.out, "%s, %s, %s; more than %d events in one refresh wait for a steward\n",
				plural(len(b.Subscriptions), "subscription"), plural(len(b.Channels), "channel"), plural(len(b.Stewards), "steward"), b.Burst)
			if len(b.Stewards) == 0 {
				fmt.Fprintln(a.out, "there is no steward: nobody is told of held rows and failing sources, or asked to release a burst")
			}
			return failures(faults)
		},
	}, cobra.NoArgs)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func failures(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	slices.Sort(faults)
	return errors.New(strings.Join(faults, "; "))
}

func (a *app) alertsList() *cobra.Command {
	var all, events, doubts bool
	c := verb(&cobra.Command{
		Use:   "list",
		Short: "List the outbox",
		Long: `list shows the messages that wait: when they are due, to whom, what they say, and why
they wait. With --all it shows those that were sent or dropped too. With --events it
lists what has happened, newest last, with the ids that ack and mute take; with --doubts
what looked like an event and was told to no subscriber, with the ids that tell takes.`,
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
	list, err := box.Waiting()
	if err != nil {
		return err
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
		state := a.stateOf(m, words)
		if a.json {
			if err := a.object(map[string]any{"type": "message", "state": state, "message": m}); err != nil {
				return err
			}
			continue
		}
		rendered, err := message.Render(m, message.Reader{Language: "en"})
		if err != nil {
			return err
		}
		t.row(m.Due.UTC().Format("2006-01-02 15:04"), strings.TrimSpace(m.Subscription+m.Channel+" "+m.To), rendered.Subject, state, m.ID)
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
	return nil
}

// stateOf says why a message waits, or what came of it.
func (a *app) stateOf(m outbox.Message, words map[string]outbox.Word) string {
	now := time.Now()
	switch {
	case !m.Sent.IsZero():
		return "sent " + m.Sent.UTC().Format("2006-01-02 15:04")
	case m.Dropped != "":
		return "dropped: " + m.Dropped
	case m.Burst != "" && words[m.Burst].Do != outbox.Release:
		return "held: " + m.Burst
	case m.Subscription != "" && outbox.Muted(words, m.Subscription, now):
		return "muted until " + day(words[m.Subscription].Until)
	case m.Failed:
		return "refused: " + m.Fault
	case m.Tries > 0:
		return fmt.Sprintf("tried %d times, next %s: %s", m.Tries, m.NextTry.UTC().Format("2006-01-02 15:04"), m.Fault)
	case m.Due.After(now):
		return "not due"
	}
	return "to be sent"
}

func (a *app) post(b *subscription.Book) *alerts.Post {
	return &alerts.Post{Workspace: a.opened, Book: b, Holder: a.pipeline().Holder, Options: channel.Options{Out: a.out, Version: pipeline.Version}}
}

func (a *app) alertsSend() *cobra.Command {
	var retry bool
	c := verb(&cobra.Command{
		Use:   "send [MESSAGE]",
		Short: "Send what is due",
		Long: `send sends each message that is due, or the one that is named. What a receiver does not
take stays in the outbox and is tried again, after one minute, two, four and so on up to
six hours; what it refuses for good waits for --retry. Of two that send at once, the
second ends.

It ends with 1 if something could not be sent.`,
		Example: "  baseline alerts send\n  baseline alerts send --retry msg-0123456789abcdef0123456789abcdef",
		RunE: func(_ *cobra.Command, ids []string) error {
			b, err := a.book()
			if err != nil {
				return err
			}
			p := a.post(b)
			p.Retry = retry
			if len(ids) == 1 {
				if _, err := outbox.In(a.opened).Get(ids[0]); err != nil {
					return a.noMessage(ids[0], err)
				}
				p.Only = ids[0]
			}
			ctx, stop := untilStopped()
			defer stop()
			r, err := p.Send(ctx)
			if err != nil {
				var held *workspace.HeldError
				if errors.As(err, &held) {
					return &exitError{code: exitFailed, text: "messages are being sent by " + held.Holder, hint: "wait until it has ended"}
				}
				return err
			}
			return a.sent(r)
		},
	}, cobra.MaximumNArgs(1))
	c.Flags().BoolVar(&retry, "retry", false, "also what was refused, and what waits for its next try")
	return c
}

func (a *app) noMessage(id string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitFailed, text: fmt.Sprintf("there is no message %q", id), hint: "baseline alerts list --all lists them"}
	}
	return err
}

// sent prints what came of sending.
func (a *app) sent(r alerts.Report) error {
	if a.json {
		if err := a.object(map[string]any{"type": "sent", "sent": r.Sent, "failed": r.Failed, "dropped": r.Dropped, "waiting": r.Waiting, "held": r.Held, "faults": append([]string{}, r.Faults...)}); err != nil {
			return err
		}
	} else {
		line := fmt.Sprintf("%d sent", r.Sent)
		for _, part := range []struct {
			n    int
			word string
		}{{r.Failed, "not taken"}, {r.Dropped, "dropped"}, {r.Waiting, "waiting"}, {r.Held, "held for release"}} {
			if part.n > 0 {
				line += fmt.Sprintf(", %d %s", part.n, part.word)
			}
		}
		if !r.Next.IsZero() {
			line += "; the next is due " + r.Next.UTC().Format("2006-01-02 15:04") + " UTC"
		}
		fmt.Fprintln(a.err, line)
	}
	if r.Failed == 0 {
		return nil
	}
	text := fmt.Sprintf("%s could not be sent and stay in the outbox", plural(r.Failed, "message"))
	if len(r.Faults) > 0 {
		text += ": " + strings.Join(r.Faults, "; ")
	}
	return &exitError{code: exitFailed, text: text, hint: "baseline alerts list says why, and when they are tried again"}
}

// subscriptionNamed returns a subscription of the file.
func (a *app) subscriptionNamed(b *subscription.Book, id string) (*subscription.Subscription, error) {
	if sub := b.Subscription(id); sub != nil {
		return sub, nil
	}
	var ids []string
	for _, s := range b.Subscriptions {
		if len(ids) < 20 {
			ids = append(ids, s.ID)
		}
	}
	return nil, &exitError{code: exitUsage, text: fmt.Sprintf("there is no subscription %q", id), hint: "there are " + strings.Join(ids, ", ")}
}

func (a *app) alertsTest() *cobra.Command {
	return verb(&cobra.Command{
		Use:   "test SUBSCRIPTION",
		Short: "Send a marked test",
		Long: `test sends one message to the receiver of a subscription, through its channel, marked
as a test in its subject and text. If something has happened that the subscription is
about, the newest of it is its example.`,
		Example: "  baseline alerts test sweden",
		RunE: func(_ *cobra.Command, ids []string) error {
			b, err := a.book()
			if err != nil {
				return err
			}
			sub, err := a.subscriptionNamed(b, ids[0])
			if err != nil {
				return err
			}
			list, err := a.toldEvents()
			if err != nil {
				return err
			}
			now := time.Now().UTC()
			m := outbox.Message{
				ID: outbox.ID("test", sub.ID, now.Format(time.RFC3339Nano)), Class: outbox.Subscriber, Kind: outbox.Test, Subscription: sub.ID, Created: now, Due: now,
			}
			for _, e := range slices.Backward(list) {
				if slices.Contains(b.For(e), sub) {
					m.Events = []event.Event{e}
					break
				}
			}
			if err := outbox.In(a.opened).Put(m); err != nil {
				return err
			}
			ctx, stop := untilStopped()
			defer stop()
			p := a.post(b)
			p.Only = m.ID
			r, err := p.Send(ctx)
			if err != nil {
				return err
			}
			return a.sent(r)
		},
	}, cobra.ExactArgs(1))
}

// remark stores a word on something.
func (a *app) remark(about string, do outbox.Do, reason string, until time.Time) error {
	if strings.TrimSpace(reason) == "" {
		return usage("--reason is needed: others must know why")
	}
	if err := a.known(about, do); err != nil {
		return err
	}
	now := time.Now().UTC()
	if do == outbox.Mute && !until.After(now) {
		return usage("--until %s has passed", until.Format(time.DateOnly))
	}
	release, err := a.opened.Guard(outbox.Lock)
	if err != nil {
		return err
	}
	defer release()
	w := outbox.Word{About: about, Do: do, Reason: reason, Until: until, At: now, By: os.Getenv("BASELINE_STEWARD")}
	if err := outbox.In(a.opened).Say(w); err != nil {
		return err
	}
	if a.json {
		return a.object(map[string]any{"type": "said", "word": w})
	}
	what := map[outbox.Do]string{outbox.Ack: "acknowledged, never told again", outbox.Mute: "muted until " + day(until), outbox.Release: "released: baseline alerts send sends it"}[do]
	fmt.Fprintf(a.out, "%s: %s\n", about, what)
	return nil
}

// known reports whether there is what something is said about.
func (a *app) known(about string, do outbox.Do) error {
	none := func(hint string) error {
		return &exitError{code: exitFailed, text: fmt.Sprintf("there is no %q to %s", about, do), hint: hint}
	}
	switch {
	case strings.HasPrefix(about, "msg-") && do != outbox.Release:
		if m, err := outbox.In(a.opened).Get(about); err != nil {
			return a.noMessage(about, err)
		} else if !m.Sent.IsZero() {
			return &exitError{code: exitFailed, text: fmt.Sprintf("message %s was sent %s", about, m.Sent.UTC().Format("2006-01-02 15:04")), hint: "name its events: baseline alerts list --events"}
		}
		return nil
	case strings.HasPrefix(about, "ev-") && do != outbox.Release:
		list, err := a.toldEvents()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(e event.Event) bool { return e.ID == about }) {
			return none("baseline alerts list --events lists them")
		}
		return nil
	case strings.HasPrefix(about, "issue-") && do != outbox.Release:
		if open, err := alerts.Open(a.opened, about); err != nil {
			return err
		} else if !open {
			return none("baseline status lists what is open")
		}
		return nil
	case strings.HasPrefix(about, "doubt-") && do == outbox.Ack:
		steps, _, err := a.told()
		if err != nil {
			return err
		}
		if _, _, err := alerts.FindDoubt(steps, about); err != nil {
			return none("baseline alerts list --doubts lists them")
		}
		return nil
	case strings.HasPrefix(about, "burst-") && do != outbox.Mute:
		steps, _, err := a.told()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(steps, func(s alerts.Step) bool { return s.Burst() == about }) {
			return none("baseline alerts list shows what is held")
		}
		return nil
	case do == outbox.Mute:
		b, err := a.book()
		if err != nil {
			return err
		}
		_, err = a.subscriptionNamed(b, about)
		return err
	}
	return usage("%q is nothing to %s; ids begin with ev-, msg-, issue-, doubt- or burst-", about, do)
}

func (a *app) alertsAck() *cobra.Command {
	var reason string
	c := verb(&cobra.Command{
		Use:   "ack ID",
		Short: "Acknowledge: it is never told again",
		Long: `ack takes the id of an event, a message, an issue or a burst. What is acknowledged is
never told again; an issue is, once it has been resolved and comes back.`,
		Example: "  baseline alerts ack burst-12-20261009-903d39d43c --reason \"the page has a new layout\"",
		RunE:    func(_ *cobra.Command, ids []string) error { return a.remark(ids[0], outbox.Ack, reason, time.Time{}) },
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	return c
}

func (a *app) alertsRelease() *cobra.Command {
	var reason string
	c := verb(&cobra.Command{
		Use:     "release BURST",
		Short:   "Let the messages of a burst go out",
		Long:    `release lets go what was held because one refresh found more events than the bound in the file of subscriptions.`,
		Example: "  baseline alerts release burst-12-20261009-903d39d43c --reason \"seen on the page\"",
		RunE: func(_ *cobra.Command, ids []string) error {
			return a.remark(ids[0], outbox.Release, reason, time.Time{})
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	return c
}

func (a *app) alertsMute() *cobra.Command {
	var reason, until string
	c := verb(&cobra.Command{
		Use:   "mute ID",
		Short: "Tell it later",
		Long: `mute takes the id of an event, a message, an issue or a subscription. It is not told
before the day that --until names; then it is, if it is still so. To end it, mute again
with an earlier day.`,
		Example: "  baseline alerts mute issue-ncmec.not-renewed --until 2027-01-15 --reason \"their site moves\"",
		RunE: func(_ *cobra.Command, ids []string) error {
			at, err := time.Parse(time.DateOnly, until)
			if err != nil {
				return usage("--until is a day such as 2027-01-15, not %q", until)
			}
			return a.remark(ids[0], outbox.Mute, reason, at)
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	c.Flags().StringVar(&until, "until", "", "the day, such as 2027-01-15")
	return c
}

func (a *app) alertsSchema() *cobra.Command {
	return verb(&cobra.Command{
		Use:     "schema [message|event]",
		Short:   "Print the JSON Schema of what webhooks get",
		Long:    `schema prints the JSON Schema (2020-12) of a message, or of an event in it.`,
		Example: "  baseline alerts schema > message.schema.json",
		RunE: func(_ *cobra.Command, args []string) error {
			switch strings.Join(args, "") {
			case "", "message":
				fmt.Fprint(a.out, string(message.Schema))
			case "event":
				fmt.Fprint(a.out, string(event.Schema))
			default:
				return usage("there is no schema %q; there are message and event", args[0])
			}
			return nil
		},
	}, cobra.MaximumNArgs(1))
}
