package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"baseline/pipeline/archive/upkeep"
)

func (a *app) archivePrune() *cobra.Command {
	var days int
	var yes bool
	c := verb(&cobra.Command{
		Use:   "prune",
		Short: "Delete captures that nothing rests on any more",
		Long: `prune deletes records and captures that no snapshot, edition, run or decision refers to, and
that are neither the newest answer nor the newest record of a request. It keeps what was
taken in the last --keep days, and bytes without a record that came within the last hour: a
fetch may be at work. All snapshots and editions stay, with everything that they
rest on, so there is often nothing to delete.

Without --yes it only prints what would go. If a snapshot or an edition cannot be read, it
deletes nothing.`,
		Example: "  baseline archive prune\n  baseline archive prune --keep 90 --yes",
		RunE: func(*cobra.Command, []string) error {
			if days < 0 {
				return usage("--keep must not be below 0 days")
			}
			return a.prune(days, yes)
		},
	}, cobra.NoArgs)
	c.Flags().IntVar(&days, "keep", 365, "days for which everything is kept")
	c.Flags().BoolVar(&yes, "yes", false, "delete it")
	return c
}

// rest is how long bytes without a record stay: a fetch stores them first.
const rest = time.Hour

func (a *app) prune(days int, yes bool) error {
	p := a.pipeline()
	prune := upkeep.Prune{Workspace: p.Workspace, Before: time.Now().UTC().AddDate(0, 0, -days), Bundle: p.Bundle, Rest: rest}
	if !yes {
		g, err := prune.Look()
		if err != nil {
			return err
		}
		return a.pruned(g, false)
	}
	var g upkeep.Going
	if err := a.guarded(p, func() (err error) {
		if g, err = prune.Look(); err != nil {
			return err
		}
		return prune.Do(&g)
	}); err != nil {
		return err
	}
	return a.pruned(g, true)
}

func (a *app) pruned(g upkeep.Going, done bool) error {
	for i, x := range slices.Concat(g.Records, g.Bodies) {
		if a.json {
			if err := a.object(map[string]any{"type": "gone", "path": x.Path, "source": x.Source, "request": x.Request, "taken": instant(x.Taken), "sha256": x.SHA256, "bytes": x.Bytes}); err != nil {
				return err
			}
			continue
		}
		if i == 50 {
			fmt.Fprintf(a.out, "and %s more; --json lists all\n", thousands(len(g.Records)+len(g.Bodies)-i))
			break
		}
		fmt.Fprintln(a.out, x.Path)
	}
	if a.json {
		return a.object(map[string]any{
			"type": "pruned", "done": done, "records": len(g.Records), "captures": len(g.Bodies), "bytes": g.Bytes(), "stay_records": g.StayRecords, "stay_captures": g.StayBodies,
		})
	}
	what := fmt.Sprintf("%s records and %s captures (%s)", thousands(len(g.Records)), thousands(len(g.Bodies)), size(g.Bytes()))
	stay := fmt.Sprintf("%s records and %s captures stay", thousands(g.StayRecords), thousands(g.StayBodies))
	switch {
	case len(g.Records)+len(g.Bodies) == 0:
		fmt.Fprintf(a.out, "nothing to delete: %s\n", stay)
	case done:
		fmt.Fprintf(a.out, "deleted %s; %s\n", what, stay)
	default:
		fmt.Fprintf(a.out, "would delete %s; %s; --yes deletes them\n", what, stay)
	}
	return nil
}
