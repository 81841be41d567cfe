package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
	"baseline/pipeline/alerts/subscription"
	"baseline/pipeline/compare"
)

func (a *app) alertsPreview() *cobra.Command {
	var since, language, format string
	c := verb(&cobra.Command{
		Use:   "preview SUBSCRIPTION",
		Short: "Show what a subscription would have been sent",
		Long: `preview prints the messages that the subscription would have got had it been there since
an edition or a snapshot: what each refresh told, and of the time before the workspace
began, what differs between the edition and the first snapshot. What waits for a steward
is counted, not shown. Nothing is sent, and nothing is noted.`,
		Example: "  baseline alerts preview sweden --since 2021\n  baseline alerts preview sweden --format html > messages.html",
		RunE: func(_ *cobra.Command, ids []string) error {
			return a.preview(ids[0], since, language, format)
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&since, "since", "", "edition or snapshot (default: the last edition)")
	c.Flags().StringVar(&language, "language", "", "en or fr (default: that of the subscription)")
	c.Flags().StringVar(&format, "format", "text", "text, html or json")
	return c
}

func (a *app) preview(id, since, language, format string) error {
	if !slices.Contains([]string{"text", "html", "json"}, format) {
		return usage("--format is text, html or json, not %q", format)
	}
	if language != "" && !slices.Contains(subscription.Languages, language) {
		return usage("--language is en or fr, not %q", language)
	}
	b, err := a.book()
	if err != nil {
		return err
	}
	sub, err := a.subscriptionNamed(b, id)
	if err != nil {
		return err
	}
	if since == "" {
		if since, err = lastEdition(a.pipeline()); err != nil {
			return err
		}
	}
	story, err := a.story(since)
	if err != nil {
		return err
	}
	reader := alerts.ReaderOf(b, sub)
	if language != "" {
		reader.Language = language
	}
	list, count := story.messages(b, sub)
	for _, m := range list {
		r, err := message.Render(m, reader)
		if err != nil {
			return err
		}
		switch {
		case a.json || format == "json":
			fmt.Fprintln(a.out, string(r.JSON))
		case format == "html":
			fmt.Fprint(a.out, r.HTML)
		default:
			fmt.Fprintf(a.out, "Subject: %s\n\n%s\n%s\n\n", r.Subject, r.Text, strings.Repeat("=", 78))
		}
	}
	if a.quiet || a.json {
		return nil
	}
	fmt.Fprintf(a.err, "%s with %s since %s, sent %s\n", plural(len(list), "message"), plural(count, "event"), story.title, sub.How)
	if story.waiting > 0 {
		waits := "changes wait for a steward and are"
		if story.waiting == 1 {
			waits = "change waits for a steward and is"
		}
		fmt.Fprintf(a.err, "%d %s not shown: baseline alerts list --doubts\n", story.waiting, waits)
	}
	return nil
}

// chapter is what was told at one time.
type chapter struct {
	at     time.Time
	events []event.Event
}

// story is what was told since an edition or a snapshot.
type story struct {
	title    string
	chapters []chapter
	waiting  int // doubts, and events of bursts, that no steward has had told
}

// story tells what subscribers were told since then, and would have been before the
// workspace began.
func (a *app) story(since string) (out story, err error) {
	p := a.pipeline()
	older, err := a.named(p, since)
	if err != nil {
		return out, err
	}
	out.title = older.title()
	words, err := outbox.In(a.opened).Words()
	if err != nil {
		return out, err
	}
	steps, _, err := a.told()
	if err != nil {
		return out, err
	}
	id := older.man.ID
	began := slices.IndexFunc(steps, func(s alerts.Step) bool { return s.Number == 0 })
	switch at := slices.IndexFunc(steps, func(s alerts.Step) bool { return s.After == id }); {
	case at >= 0:
		steps = steps[at+1:]
	case began >= 0 && steps[began].Before == id:
		// What step 0 found since that edition is what would have been told.
	default:
		c, doubts, err := a.compared(older)
		if err != nil {
			return out, err
		}
		out.waiting, out.chapters = doubts, []chapter{c}
		return out, nil
	}
	for _, s := range steps {
		at, err := time.Parse("20060102", s.After[:8])
		if err != nil {
			return out, err
		}
		if burst := s.Burst(); burst == "" || words[burst].Do == outbox.Release {
			events := slices.DeleteFunc(slices.Clone(s.Events), func(e event.Event) bool { return outbox.Acked(words, e.ID) })
			out.chapters = append(out.chapters, chapter{at, events})
		} else if words[burst].Do != outbox.Ack {
			out.waiting += len(s.Events)
		}
		for n := range s.Findings {
			if do := words[s.Doubt(n)].Do; do != alerts.Let && do != outbox.Ack {
				out.waiting++
			}
		}
		for at, events := range s.ToldDoubts(words) {
			out.chapters = append(out.chapters, chapter{at, events})
		}
	}
	slices.SortStableFunc(out.chapters, func(x, y chapter) int { return x.at.Compare(y.at) })
	return out, nil
}

// compared is what differs between two snapshots, where no refresh told it step by step.
func (a *app) compared(older named) (c chapter, doubts int, err error) {
	newer, err := a.named(a.pipeline(), "")
	if err != nil {
		return c, 0, err
	}
	again, err := a.pipeline().Replay(older.snap)
	if err != nil {
		return c, 0, fmt.Errorf("%w; without its captures the cause of a change cannot be told", err)
	}
	events, doubted := event.From(compare.WithCause(older.snap, again, newer.snap, older.asOf).Changes, older.snap, newer.snap)
	return chapter{newer.man.AsOf, events}, len(doubted), nil
}

// messages are those that the subscription would have got, and how many events are in them.
func (s story) messages(b *subscription.Book, sub *subscription.Subscription) (list []outbox.Message, count int) {
	for _, c := range s.chapters {
		mine := slices.DeleteFunc(slices.Clone(c.events), func(e event.Event) bool { return !slices.Contains(b.For(e), sub) })
		if len(mine) == 0 {
			continue
		}
		count += len(mine)
		like := outbox.Message{Class: outbox.Subscriber, Kind: outbox.Told, Subscription: sub.ID, Created: c.at, Due: subscription.NextDue(sub.How, c.at)}
		if sub.How.Rhythm == subscription.AtOnce {
			list = append(list, alerts.Group(like, mine)...)
			continue
		}
		if n := len(list); n > 0 && list[n-1].Due.Equal(like.Due) {
			list[n-1].Events = append(list[n-1].Events, mine...)
			continue
		}
		like.Kind, like.Events, like.ID = outbox.Digest, mine, outbox.ID("preview", sub.ID, like.Due.String())
		list = append(list, like)
	}
	return list, count
}
