package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/event"
	"baseline/pipeline/alerts/outbox"
)

// remark stores a word on something.
func (a *app) remark(about string, do outbox.Do, reason string, until time.Time) error {
	if strings.TrimSpace(reason) == "" {
		return usage("--reason is needed: others must know why")
	}
	if err := a.known(about, do); err != nil {
		return err
	}
	return a.word(about, do, reason, until)
}

// word stores one on something that there is.
func (a *app) word(about string, do outbox.Do, reason string, until time.Time) error {
	if strings.TrimSpace(reason) == "" {
		return usage("--reason is needed: others must know why")
	}
	now := time.Now().UTC()
	if do == outbox.Mute && !until.After(now) {
		return usage("--until %s has passed; to end a mute, baseline alerts unmute %s", until.Format(time.DateOnly), about)
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
	acked := "acknowledged, never told again"
	if strings.HasPrefix(about, "issue-") {
		acked = "acknowledged, not told again until it has been resolved and comes back, or something new is found"
	}
	what := map[outbox.Do]string{outbox.Ack: acked, outbox.Unmute: "neither muted nor acknowledged any more", outbox.Mute: "muted until " + day(until), outbox.Release: "released: baseline alerts send sends it"}[do]
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
		if open, err := alerts.Open(a.opened); err != nil {
			return err
		} else if open[about] == nil {
			return none("baseline alerts list shows what is open")
		}
		return nil
	case strings.HasPrefix(about, "doubt-") && do == outbox.Ack:
		steps, _, err := a.told()
		if err != nil {
			return err
		}
		if _, err := alerts.FindDoubt(steps, about); err != nil {
			return none("baseline alerts list --doubts lists them")
		}
		return nil
	case strings.HasPrefix(about, "burst-"):
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
		Long: `ack takes the id of an event, a message, an issue, a doubt or a burst. What is
acknowledged is never told again. An issue is: once it has been resolved and comes back, and when
something new or graver is found in it. baseline alerts unmute takes it back, as long as
no message was dropped for it.`,
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
		Long: `mute takes the id of an event, a message, an issue, a burst or a subscription. It is not
told before the day that --until names, in UTC; then it is, if it is still so. Of a burst
that is muted, stewards are not reminded. baseline alerts unmute ends it. What is
acknowledged is not told anyway, and cannot be muted.`,
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

func (a *app) alertsUnmute() *cobra.Command {
	var reason string
	c := verb(&cobra.Command{
		Use:     "unmute ID",
		Short:   "End what mute or ack has said",
		Long:    `unmute takes what mute and ack take. What waits is told again from now on; what was dropped for an ack is not.`,
		Example: "  baseline alerts unmute issue-ncmec.not-renewed --reason \"their site has moved\"",
		RunE: func(_ *cobra.Command, ids []string) error {
			words, err := outbox.In(a.opened).Words()
			if err != nil {
				return err
			}
			if do := words[ids[0]].Do; do != outbox.Mute && do != outbox.Ack {
				return &exitError{code: exitFailed, text: fmt.Sprintf("%q is neither muted nor acknowledged", ids[0]), hint: "baseline alerts list shows what is muted"}
			}
			return a.word(ids[0], outbox.Unmute, reason, time.Time{})
		},
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	return c
}
