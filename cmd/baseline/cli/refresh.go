package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"baseline/pipeline"
	"baseline/pipeline/edition"
	"baseline/pipeline/schedule"
	"baseline/pipeline/settings"
	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace"
	"baseline/sources/source"
)

func (a *app) refresh() *cobra.Command {
	var offline, dry bool
	var how asking
	c := verb(&cobra.Command{
		Use:   "refresh [SOURCE…]",
		Short: "Ask the publishers, write a snapshot, and say what changed",
		Long: `refresh asks the publishers of all sources, or of those that are named, puts every
answer into the archive, checks what the newest ones say, writes a snapshot of all
datasets, and prints what changed since the last edition.

It asks each host one thing at a time, says who asks (a contact is needed), does what
robots.txt says, and transfers nothing that has not changed. A source that does not
let us read keeps its last good rows, marked as kept; rows that a check does not let in
are held, never dropped.

With --dry-run it says what would be asked of whom, and asks nothing. With --offline it
works from the archive in the workspace, seeded with the captures that are compiled into
the program.

The contact, a mail address or the address of a page, is given by --contact, by
BASELINE_CONTACT, or as contact: in ` + settings.Default + `. A proxy is taken from HTTPS_PROXY and
NO_PROXY. A key for a source's service is taken from the environment, such as
` + settings.KeyName("coe-treaties") + `.`,
		Example: "  baseline refresh --contact you@example.org\n  baseline refresh ncmec --dry-run\n  baseline refresh --offline",
		RunE: func(_ *cobra.Command, ids []string) error {
			if offline && (dry || len(ids) > 0) {
				return &exitError{code: exitUsage, text: "--offline reads all sources and asks nobody: it goes with no source and no --dry-run", hint: "baseline refresh --offline"}
			}
			if offline {
				return a.doRefresh(a.pipeline(), nil)
			}
			p := a.pipeline()
			list, err := chosen(p, ids)
			if err != nil {
				return err
			}
			if dry {
				return a.dryRun(p, list, how)
			}
			ctx, stop := untilStopped()
			defer stop()
			return a.doRefresh(p, func() (pipeline.Outcome, error) {
				reports, out, err := a.live(ctx, p, list, how)
				var unread *unreadError
				if err == nil || errors.As(err, &unread) {
					// They were asked, whatever came of it: the schedule need not ask again.
					if fault := noted(p, reports, out); err == nil {
						err = fault
					}
				}
				if err == nil {
					err = a.asked(reports)
				}
				return out, err
			})
		},
	}, cobra.ArbitraryArgs)
	c.Flags().BoolVar(&offline, "offline", false, "work from the archive and the captures compiled into the program")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would be asked of whom, and ask nothing")
	how.flags(c)
	return c
}

// doRefresh refreshes and prints what came of it. live asks the publishers first; nil
// stands for the archive alone.
func (a *app) doRefresh(p *pipeline.Pipeline, live func() (pipeline.Outcome, error)) error {
	from := "the publishers"
	if live == nil {
		live, from = p.Refresh, "its archive"
	}
	if !a.quiet && !a.json {
		fmt.Fprintf(a.err, "refreshing %s from %s\n", a.where(), from)
	}
	out, err := live()
	if err != nil {
		var held *workspace.HeldError
		if errors.As(err, &held) {
			return held
		}
		var told *exitError
		if errors.As(err, &told) {
			return told
		}
		return fmt.Errorf("refresh: %w; %s", err, a.inForce(p))
	}
	if err := schedule.Refreshed(p.Workspace); err != nil {
		return fmt.Errorf("the snapshot is in force, but the schedule cannot be told so: %w", err)
	}
	if a.json {
		if err := a.refreshJSON(out); err != nil {
			return err
		}
	} else {
		a.refreshText(out)
	}
	last, err := lastEdition(p)
	if err != nil {
		return err
	}
	if last != "" {
		format := "text"
		if a.json {
			format = "json"
		}
		if _, err := a.printChanges(p, changesQuery{since: last, format: format}); err != nil {
			return err
		}
	}
	return ending(out)
}

// inForce says which snapshot stands after a refresh that did not end.
func (a *app) inForce(p *pipeline.Pipeline) string {
	id, err := snapshot.CurrentID(p.Workspace)
	if err != nil {
		return "no snapshot is in force yet"
	}
	return "snapshot " + id + " is in force"
}

// lastEdition is the edition with the newest facts; "" if there is none.
func lastEdition(p *pipeline.Pipeline) (string, error) {
	list, err := edition.List(p.Workspace)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return slices.MaxFunc(list, func(a, b edition.Edition) int { return a.AsOf.Compare(b.AsOf) }).Name, nil
}

func (a *app) refreshText(out pipeline.Outcome) {
	t := newTable("source", "rows", "of 47", "kept", "held", "captures", "checked", "captured", "changed")
	for _, s := range out.Snapshot.Sources {
		t.row(s.ID, fmt.Sprint(s.Rows), fmt.Sprint(s.States), fmt.Sprint(s.Kept), fmt.Sprint(s.Held), s.Captures.String(),
			day(s.Clocks.Checked), day(s.Clocks.Captured), day(s.Clocks.Changed))
	}
	t.print(a.out)
	fmt.Fprintln(a.out, "(of 47: member states of 2021 on which the source says anything; captured: when its facts were true or taken)")
	state := "is now in force"
	switch {
	case out.Same:
		state = "still stands: the captures say the same"
	case out.FactsOf != "":
		state = "is now in force: its clocks are newer, its facts are those of " + out.FactsOf
	}
	fmt.Fprintf(a.out, "\nsnapshot %s %s\n", out.Manifest.ID, state)
	if out.Recovered != "" {
		fmt.Fprintf(a.out, "recovered: %s\n  hint: baseline archive verify looks at the rest\n", out.Recovered)
	}
	if n := rebuilt(out.Snapshot); n > 0 {
		fmt.Fprintf(a.out, "rebuilt: %d of %d captures were made from published facts, because no original may be kept here\n", n, len(out.Manifest.Captures))
	}
	if n := byHand(out.Snapshot); n > 0 {
		fmt.Fprintf(a.out, "by hand: %d of %d captures were saved and handed in by a steward\n", n, len(out.Manifest.Captures))
	}
	a.findings(out.Snapshot.Findings)
	a.queued(out)
	fmt.Fprintln(a.out)
}

// queued says what there is to send.
func (a *app) queued(out pipeline.Outcome) {
	q := out.Queued
	switch {
	case out.AlertsFault != nil:
		fmt.Fprintf(a.out, "alerts: nobody can be told: %v\n  hint: put it right and refresh again; nothing is lost\n", out.AlertsFault)
	case q.Burst != "":
		fmt.Fprintf(a.out, "alerts: %d events are more than go out unseen; %s held as %s\n  hint: baseline alerts release %s, or ack\n", q.Events, plural(q.Held, "message"), q.Burst, q.Burst)
	case q.Messages > 0:
		fmt.Fprintf(a.out, "alerts: %s in the outbox; baseline alerts send sends what is due\n", plural(q.Messages, "message"))
	}
}

func rebuilt(s *snapshot.Snapshot) (n int) {
	for _, src := range s.Sources {
		n += src.Captures.Rebuilt
	}
	return n
}

func byHand(s *snapshot.Snapshot) (n int) {
	for _, src := range s.Sources {
		n += src.Captures.ByHand
	}
	return n
}

// findings prints what a steward should look at, and counts the rest.
func (a *app) findings(list []source.Finding) {
	notes := a.serious(list)
	if notes > 0 {
		fmt.Fprintf(a.out, "notes: %d for the record; baseline status --notes lists them\n", notes)
	}
}

// serious prints the findings that are more than notes and returns the number of
// notes.
func (a *app) serious(list []source.Finding) (notes int) {
	for _, f := range list {
		if f.Severity == source.Note {
			notes++
			continue
		}
		fmt.Fprintf(a.out, "%s: %s: %s\n", f.Severity, f.Source, f.Text)
		if f.Hint != "" {
			fmt.Fprintf(a.out, "  hint: %s\n", f.Hint)
		}
	}
	return notes
}

func (a *app) refreshJSON(out pipeline.Outcome) error {
	for _, s := range out.Snapshot.Sources {
		if err := a.object(sourceJSON(s)); err != nil {
			return err
		}
	}
	return a.object(map[string]any{
		"type": "snapshot", "id": out.Manifest.ID, "unchanged": out.Same, "recovered": out.Recovered, "facts_sha256": out.Manifest.FactsSHA256,
		"held": out.Held, "failed": append([]string{}, out.Failed...),
		"events": out.Queued.Events, "messages": out.Queued.Messages, "messages_held": out.Queued.Held, "burst": out.Queued.Burst, "alerts_fault": faultText(out.AlertsFault),
	})
}

func faultText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
