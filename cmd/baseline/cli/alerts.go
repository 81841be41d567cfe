package cli

import (
	"errors"
	"fmt"
	"io/fs"
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
	c.AddCommand(a.alertsCheck(), a.alertsList(), a.alertsSend(), a.alertsPreview(), a.alertsTest(), a.alertsRelease(), a.alertsTell(), a.alertsAck(), a.alertsMute(), a.alertsUnmute(), a.alertsFeeds(), a.alertsSchema())
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
				// It reads the secrets, and connects to nobody.
				sender, err := channel.Open(c, channel.Options{})
				if err != nil {
					faults = append(faults, err.Error())
					continue
				}
				_ = sender.Close()
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

func (a *app) post(b *subscription.Book) *alerts.Post {
	out := a.out
	if a.json { // there, each line is an object
		out = a.err
	}
	return &alerts.Post{Workspace: a.opened, Book: b, Holder: a.pipeline().Holder, Options: channel.Options{Out: out, Version: pipeline.Version}}
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
about, what was seen last of it is its example. It needs no refresh before.`,
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
			var list []event.Event
			if _, err := snapshot.CurrentID(a.opened); err == nil { // else there is no example yet
				if list, err = a.toldEvents(); err != nil {
					return err
				}
			}
			slices.SortStableFunc(list, func(a, b event.Event) int { return a.Seen.Compare(b.Seen) })
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
