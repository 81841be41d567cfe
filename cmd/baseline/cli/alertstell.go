package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/alerts"
	"baseline/pipeline/alerts/message"
	"baseline/pipeline/alerts/outbox"
)

func (a *app) alertsTell() *cobra.Command {
	var reason string
	c := verb(&cobra.Command{
		Use:   "tell DOUBT",
		Short: "Have a doubt told: you have looked, and it happened",
		Long: `tell puts into the outbox what a refresh told no subscriber, because it looked like an
event and might have been none. Look at the publisher's page first. The ids of doubts
stand in the messages to stewards; baseline alerts list --doubts lists them.`,
		Example: "  baseline alerts tell doubt-12-20261009-73e4cf35ed-1 --reason \"the depositary's notification of 3 March says so\"",
		RunE:    func(_ *cobra.Command, ids []string) error { return a.tell(ids[0], reason) },
	}, cobra.ExactArgs(1))
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	return c
}

func (a *app) tell(id, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return usage("--reason is needed: others must know why")
	}
	b, err := a.book()
	if err != nil {
		return err
	}
	steps, head, err := a.told()
	if err != nil {
		return err
	}
	doubt, err := alerts.FindDoubt(steps, id)
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitFailed, text: fmt.Sprintf("there is no %q to tell", id), hint: "baseline alerts list --doubts lists them"}
	}
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	q := alerts.Queue{Workspace: a.opened, Book: b, Head: head, Now: now}
	n, err := q.TellDoubt(steps, doubt, outbox.Word{About: id, Do: alerts.Let, Reason: reason, At: now, By: os.Getenv("BASELINE_STEWARD")})
	if err != nil {
		return err
	}
	if a.json {
		return a.object(map[string]any{"type": "told", "doubt": id, "events": len(doubt.Events), "messages": n})
	}
	fmt.Fprintf(a.out, "%s: %s of %s; baseline alerts send sends what is due\n", id, plural(n, "message"), plural(len(doubt.Events), "event"))
	return nil
}

// listDoubts lists what no subscriber was told, and what came of it.
func (a *app) listDoubts() error {
	steps, _, err := a.told()
	if err != nil {
		return err
	}
	words, err := outbox.In(a.opened).Words()
	if err != nil {
		return err
	}
	n := 0
	for _, s := range steps {
		for i, d := range s.Findings {
			id, state := s.Doubt(i), "open"
			switch w := words[s.Doubt(i)]; {
			case w.Do == alerts.Let:
				state = "told: " + w.Reason
			case w.Do == outbox.Ack:
				state = "acknowledged: " + w.Reason
			case s.Number == 0:
				state = "of the time before the workspace began"
			}
			n++
			if a.json {
				if err := a.object(map[string]any{"type": "doubt", "id": id, "code": d.Code, "source": d.Source, "text": d.Text, "hint": d.Hint, "events": d.Events, "state": state}); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(a.out, "%s  %s\n  %s: %s\n", id, state, d.Source, d.Text)
			for _, e := range d.Events {
				fmt.Fprintf(a.out, "  would be: %s\n", message.Heading("en", e))
			}
		}
	}
	if !a.json && !a.quiet {
		fmt.Fprintln(a.err, plural(n, "doubt"))
	}
	return nil
}
